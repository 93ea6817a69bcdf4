#include "compose/play/outlet.h"

#include <stdlib.h>

typedef struct SoundOutlet {
    Opener *opener;
    Mixer *mixer;
    Track *taken;
} SoundOutlet;

static void close_outlet(void *self) {
    SoundOutlet *outlet = self;
    opener_destroy(outlet->opener);
    mixer_destroy(outlet->mixer);
    track_close(outlet->taken);
    free(outlet);
}

/* ------------------------------------------------------------------ opening songs */

static void open_song(void *self, const QueueItem *item, const LibrarySong *song, Mood bent) {
    opener_ask(((SoundOutlet *)self)->opener, item, song, bent);
}

static bool is_idle(void *self) {
    return opener_is_idle(((SoundOutlet *)self)->opener);
}

static int take(void *self, QueueItem *item, Error *error) {
    SoundOutlet *outlet = self;
    OpenedSong opened;
    int status = opener_take(outlet->opener, item, &opened, error);
    outlet->taken = status > 0 ? opened.track : NULL;
    return status;
}

static void drop(void *self) {
    SoundOutlet *outlet = self;
    track_close(outlet->taken);
    outlet->taken = NULL;
}

/* ------------------------------------------------------------------ playing them */

static int offer(void *self, Error *error) {
    (void)error;
    SoundOutlet *outlet = self;
    mixer_offer(outlet->mixer, outlet->taken);
    outlet->taken = NULL;
    return 0;
}

static bool withdraw(void *self) {
    return mixer_withdraw(((SoundOutlet *)self)->mixer);
}

static void make_way(void *self) {
    mixer_make_way(((SoundOutlet *)self)->mixer);
}

static void skip(void *self) {
    mixer_skip(((SoundOutlet *)self)->mixer);
}

static int seek(void *self, double seconds, Error *error) {
    (void)error;
    mixer_seek(((SoundOutlet *)self)->mixer, seconds);
    return 0;
}

static int pause_song(void *self, bool pause, Error *error) {
    (void)error;
    mixer_pause(((SoundOutlet *)self)->mixer, pause);
    return 0;
}

static int volume(void *self, double wanted, Error *error) {
    (void)error;
    mixer_volume(((SoundOutlet *)self)->mixer, wanted);
    return 0;
}

static int bend(void *self, Mood mood, Error *error) {
    return mixer_bend(((SoundOutlet *)self)->mixer, mood, error);
}

static int end(void *self, double seconds, Error *error) {
    (void)error;
    mixer_end(((SoundOutlet *)self)->mixer, seconds);
    return 0;
}

/* The thread that reads the samples moves the mixer on. */
static int step(void *self, double now, Error *error) {
    (void)self, (void)now, (void)error;
    return 0;
}

static MixerStatus status_of(void *self) {
    return mixer_status(((SoundOutlet *)self)->mixer);
}

static bool trouble(void *self, Error *error) {
    return mixer_trouble(((SoundOutlet *)self)->mixer, error);
}

static void read_samples(void *self, float *samples, int frames) {
    mixer_read(((SoundOutlet *)self)->mixer, samples, frames);
}

static const OutletKind SOUND = {.close = close_outlet,
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
                                 .read = read_samples};

int sound_outlet_open(Outlet *outlet, const OutletSettings *settings, Error *error) {
    SoundOutlet *self = calloc(1, sizeof *self);
    if (!self)
        return error_memory(error, "a player", sizeof *self);
    outlet->kind = &SOUND;
    outlet->self = self;
    const OpenerSettings opening = {.track = settings->track,
                                    .composing = settings->composing,
                                    .background = settings->background};
    self->opener = opener_create(&opening, error);
    self->mixer = self->opener ? mixer_create(&settings->mixer, error) : NULL;
    if (self->mixer)
        return 0;
    close_outlet(self);
    *outlet = (Outlet){0};
    return -1;
}
