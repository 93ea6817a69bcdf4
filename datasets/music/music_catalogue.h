/* music_catalogue.h: which MIDI files a folder holds, and what is known of each.
 *
 * Any tree of MIDI files (.mid, .midi, .kar, .rmi, .smf) is taken. A folder with a labels.csv is a
 * corpus (named after the folder), and the files below it belong to it; files outside of such
 * folders form one more, named after the root. Read are
 *
 * - labels.csv: file,valence,arousal,quadrant,genre (empty = unknown; valence and arousal in
 *   [-1, 1]; where both are unknown, the quadrant's corner: Q1 1,1; Q2 -1,1; Q3 -1,-1; Q4 1,-1; a
 *   genre is one name without a comma);
 * - stats.csv: file, and of its other columns song, split and near_dup, where it is there.
 *
 * Splits keep songs whole: stats.csv's split where given, else by the hash of the song, 1 in 10 for
 * validation (in a small folder at least one) and 1 in 10 for test. A song is named by stats.csv,
 * else by the file name without a number behind "_" or "-" at its end (with it where the files of a
 * corpus differ in nothing else); files that near_dup names ("corpus/file:share;…") count as the
 * same song. In a corpus with labelled/ and phrases/ the phrases, which are cut from the
 * labelled pieces, are left out. Where most files of a corpus share their song with another, they
 * are excerpts. */
#ifndef DATASETS_MUSIC_MUSIC_CATALOGUE_H
#define DATASETS_MUSIC_MUSIC_CATALOGUE_H

#include "nn/base/error.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum MusicSplit { MUSIC_TRAIN, MUSIC_VALIDATION, MUSIC_TEST, MUSIC_UNSPLIT } MusicSplit;

typedef struct MusicEntry {
    const char *path;       /* to open it */
    const char *file;       /* within its corpus, as labels.csv names it */
    int corpus;             /* index into corpora */
    int genre;              /* index into genres, 0 = unknown */
    float valence, arousal; /* [-1, 1], NAN = unknown */
    uint64_t song;          /* equal for files of one song */
    MusicSplit split;
    bool excerpt;    /* cut out of a longer piece */
    uint64_t bytes;  /* size of the file */
    int64_t changed; /* and when it was changed last, nanoseconds since 1970 */
} MusicEntry;

typedef struct MusicCatalogue {
    MusicEntry *entries;            /* (n_entries) by path */
    const char **corpora, **genres; /* genres[0] is "unknown", the rest by alphabet */
    int n_entries, n_corpora, n_genres;
    struct Arena *arena; /* owns all of the above */
} MusicCatalogue;

typedef struct MusicCatalogueSettings {
    const char *labels; /* a labels file for the whole root, `file` counted from there; or NULL */
    const char *splits; /* a file of `file,split` that replaces the splits of the corpus that it
                           lies in (what it does not name becomes MUSIC_UNSPLIT); or NULL */
} MusicCatalogueSettings;

/* Returns the catalogue (free with music_catalogue_free) or NULL: no such folder, no MIDI file in
 * it, a table that cannot be read ("labels.csv:12: valence 'x', expected -1 … 1") or
 * names none of the files. `settings` may be NULL. */
MusicCatalogue *music_catalogue_create(const char *root, const MusicCatalogueSettings *settings,
                                       Error *error);
void music_catalogue_free(MusicCatalogue *catalogue);

/* "train", "validation", "test", "none" */
const char *music_split_name(MusicSplit split);

#endif
