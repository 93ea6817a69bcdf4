#include "nn/base/json_text.h"

#include "nn/base/plain_text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *json_text(const char *text) {
    static const char replacement[] = "\xEF\xBF\xBD";
    json_t *string = json_string(text);
    char *sound = string ? NULL : malloc(strlen(text) * (sizeof replacement - 1) + 1), *end = sound;
    if (!sound)
        return string;
    while (*text) {
        unsigned code_point;
        int length = utf8_character(text, &code_point);
        memcpy(end, length ? text : replacement, length ? (size_t)length : sizeof replacement - 1);
        end += length ? (size_t)length : sizeof replacement - 1;
        text += length ? length : 1;
    }
    *end = 0;
    string = json_string(sound);
    free(sound);
    return string;
}

static bool is_utf8(const char *text) {
    unsigned code_point;
    for (int length = 1; *text && length; text += length)
        length = utf8_character(text, &code_point);
    return !*text;
}

int json_add_bytes(json_t *object, const char *key, const char *text) {
    if (is_utf8(text))
        return 0;
    char name[64], *encoded = malloc(3 * strlen(text) + 1), *end = encoded;
    if (!encoded)
        return -1;
    for (const unsigned char *byte = (const unsigned char *)text; *byte; byte++) {
        bool plain = *byte < 0x80 && (isalnum(*byte) || strchr("-._~/", *byte));
        end += sprintf(end, plain ? "%c" : "%%%02X", *byte);
    }
    snprintf(name, sizeof name, "%s_bytes", key);
    int status = json_object_set_new(object, name, json_string(encoded));
    free(encoded);
    return status;
}

json_t *json_unsigned(uint64_t number) {
    return number <= INT64_MAX ? json_integer((json_int_t)number)
                               : json_sprintf("%" PRIu64, number);
}
