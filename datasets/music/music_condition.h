/* music_condition.h: the music network's conditions, as numbers.
 *
 * The features are given with the token at every step (nn/models/sequence_lstm.h):
 *
 *   0            1 where the emotion is known, else 0
 *   1, 2         valence and arousal, each in [-1, 1]; 0 where unknown
 *   3 + g        1 for the genre g, 0 for the others; genre 0 is "unknown"
 *
 * Concatenated continuous features, since they control a model better than control tokens (Sulun,
 * Davies and Viana 2022). The unknown values allow training on unlabelled music and give generation
 * the unconditional prediction that guidance needs. */
#ifndef DATASETS_MUSIC_MUSIC_CONDITION_H
#define DATASETS_MUSIC_MUSIC_CONDITION_H

#include "nn/io/safetensors.h"

/* Number of features for a list of genres that begins with "unknown". */
#define MUSIC_CONDITION_WIDTH(n_genres) (3 + (n_genres))

/* Fills features[0 … MUSIC_CONDITION_WIDTH(n_genres) - 1]. The emotion is unknown when valence or
 * arousal is NAN; values beyond [-1, 1] are clamped, and a genre outside 0 … n_genres - 1 counts as
 * unknown. */
void music_condition_fill(float valence, float arousal, int genre, int n_genres, float *features);

/* Writes what a reader needs into a model file's metadata: "genres", their names separated by
 * commas, and "music_language", the number of the token language (datasets/music/music_tokens.h).
 */
void music_condition_describe(json_t *metadata, const char *const *genres, int n_genres);

/* 0 when a model file was written with this token language and these genres, else -1. */
int music_condition_check(const SafetensorsFile *file, const char *const *genres, int n_genres,
                          Error *error) MUST_CHECK;

#endif
