#include "nn/command_line/ascii_output.h"

#include "nn/base/plain_text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char *environment(const char *name) {
    const char *value = getenv(name);
    return value ? value : "";
}

bool locale_lacks_unicode(void) {
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (int i = 0; i < 3; i++) {
        const char *value = environment(names[i]);
        if (*value)
            return !strcasestr(value, "UTF-8") && !strcasestr(value, "UTF8");
    }
    return false;
}

bool terminal_is_dumb(void) {
    const char *type = environment("TERM");
    return !*type || !strcmp(type, "dumb");
}

static const struct {
    const char *sign, *ascii;
} likes[] = {
    {"×", "x"},  {"…", "..."},  {"–", "-"}, {"—", "-"},  {"±", "+-"}, {"²", "^2"},
    {"³", "^3"}, {"°", " deg"}, {"µ", "u"}, {"→", "->"}, {"←", "<-"}, {"≥", ">="},
    {"≤", "<="}, {"’", "'"},    {"‘", "'"}, {"“", "\""}, {"”", "\""}, {"·", "."},
    {"•", "*"},  {"♯", "#"},    {"♭", "b"}, {"█", "#"},  {"▉", "#"},  {"▊", "#"},
    {"▋", "#"},  {"▌", "#"},    {"▍", ""},  {"▎", ""},   {"▏", ""},   {"√", "sqrt"},
};

enum { LONGEST = 4 };

/* A stream at work: where it leads, and the beginning of a character that is not all there yet. */
typedef struct Ascii {
    FILE *into;
    char begun[LONGEST + 1];
    int n_begun;
} Ascii;

static void put_character(Ascii *ascii, const char *text) {
    unsigned code_point;
    int length = utf8_character(text, &code_point);
    for (size_t i = 0; i < sizeof likes / sizeof *likes && length > 1; i++)
        if (!strncmp(text, likes[i].sign, (size_t)length)) {
            fputs(likes[i].ascii, ascii->into);
            return;
        }
    if (length > 1)
        fprintf(ascii->into, "\\u{%X}", code_point);
    else
        for (; *text; text++)
            fprintf(ascii->into, "\\x%02X", (unsigned char)*text);
}

/* How many bytes a character has that begins so. */
static int claimed(unsigned char byte) {
    return byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : LONGEST;
}

static void end_character(Ascii *ascii) {
    ascii->begun[ascii->n_begun] = 0;
    if (ascii->n_begun)
        put_character(ascii, ascii->begun);
    ascii->n_begun = 0;
}

static ssize_t write_ascii(void *cookie, const char *bytes, size_t size) {
    Ascii *ascii = cookie;
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte < 0x80 || byte >= 0xc0)
            end_character(ascii);
        if (byte < 0x80) {
            putc(byte, ascii->into);
            continue;
        }
        ascii->begun[ascii->n_begun++] = (char)byte;
        if (ascii->n_begun >= claimed((unsigned char)ascii->begun[0]))
            end_character(ascii);
    }
    return fflush(ascii->into) || ferror(ascii->into) ? 0 : (ssize_t)size;
}

static int close_ascii(void *cookie) {
    Ascii *ascii = cookie;
    end_character(ascii);
    int status = fflush(ascii->into);
    free(ascii);
    return status;
}

FILE *ascii_output_open(FILE *into) {
    Ascii *ascii = calloc(1, sizeof *ascii);
    if (!ascii)
        return NULL;
    ascii->into = into;
    const cookie_io_functions_t functions = {.write = write_ascii, .close = close_ascii};
    FILE *stream = fopencookie(ascii, "w", functions);
    if (!stream)
        free(ascii);
    return stream;
}

static bool is_due(FILE *stream) {
    return locale_lacks_unicode() || (isatty(fileno(stream)) && terminal_is_dumb());
}

void ascii_output_begin(bool results) {
    FILE *output = results && is_due(stdout) ? ascii_output_open(stdout) : NULL;
    FILE *messages = is_due(stderr) ? ascii_output_open(stderr) : NULL;
    if (output) {
        setvbuf(output, NULL, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF, BUFSIZ);
        stdout = output;
    }
    if (messages) {
        setvbuf(messages, NULL, _IONBF, 0);
        stderr = messages;
    }
}
