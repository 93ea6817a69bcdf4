/* catalogue_walk.h: internal to the catalogue: what is gathered of a folder of music. The public
 * interface is music_catalogue.h. */
#ifndef DATASETS_CORPUS_CATALOGUE_WALK_H
#define DATASETS_CORPUS_CATALOGUE_WALK_H

#include "datasets/corpus/music_catalogue.h"
#include "nn/base/arena.h"

enum { CORPUS_LIMIT = 1000 };

/* What is gathered of one file beside its entry. */
typedef struct Found {
    MusicEntry entry;
    const char *genre, *near;
    char song[256]; /* what names its song */
    bool song_is_named;
    bool drawn;       /* its split was, by its song's hash */
    int same;         /* index of a file of the same song, its own where it leads */
    MusicSplit given; /* of one that leads: what a table says of any file of its song */
} Found;

typedef struct Walk {
    Arena *arena;
    Found *found; /* (count) sorted by corpus and file, once all are found */
    int count, room;
    const char *corpora[CORPUS_LIMIT], *folders[CORPUS_LIMIT];
    int n_corpora;
    int split_corpus; /* whose splits the caller gave, -1 for none */
    Error *error;
} Walk;

/* The file of that path within a corpus, or NULL. */
Found *walk_find(const Walk *walk, int corpus, const char *file);

/* song_splits.c: tells which files are of one song, and gives each a split, the same for all files
 * of a song. */
int walk_split_songs(Walk *walk) MUST_CHECK;

#endif
