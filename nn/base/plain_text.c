#include "nn/base/plain_text.h"

#include <string.h>

int utf8_character(const char *text, unsigned *code_point) {
    const unsigned char *bytes = (const unsigned char *)text;
    static const unsigned smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    int length = bytes[0] < 0x80   ? 1
                 : bytes[0] < 0xc0 ? 0
                 : bytes[0] < 0xe0 ? 2
                 : bytes[0] < 0xf0 ? 3
                                   : 4;
    if (!length || bytes[0] > 0xf4)
        return 0;
    *code_point = length == 1 ? bytes[0] : bytes[0] & (0xff >> (length + 1));
    for (int i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
        *code_point = *code_point << 6 | (bytes[i] & 0x3f);
    }
    bool surrogate = *code_point >= 0xd800 && *code_point <= 0xdfff;
    return *code_point < smallest[length] || surrogate || *code_point > 0x10ffff ? 0 : length;
}

/* Controls of both sets; line and paragraph separators; marks that turn the direction. */
static bool is_harmful(unsigned code_point) {
    return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) || code_point == 0x61c ||
           code_point == 0x200e || code_point == 0x200f ||
           (code_point >= 0x2028 && code_point <= 0x202e) ||
           (code_point >= 0x2066 && code_point <= 0x2069);
}

enum { LONGEST_ESCAPE = 12 };

/* The next character as it is to be shown; returns how many bytes of the text it takes up. */
static int next_piece(const char *text, char piece[LONGEST_ESCAPE]) {
    unsigned code_point;
    int length = utf8_character(text, &code_point);
    const char *letter = length == 1 ? strchr("\nn\tt\rr", (int)code_point) : NULL;
    if (!length)
        snprintf(piece, LONGEST_ESCAPE, "\\x%02X", (unsigned char)*text);
    else if (!is_harmful(code_point))
        snprintf(piece, LONGEST_ESCAPE, "%.*s", length, text);
    else if (letter)
        snprintf(piece, LONGEST_ESCAPE, "\\%c", letter[1]);
    else
        snprintf(piece, LONGEST_ESCAPE, length == 1 ? "\\x%02X" : "\\u{%X}", code_point);
    return length ? length : 1;
}

void plain_print(const char *text, FILE *stream) {
    char piece[LONGEST_ESCAPE];
    while (*text) {
        text += next_piece(text, piece);
        fputs(piece, stream);
    }
}

const char *plain_text(const char *text, PlainText *buffer) {
    static const char cut[] = "...";
    char piece[LONGEST_ESCAPE];
    size_t used = 0, room = sizeof buffer->text - sizeof cut;
    while (*text) {
        text += next_piece(text, piece);
        size_t length = strlen(piece);
        if (used + length > room) {
            memcpy(buffer->text + used, cut, sizeof cut);
            return buffer->text;
        }
        memcpy(buffer->text + used, piece, length);
        used += length;
    }
    buffer->text[used] = 0;
    return buffer->text;
}
