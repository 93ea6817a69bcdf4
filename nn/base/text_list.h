/* text_list.h: comma-separated lists, as on a command line: "one,two". */
#ifndef NN_BASE_TEXT_LIST_H
#define NN_BASE_TEXT_LIST_H

#include "nn/base/error.h"

#include <stddef.h>

/* Returns the `*count` items of the list, at least one and none of them empty; one free() releases
 * array and texts together. NULL when an item is empty or memory runs out. */
char **text_list_split(const char *list, int *count, Error *error);

/* Writes the items separated by ", " ("one, two"), truncated to `size` bytes (not 0). */
void text_list_join(const char *const *items, int count, char *text, size_t size);

/* Leaves of each path in a list its last part: logs and models should not tell about folders of the
 * machine they were made on. */
void text_list_drop_folders(char *paths);

#endif
