/* outlet.h: where the jukebox's songs play: through our mixer (compose/play/mixer.h), or by MPD,
 * the Music Player Daemon.
 *
 * One song plays, and one is offered that begins after it, or in its place when it makes way. All
 * functions but `read` are for one thread, whose `now` does not decrease. */
#ifndef COMPOSE_PLAY_OUTLET_H
#define COMPOSE_PLAY_OUTLET_H

#include "compose/play/composing.h"
#include "compose/play/mixer.h"
#include "compose/play/opener.h"

/* What a kind of outlet does; the first argument of each function is Outlet.self. */
typedef struct OutletKind {
    void (*close)(void *self);

    /* Opens songs, as opener_ask, opener_is_idle and opener_take do. What was taken is to be
     * offered, or dropped. */
    void (*open)(void *self, const QueueItem *item, const LibrarySong *song, Mood bent);
    bool (*is_idle)(void *self);
    int (*take)(void *self, QueueItem *item, Error *error);
    void (*drop)(void *self);

    /* As the mixer's functions of these names. `end` also returns when everything has faded out, if
     * nobody else moves the sound on. */
    int (*offer)(void *self, Error *error);
    bool (*withdraw)(void *self);
    void (*make_way)(void *self);
    void (*skip)(void *self);
    int (*seek)(void *self, double seconds, Error *error);
    int (*pause)(void *self, bool pause, Error *error);
    int (*volume)(void *self, double volume, Error *error);
    int (*bend)(void *self, Mood mood, Error *error);
    int (*end)(void *self, double seconds, Error *error);
    int (*step)(void *self, double now, Error *error); /* several times per second */
    MixerStatus (*status)(void *self);
    bool (*trouble)(void *self, Error *error);
    void (*read)(void *self, float *samples, int frames);
} OutletKind;

typedef struct Outlet {
    const OutletKind *kind;
    void *self;
} Outlet;

typedef struct OutletSettings {
    ComposingSettings composing;
    MixerSettings mixer;
    TrackSettings track;
    bool background; /* open songs on a separate thread */
} OutletSettings;

/* By our mixer: the samples are read by outlet->read. */
int sound_outlet_open(Outlet *outlet, const OutletSettings *settings, Error *error) MUST_CHECK;

/* By MPD at an address (compose/library/mpd_server.h), whose queue is replaced as the first song is
 * there. Songs overlap by MPD's crossfade where one ends, and one that makes way is faded out by
 * MPD's volume. Notes, which MPD may not be able to play, are rendered into files of a temporary
 * folder. Nothing is bent. At the end MPD's queue is empty, and its modes, volume and crossfade are
 * as they were. */
int mpd_outlet_open(Outlet *outlet, const char *address, const OutletSettings *settings,
                    Error *error) MUST_CHECK;

#endif
