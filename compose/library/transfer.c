#include "compose/library/transfer.h"

#include "compose/library/labels.h"
#include "datasets/media/csv.h"
#include "nn/base/number.h"
#include "nn/io/file.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* People who rate a list of songs differ about so much from each other. */
static const float usual_deviation = 0.15f;

typedef struct Columns {
    int file, emotion, valence, arousal, valence_deviation, arousal_deviation, language;
} Columns;

/* What a row says of a song. */
typedef struct Change {
    int64_t song;
    MoodEstimate mood; /* NAN = none */
    char language[LANGUAGE_CODE];
} Change;

typedef struct Import {
    LibrarySongs songs; /* in the order of ends_compare */
    CsvTable csv;
    Columns at;
    char folder[PATH_MAX];
    Change *changes; /* (count) */
    int count;
    bool *changed; /* (songs.count) */
    int songs_changed;
} Import;

static int find_columns(Import *import, Error *error) {
    const CsvTable *csv = &import->csv;
    import->at = (Columns){.file = csv_column(csv, "file"),
                           .emotion = csv_column(csv, "emotion"),
                           .valence = csv_column(csv, "valence"),
                           .arousal = csv_column(csv, "arousal"),
                           .valence_deviation = csv_column(csv, "valence_deviation"),
                           .arousal_deviation = csv_column(csv, "arousal_deviation"),
                           .language = csv_column(csv, "language")};
    bool plane = import->at.valence >= 0 && import->at.arousal >= 0;
    if (import->at.file < 0 || (!plane && import->at.emotion < 0 && import->at.language < 0))
        return error_set(error,
                         "%s: expected a column file, and valence and arousal, or emotion, or "
                         "language",
                         csv->path);
    return 0;
}

/* Compares texts by their ends: those with the same end stand together, and it before them. */
static int ends_compare(const char *a, const char *b) {
    size_t at_a = strlen(a), at_b = strlen(b);
    while (at_a && at_b)
        if (a[--at_a] != b[--at_b])
            return (unsigned char)a[at_a] < (unsigned char)b[at_b] ? -1 : 1;
    return (at_a > 0) - (at_b > 0);
}

static int compare_songs(const void *a, const void *b) {
    return ends_compare(((const LibrarySong *)a)->path, ((const LibrarySong *)b)->path);
}

static bool ends_in(const char *path, const char *end) {
    size_t length = strlen(path), tail = strlen(end);
    return length >= tail && !strcmp(path + length - tail, end);
}

