/* copies.h: detects copies of training data in generated music. */
#ifndef COMPOSE_EVALUATE_COPIES_H
#define COMPOSE_EVALUATE_COPIES_H

#include "compose/evaluate/clips.h"
#include "datasets/corpus/music_corpus.h"

/* Writes the length in tokens of the longest run that one of the clips shares with a training piece
 * of the corpus. Tokens are relative to the tonic, so that transposed copies count. Runs are
 * compared by 64-bit hashes. */
int copies_longest(const Clips *clips, const MusicCorpus *corpus, int *longest,
                   Error *error) MUST_CHECK;

#endif
