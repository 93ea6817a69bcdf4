#include "compose/library/library.h"

#include "nn/base/arena.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const origin_names[ORIGINS] = {"user", "import", "tag", "folder", "estimate"};

struct Library {
    Database *database;
};

Library *library_open(const char *path, Error *error) {
    Database *database = database_open(path, error);
    if (!database)
        return NULL;
    Library *library = calloc(1, sizeof *library);
    if (library) {
        library->database = database;
        return library;
    }
    error_memory(error, "a library", sizeof *library);
    database_close(database);
    return NULL;
}

void library_close(Library *library) {
    if (!library)
        return;
    database_close(library->database);
    free(library);
}

Database *library_database(Library *library) {
    return library->database;
}

int library_add_folder(Library *library, const char *path, Error *error) {
    char real[PATH_MAX];
    if (!realpath(path, real))
        return error_errno(error, "cannot find %s", path);
    Statement *insert =
        statement_begin(library->database, "INSERT OR IGNORE INTO folders VALUES(?1)", error);
    if (!insert)
        return -1;
    statement_bind_blob(insert, 1, real, strlen(real));
    int status = statement_run(insert, error);
    statement_end(insert);
    return status;
}

/* ------------------------------------------------------------------ a song */

const char *library_song_title(const LibrarySong *song) {
    const char *slash = strrchr(song->path, '/');
    return *song->title ? song->title : slash ? slash + 1 : song->path;
}

const char *library_song_name(const LibrarySong *song, PlainText *name) {
    char text[sizeof name->text];
    snprintf(text, sizeof text, "%s%s%s", song->artist, *song->artist ? " – " : "",
             library_song_title(song));
    return plain_text(text, name);
}

double library_song_gain(const LibrarySong *song) {
    const double most = 12;
    double gain = isnan(song->gain) ? LIBRARY_LEVEL - (double)song->loudness : (double)song->gain;
    return isnan(gain) ? 0 : fmin(fmax(gain, -most), most);
}

/* ------------------------------------------------------------------ reading songs */

/* ?1 is ORIGINS. Moods of another origin, as of a damaged file, do not count. */
static const char select_songs[] =
    "SELECT s.id, s.hash, s.path, s.title, s.artist, s.album, s.genre,"
    " (SELECT language FROM languages l WHERE l.song = s.id ORDER BY origin LIMIT 1),"
    " s.failure, s.kind, s.present, s.seconds, s.tempo, s.loudness, s.gain, s.tonic, s.minor,"
    " m.origin, m.valence, m.arousal, m.valence_deviation, m.arousal_deviation,"
    " (SELECT max(time) FROM events e WHERE e.song = s.id AND e.hash = s.hash"
    " AND e.kind = 'play')"
    " FROM songs s LEFT JOIN moods m ON m.song = s.id AND m.origin ="
    " (SELECT min(origin) FROM moods o WHERE o.song = s.id AND o.origin >= 0 AND o.origin < ?1)"
    " ORDER BY s.path";

static const char *keep_text(Arena *arena, const char *text) {
    return *text ? arena_strdup(arena, text) : "";
}

static const char *keep_path(Arena *arena, Statement *row, int column) {
    size_t size;
    const void *bytes = statement_blob(row, column, &size);
    char *path = arena_alloc(arena, size + 1);
    if (path && size)
        memcpy(path, bytes, size);
    if (path)
        path[size] = 0;
    return path;
}

