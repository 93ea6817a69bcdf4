/* ascii_output.h: a program's results and messages on a terminal without Unicode.
 *
 * Everything is written in UTF-8; where the locale is set to another encoding (LC_ALL=C), or the
 * terminal is dumb, the standard streams are replaced by ones that convert to ASCII: the symbols
 * that Affekt uses to similar ones ("×" to "x", bars to "#"), other characters to escapes
 * ("\u{E9}"). */
#ifndef NN_COMMAND_LINE_ASCII_OUTPUT_H
#define NN_COMMAND_LINE_ASCII_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

/* Whether the locale set in the environment (LC_ALL, LC_CTYPE, LANG, in POSIX's order) has an
 * encoding other than UTF-8; false where none is set. */
bool locale_lacks_unicode(void);

/* Whether the terminal supports only plain text: TERM is "dumb" or not set. */
bool terminal_is_dumb(void);

/* Replaces standard error, and with `results` also standard output, where needed. For programs
 * only, before anything is printed. */
void ascii_output_begin(bool results);

/* A stream (caller closes) that writes into another as ASCII; NULL when out of memory. */
FILE *ascii_output_open(FILE *into);

#endif
