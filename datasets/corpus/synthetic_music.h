/* synthetic_music.h: pieces composed by rules from valence and arousal, the built-in corpus.
 *
 * The rules are those that listening experiments agree on (Gabrielsson and Lindström, "The role of
 * structure in the musical expression of emotions", Handbook of Music and Emotion, 2010):
 *
 * - valence: mode (major or minor), harmony (plain triads of the key toward +1; minor subdominants
 *   and diminished chords toward -1), register;
 * - arousal: tempo (52 … 156), loudness, notes per beat, staccato or legato, the drive of the
 * accompaniment.
 *
 * A piece has phrases of four bars in the form A A' B A'': a theme with its own rhythm and a half
 * cadence, its repetition with a full one, a contrast, and the return with a close on the tonic. */
#ifndef DATASETS_CORPUS_SYNTHETIC_MUSIC_H
#define DATASETS_CORPUS_SYNTHETIC_MUSIC_H

#include "datasets/corpus/music_corpus.h"
#include "datasets/music/song.h"
#include "nn/base/rng.h"

/* Composes a finished song of `phrases` phrases of four bars (1 or more) for valence and arousal in
 * [-1, 1]; the same arguments give the same song. NULL when out of memory. */
Song *synthetic_music_compose(float valence, float arousal, int phrases, Rng rng, Error *error);

/* A corpus of n pieces of 16 bars with valence and arousal drawn evenly from [-1, 1]; of every ten
 * pieces one is for validation and one for test. */
MusicCorpus *synthetic_music_corpus(int n_pieces, uint64_t seed, Error *error);

#endif
