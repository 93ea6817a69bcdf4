#include "datasets/corpus/mood_table.h"

#include "datasets/corpus/music_catalogue.h"
#include "datasets/media/csv.h"
#include "datasets/music/midi.h"
#include "nn/base/number.h"
#include "nn/base/text_list.h"
#include "nn/command_line/progress.h"
#include "nn/io/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void free_table(MoodTable *table) {
    free(table->x);
    free(table->y);
    free(table->songs);
    *table = (MoodTable){0};
}

void mood_tables_free(MoodTables *tables) {
    free_table(&tables->notes);
    free_table(&tables->sound);
}

static int add_row(MoodTable *table, const float *x, const float y[MOOD_AXES], uint64_t song,
                   Error *error) {
    if (table->n == table->room) {
        int room = table->room ? 2 * table->room : 256;
        float *grown_x = realloc(table->x, (size_t)room * (size_t)table->inputs * sizeof *table->x);
        table->x = grown_x ? grown_x : table->x;
        float *grown_y = realloc(table->y, (size_t)room * MOOD_AXES * sizeof *table->y);
        table->y = grown_y ? grown_y : table->y;
        uint64_t *grown_songs = realloc(table->songs, (size_t)room * sizeof *table->songs);
        table->songs = grown_songs ? grown_songs : table->songs;
        if (!grown_x || !grown_y || !grown_songs)
            return error_memory(error, "songs to learn from", (size_t)room * sizeof *table->x);
        table->room = room;
    }
    memcpy(table->x + (size_t)table->n * (size_t)table->inputs, x,
           (size_t)table->inputs * sizeof *x);
    memcpy(table->y + (size_t)table->n * MOOD_AXES, y, MOOD_AXES * sizeof *y);
    table->songs[table->n++] = song;
    return 0;
}

/* ------------------------------------------------------------------ notes */

static int add_piece(MoodTables *tables, const MusicEntry *entry, Error *error) {
    float features[MUSIC_FEATURES];
    Song *song = midi_read(entry->path, NULL);
    int status = song ? music_features(song, features, NULL) : -1;
    song_free(song);
    tables->passed_over += status != 0;
    return status ? 0
                  : add_row(&tables->notes, features,
                            (const float[]){entry->valence, entry->arousal}, entry->song, error);
}

static int read_folder(MoodTables *tables, const char *path, Progress *progress, Error *error) {
    MusicCatalogue *catalogue = music_catalogue_create(path, NULL, error);
    if (!catalogue)
        return -1;
    tables->notes.inputs = MUSIC_FEATURES;
    int before = tables->notes.n, status = 0;
    for (int i = 0; i < catalogue->n_entries && !status; i++) {
        const MusicEntry *entry = &catalogue->entries[i];
        if (progress_is_due(progress))
            progress_show(progress, (double)i / catalogue->n_entries, "%s: piece %d of %d", path, i,
                          catalogue->n_entries);
        if (!isnan(entry->valence) && !isnan(entry->arousal))
            status = add_piece(tables, entry, error);
    }
    if (!status && tables->notes.n == before)
        status = error_set(
            error, "%s: no piece has a valence and an arousal in a labels.csv beside it", path);
    music_catalogue_free(catalogue);
    progress_end(progress);
    return status;
}

/* ------------------------------------------------------------------ sound */

