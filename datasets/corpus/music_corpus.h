/* music_corpus.h: a folder of MIDI files as tokens, in a cache file.
 *
 * The files of a catalogue (datasets/corpus/music_catalogue.h) are read and tokenised in parallel
 * and appended to one cache file, a block of files at a time; the file is then mapped into memory,
 * so that a corpus larger than memory can be trained on. The cache is reused as long as every
 * file's size and modification time, the token language and its checksum match; else it is
 * rewritten (atomically: an interrupted build leaves the older cache; of several processes one
 * writes it and the others wait). Unreadable files are skipped
 * and listed.
 *
 * The cache, little endian: a header (MusicCacheHeader in music_corpus.c), the tokens of all
 * pieces, one after the other (uint16), one row of offset and count per file of the catalogue, and
 * the failures as text. */
#ifndef DATASETS_CORPUS_MUSIC_CORPUS_H
#define DATASETS_CORPUS_MUSIC_CORPUS_H

#include "datasets/corpus/music_catalogue.h"
#include "datasets/media/bad_inputs.h"

#include <stddef.h>

typedef struct MusicPiece {
    const MusicEntry *entry; /* file, corpus, labels, song, split */
    const uint16_t
        *tokens; /* (count) see datasets/music/music_tokens.h; from start to end, trimmed */
    int count;
} MusicPiece;

typedef struct MusicCorpus {
    const MusicCatalogue *catalogue;
    MusicPiece *pieces; /* (n_pieces) the readable ones, in the catalogue's order */
    int n_pieces;
    long long n_tokens;
    const char **failures; /* (n_failures) "file: what is wrong" */
    int n_failures;
    int n_repaired;    /* of the pieces: files with faults that midi_check.h repaired */
    bool from_cache;   /* an earlier run's cache was used */
    uint64_t checksum; /* of the tokens and of the pieces' emotions, genres, corpora and splits:
                          identifies a model's training data */
    struct MusicCorpusParts *parts; /* private */
} MusicCorpus;

typedef struct MusicCorpusSettings {
    MusicCatalogueSettings catalogue;
    const char
        *cache;     /* where to store the tokens; NULL: a temporary file deleted with the corpus */
    BadInputs *bad; /* receives each skipped file; may be NULL */
    void (*progress)(void *context, int done, int total); /* may be NULL; called from one thread */
    void *progress_context;
} MusicCorpusSettings;

/* Returns the corpus (free with music_corpus_free) or NULL: the folder or its tables cannot be
 * read, the cache cannot be written, or no file is readable. `settings` may be NULL. */
MusicCorpus *music_corpus_open(const char *root, const MusicCorpusSettings *settings, Error *error);
void music_corpus_free(MusicCorpus *corpus);

/* Pieces that are not in files: a corpus of copies of the given tokens (the built-in pieces). Entry
 * i's strings must outlive the corpus. */
MusicCorpus *music_corpus_from_pieces(const MusicEntry *entries, uint16_t *const *tokens,
                                      const int *counts, int n_pieces, const char *name,
                                      Error *error);

#endif
