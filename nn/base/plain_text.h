/* plain_text.h: names and other words out of files, made harmless for a terminal.
 *
 * A file may be called anything: what would move the cursor, ring, colour, break the line or turn
 * the direction of writing is shown as an escape instead, and so is what is not UTF-8: "\n",
 * "\x1B",
 * "\u{202E}". All else stays as it is. */
#ifndef NN_BASE_PLAIN_TEXT_H
#define NN_BASE_PLAIN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Prints the text. */
void plain_print(const char *text, FILE *stream);

/* The text in the caller's buffer, for printf; cut off with "..." where it is too long. */
typedef struct PlainText {
    char text[1024];
} PlainText;
const char *plain_text(const char *text, PlainText *buffer);

/* The bytes of the first character of a text that does not end there, 1 … 4, and its code point; 0
 * where it begins with what is not UTF-8 (RFC 3629). */
int utf8_character(const char *text, unsigned *code_point);

#endif
