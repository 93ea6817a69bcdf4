/* music_model.h: what everything that runs a trained music network runs, a token at a time.
 *
 * A MusicModel holds the weights and what the file says of genres. A MusicStream holds the state of
 * one piece in the making, or of several readings of it side by side: for guidance, the same tokens
 * are read once under the asked condition and once under none. Streams share nothing but the model,
 * so several threads may run one each; a single stream's step is spread over OpenMP's threads.
 * Results are the same bits for any number of threads. */
#ifndef INFER_MUSIC_MUSIC_MODEL_H
#define INFER_MUSIC_MUSIC_MODEL_H

#include "datasets/music/music_condition.h"
#include "nn/models/sequence_lstm.h"

typedef struct MusicModel MusicModel;

/* Loads a model file, or (NULL) the shipped one. Fails on what is no sequence LSTM, and on one
 * whose vocabulary or condition is not datasets/music/music_tokens.h's and music_condition.h's.
 * Free with music_model_destroy. */
MusicModel *music_model_load(const char *path, Error *error);
void music_model_destroy(MusicModel *model);

/* What it was loaded from. */
const char *music_model_name(const MusicModel *model);
const SequenceLstm *music_model_network(const MusicModel *model);

/* How many genres it was told apart; index 0 is "unknown". */
int music_model_genres(const MusicModel *model);
/* The name of one of them; the model's own memory. */
const char *music_model_genre(const MusicModel *model, int genre);
/* The index of a genre, or -1. */
int music_model_find_genre(const MusicModel *model, const char *name);
/* Writes that index, or fails with the names that there are. */
int music_model_choose_genre(const MusicModel *model, const char *name, int *genre,
                             Error *error) MUST_CHECK;
/* MUSIC_CONDITION_WIDTH of its genres. */
int music_model_condition_width(const MusicModel *model);

enum { MUSIC_STREAM_MOST_ROWS = 64 };

typedef struct MusicStream MusicStream;

/* A stream of `rows` (1 … MUSIC_STREAM_MOST_ROWS) readings at the beginning of a piece. The model
 * must outlive it. Free with music_stream_destroy. */
MusicStream *music_stream_create(const MusicModel *model, int rows, Error *error);
void music_stream_destroy(MusicStream *stream);

/* Back to the beginning of a piece. */
void music_stream_reset(MusicStream *stream);

/* Reads `token` in every row, under conditions (rows, width); writes the logits (rows,
 * MUSIC_VOCABULARY) of what comes next. Allocates nothing. */
void music_stream_step(MusicStream *stream, int token, const float *conditions, float *logits);

#endif
