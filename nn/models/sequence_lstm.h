/* sequence_lstm.h: a conditioned LSTM over tokens.
 *
 * At every step the network takes the embedding of the last token and a vector of conditions
 * (features of the caller's choice), runs them through a stack of LSTM layers and returns logits
 * for the next token. State goes in and comes out, so that long sequences are trained in chunks and
 * generated token by token (nn/models/lstm_step.h runs the same weights without a tape). */
#ifndef NN_MODELS_SEQUENCE_LSTM_H
#define NN_MODELS_SEQUENCE_LSTM_H

#include "nn/io/safetensors.h"
#include "nn/models/layers.h"

enum { SEQUENCE_LSTM_MAX_LAYERS = 4 };

typedef struct SequenceLstmInfo {
    int vocabulary; /* K tokens */
    int conditions; /* D features given at every step, 0 for none */
    int embedding;  /* E, width of a token's vector */
    int hidden;     /* H, width of each layer */
    int layers;     /* 1 … SEQUENCE_LSTM_MAX_LAYERS */
    float dropout;  /* while training: of inputs, between layers and before the logits, one mask for
                       all steps of a chunk (Gal and Ghahramani 2016) */
} SequenceLstmInfo;

typedef struct SequenceLstm SequenceLstm;

/* Builds a network with fresh weights. Free with sequence_lstm_destroy. */
SequenceLstm *sequence_lstm_create(const SequenceLstmInfo *info, Rng rng, Error *error);
void sequence_lstm_destroy(SequenceLstm *model);

const SequenceLstmInfo *sequence_lstm_info(const SequenceLstm *model);
Parameters *sequence_lstm_parameters(const SequenceLstm *model);
/* Multiply-adds for one token. */
int64_t sequence_lstm_multiply_adds(const SequenceLstm *model);

/* The state of B sequences: hidden.L and cell.L (B,H) of each layer L, zeros at first (free with
 * parameters_destroy). */
Parameters *sequence_lstm_state(const SequenceLstm *model, int sequences, Error *error);

/* One chunk: tokens (T,B), conditions (T,B,D), `reset` (T,B) is 1 where a new sequence starts and
 * its state is cleared before the step (NULL: nowhere). Starts from `state` and leaves in it the
 * state after the last step; no gradient flows between chunks. Returns logits (T,B,K). */
Tensor *sequence_lstm_forward(const SequenceLstm *model, Tape *tape, int steps, int sequences,
                              const int32_t *tokens, const float *conditions, const uint8_t *reset,
                              Parameters *state);

/* Writes weights and info; `extra` (may be NULL) is a JSON object of strings to add to the
 * metadata. */
int sequence_lstm_save(const SequenceLstm *model, const char *path, json_t *extra,
                       Error *error) MUST_CHECK;
/* Builds the network that a file describes, with its weights; the file stays open and belongs to
 * the caller. */
SequenceLstm *sequence_lstm_load(const SafetensorsFile *file, Error *error);

#endif
