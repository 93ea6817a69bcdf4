/* lead_corpus.h: the lead sheets of a folder of MIDI files, as training tokens.
 *
 * The files of a catalogue (datasets/corpus/music_catalogue.h) are read and their sheets extracted
 * in parallel. Files without a sheet, excerpts, and corpora of weight 0 are skipped. */
#ifndef DATASETS_CORPUS_LEAD_CORPUS_H
#define DATASETS_CORPUS_LEAD_CORPUS_H

#include "datasets/corpus/music_catalogue.h"
#include "datasets/media/bad_inputs.h"
#include "datasets/music/lead_sheet.h"

typedef struct LeadPiece {
    const MusicEntry *entry;
    LeadHead head;
    uint16_t *tokens;      /* (count) from start to end */
    LeadContext *contexts; /* (count) the context after each token */
    int count, bars;
} LeadPiece;

typedef struct LeadCorpus {
    const MusicCatalogue *catalogue; /* the caller's */
    LeadPiece *pieces;               /* (n_pieces) in the catalogue's order */
    int n_pieces, n_failures;
    long long n_tokens;
    uint64_t checksum; /* of all tokens, heads and splits */
} LeadCorpus;

/* Returns the corpus (free with lead_corpus_free) or NULL where no file has a sheet. `weights`
 * (n_corpora) may be NULL; the catalogue must outlive the corpus. `bad` (NULL for none) receives
 * each skipped file, with the reason. */
LeadCorpus *lead_corpus_open(const MusicCatalogue *catalogue, const float *weights, BadInputs *bad,
                             Error *error);
void lead_corpus_free(LeadCorpus *corpus);

#endif
