#include "nn/base/json_text.h"

#include <stdlib.h>
#include <string.h>

json_t *json_text(const char *text) {
    json_t *string = json_string(text);
    char *ascii = string ? NULL : strdup(text);
    if (!ascii)
        return string;
    for (char *c = ascii; *c; c++)
        if (*c & 0x80)
            *c = '?';
    string = json_string(ascii);
    free(ascii);
    return string;
}
