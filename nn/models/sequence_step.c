#include "nn/models/sequence_step.h"

#include "nn/models/dense_step.h"
#include "nn/models/lstm_step.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct SequenceStep {
    const SequenceLstm *network;
    int rows, layers, width; /* width of the first layer's input */
    LstmStep *lstm[SEQUENCE_LSTM_MAX_LAYERS];
    DenseStep *logits;
    const Tensor *embedding;
    Parameters *state; /* hidden and cell of each layer */
    float *x;          /* (rows, width) */
};

static int pack_weights(SequenceStep *step, Error *error) {
    const Parameters *weights = sequence_lstm_parameters(step->network);
    static const char *const stems[] = {"weight_ih", "weight_hh", "bias_ih", "bias_hh"};
    for (int layer = 0; layer < step->layers; layer++) {
        const Tensor *tensors[4];
        for (int i = 0; i < 4; i++) {
            char name[32];
            snprintf(name, sizeof name, "lstm.%s_l%d", stems[i], layer);
            tensors[i] = parameters_find(weights, name);
        }
        step->lstm[layer] =
            lstm_step_create(tensors[0], tensors[1], tensors[2], tensors[3], step->rows, error);
        if (!step->lstm[layer])
            return -1;
    }
    step->embedding = parameters_find(weights, "embedding.weight");
    step->logits = dense_step_create(parameters_find(weights, "logits.weight"),
                                     parameters_find(weights, "logits.bias"), error);
    return step->logits ? 0 : -1;
}

SequenceStep *sequence_step_create(const SequenceLstm *network, int rows, Error *error) {
    SequenceStep *step = calloc(1, sizeof *step);
    if (!step) {
        error_memory(error, "a step of a sequence", sizeof *step);
        return NULL;
    }
    const SequenceLstmInfo *info = sequence_lstm_info(network);
    step->network = network;
    step->rows = rows;
    step->layers = info->layers;
    step->width = info->embedding + info->conditions;
    size_t floats = (size_t)rows * (size_t)step->width;
    step->x = malloc(floats * sizeof *step->x);
    if (!step->x)
        error_memory(error, "a step of a sequence", floats * sizeof *step->x);
    else if ((step->state = sequence_lstm_state(network, rows, error)) &&
             !pack_weights(step, error))
        return step;
    sequence_step_destroy(step);
    return NULL;
}

void sequence_step_destroy(SequenceStep *step) {
    if (!step)
        return;
    for (int layer = 0; layer < step->layers; layer++)
        lstm_step_destroy(step->lstm[layer]);
    dense_step_destroy(step->logits);
    parameters_destroy(step->state);
    free(step->x);
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
        memcpy(x, step->embedding->data + (size_t)token * embedding, embedding * sizeof *x);
        if (features)
            memcpy(x + embedding, conditions + row * features, features * sizeof *x);
    }
    const float *input = step->x;
    for (int layer = 0; layer < step->layers; layer++) {
        float *hidden = parameters_at(step->state, 2 * layer)->tensor.data,
              *cell = parameters_at(step->state, 2 * layer + 1)->tensor.data;
        lstm_step(step->lstm[layer], step->rows, input, hidden, cell);
        input = hidden;
    }
    dense_step(step->logits, step->rows, input, logits);
}
