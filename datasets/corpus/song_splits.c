#include "datasets/corpus/catalogue_walk.h"
#include "nn/base/fnv1a.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The file name in lower case without folder and ending, and without a number behind "_" or "-"
 * unless that is `counted` as part of the name. */
static void name_song(Found *found, bool counted) {
    const char *slash = strrchr(found->entry.file, '/');
    snprintf(found->song, sizeof found->song, "%s", slash ? slash + 1 : found->entry.file);
    *strrchr(found->song, '.') = 0;
    for (char *at = found->song; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    char *end = found->song + strlen(found->song), *digits = end;
    while (digits > found->song && isdigit((unsigned char)digits[-1]))
        digits--;
    if (!counted && digits < end && digits > found->song + 1 &&
        (digits[-1] == '_' || digits[-1] == '-'))
        digits[-1] = 0;
}

/* Where nothing but numbers tells the files of a corpus apart, they count songs, not parts of one.
 */
static void name_songs(Walk *walk) {
    const Found *first[CORPUS_LIMIT] = {NULL};
    bool differ[CORPUS_LIMIT] = {false};
    for (int i = 0; i < walk->count; i++) {
        Found *found = &walk->found[i];
        int corpus = found->entry.corpus;
        if (!*found->song)
            name_song(found, false);
        if (!first[corpus])
            first[corpus] = found;
        differ[corpus] |= strcmp(found->song, first[corpus]->song) != 0;
    }
    for (int i = 0; i < walk->count; i++)
        if (!differ[walk->found[i].entry.corpus] && !walk->found[i].song_is_named)
            name_song(&walk->found[i], true);
}

static int leader(Walk *walk, int at) {
    while (walk->found[at].same != at)
        at = walk->found[at].same = walk->found[walk->found[at].same].same;
    return at;
}

static void join(Walk *walk, int a, int b) {
    a = leader(walk, a);
    b = leader(walk, b);
    walk->found[a > b ? a : b].same = a > b ? b : a;
}

static int compare_songs(const void *a, const void *b) {
    const Found *const *first = a, *const *second = b;
    int order = strcmp((*first)->song, (*second)->song);
    return order ? order : (*first > *second) - (*first < *second);
}

/* Joins the files that near_dup names: "corpus/file:0.83;corpus/file:0.51". */
static int join_near(Walk *walk, int at) {
    char *rest = arena_strdup(walk->arena, walk->found[at].near), *item;
    if (!rest)
        return error_memory(walk->error, "near duplicates", strlen(walk->found[at].near));
    while ((item = strsep(&rest, ";"))) {
        char *colon = strrchr(item, ':'), *slash = strchr(item, '/');
        if (!colon || !slash)
            continue;
        *colon = *slash = 0;
        for (int corpus = 0; corpus < walk->n_corpora; corpus++) {
            Found *other =
                strcmp(item, walk->corpora[corpus]) ? NULL : walk_find(walk, corpus, slash + 1);
            if (other)
                join(walk, at, (int)(other - walk->found));
        }
    }
    return 0;
}

static int join_songs(Walk *walk) {
    Found **order = malloc(((size_t)walk->count + 1) * sizeof *order);
    if (!order)
        return error_memory(walk->error, "songs", (size_t)walk->count * sizeof *order);
    for (int i = 0; i < walk->count; i++) {
        order[i] = &walk->found[i];
        walk->found[i].same = i;
    }
    qsort(order, (size_t)walk->count, sizeof *order, compare_songs);
    for (int i = 1; i < walk->count; i++)
        if (!strcmp(order[i]->song, order[i - 1]->song))
            join(walk, (int)(order[i] - walk->found), (int)(order[i - 1] - walk->found));
    int status = 0;
    for (int i = 0; i < walk->count && !status; i++)
        status = join_near(walk, i);
    int shared[CORPUS_LIMIT] = {0}, total[CORPUS_LIMIT] = {0};
    for (int i = 0; i < walk->count; i++) {
        bool beside = (i > 0 && !strcmp(order[i]->song, order[i - 1]->song)) ||
                      (i + 1 < walk->count && !strcmp(order[i]->song, order[i + 1]->song));
        total[order[i]->entry.corpus]++;
        shared[order[i]->entry.corpus] += order[i]->song_is_named && beside;
    }
    for (int i = 0; i < walk->count; i++) {
        MusicEntry *entry = &walk->found[i].entry;
        entry->excerpt = 2 * shared[entry->corpus] > total[entry->corpus];
    }
    free(order);
    return status;
}

/* FNV-1a, and a last stir (MurmurHash3's) without which names that differ in their last digits fall
 * together. */
static uint64_t hash_text(const char *text) {
    uint64_t hash = fnv1a(FNV1A_START, text, strlen(text));
    hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdu;
    return hash ^ hash >> 33;
}

static MusicSplit drawn_split(uint64_t song) {
    return song % 10 == 0 ? MUSIC_VALIDATION : song % 10 == 1 ? MUSIC_TEST : MUSIC_TRAIN;
}

/* A file without a split has the one that a table gives to another of its song, the furthest from
 * training where they differ; else its song's is drawn. */
static void split_songs(Walk *walk) {
    for (int i = 0; i < walk->count; i++)
        walk->found[i].given = MUSIC_UNSPLIT;
    for (int i = 0; i < walk->count; i++) {
        MusicSplit split = walk->found[i].entry.split, *given = &walk->found[leader(walk, i)].given;
        if (split != MUSIC_UNSPLIT && (*given == MUSIC_UNSPLIT || split > *given))
            *given = split;
    }
    for (int i = 0; i < walk->count; i++) {
        Found *found = &walk->found[i];
        const Found *first = &walk->found[leader(walk, i)];
        MusicEntry *entry = &found->entry;
        bool without = entry->split == MUSIC_UNSPLIT && entry->corpus != walk->split_corpus;
        entry->song = hash_text(first->song);
        found->drawn = without && first->given == MUSIC_UNSPLIT;
        if (without)
            entry->split = found->drawn ? drawn_split(entry->song) : first->given;
    }
}

/* A small folder may have drawn no song for validation: then that of the least hash goes there,
 * unless no other is left to train on. */
static void spare_validation(Walk *walk) {
    const MusicEntry *spared = NULL;
    bool others = false;
    for (int i = 0; i < walk->count; i++) {
        const MusicEntry *entry = &walk->found[i].entry;
        if (entry->split == MUSIC_VALIDATION)
            return;
        if (walk->found[i].drawn && (!spared || entry->song < spared->song))
            spared = entry;
    }
    for (int i = 0; i < walk->count; i++)
        others |= walk->found[i].entry.split == MUSIC_TRAIN && spared &&
                  walk->found[i].entry.song != spared->song;
    for (int i = 0; others && i < walk->count; i++)
        if (walk->found[i].entry.song == spared->song && walk->found[i].drawn)
            walk->found[i].entry.split = MUSIC_VALIDATION;
}

int walk_split_songs(Walk *walk) {
    name_songs(walk);
    if (join_songs(walk))
        return -1;
    split_songs(walk);
    spare_validation(walk);
    return 0;
}
