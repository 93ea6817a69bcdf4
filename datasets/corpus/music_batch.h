/* music_batch.h: pieces of a corpus as chunks for truncated back-propagation through time.
 *
 * B streams run in parallel; each plays one piece to its end and then takes the next from a queue,
 * shuffled each epoch. A batch is the next T steps of all streams: the network carries its state
 * from batch to batch and clears it for a stream where `reset` is set. Every stream starts a new
 * piece with each epoch.
 *
 * Everything is a pure function of (corpus, settings, epoch, step): music_batches_seek goes to any
 * position, and a resumed run gets the batches of an uninterrupted one. */
#ifndef DATASETS_CORPUS_MUSIC_BATCH_H
#define DATASETS_CORPUS_MUSIC_BATCH_H

#include "datasets/corpus/music_corpus.h"
#include "nn/base/rng.h"

typedef struct MusicBatchSettings {
    MusicSplit split;
    int steps, streams; /* T, B */
    Rng rng;            /* for order and variants: a separate stream */
    bool labelled_only; /* only pieces whose valence and arousal are known */
    /* Each piece once, the longest first, without variation: for evaluation. Streams that run out
     * of pieces are padded. Otherwise the epoch has ceil(pieces' steps / (T·B)) batches, and the
     * last streams repeat pieces. */
    bool once;
    float tempo_range;    /* tempo is varied by 2^-r … 2^r; .15 is ±11 %, 0 = unchanged */
    bool transpose;       /* transpose each piece to a random key */
    const float *weights; /* (n_corpora) how often an epoch takes a corpus' pieces, NULL = 1: 2.5 is
                             two or three times, at random for each piece, 0 leaves them out; with
                             `once` any other is 1 */
} MusicBatchSettings;

typedef struct MusicBatch {
    int steps, streams;     /* T, B */
    const int32_t *tokens;  /* (T,B) inputs */
    const int32_t *targets; /* (T,B) the next tokens, -1 where padded */
    const uint8_t
        *reset; /* (T,B) 1 where a piece begins: clear the stream's state before this step */
    const float *valence, *arousal; /* (T,B) of the piece, [-1, 1], NAN = unknown */
    const int32_t *genre;           /* (T,B) index into the catalogue's genres, 0 = unknown */
    const int32_t *piece;           /* (T,B) index into the corpus' pieces, -1 where padded */
} MusicBatch;

typedef struct MusicBatches MusicBatches;

/* Returns an iterator at the start of epoch 0 (free with music_batches_free), or NULL when the
 * split has no piece or memory runs out. The corpus must outlive it; weights are copied. */
MusicBatches *music_batches_create(const MusicCorpus *corpus, const MusicBatchSettings *settings,
                                   Error *error);
void music_batches_free(MusicBatches *batches);

/* Pieces that an epoch draws from, and its number of batches (for `once`, too). */
int music_batches_pieces(const MusicBatches *batches);
long music_batches_per_epoch(const MusicBatches *batches);

/* Fills the next batch, valid until the next call. Returns 1, 0 when the epoch is over (the next
 * call begins the next epoch), -1 on failure. */
int music_batch_next(MusicBatches *batches, MusicBatch *batch, Error *error) MUST_CHECK;

/* Seeks to the start of batch `step` of an epoch. */
int music_batches_seek(MusicBatches *batches, int epoch, long step, Error *error) MUST_CHECK;

/* The position of the next batch. */
int music_batches_epoch(const MusicBatches *batches);
long music_batches_step(const MusicBatches *batches);

#endif
