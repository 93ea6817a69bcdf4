#include "nn/base/text_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char **text_list_split(const char *list, int *count, Error *error) {
    size_t length = strlen(list), most = 1;
    for (const char *c = list; *c; c++)
        most += *c == ',';
    char **items = malloc(most * sizeof *items + length + 1);
    if (!items) {
        error_memory(error, "a list", most * sizeof *items + length + 1);
        return NULL;
    }
    char *rest = memcpy(items + most, list, length + 1);
    for (*count = 0; rest;)
        if (!*(items[(*count)++] = strsep(&rest, ","))) {
            error_set(error, "'%s': item %d of the list is empty", list, *count);
            free(items);
            return NULL;
        }
    return items;
}

void text_list_join(const char *const *items, int count, char *text, size_t size) {
    *text = 0;
    for (int i = 0; i < count; i++) {
        size_t length = strlen(text);
        snprintf(text + length, size - length, "%s%s", i ? ", " : "", items[i]);
    }
}

void text_list_drop_folders(char *paths) {
    char *to = paths;
    for (const char *from = paths, *end;; from = end + 1) {
        end = from + strcspn(from, ",");
        const char *last = end;
        while (last > from && last[-1] == '/')
            last--;
        const char *first = last;
        while (first > from && first[-1] != '/')
            first--;
        memmove(to, first, (size_t)(last - first));
        to += last - first;
        if (!*end)
            break;
        *to++ = ',';
    }
    *to = 0;
}
