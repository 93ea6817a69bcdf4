/* number.h: numbers as text in files, the same in every locale. A program that uses the library may
 * have chosen a decimal comma; files always use a point. */
#ifndef NN_BASE_NUMBER_H
#define NN_BASE_NUMBER_H

#include "nn/base/error.h"

#include <stddef.h>
#include <stdio.h>

/* Reads like strtod in the C locale: returns the value of the longest number that `text` begins
 * with and points `end` to the byte after it, to `text` itself when there is none. */
double number_read(const char *text, char **end);

enum { NUMBER_TEXT = 40 };
/* Writes the value with `digits` significant digits (at most 17), as "%.9g" does in the C locale
 * for 9. A float comes back exactly from 9 digits, a double from 17. Returns `text`. */
const char *number_text(double value, int digits, char text[NUMBER_TEXT]);

/* The value rounded to so many decimal places. */
double number_round(double value, int places);

/* fprintf and snprintf in the C locale. */
int number_print(FILE *stream, const char *format, ...) PRINTF_LIKE(2, 3);
int number_format(char *text, size_t size, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
