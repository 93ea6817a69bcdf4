#include "compose/evaluate/apart.h"

#include "compose/evaluate/clips.h"
#include "datasets/corpus/music_catalogue.h"
#include "datasets/music/midi.h"
#include "nn/base/arg_max.h"
#include "nn/base/json_text.h"
#include "nn/base/text_list.h"
#include "nn/trees/forest.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FOLDS = 5, PAIR = 2 };

/* Classes count alike. */
static const ForestSettings fitting = {.trees = 200, .leaf = 1, .balanced = true, .seed = 1};

typedef struct Row {
    float features[MUSIC_FEATURES];
    float probabilities[APART_CLASSES];
    int class;
    uint64_t song;
    bool read;
} Row;

typedef struct Rows {
    Row *list;
    int count, room;
} Rows;

/* ------------------------------------------------------------------ pieces */

static void look_at(const char *path, const ApartSettings *settings, Row *row) {
    Song *song = midi_read(path, NULL);
    if (song && settings->seconds > 0 && song->seconds > settings->seconds) {
        Song *start = clips_cut(song, settings->seconds, NULL);
        song_free(song);
        song = start;
    }
    row->read = song && !music_features(song, row->features, NULL);
    for (int i = 0; row->read && !settings->loudness && i < MUSIC_FEATURES; i++)
        if (music_feature_is_loudness(i))
            row->features[i] = 0;
    song_free(song);
}

static int add_folder(const char *folder, int class, const ApartSettings *settings, Rows *rows,
                      int *left_out, Error *error) {
    MusicCatalogue *catalogue = music_catalogue_create(folder, NULL, error);
    if (!catalogue)
        return -1;
    size_t room = (size_t)rows->count + (size_t)catalogue->n_entries;
    Row *larger = realloc(rows->list, (room + 1) * sizeof *larger);
    int status = larger ? 0 : error_memory(error, "pieces", room * sizeof *larger);
    rows->list = larger ? larger : rows->list;
#pragma omp parallel for schedule(dynamic, 4) if (!status)
    for (int i = 0; i < (status ? 0 : catalogue->n_entries); i++) {
        Row *row = &rows->list[rows->count + i];
        *row = (Row){.class = class, .song = catalogue->entries[i].song};
        look_at(catalogue->entries[i].path, settings, row);
    }
    int kept = rows->count;
    for (int i = 0; !status && i < catalogue->n_entries; i++) {
        const Row *row = &rows->list[rows->count + i];
        if (row->read)
            rows->list[kept++] = *row;
        else
            ++*left_out;
    }
    if (!status && kept == rows->count)
        status = error_set(error, "%s: none of %d files can be read", folder, catalogue->n_entries);
    rows->count = kept;
    music_catalogue_free(catalogue);
    return status;
}

static int read_folders(char **names, int n, const ApartSettings *settings, Rows *rows,
                        int *left_out, Error *error) {
    for (int c = 0; c < n; c++)
        if (add_folder(names[c], c, settings, rows, left_out, error))
            return -1;
    return 0;
}

/* ------------------------------------------------------------------ telling apart */

static bool is_in(const Row *row, int fold) {
    return (int)(row->song % FOLDS) == fold;
}

/* Fits to the rows outside the fold (all for -1). */
static Forest *fit(const Rows *rows, int fold, int classes, Error *error) {
    float *x = malloc((size_t)rows->count * sizeof rows->list->features + 1);
    int *labels = malloc((size_t)rows->count * sizeof *labels + 1), n = 0;
    Forest *forest = NULL;
    if (x && labels) {
        for (int i = 0; i < rows->count; i++)
            if (fold < 0 || !is_in(&rows->list[i], fold)) {
                memcpy(x + (size_t)n * MUSIC_FEATURES, rows->list[i].features,
                       sizeof rows->list[i].features);
                labels[n++] = rows->list[i].class;
            }
        const ForestTable table = {
            .x = x, .labels = labels, .rows = n, .inputs = MUSIC_FEATURES, .classes = classes};
        forest = n < PAIR ? NULL : forest_fit(&table, &fitting, error);
        if (n < PAIR)
            error_set(error, "too few songs to tell the folders apart");
    } else {
        error_memory(error, "pieces", (size_t)rows->count * sizeof rows->list->features);
    }
    free(x);
    free(labels);
    return forest;
}

static int predict(const Rows *known, Rows *rows, int fold, int classes, Error *error) {
    Forest *forest = fit(known, fold, classes, error);
    for (int i = 0; forest && i < rows->count; i++)
        if (fold < 0 || is_in(&rows->list[i], fold))
            forest_probabilities(forest, rows->list[i].features, 1, rows->list[i].probabilities);
    forest_destroy(forest);
    return forest ? 0 : -1;
}

/* Probability that a piece of the second class has more of a value than one of the first;
 * values of neighbouring rows are `stride` apart. */
static double area(const Rows *rows, const float *values, size_t stride) {
    double wins = 0, pairs = 0;
    for (int i = 0; i < rows->count; i++)
        for (int k = 0; k < rows->count; k++)
            if (rows->list[i].class == 0 && rows->list[k].class == 1) {
                float first = values[(size_t)i * stride], second = values[(size_t)k * stride];
                wins += second > first ? 1 : second == first ? 0.5 : 0;
                pairs++;
            }
    return pairs > 0 ? wins / pairs : NAN;
}

/* Keeps the features with the greatest areas, greatest first. */
static void score_features(const Rows *rows, Apart *apart) {
    for (int f = 0; f < MUSIC_FEATURES; f++) {
        double auc = area(rows, &rows->list->features[f], sizeof(Row) / sizeof(float));
        int at = APART_FEATURES;
        auc = fmax(auc, 1 - auc);
        for (; at > 0 && auc > apart->alone[at - 1].auc; at--)
            if (at < APART_FEATURES)
                apart->alone[at] = apart->alone[at - 1];
        if (at < APART_FEATURES) {
            apart->alone[at].feature = f;
            apart->alone[at].auc = auc;
        }
    }
}

