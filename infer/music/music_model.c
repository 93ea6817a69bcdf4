#include "infer/music/music_model.h"

#include "datasets/music/music_tokens.h"
#include "infer/models/shipped.h"
#include "nn/base/text_list.h"
#include "nn/models/dense_step.h"
#include "nn/models/lstm_step.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct MusicModel {
    char name[512];
    SequenceLstm *network;
    char **genres; /* (n_genres) in one piece of memory */
    int n_genres;
};

struct MusicStream {
    const MusicModel *model;
    int rows, layers, width; /* width of the first layer's input */
    LstmStep *lstm[SEQUENCE_LSTM_MAX_LAYERS];
    DenseStep *logits;
    const Tensor *embedding;
    Parameters *state; /* hidden and cell of each layer */
    float *x;          /* (rows, width) */
};

/* ------------------------------------------------------------------ loading */

static int read_genres(MusicModel *model, const SafetensorsFile *file, Error *error) {
    const char *names = safetensors_metadata(file, "genres");
    if (!names || !*names)
        return error_set(error,
                         "%s: the metadata has no 'genres', so this is no music model of ours",
                         model->name);
    model->genres = text_list_split(names, &model->n_genres, error);
    return model->genres ? 0 : error_context(error, "%s: the genres", model->name);
}

static int check_language(const MusicModel *model, const SafetensorsFile *file, Error *error) {
    double language;
    if (safetensors_number(file, "music_language", 0, 1e6, &language, error))
        return -1;
    const SequenceLstmInfo *info = sequence_lstm_info(model->network);
    int width = MUSIC_CONDITION_WIDTH(model->n_genres);
    if ((int)language != MUSIC_LANGUAGE || info->vocabulary != MUSIC_VOCABULARY)
        return error_set(error,
                         "%s: the model speaks token language %d with %d tokens, expected language "
                         "%d with %d",
                         model->name, (int)language, info->vocabulary, MUSIC_LANGUAGE,
                         MUSIC_VOCABULARY);
    if (info->conditions != width)
        return error_set(error, "%s: the model takes %d conditions, expected %d for %d genres",
                         model->name, info->conditions, width, model->n_genres);
    return 0;
}

static int read_file(MusicModel *model, const SafetensorsFile *file, Error *error) {
    snprintf(model->name, sizeof model->name, "%s", safetensors_name(file));
    model->network = sequence_lstm_load(file, error);
    return !model->network || read_genres(model, file, error) || check_language(model, file, error)
               ? -1
               : 0;
}

MusicModel *music_model_load(const char *path, Error *error) {
    char shipped[SHIPPED_PATH];
    if (!path && shipped_find(SHIPPED_MUSIC, shipped, error))
        return NULL;
    SafetensorsFile *file = safetensors_open(path ? path : shipped, error);
    if (!file)
        return NULL;
    MusicModel *model = calloc(1, sizeof *model);
    int status =
        model ? read_file(model, file, error) : error_memory(error, "a music model", sizeof *model);
    safetensors_close(file);
    if (!status)
        return model;
    music_model_destroy(model);
    return NULL;
}

void music_model_destroy(MusicModel *model) {
    if (!model)
        return;
    sequence_lstm_destroy(model->network);
    free(model->genres);
    free(model);
}

const char *music_model_name(const MusicModel *model) {
    return model->name;
}

const SequenceLstm *music_model_network(const MusicModel *model) {
    return model->network;
}

const char *music_model_genre(const MusicModel *model, int genre) {
    return model->genres[genre];
}

int music_model_genres(const MusicModel *model) {
    return model->n_genres;
}

int music_model_find_genre(const MusicModel *model, const char *name) {
    for (int genre = 0; genre < model->n_genres; genre++)
        if (!strcmp(model->genres[genre], name))
            return genre;
    return -1;
}

