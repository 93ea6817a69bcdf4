/* plain_text.h: names and other text from files, made safe for a terminal.
 *
 * A file name may contain anything: characters that would move the cursor, ring the bell, change
 * colour, break the line or reverse the writing direction are shown as escapes, and so are bytes
 * that are not UTF-8: "\n", "\x1B", "\u{202E}". Everything else is unchanged. */
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

/* Returns the length in bytes, 1 … 4, of the first character of a non-empty text and writes its
 * code point; 0 where the text does not begin with valid UTF-8 (RFC 3629). */
int utf8_character(const char *text, unsigned *code_point);

#endif
