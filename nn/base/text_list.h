/* text_list.h: lists as a command line writes them, with commas between the items: "one,two". */
#ifndef NN_BASE_TEXT_LIST_H
#define NN_BASE_TEXT_LIST_H

#include "nn/base/error.h"

/* Returns the `*count` items of the list, at least one and none of them empty; one free() takes
 * array and texts together. NULL when nothing stands before, between or after commas, or memory is
 * out. */
char **text_list_split(const char *list, int *count, Error *error);

#endif
