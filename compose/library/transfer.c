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

typedef struct Import {
    Library *library;
    LibrarySongs songs;
    CsvTable csv;
    Columns at;
    char folder[PATH_MAX];
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

static bool ends_in(const char *path, const char *end) {
    size_t length = strlen(path), tail = strlen(end);
    return tail && length > tail && path[length - tail - 1] == '/' &&
           !strcmp(path + length - tail, end);
}

/* The song of a row, or NULL. */
static const LibrarySong *find_song(const Import *import, const char *name) {
    char path[PATH_MAX + 512], real[PATH_MAX];
    const LibrarySong *found = NULL;
    snprintf(path, sizeof path, "%s%s", *name == '/' ? "" : import->folder, name);
    const char *wanted = realpath(path, real) ? real : path;
    for (int i = 0; i < import->songs.count; i++)
        if (!strcmp(import->songs.list[i].path, wanted))
            return &import->songs.list[i];
    for (int i = 0; i < import->songs.count; i++)
        if (ends_in(import->songs.list[i].path, name)) {
            if (found)
                return NULL;
            found = &import->songs.list[i];
        }
    return found;
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
    if (!isnan(mood->valence) && !isnan(mood->arousal))
        return 0;
    int emotion = *word ? emotion_from_name(word) : -1;
    if (*word && emotion < 0)
        return error_set(error, "%s:%d: no emotion is called '%s'", import->csv.path,
                         import->csv.lines[row], word);
    if (emotion >= 0)
        *mood = label_emotion((Emotion)emotion, usual_deviation);
    return 0;
}

static int import_row(Import *import, int row, int *changed, int *unknown, Error *error) {
    MoodEstimate mood;
    char code[LANGUAGE_CODE];
    const char *language = csv_cell(&import->csv, row, import->at.language);
    if (read_mood(import, row, &mood, error))
        return -1;
    if (*language && !label_language(language, code))
        return error_set(error, "%s:%d: '%s' is not the code or name of a language",
                         import->csv.path, import->csv.lines[row], language);
    const LibrarySong *song = find_song(import, csv_cell(&import->csv, row, import->at.file));
    *unknown += !song;
    *changed += song != NULL;
    if (!song)
        return 0;
    if (!isnan(mood.valence) && !isnan(mood.arousal) &&
        library_set_mood(import->library, song->id, ORIGIN_IMPORT, mood, error))
        return -1;
    return *language ? library_set_language(import->library, song->id, ORIGIN_IMPORT, code, error)
                     : 0;
}

static int import_rows(Import *import, int *changed, int *unknown, Error *error) {
    Database *database = library_database(import->library);
    if (database_run(database, "BEGIN IMMEDIATE", error))
        return -1;
    int status = 0;
    for (int row = 0; row < import->csv.n_rows && !status; row++)
        status = import_row(import, row, changed, unknown, error);
    return database_run(database, status ? "ROLLBACK" : "COMMIT", status ? NULL : error) ? -1
                                                                                         : status;
}

int library_import(Library *library, const char *csv, int *changed, int *unknown, Error *error) {
    Import import = {.library = library};
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
        status = import_rows(&import, changed, unknown, error);
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