static int take_song(LibrarySong *song, Statement *row, Arena *arena, Error *error) {
    *song = (LibrarySong){.id = statement_integer(row, 0),
                          .hash = statement_integer(row, 1),
                          .path = keep_path(arena, row, 2),
                          .title = keep_text(arena, statement_text(row, 3)),
                          .artist = keep_text(arena, statement_text(row, 4)),
                          .album = keep_text(arena, statement_text(row, 5)),
                          .genre = keep_text(arena, statement_text(row, 6)),
                          .language = keep_text(arena, statement_text(row, 7)),
                          .failure = keep_text(arena, statement_text(row, 8)),
                          .kind = statement_integer(row, 9) ? MOOD_FROM_SOUND : MOOD_FROM_NOTES,
                          .present = statement_integer(row, 10) != 0,
                          .seconds = statement_real(row, 11),
                          .tempo = (float)statement_real(row, 12),
                          .loudness = (float)statement_real(row, 13),
                          .gain = (float)statement_real(row, 14),
                          .tonic = (int)(statement_integer(row, 15) % 12),
                          .minor = statement_integer(row, 16) != 0,
                          .origin = (Origin)statement_integer(row, 17),
                          .mood = {(float)statement_real(row, 18), (float)statement_real(row, 19),
                                   (float)statement_real(row, 20), (float)statement_real(row, 21)},
                          .last_played = fmax(statement_real(row, 22), 0)};
    song->has_mood = !isnan(song->mood.valence) && !isnan(song->mood.arousal);
    bool kept = song->path && song->title && song->artist && song->album && song->genre &&
                song->language && song->failure;
    return kept ? 0 : error_memory(error, "songs", sizeof *song);
}

int library_songs(Library *library, LibrarySongs *songs, Error *error) {
    *songs = (LibrarySongs){.arena = arena_create()};
    Statement *row = statement_begin(library->database, select_songs, error);
    int status = songs->arena && row ? 0 : -1, room = 0;
    if (row)
        statement_bind_integer(row, 1, ORIGINS);
    if (!songs->arena)
        status = error_memory(error, "songs", sizeof *songs);
    while (!status) {
        int next = statement_next(row, error);
        if (next <= 0) {
            status = next;
            break;
        }
        if (songs->count == room) {
            room = room ? 2 * room : 256;
            LibrarySong *grown = realloc(songs->list, (size_t)room * sizeof *grown);
            if (!grown) {
                status = error_memory(error, "songs", (size_t)room * sizeof *grown);
                break;
            }
            songs->list = grown;
        }
        status = take_song(&songs->list[songs->count++], row, songs->arena, error);
    }
    statement_end(row);
    if (status)
        library_songs_free(songs);
    return status;
}

void library_songs_free(LibrarySongs *songs) {
    free(songs->list);
    arena_destroy(songs->arena);
    *songs = (LibrarySongs){0};
}

static bool lies_at(const char *path, const char *place) {
    size_t length = strlen(place);
    if (!length)
        return false;
    while (length > 1 && place[length - 1] == '/')
        length--;
    return !strncmp(path, place, length) &&
           (!path[length] || path[length] == '/' || place[length - 1] == '/');
}

/* The same, also where one of both is seen through symbolic links. */
static bool lies_behind(const char *path, const char *place) {
    char real[PATH_MAX];
    return lies_at(path, place) || (realpath(path, real) && lies_at(real, place));
}

int *library_find(const LibrarySongs *songs, const char *text, int *count, Error *error) {
    char real[PATH_MAX];
    const char *path = realpath(text, real) ? real : text;
    char *end = NULL;
    long long id = *text == '#' ? strtoll(text + 1, &end, 10) : -1;
    bool by_id = *text == '#' && end > text + 1 && !*end;
    int *found = malloc(((size_t)songs->count + 1) * sizeof *found);
    *count = 0;
    if (!found) {
        error_memory(error, "songs", (size_t)songs->count * sizeof *found);
        return NULL;
    }
    for (int i = 0; i < songs->count; i++)
        if (by_id ? songs->list[i].id == id : lies_behind(songs->list[i].path, path))
            found[(*count)++] = i;
    if (*count)
        return found;
    if (*text)
        error_set(error, "the library has no song %s; 'affekt library list' shows them", text);
    else
        error_set(error, "an empty name is no song");
    free(found);
    return NULL;
}

/* ------------------------------------------------------------------ changing them */