static void score(const Rows *rows, Apart *apart) {
    for (int i = 0; i < rows->count; i++) {
        const Row *row = &rows->list[i];
        apart->pieces[row->class]++;
        apart->heard[row->class][arg_max(row->probabilities, apart->classes)]++;
    }
    if (apart->classes != PAIR)
        return;
    apart->auc = area(rows, &rows->list->probabilities[1], sizeof(Row) / sizeof(float));
    score_features(rows, apart);
}

static int measure(char **names, char **heard, const ApartSettings *settings, Apart *apart,
                   Error *error) {
    Rows known = {0}, others = {0};
    int status = read_folders(names, apart->classes, settings, &known, &apart->left_out, error);
    if (!status && heard)
        status = read_folders(heard, apart->classes, settings, &others, &apart->left_out, error);
    for (int fold = heard ? -1 : 0; !status && fold < (heard ? 0 : FOLDS); fold++)
        status = predict(&known, heard ? &others : &known, fold, apart->classes, error);
    if (!status)
        score(heard ? &others : &known, apart);
    free(known.list);
    free(others.list);
    return status;
}

int apart_measure(const char *folders, const char *heard, const ApartSettings *settings,
                  Apart *apart, Error *error) {
    int n, n_heard = 0;
    *apart = (Apart){.auc = NAN};
    char **names = text_list_split(folders, &n, error);
    char **others = names && heard ? text_list_split(heard, &n_heard, error) : NULL;
    int status = names && (others || !heard) ? 0 : error_context(error, "--apart");
    if (!status && (n < PAIR || n > APART_CLASSES))
        status = error_set(error, "--apart: %d folders, expected %d to %d", n, PAIR, APART_CLASSES);
    if (!status && heard && n_heard != n)
        status = error_set(error, "--heard names %d folders, --apart %d", n_heard, n);
    apart->classes = n;
    if (!status)
        status = measure(names, others, settings, apart, error);
    free(names);
    free(others);
    return status;
}

double apart_accuracy(const Apart *apart) {
    double sum = 0;
    for (int c = 0; c < apart->classes; c++)
        sum += apart->pieces[c] ? (double)apart->heard[c][c] / apart->pieces[c] : 0;
    return sum / apart->classes;
}

/* ------------------------------------------------------------------ the report */

static double half_interval(const Apart *apart) {
    double variance = 0;
    for (int c = 0; c < apart->classes; c++) {
        double share = apart->pieces[c] ? (double)apart->heard[c][c] / apart->pieces[c] : 0;
        variance += apart->pieces[c] ? share * (1 - share) / apart->pieces[c] : 0;
    }
    return 1.96 * sqrt(variance) / apart->classes;
}

static void print_text(const Apart *apart, char **names, FILE *stream) {
    fprintf(stream, "told apart     %6.3f ± %5.3f\n", apart_accuracy(apart), half_interval(apart));
    if (!isnan(apart->auc))
        fprintf(stream, "AUC            %6.3f\n", apart->auc);
    for (int i = 0; i < APART_FEATURES && !isnan(apart->auc); i++) {
        char name[MUSIC_FEATURE_NAME];
        music_feature_name(apart->alone[i].feature, name);
        fprintf(stream, "  alone        %6.3f  %s\n", apart->alone[i].auc, name);
    }
    for (int c = 0; c < apart->classes; c++) {
        fprintf(stream, "%5d", apart->pieces[c]);
        for (int k = 0; k < apart->classes; k++)
            fprintf(stream, " %5d", apart->heard[c][k]);
        fprintf(stream, "  %s\n", names[c]);
    }
    if (apart->left_out)
        fprintf(stream, "left out       %6d  unreadable\n", apart->left_out);
}

static void print_json(const Apart *apart, char **names, FILE *stream) {
    json_t *folders = json_array();
    for (int c = 0; c < apart->classes; c++) {
        json_t *heard = json_array();
        for (int k = 0; k < apart->classes; k++)
            json_array_append_new(heard, json_integer(apart->heard[c][k]));
        json_t *folder = json_pack("{s:o, s:i, s:o}", "folder", json_text(names[c]), "pieces",
                                   apart->pieces[c], "heard", heard);
        json_add_bytes(folder, "folder", names[c]);
        json_array_append_new(folders, folder);
    }
    json_t *result =
        json_pack("{s:f, s:f, s:i, s:o}", "accuracy", apart_accuracy(apart), "half_interval",
                  half_interval(apart), "left_out", apart->left_out, "folders", folders);
    if (!isnan(apart->auc))
        json_object_set_new(result, "auc", json_real(apart->auc));
    json_t *alone = json_array();
    for (int i = 0; i < APART_FEATURES && !isnan(apart->auc); i++) {
        char name[MUSIC_FEATURE_NAME];
        music_feature_name(apart->alone[i].feature, name);
        json_array_append_new(alone,
                              json_pack("{s:s, s:f}", "feature", name, "auc", apart->alone[i].auc));
    }
    json_object_set_new(result, "alone", alone);
    json_dumpf(result, stream, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    fprintf(stream, "\n");
    json_decref(result);
}

int apart_report(const char *folders, const char *heard, const ApartSettings *settings, bool json,
                 FILE *stream, Error *error) {
    Apart apart;
    int n;
    if (apart_measure(folders, heard, settings, &apart, error))
        return -1;
    char **names = text_list_split(folders, &n, error);
    if (!names)
        return -1;
    (json ? print_json : print_text)(&apart, names, stream);
    free(names);
    return 0;
}
