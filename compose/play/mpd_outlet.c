#include "compose/play/outlet.h"

#include "compose/library/mpd_server.h"
#include "nn/base/clock.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Seconds. MPD tells only when it is asked; what is missing of a song that came to its end. */
static const double look_every = 0.2, turn_every = 0.05, skip_fade = 0.5, end_slack = 1.5;

enum { FOLDER = 3072 }; /* bytes of its path */

/* A song of MPD's queue. */
typedef struct Entry {
    int id; /* -1 = none */
    OpenedSong song;
} Entry;

typedef struct MpdOutlet {
    MpdServer *server;
    MixerSettings settings;
    Opener *opener;
    char folder[FOLDER]; /* of rendered songs */
    OpenedSong taken;
    Entry current, offered;
    MpdStatus seen, before; /* the last that MPD told, and what it told at first */
    double now, looked, turned;
    double volume; /* wanted, 0 … 1 */
    bool leaving, hurry, ending;
    bool took_over; /* the queue, which is somebody else's until our first song is in it */
    double fades;   /* seconds that the current song fades for, 0 = it does not … */
    double since;   /* … since then */
    long begun;
    bool last_was_whole, failed;
    Error trouble;
} MpdOutlet;

/* ------------------------------------------------------------------ songs in MPD's queue */

static const Entry none = {.id = -1};

static void forget(OpenedSong *song) {
    if (song->temporary)
        unlink(song->path);
    *song = (OpenedSong){0};
}

static int remove_entry(MpdOutlet *outlet, Entry *entry, Error *error) {
    int status = entry->id < 0 ? 0 : mpd_server_remove(outlet->server, entry->id, error);
    forget(&entry->song);
    *entry = none;
    return status;
}

static int set_volume(MpdOutlet *outlet, double level, Error *error) {
    return outlet->before.volume < 0 || !outlet->took_over
               ? 0
               : mpd_server_set_volume(outlet->server, (int)lround(100 * outlet->volume * level),
                                       error);
}

/* ------------------------------------------------------------------ following MPD */

/* Another song than before: ours, or one that somebody else chose. */
static int follow(MpdOutlet *outlet, const MpdStatus *status, Error *error) {
    const MpdStatus *last = &outlet->seen;
    bool stopped = !status->playing && !status->paused, failed = *status->trouble;
    int song = stopped ? -1 : status->song;
    if (failed) {
        error_set(&outlet->trouble, "%.150s", status->trouble);
        outlet->failed = true;
        if (mpd_server_forget_trouble(outlet->server, error))
            return -1;
    }
    if (song == outlet->current.id)
        return 0;
    if (outlet->current.id >= 0) {
        double missing = last->seconds - last->elapsed - (status->crossfade + end_slack);
        outlet->last_was_whole = !failed && outlet->fades <= 0 && missing <= 0;
        if (remove_entry(outlet, &outlet->current, error))
            return -1;
    }
    outlet->leaving = outlet->hurry = false;
    if (song < 0 || song != outlet->offered.id)
        return 0;
    outlet->current = outlet->offered;
    outlet->offered = none;
    outlet->begun++;
    return 0;
}

static int look(MpdOutlet *outlet, Error *error) {
    MpdStatus status;
    outlet->looked = outlet->now;
    if (mpd_server_status(outlet->server, &status, error) || follow(outlet, &status, error))
        return -1;
    bool still = outlet->fades <= 0 && outlet->turned < outlet->now - 2 * look_every;
    if (still && status.volume >= 0) /* somebody else turns it */
        outlet->volume = status.volume / 100.0;
    outlet->seen = status;
    return 0;
}

static int begin_offered(MpdOutlet *outlet, Error *error) {
    if (mpd_server_play(outlet->server, outlet->offered.id, error))
        return -1;
    return look(outlet, error);
}

/* ------------------------------------------------------------------ fading */

static bool fades(const MpdOutlet *outlet) {
    return outlet->fades > 0;
}

static void begin_fade(MpdOutlet *outlet, double seconds) {
    if (fades(outlet) && outlet->fades <= seconds)
        return;
    outlet->fades = seconds;
    outlet->since = outlet->now;
}

/* The current song becomes softer, and at last gives place. */
static int fade(MpdOutlet *outlet, Error *error) {
    double left = 1 - (outlet->now - outlet->since) / outlet->fades;
    if (outlet->offered.id < 0) { /* the other one is no longer wanted */
        outlet->fades = 0;
        outlet->turned = outlet->now;
        return set_volume(outlet, 1, error);
    }
    if (left > 0) {
        if (outlet->now - outlet->turned < turn_every)
            return 0;
        outlet->turned = outlet->now;
        return set_volume(outlet, left, error);
    }
    if (begin_offered(outlet, error))
        return -1;
    outlet->fades = 0;
    outlet->turned = outlet->now;
    return set_volume(outlet, 1, error);
}

