/* path_list.h: names of files, and what lies in a folder. */
#ifndef NN_BASE_PATH_LIST_H
#define NN_BASE_PATH_LIST_H

#include "nn/base/error.h"

#include <stdbool.h>

/* Zeroed at first; path_list_free. */
typedef struct PathList {
    char **paths;
    int count, room;
} PathList;

int path_list_add(PathList *list, const char *path, Error *error) MUST_CHECK;

/* Adds the files in a folder and in those below it, by name (bytes, not the user's language),
 * without clutter. Fails on a folder that cannot be listed or lies too deep. */
int path_list_add_folder(PathList *list, const char *folder, Error *error) MUST_CHECK;

void path_list_free(PathList *list);

/* Whether an entry of a folder is what systems leave there rather than what someone put there:
 * hidden
 * (".…"), Thumbs.db, desktop.ini, __MACOSX and the like. */
bool path_is_clutter(const char *name);

bool path_is_folder(const char *path);

#endif
