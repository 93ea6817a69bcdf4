/* music_catalogue.h: the MIDI files of a folder and their labels.
 *
 * Any tree of MIDI files (.mid, .midi, .kar, .rmi, .smf) is accepted. A folder with a
 * labels.csv or a stats.csv is a corpus (named after the folder), and the files below it belong to
 * it; files outside such folders form another, named after the root. It reads, where present,
 *
 * - labels.csv: file,valence,arousal,quadrant,genre (empty = unknown; valence and arousal in
 *   [-1, 1]; where both are unknown, the quadrant's corner: Q1 1,1; Q2 -1,1; Q3 -1,-1; Q4 1,-1; a
 *   genre is one name without a comma);
 * - stats.csv: columns file, song, split and near_dup.
 *
 * Splits keep songs whole: stats.csv's split where given, for the file or for another of its song
 * (the furthest from training where they differ), else by the hash of the song, 1 in 10 for
 * validation (in a small folder at least one) and 1 in 10 for test. A song is named by stats.csv,
 * else by the file name without a trailing number after "_" or "-" (with it where the files of a
 * corpus differ in nothing else); files listed in near_dup ("corpus/file:share;…") count as the
 * same song. In a corpus with labelled/ and phrases/ the phrases, which are cut from the labelled
 * pieces, are skipped. Where most files of a corpus share their song with another, they are
 * excerpts. */
#ifndef DATASETS_CORPUS_MUSIC_CATALOGUE_H
#define DATASETS_CORPUS_MUSIC_CATALOGUE_H

#include "nn/base/error.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum MusicSplit { MUSIC_TRAIN, MUSIC_VALIDATION, MUSIC_TEST, MUSIC_UNSPLIT } MusicSplit;

typedef struct MusicEntry {
    const char *path;       /* to open it */
    const char *file;       /* within its corpus, as in labels.csv */
    int corpus;             /* index into corpora */
    int genre;              /* index into genres, 0 = unknown */
    float valence, arousal; /* [-1, 1], NAN = unknown */
    uint64_t song;          /* equal for files of one song */
    MusicSplit split;
    bool excerpt;    /* cut from a longer piece */
    uint64_t bytes;  /* size of the file */
    int64_t changed; /* modification time, nanoseconds since 1970 */
} MusicEntry;

typedef struct MusicCatalogue {
    MusicEntry *entries;            /* (n_entries) sorted by corpus and file */
    const char **corpora, **genres; /* genres[0] is "unknown", the rest alphabetical */
    int n_entries, n_corpora, n_genres;
    struct Arena *arena; /* owns all of the above */
} MusicCatalogue;

typedef struct MusicCatalogueSettings {
    const char *labels; /* a labels file for the whole root, with `file` relative to it; or NULL */
    const char *splits; /* a file of `file,split` that replaces the splits of the corpus that
                           contains it (files not named become MUSIC_UNSPLIT); or NULL */
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
