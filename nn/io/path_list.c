#include "nn/io/path_list.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { DEEPEST = 32 };

bool path_is_clutter(const char *name) {
    static const char *const names[] = {"Thumbs.db", "desktop.ini", "ehthumbs.db", "__MACOSX",
                                        "@eaDir",    "lost+found",  "Icon\r"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcasecmp(name, names[i]))
            return true;
    return name[0] == '.';
}

bool path_is_folder(const char *path) {
    struct stat info;
    return !stat(path, &info) && S_ISDIR(info.st_mode);
}

int path_list_add(PathList *list, const char *path, Error *error) {
    if (list->count == list->room) {
        int room = list->room ? 2 * list->room : 64;
        char **paths = realloc(list->paths, (size_t)room * sizeof *paths);
        if (!paths)
            return error_memory(error, "names of files", (size_t)room * sizeof *paths);
        list->paths = paths;
        list->room = room;
    }
    if (!(list->paths[list->count] = strdup(path)))
        return error_memory(error, "a file name", strlen(path));
    list->count++;
    return 0;
}

void path_list_free(PathList *list) {
    for (int i = 0; i < list->count; i++)
        free(list->paths[i]);
    free(list->paths);
    *list = (PathList){0};
}

static int is_wanted(const struct dirent *entry) {
    return !path_is_clutter(entry->d_name);
}

int path_by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int add_below(PathList *list, const char *folder, int depth, Error *error) {
    struct dirent **entries;
    if (depth > DEEPEST)
        return error_set(error, "%s: more than %d folders deep", folder, DEEPEST);
    int count = scandir(folder, &entries, is_wanted, path_by_name);
    if (count < 0)
        return error_errno(error, "cannot list %s", folder);
    int status = 0;
    for (int i = 0; i < count; i++) {
        struct stat info = {0};
        char *path = NULL;
        const char *slash = folder[strlen(folder) - 1] == '/' ? "" : "/";
        if (!status && asprintf(&path, "%s%s%s", folder, slash, entries[i]->d_name) < 0)
            status = error_memory(error, "a file name", strlen(folder));
        else if (!status && !stat(path, &info) && S_ISDIR(info.st_mode))
            status = add_below(list, path, depth + 1, error);
        else if (!status && S_ISREG(info.st_mode))
            status = path_list_add(list, path, error);
        free(path);
        free(entries[i]);
    }
    free(entries);
    return status;
}

int path_list_add_folder(PathList *list, const char *folder, Error *error) {
    return add_below(list, folder, 0, error);
}