/* The first song whose path is `end` or would stand after it. */
static int first_with_end(const LibrarySongs *songs, const char *end) {
    int low = 0, high = songs->count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (ends_compare(songs->list[middle].path, end) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The song of a row: the file of that name, seen from the table's folder, or the only one whose
 * path ends in the name; or NULL. */
static const LibrarySong *find_song(const Import *import, const char *name) {
    char path[PATH_MAX + 512], end[PATH_MAX + 512], real[PATH_MAX];
    const LibrarySongs *songs = &import->songs;
    snprintf(path, sizeof path, "%s%s", *name == '/' ? "" : import->folder, name);
    const char *const wanted[] = {path, realpath(path, real) ? real : path};
    for (int i = 0; i < 2; i++) {
        int at = first_with_end(songs, wanted[i]);
        if (at < songs->count && !strcmp(songs->list[at].path, wanted[i]))
            return &songs->list[at];
    }
    snprintf(end, sizeof end, "/%s", name);
    int first = first_with_end(songs, end);
    bool found = *name && first < songs->count && ends_in(songs->list[first].path, end);
    bool another = first + 1 < songs->count && ends_in(songs->list[first + 1].path, end);
    return found && !another ? &songs->list[first] : NULL;
}

/* A number of the row, `missing` where the cell is empty. */
static int read_number(const Import *import, int row, int column, const char *name, double low,
                       float missing, float *value, Error *error) {
    const char *cell = csv_cell(&import->csv, row, column);
    char *end;
    *value = missing;
    if (!*cell)
        return 0;
    double number = number_read(cell, &end);
    if (end == cell || *end || !(number >= low && number <= 1))
        return error_set(error, "%s:%d: %s '%s', expected %g … 1", import->csv.path,
                         import->csv.lines[row], name, cell, low);
    *value = (float)number;
    return 0;
}

static int read_mood(const Import *import, int row, MoodEstimate *mood, Error *error) {
    const char *word = csv_cell(&import->csv, row, import->at.emotion);
    if (read_number(import, row, import->at.valence, "valence", -1, NAN, &mood->valence, error) ||
        read_number(import, row, import->at.arousal, "arousal", -1, NAN, &mood->arousal, error) ||
        read_number(import, row, import->at.valence_deviation, "valence_deviation", 0.01,
                    usual_deviation, &mood->valence_deviation, error) ||
        read_number(import, row, import->at.arousal_deviation, "arousal_deviation", 0.01,
                    usual_deviation, &mood->arousal_deviation, error))
        return -1;
    if (isnan(mood->valence) != isnan(mood->arousal))
        return error_set(error, "%s:%d: only one of valence and arousal", import->csv.path,
                         import->csv.lines[row]);
    if (!isnan(mood->valence))
        return 0;
    int emotion = *word ? emotion_from_name(word) : -1;
    if (*word && emotion < 0)
        return error_set(error, "%s:%d: no emotion is called '%s'", import->csv.path,
                         import->csv.lines[row], word);
    if (emotion >= 0)
        *mood = label_emotion((Emotion)emotion, usual_deviation);
    return 0;
}

/* As the table of an export has them. */
static bool is_equal(float a, float b) {
    return fabsf(a - b) < 0.00006f;
}

/* Takes away what counts for the song already; false when nothing is left. */
static bool reduce(Change *change, const LibrarySong *song) {
    const MoodEstimate *told = &change->mood, *known = &song->mood;
    if (song->has_mood && is_equal(told->valence, known->valence) &&
        is_equal(told->arousal, known->arousal) &&
        is_equal(told->valence_deviation, known->valence_deviation) &&
        is_equal(told->arousal_deviation, known->arousal_deviation))
        change->mood.valence = change->mood.arousal = NAN;
    if (!strcmp(change->language, song->language))
        *change->language = 0;
    return !isnan(change->mood.valence) || *change->language;
}

static int read_row(Import *import, int row, int *unknown, Error *error) {
    Change change = {0};
    const char *language = csv_cell(&import->csv, row, import->at.language);
    if (read_mood(import, row, &change.mood, error))
        return -1;
    if (*language && !label_language(language, change.language))
        return error_set(error, "%s:%d: '%s' is not the code or name of a language",
                         import->csv.path, import->csv.lines[row], language);
    const LibrarySong *song = find_song(import, csv_cell(&import->csv, row, import->at.file));
    *unknown += !song;
    if (!song)
        return 0;
    bool *changed = &import->changed[song - import->songs.list];
    if (!*changed && !reduce(&change, song))
        return 0;
    import->songs_changed += !*changed;
    *changed = true;
    change.song = song->id;
    import->changes[import->count++] = change;
    return 0;
}

static int read_rows(Import *import, Arena *arena, int *unknown, Error *error) {
    import->changes = arena_calloc(arena, (size_t)import->csv.n_rows, sizeof *import->changes);
    import->changed = arena_calloc(arena, (size_t)import->songs.count + 1, sizeof(bool));
    if (!import->changes || !import->changed)
        return error_memory(error, import->csv.path,
                            (size_t)import->csv.n_rows * sizeof *import->changes);
    if (import->songs.count)
        qsort(import->songs.list, (size_t)import->songs.count, sizeof *import->songs.list,
              compare_songs);
    for (int row = 0; row < import->csv.n_rows; row++)
        if (read_row(import, row, unknown, error))
            return -1;
    return 0;
}

static int save(Library *library, const Change *change, Error *error) {
    const MoodEstimate *mood = &change->mood;
    if (!isnan(mood->valence) && !isnan(mood->arousal) &&
        library_set_mood(library, change->song, ORIGIN_IMPORT, *mood, error))
        return -1;
    return *change->language
               ? library_set_language(library, change->song, ORIGIN_IMPORT, change->language, error)
               : 0;
}

static int save_changes(Library *library, const Import *import, Error *error) {
    Database *database = library_database(library);
    if (database_run(database, "BEGIN IMMEDIATE", error))
        return -1;
    int status = 0;
    for (int i = 0; i < import->count && !status; i++)
        status = save(library, &import->changes[i], error);
    return database_run(database, status ? "ROLLBACK" : "COMMIT", status ? NULL : error) ? -1
                                                                                         : status;
}

int library_import(Library *library, const char *csv, int *changed, int *unknown, Error *error) {
    Import import = {0};
    const char *slash = strrchr(csv, '/');
    *changed = *unknown = 0;
    snprintf(import.folder, sizeof import.folder, "%.*s", slash ? (int)(slash - csv) + 1 : 0, csv);
    Arena *arena = arena_create();
    int status =
        arena ? csv_read(csv, arena, &import.csv, error) : error_memory(error, csv, sizeof import);
    if (!status)
        status = find_columns(&import, error);
    if (!status)
        status = library_songs(library, &import.songs, error);
    if (!status)
        status = read_rows(&import, arena, unknown, error);
    if (!status)
        status = save_changes(library, &import, error);
    *changed = import.songs_changed;
    library_songs_free(&import.songs);
    arena_destroy(arena);
    return status;
}

/* ------------------------------------------------------------------ export */

static void write_number(FILE *stream, float value) {
    char text[NUMBER_TEXT];
    fprintf(stream, "%s,", number_text((double)value, 4, text));
}

static void write_row(FILE *stream, const LibrarySong *song) {
    csv_print_field(song->path, stream);
    fputc(',', stream);
    if (song->has_mood) {
        write_number(stream, song->mood.valence);
        write_number(stream, song->mood.arousal);
        write_number(stream, song->mood.valence_deviation);
        write_number(stream, song->mood.arousal_deviation);
        fprintf(stream, "%s", origin_names[song->origin]);
    } else {
        fprintf(stream, ",,,,");
    }
    const char *const texts[] = {song->language, song->title, song->artist, song->genre};
    for (int i = 0; i < 4; i++) {
        fputc(',', stream);
        csv_print_field(texts[i], stream);
    }
    fputc('\n', stream);
}

int library_export(Library *library, const char *csv, int *count, Error *error) {
    LibrarySongs songs;
    FileWriter writer;
    *count = 0;
    if (library_songs(library, &songs, error))
        return -1;
    int status = file_begin(&writer, csv, error);
    if (!status) {
        fprintf(writer.stream, "file,valence,arousal,valence_deviation,arousal_deviation,origin,"
                               "language,title,artist,genre\n");
        for (int i = 0; i < songs.count; i++)
            if (songs.list[i].present && !*songs.list[i].failure) {
                write_row(writer.stream, &songs.list[i]);
                (*count)++;
            }
        status = file_commit(&writer, error);
    }
    library_songs_free(&songs);
    return status;
}
