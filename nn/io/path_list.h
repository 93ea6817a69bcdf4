/* path_list.h: lists of paths, and the files of a folder. */
#ifndef NN_IO_PATH_LIST_H
#define NN_IO_PATH_LIST_H

#include "nn/base/error.h"

#include <dirent.h>
#include <stdbool.h>

/* Initialise with zeros; free with path_list_free. */
typedef struct PathList {
    char **paths;
    int count, room;
} PathList;

int path_list_add(PathList *list, const char *path, Error *error) MUST_CHECK;

/* Adds the files of a folder and its subfolders, sorted by name (bytes, not the user's locale),
 * without clutter. A link to a folder that it lies in is passed over. Subfolders that the user may
 * not list go to `closed`; if that is NULL, they fail, as does one nested too deeply. */
int path_list_add_folder(PathList *list, const char *folder, PathList *closed,
                         Error *error) MUST_CHECK;

void path_list_free(PathList *list);

/* Whether a folder entry was left there by the system rather than by the user: hidden (".…"),
 * Thumbs.db, desktop.ini, __MACOSX and the like. */
bool path_is_clutter(const char *name);

bool path_is_folder(const char *path);

/* The order of scandir by bytes, the same in every locale. */
int path_by_name(const struct dirent **a, const struct dirent **b);

#endif
