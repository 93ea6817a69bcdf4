#include "nn/models/sequence_lstm.h"

#include "nn/io/model_info.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct LstmLayer {
    Tensor *weight_ih, *weight_hh, *bias_ih, *bias_hh;
} LstmLayer;

struct SequenceLstm {
    SequenceLstmInfo info;
    Parameters *parameters;
    Tensor *embedding; /* (K,E) */
    LstmLayer layer[SEQUENCE_LSTM_MAX_LAYERS];
    Linear logits;
};

/* ------------------------------------------------------------------ building */

/* PyTorch's names and its uniform ±1/√H; the forget gate's bias starts at 1 in all (Gers,
 * Schmidhuber and Cummins 2000; Jozefowicz, Zaremba and Sutskever 2015). */
static LstmLayer build_layer(Parameters *parameters, int index, int inputs, int hidden, Rng rng) {
    char suffix[4][32];
    static const char *const stems[] = {"weight_ih", "weight_hh", "bias_ih", "bias_hh"};
    for (int i = 0; i < 4; i++)
        snprintf(suffix[i], sizeof suffix[i], "%s_l%d", stems[i], index);
    LstmLayer layer = {
        .weight_ih = parameters_add(parameters, "lstm", suffix[0], shape(4 * hidden, inputs),
                                    PARAMETER_WEIGHT),
        .weight_hh = parameters_add(parameters, "lstm", suffix[1], shape(4 * hidden, hidden),
                                    PARAMETER_WEIGHT),
        .bias_ih = parameters_add(parameters, "lstm", suffix[2], shape(4 * hidden), PARAMETER_BIAS),
        .bias_hh = parameters_add(parameters, "lstm", suffix[3], shape(4 * hidden), PARAMETER_BIAS),
    };
    float bound = 1 / sqrtf((float)hidden);
    init_uniform(layer.weight_ih, -bound, bound, layer_rng(rng, suffix[0]));
    init_uniform(layer.weight_hh, -bound, bound, layer_rng(rng, suffix[1]));
    bool blank = !layer.bias_ih || !layer.bias_ih->data;
    for (int i = hidden; !blank && i < 2 * hidden; i++)
        layer.bias_ih->data[i] = 1;
    return layer;
}

static int check_info(const SequenceLstmInfo *info, Error *error) {
    enum { MOST = 65536 };
    if (info->vocabulary < 2 || info->vocabulary > MOST || info->embedding < 1 ||
        info->embedding > MOST || info->hidden < 1 || info->hidden > MOST / 4 ||
        info->conditions < 0 || info->conditions > MOST)
        return error_set(
            error,
            "an LSTM with vocabulary %d, embedding %d, hidden %d and %d conditions cannot be built",
            info->vocabulary, info->embedding, info->hidden, info->conditions);
    if (info->layers < 1 || info->layers > SEQUENCE_LSTM_MAX_LAYERS)
        return error_set(error, "%d LSTM layers, expected 1 … %d", info->layers,
                         SEQUENCE_LSTM_MAX_LAYERS);
    return 0;
}

/* Builds the network on an empty collection, which it takes over. */
static SequenceLstm *build(const SequenceLstmInfo *info, Parameters *parameters, Rng rng,
                           Error *error) {
    SequenceLstm *model = NULL;
    if (!check_info(info, error) && !(model = calloc(1, sizeof *model)))
        error_memory(error, "a network", sizeof *model);
    if (!model) {
        parameters_destroy(parameters);
        return NULL;
    }
    model->info = *info;
    model->parameters = parameters;
    model->embedding = parameters_add(model->parameters, "embedding", "weight",
                                      shape(info->vocabulary, info->embedding), PARAMETER_WEIGHT);
    init_uniform(model->embedding, -0.1f, 0.1f, layer_rng(rng, "embedding"));
    for (int l = 0; l < info->layers; l++)
        model->layer[l] =
            build_layer(model->parameters, l, l ? info->hidden : info->embedding + info->conditions,
                        info->hidden, rng);
    model->logits = linear_create(model->parameters, "logits", info->hidden, info->vocabulary, rng);
    if (parameters_check(model->parameters, error)) {
        sequence_lstm_destroy(model);
        return NULL;
    }
    return model;
}

SequenceLstm *sequence_lstm_create(const SequenceLstmInfo *info, Rng rng, Error *error) {
    return build(info, parameters_create(), rng, error);
}

void sequence_lstm_destroy(SequenceLstm *model) {
    if (!model)
        return;
    parameters_destroy(model->parameters);
    free(model);
}

const SequenceLstmInfo *sequence_lstm_info(const SequenceLstm *model) {
    return &model->info;
}

Parameters *sequence_lstm_parameters(const SequenceLstm *model) {
    return model->parameters;
}

