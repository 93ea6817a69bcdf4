#include "nn/io/path_list.h"

#include <dirent.h>
#include <errno.h>
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

/* A folder being listed, and the one it was found in. */
typedef struct Folder {
    const char *path;
    struct stat info;
    const struct Folder *above;
    int depth;
} Folder;

/* Whether that is the folder or one above it, to which a symbolic link may lead back. */
static bool is_on_the_way(const Folder *folder, const struct stat *info) {
    for (; folder; folder = folder->above)
        if (folder->info.st_dev == info->st_dev && folder->info.st_ino == info->st_ino)
            return true;
    return false;
}

/* Where the files go, and the folders below the first that cannot be listed (NULL: they fail). */
typedef struct Walk {
    PathList *files, *closed;
} Walk;

static int add_files(const Walk *walk, const Folder *folder, Error *error);

/* Adds what lies at the path: a file, or all files of a folder. */
static int add_entry(const Walk *walk, const char *path, const Folder *above, Error *error) {
    Folder folder = {.path = path, .above = above, .depth = above->depth + 1};
    if (stat(path, &folder.info))
        return 0;
    if (S_ISDIR(folder.info.st_mode))
        return is_on_the_way(above, &folder.info) ? 0 : add_files(walk, &folder, error);
    return S_ISREG(folder.info.st_mode) ? path_list_add(walk->files, path, error) : 0;
}

static int add_files(const Walk *walk, const Folder *folder, Error *error) {
    struct dirent **entries;
    if (folder->depth > DEEPEST)
        return error_set(error, "%s: more than %d folders deep", folder->path, DEEPEST);
    int count = scandir(folder->path, &entries, is_wanted, path_by_name);
    if (count < 0 && errno == EACCES && folder->above && walk->closed)
        return path_list_add(walk->closed, folder->path, error);
    if (count < 0)
        return error_errno(error, "cannot list %s", folder->path);
    int status = 0;
    const char *slash = folder->path[strlen(folder->path) - 1] == '/' ? "" : "/";
    for (int i = 0; i < count; i++) {
        char *path = NULL;
        if (!status && asprintf(&path, "%s%s%s", folder->path, slash, entries[i]->d_name) < 0)
            status = error_memory(error, "a file name", strlen(folder->path));
        else if (!status)
            status = add_entry(walk, path, folder, error);
        free(path);
        free(entries[i]);
    }
    free(entries);
    return status;
}

int path_list_add_folder(PathList *list, const char *folder, PathList *closed, Error *error) {
    Walk walk = {.files = list, .closed = closed};
    Folder top = {.path = folder};
    if (stat(folder, &top.info))
        return error_errno(error, "cannot list %s", folder);
    return add_files(&walk, &top, error);
}
