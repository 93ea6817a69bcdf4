#include "compose/library/feedback.h"

#include "datasets/media/csv.h"
#include "nn/base/array.h"
#include "nn/base/number.h"
#include "nn/command_line/options.h"
#include "nn/io/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char take_back[] = "take-back", reset[] = "reset", play[] = "play";
static const char undo[] = "undo"; /* by older programs: also of how a song ended */

/* The columns of a row, in their order in the table of events but for its id. */
static const char *const columns[] = {"time",           "kind",           "song",    "hash",
                                      "artist",         "genre",          "valence", "arousal",
                                      "wanted_valence", "wanted_arousal", "tempo"};
enum { COLUMNS = sizeof columns / sizeof *columns };

typedef struct Event {
    double time;
    const char *kind;
    int64_t song, hash;
    const char *artist, *genre;
    double valence, arousal, wanted_valence, wanted_arousal, tempo;
} Event;

static Statement *insert_events(Library *library, Error *error) {
    return statement_begin(library_database(library),
                           "INSERT INTO events(time, kind, song, hash, artist, genre, valence,"
                           " arousal, wanted_valence, wanted_arousal, tempo)"
                           " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                           error);
}

static int insert_event(Statement *insert, const Event *event, Error *error) {
    statement_bind_real(insert, 1, event->time);
    statement_bind_text(insert, 2, event->kind);
    statement_bind_integer(insert, 3, event->song);
    statement_bind_integer(insert, 4, event->hash);
    statement_bind_text(insert, 5, event->artist);
    statement_bind_text(insert, 6, event->genre);
    statement_bind_real(insert, 7, event->valence);
    statement_bind_real(insert, 8, event->arousal);
    statement_bind_real(insert, 9, event->wanted_valence);
    statement_bind_real(insert, 10, event->wanted_arousal);
    statement_bind_real(insert, 11, event->tempo);
    return statement_run(insert, error);
}

static int append(Library *library, const Event *event, Error *error) {
    Statement *insert = insert_events(library, error);
    int status = insert ? insert_event(insert, event, error) : -1;
    statement_end(insert);
    return status;
}

static Event event_of(const LibrarySong *song, const char *kind, double now) {
    return (Event){.time = now,
                   .kind = kind,
                   .song = song->id,
                   .hash = song->hash,
                   .artist = song->artist,
                   .genre = song->genre,
                   .valence = song->has_mood ? (double)song->mood.valence : (double)NAN,
                   .arousal = song->has_mood ? (double)song->mood.arousal : (double)NAN,
                   .wanted_valence = (double)NAN,
                   .wanted_arousal = (double)NAN,
                   .tempo = (double)song->tempo};
}

static Event bare_event(const char *kind, double now) {
    return (Event){now,         kind,        0,           0,           "",         "",
                   (double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN};
}

int feedback_add(Library *library, const LibrarySong *song, Mood wanted, Verdict verdict,
                 double now, Error *error) {
    Event event = event_of(song, verdict_names[verdict], now);
    event.wanted_valence = (double)wanted.valence;
    event.wanted_arousal = (double)wanted.arousal;
    return append(library, &event, error);
}

int feedback_played(Library *library, const LibrarySong *song, double now, Error *error) {
    Event event = event_of(song, play, now);
    return append(library, &event, error);
}

/* ------------------------------------------------------------------ replay */

/* A verdict that counts. */
typedef struct Heard {
    ListenerProperties song;
    Mood wanted;
    Verdict verdict;
} Heard;

typedef struct Replay {
    Heard *heard; /* (count) */
    int count, room;
} Replay;

static Event event_at(Statement *row) {
    return (Event){statement_real(row, 0),    statement_text(row, 1), statement_integer(row, 2),
                   statement_integer(row, 3), statement_text(row, 4), statement_text(row, 5),
                   statement_real(row, 6),    statement_real(row, 7), statement_real(row, 8),
                   statement_real(row, 9),    statement_real(row, 10)};
}

/* The index of the last verdict that was said, not seen from how a song ended; -1 for none. */
static int last_said(const Replay *replay) {
    int last = replay->count - 1;
    while (last >= 0 && replay->heard[last].verdict >= VERDICT_SKIP)
        last--;
    return last;
}

static void revoke(Replay *replay, int last) {
    if (last < 0)
        return;
    replay->count--;
    memmove(replay->heard + last, replay->heard + last + 1,
            (size_t)(replay->count - last) * sizeof *replay->heard);
}

static int replay_event(Replay *replay, const Event *event, Error *error) {
    if (!strcmp(event->kind, reset))
        replay->count = 0;
    if (!strcmp(event->kind, take_back))
        revoke(replay, last_said(replay));
    if (!strcmp(event->kind, undo))
        revoke(replay, replay->count - 1);
    int verdict = choice_index(verdict_names, event->kind);
    if (verdict == VERDICTS)
        return 0;
    if (!ARRAY_GROW(replay->heard, replay->room, replay->count))
        return error_memory(error, "feedback", sizeof *replay->heard);
    LibrarySong song = {
        .hash = event->hash,
        .artist = event->artist,
        .genre = event->genre,
        .has_mood = !isnan(event->valence) && !isnan(event->arousal),
        .mood = {.valence = (float)event->valence, .arousal = (float)event->arousal},
        .tempo = (float)event->tempo,
        .last_played = event->time};
    replay->heard[replay->count++] = (Heard){.song = listener_properties(&song),
                                             .wanted = {.valence = (float)event->wanted_valence,
                                                        .arousal = (float)event->wanted_arousal},
                                             .verdict = (Verdict)verdict};
    return 0;
}

static int replay_events(Library *library, Replay *replay, Error *error) {
    Statement *row = statement_begin(library_database(library),
                                     "SELECT time, kind, song, hash, artist, genre, valence,"
                                     " arousal, wanted_valence, wanted_arousal, tempo FROM events"
                                     " WHERE kind <> 'play' ORDER BY id",
                                     error);
    int status = row ? 1 : -1;
    while (status > 0 && (status = statement_next(row, error)) > 0) {
        Event event = event_at(row);
        if (replay_event(replay, &event, error))
            status = -1;
    }
    statement_end(row);
    return status;
}

int feedback_learn(Library *library, Listener *listener, Error *error) {
    Replay replay = {0};
    listener_start(listener);
    int status = replay_events(library, &replay, error);
    for (int i = 0; i < replay.count && !status; i++)
        listener_hear(listener, &replay.heard[i].song, replay.heard[i].wanted,
                      replay.heard[i].verdict);
    free(replay.heard);
    return status;
}

int feedback_undo(Library *library, double now, bool *undone, Error *error) {
    Replay replay = {0};
    Event event = bare_event(take_back, now);
    *undone = false;
    int status = database_run(library_database(library), "BEGIN IMMEDIATE", error);
    if (status)
        return -1;
    status = replay_events(library, &replay, error);
    if (!status && last_said(&replay) >= 0) {
        *undone = true;
        status = append(library, &event, error);
    }
    free(replay.heard);
    return database_run(library_database(library), status ? "ROLLBACK" : "COMMIT",
                        status ? NULL : error)
               ? -1
               : status;
}

int feedback_reset(Library *library, double now, Error *error) {
    Event event = bare_event(reset, now);
    return append(library, &event, error);
}

int feedback_taste(const char *file, MoodTaste *taste, Error *error) {
    Listener listener;
    *taste = (MoodTaste){0};
    if (!database_is_there(file))
        return file ? error_errno(error, "cannot open %s", file) : 0;
    Library *library = library_open(file, error);
    int status = library ? feedback_learn(library, &listener, error) : -1;
    library_close(library);
    if (!status)
        *taste = listener_taste(&listener);
    return status;
}

/* ------------------------------------------------------------------ tables */

static void write_text(FILE *stream, const char *text) {
    fputc('"', stream);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', stream);
        fputc(*text, stream);
    }
    fputs("\",", stream);
}

static void write_number(FILE *stream, double value, const char *after) {
    char text[NUMBER_TEXT];
    fprintf(stream, "%s%s", isnan(value) ? "" : number_text(value, 17, text), after);
}

static void write_event(FILE *stream, const Event *event) {
    write_number(stream, event->time, ",");
    fprintf(stream, "%s,%lld,%lld,", event->kind, (long long)event->song, (long long)event->hash);
    write_text(stream, event->artist);
    write_text(stream, event->genre);
    const double numbers[] = {event->valence, event->arousal, event->wanted_valence,
                              event->wanted_arousal, event->tempo};
    for (int i = 0; i < 5; i++)
        write_number(stream, numbers[i], i < 4 ? "," : "\n");
}

int feedback_export(Library *library, const char *csv, int *count, Error *error) {
    FileWriter writer;
    *count = 0;
    Statement *row = statement_begin(library_database(library),
                                     "SELECT time, kind, song, hash, artist, genre, valence,"
                                     " arousal, wanted_valence, wanted_arousal, tempo FROM events"
                                     " ORDER BY id",
                                     error);
    if (!row || file_begin(&writer, csv, error)) {
        statement_end(row);
        return -1;
    }
    for (int i = 0; i < COLUMNS; i++)
        fprintf(writer.stream, "%s%s", columns[i], i + 1 < COLUMNS ? "," : "\n");
    int status;
    while ((status = statement_next(row, error)) > 0) {
        Event event = event_at(row);
        write_event(writer.stream, &event);
        (*count)++;
    }
    statement_end(row);
    if (!status)
        return file_commit(&writer, error);
    file_abandon(&writer);
    return -1;
}

/* The number in a cell, NAN for an empty one. */
static int read_number(const CsvTable *csv, int row, int column, double *value, Error *error) {
    const char *cell = csv_cell(csv, row, column);
    char *end;
    *value = *cell ? number_read(cell, &end) : (double)NAN;
    if (*cell && (end == cell || *end || !isfinite(*value)))
        return error_set(error, "%s:%d: %s '%s' is not a number", csv->path, csv->lines[row],
                         csv->names[column], cell);
    return 0;
}

static int read_event(const CsvTable *csv, int row, const int at[COLUMNS], Event *event,
                      Error *error) {
    double *const numbers[] = {&event->time,           &event->valence,        &event->arousal,
                               &event->wanted_valence, &event->wanted_arousal, &event->tempo};
    static const int of[] = {0, 6, 7, 8, 9, 10};
    for (int i = 0; i < 6; i++)
        if (read_number(csv, row, at[of[i]], numbers[i], error))
            return -1;
    event->kind = csv_cell(csv, row, at[1]);
    event->song = strtoll(csv_cell(csv, row, at[2]), NULL, 10);
    event->hash = strtoll(csv_cell(csv, row, at[3]), NULL, 10);
    event->artist = csv_cell(csv, row, at[4]);
    event->genre = csv_cell(csv, row, at[5]);
    bool known = choice_index(verdict_names, event->kind) < VERDICTS ||
                 !strcmp(event->kind, take_back) || !strcmp(event->kind, undo) ||
                 !strcmp(event->kind, reset) || !strcmp(event->kind, play);
    const double moods[] = {event->valence, event->arousal, event->wanted_valence,
                            event->wanted_arousal};
    for (int i = 0; i < 4; i++)
        known = known && (isnan(moods[i]) || fabs(moods[i]) <= 1);
    if (!known || isnan(event->time))
        return error_set(error,
                         "%s:%d: not an event: expected a time, a kind like '%s', moods in -1 … 1",
                         csv->path, csv->lines[row], verdict_names[0]);
    return 0;
}

static int import_events(Library *library, const CsvTable *csv, int *count, Error *error) {
    int at[COLUMNS];
    for (int i = 0; i < COLUMNS; i++)
        if ((at[i] = csv_column(csv, columns[i])) < 0)
            return error_set(error, "%s: expected a column %s", csv->path, columns[i]);
    Statement *insert = insert_events(library, error);
    int status = insert ? database_run(library_database(library), "BEGIN IMMEDIATE", error) : -1;
    if (status) {
        statement_end(insert);
        return -1;
    }
    int last_reset = -1;
    for (int row = 0; row < csv->n_rows; row++)
        last_reset = strcmp(csv_cell(csv, row, at[1]), reset) ? last_reset : row;
    for (int row = 0; row < csv->n_rows && !status; row++) {
        Event event;
        status = read_event(csv, row, at, &event, error);
        /* What that listener has taken back is not to take back what this one has said. */
        if (status || (row <= last_reset && strcmp(event.kind, play) != 0))
            continue;
        status = insert_event(insert, &event, error);
        *count += !status;
    }
    statement_end(insert);
    return database_run(library_database(library), status ? "ROLLBACK" : "COMMIT",
                        status ? NULL : error)
               ? -1
               : status;
}

int feedback_import(Library *library, const char *path, int *count, Error *error) {
    CsvTable csv = {0};
    *count = 0;
    Arena *arena = arena_create();
    int status = arena ? csv_read(path, arena, &csv, error) : error_memory(error, path, sizeof csv);
    if (!status)
        status = import_events(library, &csv, count, error);
    arena_destroy(arena);
    return status;
}
