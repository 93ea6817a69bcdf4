/* text_list.h: lists as a command line writes them, items separated by commas: "one,two". */
#ifndef NN_BASE_TEXT_LIST_H
#define NN_BASE_TEXT_LIST_H

#include "nn/base/error.h"

#include <stddef.h>

/* Returns the `*count` items of the list, at least one and none of them empty; one free() takes
 * array and texts together. NULL when nothing stands before, between or after commas, or memory is
 * out. */
char **text_list_split(const char *list, int *count, Error *error);

/* Writes the items as a sentence lists them, "one, two", as many bytes as the text of `size` (not
 * 0) has room for. */
void text_list_join(const char *const *items, int count, char *text, size_t size);

#endif
