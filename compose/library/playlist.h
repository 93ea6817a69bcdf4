/* playlist.h: songs of the library, in an order that matches a mood and follows a policy. */
#ifndef COMPOSE_LIBRARY_PLAYLIST_H
#define COMPOSE_LIBRARY_PLAYLIST_H

#include "compose/library/choice.h"

typedef struct PlaylistSettings {
    Mood felt;
    MoodPolicy policy;
    double seconds;        /* how long the list is to be, below */
    const char *languages; /* codes separated by commas, or NULL for all */
    bool strict;           /* exclude songs of unknown language */
    const char *genre;     /* or NULL for all */
    uint64_t seed;         /* for the draws */
    bool draw;             /* draw the listener's weights; else use their means */
    double now;            /* seconds since 1970 */
} PlaylistSettings;

typedef struct PlaylistEntry {
    int song;     /* index into the songs */
    double start; /* seconds from the list's beginning */
    Mood wanted;  /* the wanted mood there */
    ChoiceCost cost;
    char reason[CHOICE_REASON];
} PlaylistEntry;

typedef struct Playlist {
    PlaylistEntry *entries; /* (count) */
    int count;
    double seconds;
} Playlist;

/* Chooses among the songs present, each once, until `seconds` are reached. A song that would leave
 * the list farther from that length than it is, by more than two minutes, is passed over, unless it
 * would be the only one; the list is shorter where the others do not suffice. Free with
 * playlist_free. Fails when no song fits the filters. `listener` may be NULL. */
int playlist_choose(const LibrarySongs *songs, const Listener *listener,
                    const PlaylistSettings *settings, Playlist *playlist, Error *error) MUST_CHECK;
void playlist_free(Playlist *playlist);

/* Fills excluded (songs->count) for the filters of the settings; returns how many are left, -1
 * after an error in the list of languages. */
int playlist_filter(const LibrarySongs *songs, const PlaylistSettings *settings, bool *excluded,
                    Error *error);

#endif