int library_set_mood(Library *library, int64_t song, Origin origin, MoodEstimate mood,
                     Error *error) {
    Statement *set = statement_begin(
        library->database, "INSERT OR REPLACE INTO moods VALUES(?1, ?2, ?3, ?4, ?5, ?6)", error);
    if (!set)
        return -1;
    statement_bind_integer(set, 1, song);
    statement_bind_integer(set, 2, origin);
    statement_bind_real(set, 3, (double)mood.valence);
    statement_bind_real(set, 4, (double)mood.arousal);
    statement_bind_real(set, 5, (double)mood.valence_deviation);
    statement_bind_real(set, 6, (double)mood.arousal_deviation);
    int status = statement_run(set, error);
    statement_end(set);
    return status;
}

int library_set_language(Library *library, int64_t song, Origin origin, const char *code,
                         Error *error) {
    Statement *set = statement_begin(library->database,
                                     "INSERT OR REPLACE INTO languages VALUES(?1, ?2, ?3)", error);
    if (!set)
        return -1;
    statement_bind_integer(set, 1, song);
    statement_bind_integer(set, 2, origin);
    statement_bind_text(set, 3, code);
    int status = statement_run(set, error);
    statement_end(set);
    return status;
}

int library_forget_mood(Library *library, int64_t song, Origin origin, Error *error) {
    Statement *forget = statement_begin(library->database,
                                        "DELETE FROM moods WHERE song = ?1 AND origin = ?2", error);
    if (!forget)
        return -1;
    statement_bind_integer(forget, 1, song);
    statement_bind_integer(forget, 2, origin);
    int status = statement_run(forget, error);
    statement_end(forget);
    return status;
}

static int remove_songs(Library *library, const LibrarySongs *songs, const char *place,
                        Error *error) {
    int removed = 0;
    Statement *song = statement_begin(library->database, "DELETE FROM songs WHERE id = ?1", error);
    int status = song ? 0 : -1;
    for (int i = 0; i < songs->count && !status; i++) {
        if (!lies_behind(songs->list[i].path, place))
            continue;
        statement_bind_integer(song, 1, songs->list[i].id);
        status = statement_run(song, error);
        removed++;
    }
    statement_end(song);
    return status ? -1 : removed;
}

static int remove_folders(Library *library, const char *place, Error *error) {
    int removed = 0, status;
    char below[PATH_MAX + 1];
    snprintf(below, sizeof below, "%s%s", place, strcmp(place, "/") ? "/" : "");
    Statement *folders = statement_begin(library->database,
                                         "DELETE FROM folders WHERE path = ?1 OR "
                                         "substr(path, 1, length(?2)) = ?2 RETURNING path",
                                         error);
    if (!folders)
        return -1;
    statement_bind_blob(folders, 1, place, strlen(place));
    statement_bind_blob(folders, 2, below, strlen(below));
    while ((status = statement_next(folders, error)) > 0)
        removed++;
    statement_end(folders);
    return status ? -1 : removed;
}

static int remove_all(Library *library, const LibrarySongs *songs, const char *place,
                      Error *error) {
    int removed = remove_songs(library, songs, place, error);
    int folders = removed < 0 ? -1 : remove_folders(library, place, error);
    if (!removed && !folders)
        return error_set(error, "the library has nothing at %s", place);
    return folders < 0 ? -1 : removed;
}

int library_remove(Library *library, const char *path, Error *error) {
    char real[PATH_MAX];
    if (!*path)
        return error_set(error, "an empty name is no folder or song");
    if (!realpath(path, real)) /* a disk that is not plugged in */
        snprintf(real, sizeof real, "%s", path);
    for (size_t end = strlen(real); end > 1 && real[end - 1] == '/'; end--)
        real[end - 1] = 0;
    const char *place = real;
    LibrarySongs songs;
    if (library_songs(library, &songs, error))
        return -1;
    int removed = -1;
    if (!database_run(library->database, "BEGIN IMMEDIATE", error)) {
        removed = remove_all(library, &songs, place, error);
        if (database_run(library->database, removed < 0 ? "ROLLBACK" : "COMMIT",
                         removed < 0 ? NULL : error))
            removed = -1;
    }
    library_songs_free(&songs);
    return removed;
}
