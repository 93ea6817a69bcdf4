#include "tests/support/text.h"

#include <stdarg.h>
#include <stdio.h>

const char *text_format(const char *format, ...) {
    static char buffers[64][4096];
    static unsigned turn;
    char *buffer = buffers[turn++ % 64];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(buffer, sizeof buffers[0], format, arguments);
    va_end(arguments);
    ck_assert_int_lt(length, (int)sizeof buffers[0]);
    return buffer;
}