int64_t sequence_lstm_multiply_adds(const SequenceLstm *model) {
    int64_t total = (int64_t)tensor_count(model->logits.weight);
    for (int l = 0; l < model->info.layers; l++)
        total += (int64_t)(tensor_count(model->layer[l].weight_ih) +
                           tensor_count(model->layer[l].weight_hh));
    return total;
}

/* ------------------------------------------------------------------ running */

Parameters *sequence_lstm_state(const SequenceLstm *model, int sequences, Error *error) {
    Parameters *state = parameters_create();
    for (int l = 0; l < model->info.layers; l++) {
        char suffix[32];
        Shape s = shape(sequences, model->info.hidden);
        snprintf(suffix, sizeof suffix, "hidden.%d", l);
        parameters_add(state, "state", suffix, s, PARAMETER_BUFFER);
        snprintf(suffix, sizeof suffix, "cell.%d", l);
        parameters_add(state, "state", suffix, s, PARAMETER_BUFFER);
    }
    if (parameters_check(state, error)) {
        parameters_destroy(state);
        return NULL;
    }
    return state;
}

/* Token embeddings with the conditions beside them: (T,B,E+D). */
static Tensor *inputs(const SequenceLstm *model, Tape *tape, int steps, int sequences,
                      const int32_t *tokens, const float *conditions) {
    Tensor *x = op_embedding(tape, tokens, shape(steps, sequences), model->embedding);
    x = op_dropout(tape, x, model->info.dropout, 1);
    if (!model->info.conditions)
        return x;
    Tensor *condition =
        tape_input(tape, "conditions", shape(steps, sequences, model->info.conditions), conditions);
    return op_concat(tape, (Tensor *const[]){x, condition}, 2, 2);
}

/* The state as it is now, on the tape: the state itself will have moved on when backward reads
 * it. */
static Tensor *snapshot(Tape *tape, const Tensor *state) {
    size_t bytes = tensor_count(state) * sizeof(float);
    float *copy = tape_alloc(tape, bytes);
    return copy ? tape_input(tape, state->name, state->shape, memcpy(copy, state->data, bytes))
                : NULL;
}

Tensor *sequence_lstm_forward(const SequenceLstm *model, Tape *tape, int steps, int sequences,
                              const int32_t *tokens, const float *conditions, const uint8_t *reset,
                              Parameters *state) {
    Tensor *x = inputs(model, tape, steps, sequences, tokens, conditions);
    for (int l = 0; l < model->info.layers; l++) {
        const LstmLayer *layer = &model->layer[l];
        Tensor *hidden = &parameters_at(state, 2 * l)->tensor,
               *cell = &parameters_at(state, 2 * l + 1)->tensor;
        LstmOutput output =
            op_lstm(tape, x, snapshot(tape, hidden), snapshot(tape, cell), layer->weight_ih,
                    layer->weight_hh, layer->bias_ih, layer->bias_hh, reset);
        if (!output.y)
            return NULL;
        memcpy(hidden->data, output.hidden->data, tensor_count(hidden) * sizeof(float));
        memcpy(cell->data, output.cell->data, tensor_count(cell) * sizeof(float));
        x = op_dropout(tape, output.y, model->info.dropout, 1);
    }
    return linear_forward(&model->logits, tape, x);
}

/* ------------------------------------------------------------------ files */

static const char kind[] = "sequence_lstm";
static const ModelField fields[] = {
    MODEL_INTEGER(SequenceLstmInfo, vocabulary, 2, 65536),
    MODEL_INTEGER(SequenceLstmInfo, conditions, 0, 65536),
    MODEL_INTEGER(SequenceLstmInfo, embedding, 1, 65536),
    MODEL_INTEGER(SequenceLstmInfo, hidden, 1, 16384),
    MODEL_INTEGER(SequenceLstmInfo, layers, 1, SEQUENCE_LSTM_MAX_LAYERS),
    MODEL_FLOAT(SequenceLstmInfo, dropout, 0, 0.999),
};
enum { FIELDS = sizeof fields / sizeof *fields };

int sequence_lstm_save(const SequenceLstm *model, const char *path, json_t *extra, Error *error) {
    json_t *metadata = model_info_metadata(extra, kind, fields, FIELDS, &model->info);
    int status = safetensors_save(path, SAFETENSORS_FULL, 1,
                                  (const Parameters *const[]){model->parameters}, metadata, error);
    json_decref(metadata);
    return status;
}

SequenceLstm *sequence_lstm_load(const SafetensorsFile *file, Error *error) {
    SequenceLstmInfo info = {0};
    SequenceLstm *model = NULL;
    if (!model_info_read(file, kind, fields, FIELDS, &info, error))
        model = build(&info, parameters_create_blank(), rng_seed(0), error);
    if (model && safetensors_read(file, model->parameters, error)) {
        sequence_lstm_destroy(model);
        return NULL;
    }
    return model;
}
