/* ascii_output.h: a program's results and messages for a terminal that knows no Unicode.
 *
 * Everything is written in UTF-8; where the locale is named and is not of UTF-8 (LC_ALL=C), or the
 * terminal is dumb, the standard streams are replaced by ones that turn it into ASCII: the signs
 * that Affekt uses into their likes ("×" into "x", bars into "#"), other characters into escapes
 * ("\u{E9}"). */
#ifndef NN_BASE_ASCII_OUTPUT_H
#define NN_BASE_ASCII_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

/* Whether the locale that the environment names (LC_ALL, LC_CTYPE, LANG, in POSIX's order) has
 * another encoding than UTF-8; false where it names none. */
bool locale_lacks_unicode(void);

/* Whether the terminal promises nothing beyond letters: TERM is "dumb" or not set. */
bool terminal_is_dumb(void);

/* Replaces standard error, and with `results` standard output, where that is due. For programs
 * only, before anything is printed. */
void ascii_output_begin(bool results);

/* A stream (caller closes) that writes into another as ASCII; NULL when memory is out. */
FILE *ascii_output_open(FILE *into);

#endif