/* A song that ends in time needs no fading. */
static bool is_to_go(const MpdOutlet *outlet) {
    double left = outlet->seen.seconds - outlet->seen.elapsed;
    return outlet->hurry || (outlet->leaving && left > outlet->settings.patience);
}

static int step(void *self, double now, Error *error) {
    MpdOutlet *outlet = self;
    double passed = now - outlet->now;
    outlet->now = now;
    if (now - outlet->looked >= look_every && look(outlet, error))
        return -1;
    if (fades(outlet) && outlet->seen.paused)
        outlet->since += passed; /* the fade waits too */
    else if (fades(outlet))
        return fade(outlet, error);
    if (outlet->offered.id < 0 || outlet->ending || outlet->seen.paused)
        return 0;
    if (outlet->current.id < 0)
        return begin_offered(outlet, error);
    if (is_to_go(outlet))
        begin_fade(outlet, outlet->hurry ? skip_fade : outlet->settings.overlap);
    return 0;
}

/* ------------------------------------------------------------------ opening songs */

static void open_song(void *self, const QueueItem *item, const LibrarySong *song, Mood bent) {
    opener_ask(((MpdOutlet *)self)->opener, item, song, bent);
}

static bool is_idle(void *self) {
    return opener_is_idle(((MpdOutlet *)self)->opener);
}

static int take(void *self, QueueItem *item, Error *error) {
    MpdOutlet *outlet = self;
    forget(&outlet->taken);
    return opener_take(outlet->opener, item, &outlet->taken, error);
}

static void drop(void *self) {
    forget(&((MpdOutlet *)self)->taken);
}

/* ------------------------------------------------------------------ what is wished */

static int take_over(MpdOutlet *outlet, int others, Error *error) {
    outlet->took_over = true;
    int overlap = (int)lround(outlet->settings.overlap);
    return mpd_server_drop_first(outlet->server, others, error) ||
                   mpd_server_set_crossfade(outlet->server, overlap, error) ||
                   set_volume(outlet, 1, error)
               ? -1
               : 0;
}

static int offer(void *self, Error *error) {
    MpdOutlet *outlet = self;
    if (remove_entry(outlet, &outlet->offered, error))
        return -1;
    MpdStatus others;
    int id;
    if (!outlet->took_over && mpd_server_status(outlet->server, &others, error))
        return -1;
    if (mpd_server_add(outlet->server, outlet->taken.path, &id, error)) {
        forget(&outlet->taken);
        return mpd_server_is_lost(outlet->server) ? -1 : 1;
    }
    outlet->offered = (Entry){id, outlet->taken};
    outlet->taken = (OpenedSong){0};
    if (!outlet->took_over && take_over(outlet, others.songs, error))
        return -1;
    return outlet->current.id < 0 && !outlet->ending ? begin_offered(outlet, error) : 0;
}

static bool withdraw(void *self) {
    MpdOutlet *outlet = self;
    Error error;
    bool there = outlet->offered.id >= 0;
    return !remove_entry(outlet, &outlet->offered, &error) && there;
}

static void make_way(void *self) {
    MpdOutlet *outlet = self;
    outlet->leaving = outlet->current.id >= 0;
}

static void skip(void *self) {
    MpdOutlet *outlet = self;
    outlet->hurry = outlet->current.id >= 0;
}

static int seek(void *self, double seconds, Error *error) {
    MpdOutlet *outlet = self;
    if (outlet->current.id < 0 || mpd_server_seek(outlet->server, seconds, error))
        return outlet->current.id < 0 ? 0 : -1;
    return look(outlet, error);
}

static int pause_song(void *self, bool pause, Error *error) {
    MpdOutlet *outlet = self;
    if (!outlet->took_over)
        return 0;
    return mpd_server_pause(outlet->server, pause, error) ? -1 : look(outlet, error);
}

static int volume(void *self, double wanted, Error *error) {
    MpdOutlet *outlet = self;
    outlet->volume = wanted;
    outlet->turned = outlet->now;
    return fades(outlet) ? 0 : set_volume(outlet, 1, error);
}

static int bend(void *self, Mood mood, Error *error) {
    (void)self, (void)mood, (void)error;
    return 0;
}

static int end(void *self, double seconds, Error *error) {
    MpdOutlet *outlet = self;
    double began = clock_seconds(), passed = 0;
    outlet->ending = true;
    if (!outlet->took_over)
        return 0;
    while (outlet->seen.playing && outlet->before.volume >= 0 && passed < seconds) {
        if (set_volume(outlet, 1 - passed / seconds, error))
            return -1;
        clock_sleep(turn_every);
        passed = clock_seconds() - began;
    }
    if (mpd_server_stop(outlet->server, error) || remove_entry(outlet, &outlet->current, error) ||
        remove_entry(outlet, &outlet->offered, error))
        return -1;
    return mpd_server_clear(outlet->server, error);
}