static int feature_of_column(const char *name) {
    static const struct {
        const char *name, *feature;
    } others[] = {{"spectral", "centroid"}, {"MFCC", "mfcc_0"}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (!strcmp(name, others[i].name))
            return audio_feature_by_name(others[i].feature);
    /* A key's or a mode's name is no measure of it. */
    return strcmp(name, "mode") ? audio_feature_by_name(name) : -1;
}

/* The number in a cell, NAN where there is none within the bounds. */
static float cell_number(const CsvTable *csv, int row, int column, double low, double high) {
    const char *cell = csv_cell(csv, row, column);
    char *end;
    double value = number_read(cell, &end);
    return end != cell && !*end && value >= low && value <= high ? (float)value : NAN;
}

typedef struct MoodColumns {
    int axes[MOOD_AXES], file;
    bool ratings; /* from 1 to 9 */
} MoodColumns;

static int find_columns(const CsvTable *csv, MoodColumns *columns, Error *error) {
    static const char *const names[][MOOD_AXES] = {{"valence", "arousal"},
                                                   {"valence_mean", "arousal_mean"}};
    for (int form = 0; form < 2; form++) {
        columns->ratings = form == 1;
        for (int axis = 0; axis < MOOD_AXES; axis++)
            columns->axes[axis] = csv_column(csv, names[form][axis]);
        if (columns->axes[0] >= 0 && columns->axes[1] >= 0) {
            columns->file = csv_column(csv, "file");
            return 0;
        }
    }
    return error_set(error, "%s: no columns valence and arousal, or valence_mean and arousal_mean",
                     csv->path);
}

static bool read_mood(const CsvTable *csv, int row, const MoodColumns *columns,
                      float y[MOOD_AXES]) {
    for (int axis = 0; axis < MOOD_AXES; axis++) {
        double low = columns->ratings ? 1 : -1, high = columns->ratings ? 9 : 1;
        float value = cell_number(csv, row, columns->axes[axis], low, high);
        if (columns->ratings)
            value = MOOD_RATING_GAIN * (value - 5) / 4;
        y[axis] = isnan(value) ? value : fminf(fmaxf(value, -1), 1);
    }
    return !isnan(y[0]) && !isnan(y[1]);
}

/* Agrees on the features of the table's columns; `features` (inputs). */
static int agree(MoodTable *table, const int *features, int inputs, const char *path,
                 Error *error) {
    if (table->n && (table->inputs != inputs ||
                     memcmp(table->features, features, (size_t)inputs * sizeof *features)))
        return error_set(error, "%s: its columns differ from those of the table before", path);
    table->inputs = inputs;
    memcpy(table->features, features, (size_t)inputs * sizeof *features);
    return 0;
}

static int read_features(MoodTables *tables, const CsvTable *csv, const MoodColumns *columns,
                         const int *at, const int *features, int inputs, Error *error) {
    if (agree(&tables->sound, features, inputs, csv->path, error))
        return -1;
    for (int row = 0; row < csv->n_rows; row++) {
        float x[AUDIO_FEATURES], y[MOOD_AXES];
        bool whole = read_mood(csv, row, columns, y);
        for (int i = 0; i < inputs; i++) {
            x[i] = cell_number(csv, row, at[i], -1e6, 1e6);
            whole = whole && !isnan(x[i]);
        }
        tables->passed_over += !whole;
        if (whole && add_row(&tables->sound, x, y, (uint64_t)tables->sound.n, error))
            return -1;
    }
    return 0;
}

/* `*reason` becomes why the first file that cannot be used cannot. */
static int read_files(MoodTables *tables, const CsvTable *csv, const MoodColumns *columns,
                      Progress *progress, Error *reason, Error *error) {
    static const AudioSettings excerpts = AUDIO_EXCERPTS;
    int all[AUDIO_FEATURES], tonic;
    for (int i = 0; i < AUDIO_FEATURES; i++)
        all[i] = i;
    if (agree(&tables->sound, all, AUDIO_FEATURES, csv->path, error))
        return -1;
    const char *slash = strrchr(csv->path, '/');
    int folder = slash ? (int)(slash - csv->path) + 1 : 0;
    for (int row = 0; row < csv->n_rows; row++) {
        float x[AUDIO_FEATURES], y[MOOD_AXES];
        char path[4096];
        Audio audio;
        const char *name = csv_cell(csv, row, columns->file);
        snprintf(path, sizeof path, "%.*s%s", *name == '/' ? 0 : folder, csv->path, name);
        if (progress_is_due(progress))
            progress_show(progress, (double)row / csv->n_rows, "%s", path);
        Error *why = *reason->message ? NULL : reason;
        bool whole = read_mood(csv, row, columns, y) && !audio_read(path, &excerpts, &audio, why);
        if (whole) {
            whole = !audio_features(&audio, x, &tonic, why);
            audio_free(&audio);
        }
        tables->passed_over += !whole;
        if (whole && add_row(&tables->sound, x, y, (uint64_t)tables->sound.n, error))
            return -1;
    }
    progress_end(progress);
    return 0;
}

static int read_csv(MoodTables *tables, const char *path, Progress *progress, Arena *arena,
                    Error *error) {
    CsvTable csv;
    MoodColumns columns;
    Error reason = {0};
    int at[AUDIO_FEATURES], features[AUDIO_FEATURES], inputs = 0, before = tables->sound.n;
    if (csv_read(path, arena, &csv, error) || find_columns(&csv, &columns, error))
        return -1;
    for (int column = 0; column < csv.n_columns && inputs < AUDIO_FEATURES; column++) {
        int feature = feature_of_column(csv.names[column]);
        if (feature >= 0) {
            at[inputs] = column;
            features[inputs++] = feature;
        }
    }
    if (!inputs && columns.file < 0)
        return error_set(error, "%s: neither a feature's column nor one called file", path);
    if (inputs ? read_features(tables, &csv, &columns, at, features, inputs, error)
               : read_files(tables, &csv, &columns, progress, &reason, error))
        return -1;
    if (tables->sound.n > before)
        return 0;
    return error_set(error, "%s: no row can be used%s%s", path,
                     *reason.message ? "; the first: " : "", reason.message);
}

static int read_path(MoodTables *tables, const char *path, Progress *progress, Error *error) {
    if (!file_has_suffix(path, ".csv"))
        return read_folder(tables, path, progress, error);
    Arena *arena = arena_create();
    int status = arena ? read_csv(tables, path, progress, arena, error)
                       : error_memory(error, path, sizeof *tables);
    arena_destroy(arena);
    return status;
}

int mood_tables_read(MoodTables *tables, const char *paths, bool quiet, Error *error) {
    Progress progress = progress_start(quiet, 0);
    int count = 0;
    char **list = text_list_split(paths, &count, error);
    int status = list ? 0 : -1;
    for (int i = 0; i < count && !status; i++)
        status = read_path(tables, list[i], &progress, error);
    free(list);
    if (!status && tables->passed_over)
        progress_note(&progress, "%ld songs without a mood, or that cannot be read, passed over",
                      tables->passed_over);
    return status;
}

/* ------------------------------------------------------------------ scores */

void mood_score(const float *estimates, const float *ratings, int n, MoodScore scores[MOOD_AXES]) {
    for (int axis = 0; axis < MOOD_AXES; axis++) {
        double x = 0, y = 0, xx = 0, yy = 0, xy = 0, errors = 0, signs = 0;
        for (int i = 0; i < n; i++) {
            double a = (double)estimates[i * MOOD_AXES + axis],
                   b = (double)ratings[i * MOOD_AXES + axis];
            x += a;
            y += b;
            xx += a * a;
            yy += b * b;
            xy += a * b;
            errors += (a - b) * (a - b);
            signs += (a >= 0) == (b >= 0);
        }
        double spread = sqrt(fmax(xx - x * x / n, 0) * fmax(yy - y * y / n, 0));
        scores[axis] = (MoodScore){.correlation = spread > 0 ? (xy - x * y / n) / spread : 0,
                                   .deviation = sqrt(errors / n),
                                   .sign = signs / n};
    }
}

static const char *const axes[MOOD_AXES] = {"valence", "arousal"};

static void print_lines(const char *source, const char *songs, int n,
                        const MoodScore scores[MOOD_AXES]) {
    for (int axis = 0; axis < MOOD_AXES; axis++)
        printf("%s: %s r %.2f, error %.2f, sign right %.0f %%; %d %s\n", source, axes[axis],
               scores[axis].correlation, scores[axis].deviation, 100 * scores[axis].sign, n, songs);
}

static void print_member(const char *source, int n, const MoodScore scores[MOOD_AXES]) {
    printf("\"%s\": {\"songs\": %d", source, n);
    for (int axis = 0; axis < MOOD_AXES; axis++)
        printf(", \"%s\": {\"r\": %.4f, \"rmse\": %.4f, \"sign\": %.4f}", axes[axis],
               scores[axis].correlation, scores[axis].deviation, scores[axis].sign);
    printf("}");
}

void mood_scores_print(const MoodTables *tables, const MoodScores *scores, const char *songs,
                       bool json) {
    int notes = tables->notes.n, sound = tables->sound.n;
    if (notes && !json)
        print_lines("notes", songs, notes, scores->notes);
    if (sound && !json)
        print_lines("sound", songs, sound, scores->sound);
    if (!json)
        return;
    printf("{");
    if (notes)
        print_member("notes", notes, scores->notes);
    printf("%s", notes && sound ? ", " : "");
    if (sound)
        print_member("sound", sound, scores->sound);
    printf("}\n");
}
