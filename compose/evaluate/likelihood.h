/* likelihood.h: how well a model predicts music that it was not trained on. */
#ifndef COMPOSE_EVALUATE_LIKELIHOOD_H
#define COMPOSE_EVALUATE_LIKELIHOOD_H

#include "datasets/corpus/music_corpus.h"
#include "infer/music/music_model.h"
#include "nn/command_line/progress.h"

typedef struct Likelihood {
    double nats;             /* -Σ log p(token | those before it) */
    long long tokens, notes; /* numbers of tokens, and of those that are pitches */
} Likelihood;

/* Reads every piece of the split once, under its own emotion and genre, and adds to per_corpus
 * (n_corpora). Genres that the model does not have count as unknown. */
int likelihood_measure(const MusicModel *model, const MusicCorpus *corpus, MusicSplit split,
                       Likelihood *per_corpus, Progress *progress, Error *error) MUST_CHECK;

Likelihood likelihood_total(const Likelihood *per_corpus, int n_corpora);

#endif