static MixerStatus status_of(void *self) {
    const MpdOutlet *outlet = self;
    bool plays = outlet->current.id >= 0;
    double heard = outlet->seen.elapsed + (outlet->seen.playing ? outlet->now - outlet->looked : 0),
           seconds = plays ? outlet->seen.seconds : 0;
    return (MixerStatus){.begun = outlet->begun,
                         .playing = plays,
                         .ready = outlet->offered.id >= 0,
                         .leaving = outlet->leaving || fades(outlet),
                         .last_was_whole = outlet->last_was_whole,
                         .paused = outlet->took_over && outlet->seen.paused,
                         .volume = outlet->volume,
                         .seconds = seconds,
                         .heard = plays ? heard : 0,
                         .left = plays ? fmax(seconds - heard, 0) : 0};
}

static bool trouble(void *self, Error *error) {
    MpdOutlet *outlet = self;
    bool failed = outlet->failed;
    if (failed)
        *error = outlet->trouble;
    outlet->failed = false;
    return failed;
}

static void read_silence(void *self, float *samples, int frames) {
    (void)self;
    memset(samples, 0, (size_t)frames * SOUND_CHANNELS * sizeof *samples);
}

/* ------------------------------------------------------------------ opening and closing */

/* As it was before, as far as MPD is still there. */
static void restore(MpdOutlet *outlet) {
    Error error;
    if (!outlet->took_over)
        return;
    if (!outlet->ending) {
        (void)!mpd_server_stop(outlet->server, &error);
        (void)!mpd_server_clear(outlet->server, &error);
    }
    (void)!mpd_server_set_modes(outlet->server, outlet->before.modes, &error);
    (void)!mpd_server_set_crossfade(outlet->server, outlet->before.crossfade, &error);
    if (outlet->before.volume >= 0)
        (void)!mpd_server_set_volume(outlet->server, outlet->before.volume, &error);
}

static void close_outlet(void *self) {
    MpdOutlet *outlet = self;
    opener_destroy(outlet->opener);
    if (outlet->server)
        restore(outlet);
    mpd_server_close(outlet->server);
    forget(&outlet->taken);
    forget(&outlet->current.song);
    forget(&outlet->offered.song);
    if (*outlet->folder)
        rmdir(outlet->folder);
    free(outlet);
}

/* MPD may run as another user, who is to read what is rendered here. */
static int make_folder(MpdOutlet *outlet, Error *error) {
    const char *parent = getenv("TMPDIR");
    snprintf(outlet->folder, sizeof outlet->folder, "%.3000s/affekt-XXXXXX",
             parent && *parent ? parent : "/tmp");
    if (mkdtemp(outlet->folder) && !chmod(outlet->folder, 0755))
        return 0;
    error_errno(error, "cannot create a folder for rendered songs (%s)", outlet->folder);
    *outlet->folder = 0;
    return -1;
}

static int start(MpdOutlet *outlet, const char *address, const OutletSettings *settings,
                 Error *error) {
    OpenerSettings opening = {.track = settings->track,
                              .composing = settings->composing,
                              .background = settings->background};
    if (make_folder(outlet, error))
        return -1;
    opening.folder = outlet->folder;
    outlet->opener = opener_create(&opening, error);
    if (!outlet->opener)
        return -1;
    MpdServer *server = mpd_server_open(address, error);
    if (!server || mpd_server_status(server, &outlet->before, error)) {
        mpd_server_close(server);
        return -1;
    }
    outlet->server = server;
    outlet->volume = fmax(outlet->before.volume, 0) / 100;
    outlet->seen.song = -1;
    return 0;
}

static const OutletKind MPD = {.close = close_outlet,
                               .open = open_song,
                               .is_idle = is_idle,
                               .take = take,
                               .drop = drop,
                               .offer = offer,
                               .withdraw = withdraw,
                               .make_way = make_way,
                               .skip = skip,
                               .seek = seek,
                               .pause = pause_song,
                               .volume = volume,
                               .bend = bend,
                               .end = end,
                               .step = step,
                               .status = status_of,
                               .trouble = trouble,
                               .read = read_silence};

int mpd_outlet_open(Outlet *outlet, const char *address, const OutletSettings *settings,
                    Error *error) {
    MpdOutlet *self = calloc(1, sizeof *self);
    if (!self)
        return error_memory(error, "a player", sizeof *self);
    self->settings = settings->mixer;
    self->current = self->offered = none;
    outlet->kind = &MPD;
    outlet->self = self;
    if (!start(self, address, settings, error))
        return 0;
    close_outlet(self);
    *outlet = (Outlet){0};
    return -1;
}