int music_model_choose_genre(const MusicModel *model, const char *name, int *genre, Error *error) {
    *genre = music_model_find_genre(model, name);
    if (*genre >= 0)
        return 0;
    char known[512];
    text_list_join((const char *const *)model->genres, model->n_genres, known, sizeof known);
    return error_set(error, "the model knows no genre '%s', only %s", name, known);
}

int music_model_condition_width(const MusicModel *model) {
    return MUSIC_CONDITION_WIDTH(model->n_genres);
}

/* ------------------------------------------------------------------ streams */

static int pack_weights(MusicStream *stream, Error *error) {
    const Parameters *weights = sequence_lstm_parameters(stream->model->network);
    static const char *const stems[] = {"weight_ih", "weight_hh", "bias_ih", "bias_hh"};
    for (int layer = 0; layer < stream->layers; layer++) {
        const Tensor *tensors[4];
        for (int i = 0; i < 4; i++) {
            char name[32];
            snprintf(name, sizeof name, "lstm.%s_l%d", stems[i], layer);
            tensors[i] = parameters_find(weights, name);
        }
        stream->lstm[layer] =
            lstm_step_create(tensors[0], tensors[1], tensors[2], tensors[3], stream->rows, error);
        if (!stream->lstm[layer])
            return -1;
    }
    stream->embedding = parameters_find(weights, "embedding.weight");
    stream->logits = dense_step_create(parameters_find(weights, "logits.weight"),
                                       parameters_find(weights, "logits.bias"), error);
    return stream->logits ? 0 : -1;
}

MusicStream *music_stream_create(const MusicModel *model, int rows, Error *error) {
    MusicStream *stream = calloc(1, sizeof *stream);
    if (!stream) {
        error_memory(error, "a stream of music", sizeof *stream);
        return NULL;
    }
    const SequenceLstmInfo *info = sequence_lstm_info(model->network);
    stream->model = model;
    stream->rows = rows;
    stream->layers = info->layers;
    stream->width = info->embedding + info->conditions;
    size_t floats = (size_t)rows * (size_t)stream->width;
    stream->x = malloc(floats * sizeof *stream->x);
    if (!stream->x)
        error_memory(error, "a stream of music", floats * sizeof *stream->x);
    else if ((stream->state = sequence_lstm_state(model->network, rows, error)) &&
             !pack_weights(stream, error))
        return stream;
    music_stream_destroy(stream);
    return NULL;
}

void music_stream_destroy(MusicStream *stream) {
    if (!stream)
        return;
    for (int layer = 0; layer < stream->layers; layer++)
        lstm_step_destroy(stream->lstm[layer]);
    dense_step_destroy(stream->logits);
    parameters_destroy(stream->state);
    free(stream->x);
    free(stream);
}

void music_stream_reset(MusicStream *stream) {
    for (int i = 0; i < parameters_count(stream->state); i++)
        init_constant(&parameters_at(stream->state, i)->tensor, 0);
}

void music_stream_step(MusicStream *stream, int token, const float *conditions, float *logits) {
    const SequenceLstmInfo *info = sequence_lstm_info(stream->model->network);
    size_t embedding = (size_t)info->embedding, features = (size_t)info->conditions;
    for (size_t row = 0; row < (size_t)stream->rows; row++) {
        float *x = stream->x + row * (size_t)stream->width;
        memcpy(x, stream->embedding->data + (size_t)token * embedding, embedding * sizeof *x);
        memcpy(x + embedding, conditions + row * features, features * sizeof *x);
    }
    const float *input = stream->x;
    for (int layer = 0; layer < stream->layers; layer++) {
        float *hidden = parameters_at(stream->state, 2 * layer)->tensor.data,
              *cell = parameters_at(stream->state, 2 * layer + 1)->tensor.data;
        lstm_step(stream->lstm[layer], stream->rows, input, hidden, cell);
        input = hidden;
    }
    dense_step(stream->logits, stream->rows, input, logits);
}
