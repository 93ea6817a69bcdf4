#include "compose/evaluate/form_report.h"

#include "compose/evaluate/clips.h"
#include "compose/sound/sound.h"
#include "datasets/audio/loudness.h"
#include "datasets/corpus/music_catalogue.h"
#include "datasets/measures/music_form.h"
#include "datasets/music/midi.h"
#include "nn/base/json_text.h"
#include "nn/base/text_list.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The measures of form, and the level. */
enum { LEVEL = FORM_MEASURES, ROWS };

static const char *row_name(int row) {
    return row == LEVEL ? "level" : form_measure_names[row];
}

typedef struct Column {
    const char *folder;
    int files, left_out;
    double count[ROWS], sum[ROWS], squares[ROWS];
} Column;

static void add(Column *column, const double values[ROWS]) {
    column->files++;
    for (int m = 0; m < ROWS; m++) {
        if (isnan(values[m]))
            continue;
        column->count[m]++;
        column->sum[m] += values[m];
        column->squares[m] += values[m] * values[m];
    }
}

static double mean(const Column *column, int m) {
    return column->count[m] > 0 ? column->sum[m] / column->count[m] : NAN;
}

static double half_interval(const Column *column, int m) {
    double n = column->count[m], average = mean(column, m);
    return n > 1 ? 1.96 * sqrt(fmax(column->squares[m] / n - average * average, 0) / (n - 1)) : NAN;
}

/* As FluidSynth plays it, LUFS. */
static int measure_level(const Song *song, double *lufs, Error *error) {
    const double listened = 30;
    StereoSound sound;
    Song *start = clips_cut(song, listened, error);
    int status = start ? sound_play(start, &(SoundSettings){0}, &sound, error) : -1;
    if (!status) {
        status = loudness_measure(&sound, lufs, error);
        free(sound.samples);
    }
    song_free(start);
    return status;
}

static int measure_file(const char *path, double seconds, bool level, double values[ROWS],
                        Error *error) {
    Song *song = midi_read(path, error);
    int status = song ? music_form(song, seconds, values, error) : -1;
    values[LEVEL] = NAN;
    if (!status && level)
        status = measure_level(song, &values[LEVEL], error);
    song_free(song);
    return status;
}

/* What came of one file. */
typedef struct Measured {
    double values[ROWS];
    int status;
    Error error;
} Measured;

/* Fails with the first file's reason where none can be measured. */
static int add_all(Column *column, const Measured *files, int n, Error *error) {
    for (int i = 0; i < n; i++)
        if (files[i].status)
            column->left_out++;
        else
            add(column, files[i].values);
    for (int i = 0; i < n && !column->files; i++)
        if (files[i].status)
            return error_set(error, "%s: none of %d files can be measured; the first: %s",
                             column->folder, n, files[i].error.message);
    return 0;
}

static int measure_folder(Column *column, double seconds, bool level, Error *error) {
    MusicCatalogue *catalogue = music_catalogue_create(column->folder, NULL, error);
    if (!catalogue)
        return -1;
    int n = catalogue->n_entries;
    Measured *files = calloc((size_t)n, sizeof *files);
    int status = files ? 0 : error_memory(error, "the form of a folder", (size_t)n * sizeof *files);
#pragma omp parallel for schedule(dynamic, 4) if (!status)
    for (int i = 0; i < (status ? 0 : n); i++)
        files[i].status = measure_file(catalogue->entries[i].path, seconds, level, files[i].values,
                                       &files[i].error);
    if (!status)
        status = add_all(column, files, n, error);
    free(files);
    music_catalogue_free(catalogue);
    return status;
}

/* The folder's own name, as a column has no room for its path. */
static const char *last_name(const char *folder) {
    const char *slash = strrchr(folder, '/');
    return slash && slash[1] ? slash + 1 : folder;
}

static bool is_measured(const Column *columns, int n, int m) {
    for (int c = 0; c < n; c++)
        if (columns[c].count[m] > 0)
            return true;
    return false;
}

static void print_cell(const Column *column, int m, FILE *stream) {
    if (column->count[m] > 1)
        fprintf(stream, "      %6.3f ± %6.3f", mean(column, m), half_interval(column, m));
    else if (column->count[m] > 0)
        fprintf(stream, "      %6.3f ± %6s", mean(column, m), "-");
    else
        fprintf(stream, " %20s", "-");
}

static void print_table(const Column *columns, int n, FILE *stream) {
    fprintf(stream, "%-16s", "");
    for (int c = 0; c < n; c++)
        fprintf(stream, " %20.20s", last_name(columns[c].folder));
    fprintf(stream, "\n%-16s", "files");
    for (int c = 0; c < n; c++)
        fprintf(stream, " %20d", columns[c].files);
    fprintf(stream, "\n%-16s", "left out");
    for (int c = 0; c < n; c++)
        fprintf(stream, " %20d", columns[c].left_out);
    for (int m = 0; m < ROWS; m++) {
        if (!is_measured(columns, n, m))
            continue;
        fprintf(stream, "\n%-16s", row_name(m));
        for (int c = 0; c < n; c++)
            print_cell(&columns[c], m, stream);
    }
    fprintf(stream, "\n");
}

static void print_json(const Column *columns, int n, FILE *stream) {
    json_t *list = json_array();
    for (int c = 0; c < n; c++) {
        json_t *column = json_pack("{s:o, s:i, s:i}", "folder", json_text(columns[c].folder),
                                   "files", columns[c].files, "left_out", columns[c].left_out);
        json_add_bytes(column, "folder", columns[c].folder);
        for (int m = 0; m < ROWS; m++)
            if (!isnan(mean(&columns[c], m)))
                json_object_set_new(
                    column, row_name(m),
                    json_pack("{s:f, s:o}", "mean", mean(&columns[c], m), "half_interval",
                              columns[c].count[m] > 1 ? json_real(half_interval(&columns[c], m))
                                                      : json_null()));
        json_array_append_new(list, column);
    }
    json_dumpf(list, stream, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    fprintf(stream, "\n");
    json_decref(list);
}

int form_report(const char *folders, double seconds, bool level, bool json, FILE *stream,
                Error *error) {
    int n;
    char **names = text_list_split(folders, &n, error);
    if (!names)
        return error_context(error, "--form");
    Column *columns = calloc((size_t)n, sizeof *columns);
    int status = columns ? 0 : error_memory(error, "columns", (size_t)n * sizeof *columns);
    for (int c = 0; !status && c < n; c++) {
        columns[c].folder = names[c];
        status = measure_folder(&columns[c], seconds, level, error);
    }
    if (!status && json)
        print_json(columns, n, stream);
    else if (!status)
        print_table(columns, n, stream);
    free(columns);
    free(names);
    return status;
}
