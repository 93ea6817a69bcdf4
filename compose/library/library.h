/* library.h: the user's songs and their moods.
 *
 *     Library *library = library_open(NULL, &error);
 *     library_add_folder(library, "/music", &error);
 *     library_scan(library, &settings, &report, &error);      compose/library/scan.h
 *     library_songs(library, &songs, &error);
 *     … songs.list[i].mood …
 *     library_songs_free(&songs);
 *     library_close(library);
 *
 * Each song has a mood with its uncertainty from up to five origins; the first available one
 * counts. A library is used by one thread at a time; several programs may use the file at once. */
#ifndef COMPOSE_LIBRARY_LIBRARY_H
#define COMPOSE_LIBRARY_LIBRARY_H

#include "compose/library/database.h"
#include "infer/music/mood_model.h"
#include "nn/base/plain_text.h"

#include <stdbool.h>

/* In order of priority. */
typedef enum Origin {
    ORIGIN_USER,     /* library set */
    ORIGIN_IMPORT,   /* an imported CSV */
    ORIGIN_TAG,      /* the file's tags */
    ORIGIN_FOLDER,   /* the folder's name */
    ORIGIN_ESTIMATE, /* the mood model's */
    ORIGINS
} Origin;

/* "user", "import", "tag", "folder", "estimate" */
extern const char *const origin_names[ORIGINS];

typedef struct LibrarySong {
    int64_t id, hash;
    const char *path; /* the system's bytes; to print, plain_text (nn/base/plain_text.h) */
    const char *title, *artist, *album, *genre, *language; /* "" = unknown */
    const char *failure;                                   /* why it is unreadable, or "" */
    MoodSource kind;
    bool present;  /* found by the last scan */
    bool has_mood; /* and then: */
    Origin origin; /* of the mood */
    MoodEstimate mood;
    double seconds;
    float tempo;    /* quarter notes or beats per minute, NAN = none */
    float loudness; /* LUFS, NAN = unknown */
    float gain;     /* ReplayGain, decibels, NAN = unknown */
    int tonic;      /* pitch class */
    bool minor;
    double last_played; /* seconds since 1970, 0 = never */
} LibrarySong;

typedef struct LibrarySongs {
    LibrarySong *list; /* (count) sorted by path */
    int count;
    struct Arena *arena; /* owns all texts */
} LibrarySongs;

typedef struct Library Library;

/* Opens the library's file, NULL for the user's own. */
Library *library_open(const char *path, Error *error);
void library_close(Library *library);
Database *library_database(Library *library);

/* Adds a folder (or one file) whose songs the next scan adds; stored by its real path. */
int library_add_folder(Library *library, const char *path, Error *error) MUST_CHECK;

/* All songs, including missing and unreadable ones. */
int library_songs(Library *library, LibrarySongs *songs, Error *error) MUST_CHECK;
void library_songs_free(LibrarySongs *songs);

/* Its title, or else its file's name; in the song. */
const char *library_song_title(const LibrarySong *song);
/* "Artist – Title", or its title alone, to print. */
const char *library_song_name(const LibrarySong *song, PlainText *name);

#define LIBRARY_LEVEL (-18.0) /* LUFS at which songs are played: ReplayGain 2's reference */

/* Decibels, -12 … 12, that bring a recording to LIBRARY_LEVEL: its ReplayGain, or else by its
 * loudness; 0 when neither is known. */
double library_song_gain(const LibrarySong *song);

/* The songs for a path (of a file, or of a folder above them; also through links) or an id ("#12"),
 * as indices into songs->list (caller frees); NULL when there are none. */
int *library_find(const LibrarySongs *songs, const char *text, int *count, Error *error);

/* Sets a song's value from an origin. */
int library_set_mood(Library *library, int64_t song, Origin origin, MoodEstimate mood,
                     Error *error) MUST_CHECK;
int library_set_language(Library *library, int64_t song, Origin origin, const char *code,
                         Error *error) MUST_CHECK;
/* Removes an origin's mood; ORIGIN_USER after library set. */
int library_forget_mood(Library *library, int64_t song, Origin origin, Error *error) MUST_CHECK;

/* Forgets folders and songs at and below a path; returns how many songs, or -1, also when nothing
 * is there. */
int library_remove(Library *library, const char *path, Error *error);

#endif
