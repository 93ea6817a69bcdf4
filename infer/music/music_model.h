/* music_model.h: runs a trained music network one token at a time.
 *
 * A MusicModel has the weights and the file's genres. A MusicStream has the state of one piece
 * being generated, or of several parallel readings of it: for guidance, the same tokens are read
 * with the requested condition and without one. Streams share only the model, so several threads
 * may run one each; a single stream's step uses OpenMP's threads. Results are the same bits for any
 * number of threads. */
#ifndef INFER_MUSIC_MUSIC_MODEL_H
#define INFER_MUSIC_MUSIC_MODEL_H

#include "datasets/music/music_condition.h"
#include "nn/models/sequence_lstm.h"

typedef struct MusicModel MusicModel;

/* Loads a model file, or (NULL) the shipped one. Fails on anything but a sequence LSTM, and on one
 * whose vocabulary or conditions differ from datasets/music/music_tokens.h and music_condition.h.
 * Free with music_model_destroy. */
MusicModel *music_model_load(const char *path, Error *error);
void music_model_destroy(MusicModel *model);

/* The file it was loaded from. */
const char *music_model_name(const MusicModel *model);
const SequenceLstm *music_model_network(const MusicModel *model);

/* The number of its genres; index 0 is "unknown". */
int music_model_genres(const MusicModel *model);
/* The name of one of them; owned by the model. */
const char *music_model_genre(const MusicModel *model, int genre);
/* The index of a genre, or -1. */
int music_model_find_genre(const MusicModel *model, const char *name);
/* Writes that index; the message on failure lists the known genres. */
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
