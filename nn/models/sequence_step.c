#include "nn/models/sequence_step.h"

#include "nn/models/dense_step.h"
#include "nn/models/lstm_step.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What steps share: read only, once it is packed. */
typedef struct StepWeights {
    atomic_int users;
    LstmStep *lstm[SEQUENCE_LSTM_MAX_LAYERS];
    DenseStep *logits;
    const Tensor *embedding;
} StepWeights;

struct SequenceStep {
    const SequenceLstm *network;
    StepWeights *weights;
    int rows, layers, width; /* width of the first layer's input */
    Parameters *state;       /* hidden and cell of each layer */
    float *x;                /* (rows, width) */
    float *scratch;          /* for the layer that needs most */
};

static int pack_weights(StepWeights *packed, const SequenceLstm *network, Error *error) {
    const Parameters *weights = sequence_lstm_parameters(network);
    static const char *const stems[] = {"weight_ih", "weight_hh", "bias_ih", "bias_hh"};
    for (int layer = 0; layer < sequence_lstm_info(network)->layers; layer++) {
        const Tensor *tensors[4];
        for (int i = 0; i < 4; i++) {
            char name[32];
            snprintf(name, sizeof name, "lstm.%s_l%d", stems[i], layer);
            tensors[i] = parameters_find(weights, name);
        }
        packed->lstm[layer] =
            lstm_step_create(tensors[0], tensors[1], tensors[2], tensors[3], error);
        if (!packed->lstm[layer])
            return -1;
    }
    packed->embedding = parameters_find(weights, "embedding.weight");
    packed->logits = dense_step_create(parameters_find(weights, "logits.weight"),
                                       parameters_find(weights, "logits.bias"), error);
    return packed->logits ? 0 : -1;
}

static void drop_weights(StepWeights *weights) {
    if (!weights || atomic_fetch_sub(&weights->users, 1) > 1)
        return;
    for (int layer = 0; layer < SEQUENCE_LSTM_MAX_LAYERS; layer++)
        lstm_step_destroy(weights->lstm[layer]);
    dense_step_destroy(weights->logits);
    free(weights);
}

static float *make_scratch(const SequenceStep *step) {
    size_t most = 1; /* a network without layers needs none */
    for (int layer = 0; layer < step->layers; layer++) {
        size_t floats = lstm_step_scratch(step->weights->lstm[layer], step->rows);
        most = floats > most ? floats : most;
    }
    return malloc(most * sizeof(float));
}

/* Takes over one use of the weights. */
static SequenceStep *create(const SequenceLstm *network, StepWeights *weights, int rows,
                            Error *error) {
    SequenceStep *step = calloc(1, sizeof *step);
    if (!step) {
        drop_weights(weights);
        error_memory(error, "a step of a sequence", sizeof *step);
        return NULL;
    }
    const SequenceLstmInfo *info = sequence_lstm_info(network);
    step->network = network;
    step->weights = weights;
    step->rows = rows;
    step->layers = info->layers;
    step->width = info->embedding + info->conditions;
    size_t floats = (size_t)rows * (size_t)step->width;
    step->x = malloc(floats * sizeof *step->x);
    step->scratch = make_scratch(step);
    if (!step->x || !step->scratch)
        error_memory(error, "a step of a sequence", floats * sizeof *step->x);
    else if ((step->state = sequence_lstm_state(network, rows, error)))
        return step;
    sequence_step_destroy(step);
    return NULL;
}

SequenceStep *sequence_step_create(const SequenceLstm *network, int rows, Error *error) {
    StepWeights *weights = calloc(1, sizeof *weights);
    if (!weights) {
        error_memory(error, "a step of a sequence", sizeof *weights);
        return NULL;
    }
    atomic_init(&weights->users, 1);
    if (!pack_weights(weights, network, error))
        return create(network, weights, rows, error);
    drop_weights(weights);
    return NULL;
}

SequenceStep *sequence_step_share(const SequenceStep *step, int rows, Error *error) {
    atomic_fetch_add(&step->weights->users, 1);
    return create(step->network, step->weights, rows, error);
}

void sequence_step_destroy(SequenceStep *step) {
    if (!step)
        return;
    drop_weights(step->weights);
    parameters_destroy(step->state);
    free(step->x);
    free(step->scratch);
    free(step);
}

void sequence_step_reset(SequenceStep *step) {
    for (int i = 0; i < parameters_count(step->state); i++)
        init_constant(&parameters_at(step->state, i)->tensor, 0);
}

void sequence_step_read(SequenceStep *step, int token, const float *conditions, float *logits) {
    const SequenceLstmInfo *info = sequence_lstm_info(step->network);
    size_t embedding = (size_t)info->embedding, features = (size_t)info->conditions;
    for (size_t row = 0; row < (size_t)step->rows; row++) {
        float *x = step->x + row * (size_t)step->width;
        memcpy(x, step->weights->embedding->data + (size_t)token * embedding,
               embedding * sizeof *x);
        if (features)
            memcpy(x + embedding, conditions + row * features, features * sizeof *x);
    }
    const float *input = step->x;
    for (int layer = 0; layer < step->layers; layer++) {
        float *hidden = parameters_at(step->state, 2 * layer)->tensor.data,
              *cell = parameters_at(step->state, 2 * layer + 1)->tensor.data;
        lstm_step(step->weights->lstm[layer], step->rows, input, hidden, cell, step->scratch);
        input = hidden;
    }
    dense_step(step->weights->logits, step->rows, input, logits);
}
