#include "infer/music/music_model.h"

#include "datasets/music/music_tokens.h"
#include "infer/models/shipped.h"
#include "nn/base/text_list.h"
#include "nn/models/sequence_step.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct MusicModel {
    char name[512];
    SequenceLstm *network;
    SequenceStep *step; /* whose packed weights all streams share */
    char **genres;      /* (n_genres) in one piece of memory */
    int n_genres;
};

struct MusicStream {
    SequenceStep *step;
};

/* ------------------------------------------------------------------ loading */

static int read_genres(MusicModel *model, const SafetensorsFile *file, Error *error) {
    const char *names = safetensors_metadata(file, "genres");
    if (!names || !*names)
        return error_set(error, "%s: the metadata has no 'genres', so this is not a music model",
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
                         "%s: the model uses token language %d with %d tokens, expected language "
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
    if (!model->network || read_genres(model, file, error) || check_language(model, file, error))
        return -1;
    model->step = sequence_step_create(model->network, 1, error);
    return model->step ? 0 : -1;
}

MusicModel *music_model_load(const char *path, Error *error) {
    char shipped[SHIPPED_PATH];
    const char *chosen = shipped_or(path, SHIPPED_MUSIC, shipped, error);
    SafetensorsFile *file = chosen ? safetensors_open(chosen, error) : NULL;
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
    sequence_step_destroy(model->step);
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
    return error_set(error, "the model has no genre '%s'; it has %s", name, known);
}

int music_model_condition_width(const MusicModel *model) {
    return MUSIC_CONDITION_WIDTH(model->n_genres);
}

/* ------------------------------------------------------------------ streams */

MusicStream *music_stream_create(const MusicModel *model, int rows, Error *error) {
    MusicStream *stream = calloc(1, sizeof *stream);
    if (!stream) {
        error_memory(error, "a stream of music", sizeof *stream);
        return NULL;
    }
    if ((stream->step = sequence_step_share(model->step, rows, error)))
        return stream;
    music_stream_destroy(stream);
    return NULL;
}

void music_stream_destroy(MusicStream *stream) {
    if (stream)
        sequence_step_destroy(stream->step);
    free(stream);
}

void music_stream_reset(MusicStream *stream) {
    sequence_step_reset(stream->step);
}

void music_stream_step(MusicStream *stream, int token, const float *conditions, float *logits) {
    sequence_step_read(stream->step, token, conditions, logits);
}
