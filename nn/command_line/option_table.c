#include "nn/command_line/option_table.h"

#include "nn/base/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* With as few digits as give the number back. */
static const char *shortest_text(float value, char text[NUMBER_TEXT]) {
    for (int digits = 6; digits < 9; digits++)
        if ((float)number_read(number_text((double)value, digits, text), &(char *){NULL}) == value)
            return text;
    return number_text((double)value, 9, text);
}

void option_value(const Option *option, const void *settings, char *buffer, size_t size) {
    const void *value = (const char *)settings + option->offset;
    char number[NUMBER_TEXT];
    switch (option->kind) {
    case OPTION_KIND_FLAG:
        snprintf(buffer, size, "%s", *(const bool *)value ? "true" : "false");
        break;
    case OPTION_KIND_INTEGER:
        snprintf(buffer, size, "%d", *(const int *)value);
        break;
    case OPTION_KIND_SEED:
        snprintf(buffer, size, "%" PRIu64, *(const uint64_t *)value);
        break;
    case OPTION_KIND_FLOAT:
        if (isnan(*(const float *)value))
            snprintf(buffer, size, "%s", "");
        else
            snprintf(buffer, size, "%s", shortest_text(*(const float *)value, number));
        break;
    case OPTION_KIND_STRING:
    case OPTION_KIND_INPUT:
    case OPTION_KIND_OUTPUT:
    case OPTION_KIND_CHOICE: {
        const char *text = *(const char *const *)value;
        snprintf(buffer, size, "%s", text ? text : "");
        break;
    }
    }
}

const char *option_text(const Option *option, const void *settings) {
    bool text = option->kind == OPTION_KIND_STRING || option->kind == OPTION_KIND_INPUT ||
                option->kind == OPTION_KIND_OUTPUT;
    return text ? *(const char *const *)((const char *)settings + option->offset) : NULL;
}

int choice_index(const char *const *choices, const char *choice) {
    int i = 0;
    while (choices[i] && strcmp(choices[i], choice))
        i++;
    return i;
}
