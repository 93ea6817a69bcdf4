#include "compose/library/walk.h"

#include "compose/library/song_facts.h"
#include "nn/base/array.h"
#include "nn/base/plain_text.h"
#include "nn/io/path_list.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void walk_free(Walk *walk) {
    for (int i = 0; i < walk->count; i++)
        free(walk->files[i].path);
    free(walk->files);
    free(walk->known);
    *walk = (Walk){0};
}

static FileId *place_of(FileId *table, size_t room, FileId id) {
    size_t at = (size_t)((id.inode * 0x9e3779b97f4a7c15) ^ id.device) & (room - 1);
    while (table[at].inode && (table[at].inode != id.inode || table[at].device != id.device))
        at = (at + 1) & (room - 1);
    return &table[at];
}

static int make_room(Walk *walk, Error *error) {
    if (2 * walk->n_known < walk->room_known)
        return 0;
    size_t room = walk->room_known ? 2 * walk->room_known : 1024;
    FileId *table = calloc(room, sizeof *table);
    if (!table)
        return error_memory(error, "files met", room * sizeof *table);
    for (size_t i = 0; i < walk->room_known; i++)
        if (walk->known[i].inode)
            *place_of(table, room, walk->known[i]) = walk->known[i];
    free(walk->known);
    walk->known = table;
    walk->room_known = room;
    return 0;
}

/* 1 when it is met for the first time, 0 when again, -1 when memory is out. */
static int meet(Walk *walk, const struct stat *info, Error *error) {
    if (make_room(walk, error))
        return -1;
    FileId id = {.device = info->st_dev, .inode = info->st_ino ? info->st_ino : 1};
    FileId *place = place_of(walk->known, walk->room_known, id);
    if (place->inode)
        return 0;
    *place = id;
    walk->n_known++;
    return 1;
}

static int add_file(Walk *walk, const FTSENT *entry, Error *error) {
    MoodSource kind;
    if (!S_ISREG(entry->fts_statp->st_mode) || !song_is_name(entry->fts_path, &kind))
        return 0;
    int fresh = meet(walk, entry->fts_statp, error);
    if (fresh <= 0)
        return fresh;
    char *path = strdup(entry->fts_path);
    if (!path || !ARRAY_GROW(walk->files, walk->room, walk->count)) {
        free(path);
        return error_memory(error, "files", sizeof *walk->files);
    }
    walk->files[walk->count++] =
        (WalkFile){.path = path,
                   .size = entry->fts_statp->st_size,
                   .changed = (int64_t)entry->fts_statp->st_mtim.tv_sec * 1000000000 +
                              entry->fts_statp->st_mtim.tv_nsec};
    return 0;
}

static int by_name(const FTSENT **a, const FTSENT **b) {
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void note_unreadable(Walk *walk, const FTSENT *entry) {
    PlainText path;
    if (!walk->unreadable++)
        snprintf(walk->why_unreadable, sizeof walk->why_unreadable, "%s: %s",
                 plain_text(entry->fts_path, &path), strerror(entry->fts_errno));
}

static int visit(Walk *walk, FTS *tree, FTSENT *entry, Error *error) {
    bool hidden = entry->fts_level > 0 && path_is_clutter(entry->fts_name);
    switch (entry->fts_info) {
    case FTS_D: {
        int fresh = hidden ? 0 : meet(walk, entry->fts_statp, error);
        if (!fresh)
            fts_set(tree, entry, FTS_SKIP);
        return fresh < 0 ? -1 : 0;
    }
    case FTS_F:
        return hidden ? 0 : add_file(walk, entry, error);
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        note_unreadable(walk, entry);
        return 0;
    default:
        return 0;
    }
}

int walk_add(Walk *walk, const char *root, Error *error) {
    struct stat info;
    if (stat(root, &info))
        return error_errno(error, "cannot find %s", root);
    char *roots[] = {strdup(root), NULL};
    FTS *tree = roots[0] ? fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name) : NULL;
    int status = tree ? 0 : error_errno(error, "cannot read %s", root);
    while (!status) {
        errno = 0; /* stays so at the end of the tree */
        FTSENT *entry = fts_read(tree);
        if (!entry && errno)
            status = error_errno(error, "cannot read %s", root);
        if (!entry)
            break;
        status = visit(walk, tree, entry, error);
    }
    if (tree)
        fts_close(tree);
    free(roots[0]);
    return status;
}
