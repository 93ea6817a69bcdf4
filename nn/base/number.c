#include "nn/base/number.h"

#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>

/* Lives as long as the process; 0 where none could be had, and then the host's locale stays. */
static locale_t c_locale;

static void create_locale(void) {
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* Switches this thread to the C locale; returns what to hand to uselocale afterwards. */
static locale_t enter(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, create_locale);
    return uselocale(c_locale);
}

double number_read(const char *text, char **end) {
    locale_t host = enter();
    double value = strtod(text, end);
    uselocale(host);
    return value;
}

const char *number_text(double value, int digits, char text[NUMBER_TEXT]) {
    locale_t host = enter();
    snprintf(text, NUMBER_TEXT, "%.*g", digits, value);
    uselocale(host);
    return text;
}

double number_round(double value, int places) {
    double unit = pow(10, places);
    return round(value * unit) / unit;
}

int number_print(FILE *stream, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    locale_t host = enter();
    int printed = vfprintf(stream, format, arguments);
    uselocale(host);
    va_end(arguments);
    return printed;
}

int number_format(char *text, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    locale_t host = enter();
    int length = vsnprintf(text, size, format, arguments);
    uselocale(host);
    va_end(arguments);
    return length;
}
