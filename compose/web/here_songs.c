#include "compose/web/here_songs.h"

#include "compose/play/mixer.h"
#include "compose/play/sound_thread.h"
#include "nn/base/clock.h"
#include "nn/base/threads.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Seconds: between two looks, and for opening the next song before this one has ended. */
static const double look_every = 0.05, ahead = 0.5;

struct HereSongs {
    HereSongsSettings settings;
    PageSongs *songs;
    Mixer *mixer;
    SoundOutput *output;
    SoundThread *sound;
    pthread_t thread;
    bool following; /* the thread is there */
    atomic_bool stop;
    char id[GATE_TOKEN + 1]; /* of the song that plays, "" = none; of the thread alone */
    long begins;             /* as this many of the mixer's */
    bool told;               /* that it ended, or cannot be played */
    bool leaving;            /* what is heard is to stop when the next one is there */
};

/* Songs and library go on without what cannot be recorded. */
static void tell_end(HereSongs *here, bool failed) {
    Error error;
    here->told = true;
    (void)!page_songs_ended(here->songs, here->id, failed, clock_seconds() - here->settings.started,
                            &error);
}

static void begin(HereSongs *here, const PageSongsTurn *turn) {
    Error error;
    const TrackSettings how = {.soundfont = here->settings.soundfont};
    const LibrarySong song = {.path = turn->path,
                              .kind = turn->kind,
                              .gain = turn->gain,
                              .loudness = turn->loudness,
                              .seconds = turn->seconds};
    here->leaving = here->leaving || (*here->id && !here->told);
    memcpy(here->id, turn->id, sizeof here->id);
    here->told = false;
    Track *track = track_open(&song, &how, &error);
    if (!track) {
        tell_end(here, true);
        return;
    }
    mixer_withdraw(here->mixer); /* one that has been left before it began */
    if (here->leaving)
        mixer_skip(here->mixer);
    here->leaving = false;
    here->begins = mixer_status(here->mixer).begun + 1;
    mixer_offer(here->mixer, track);
}

static void leave(HereSongs *here) {
    if (*here->id && !here->told) { /* else it is fading out by itself */
        mixer_withdraw(here->mixer);
        mixer_skip(here->mixer);
    }
    *here->id = 0;
    here->leaving = false;
}

static void look(HereSongs *here) {
    PageSongsTurn turn;
    Error trouble;
    if (!page_songs_turn(here->songs, &turn)) {
        leave(here);
        return;
    }
    if (sound_thread_check(here->sound, &trouble)) {
        page_songs_stop(here->songs, trouble.message);
        return;
    }
    if (strcmp(turn.id, here->id) != 0) {
        begin(here, &turn);
        return;
    }
    MixerStatus status = mixer_status(here->mixer);
    if (here->told || status.begun < here->begins)
        return;
    bool failed = mixer_trouble(here->mixer, &trouble);
    bool ends = status.seconds > 0 && status.left < mixer_defaults().overlap + ahead;
    if (failed || ends || !status.playing)
        tell_end(here, failed);
}

static void *follow(void *context) {
    HereSongs *here = context;
    threads_use(1);
    while (!atomic_load(&here->stop)) {
        look(here);
        clock_sleep(look_every);
    }
    return NULL;
}

static void read_mixer(void *mixer, float *samples, int frames) {
    mixer_read(mixer, samples, frames);
}

static int start(HereSongs *here, Error *error) {
    const MixerSettings mixing = mixer_defaults();
    here->mixer = mixer_create(&mixing, error);
    here->output = here->mixer ? sound_output_open(&here->settings.output, error) : NULL;
    here->sound =
        here->output ? sound_thread_start(read_mixer, here->mixer, here->output, error) : NULL;
    if (!here->sound)
        return -1;
    if (pthread_create(&here->thread, NULL, follow, here))
        return error_set(error, "cannot start a thread for the songs");
    here->following = true;
    return 0;
}

HereSongs *here_songs_open(PageSongs *songs, const HereSongsSettings *settings, Error *error) {
    HereSongs *here = calloc(1, sizeof *here);
    if (!here) {
        error_memory(error, "the songs' sound", sizeof *here);
        return NULL;
    }
    here->settings = *settings;
    here->songs = songs;
    if (!start(here, error))
        return here;
    here_songs_close(here);
    return NULL;
}

void here_songs_close(HereSongs *here) {
    if (!here)
        return;
    atomic_store(&here->stop, true);
    if (here->following)
        pthread_join(here->thread, NULL);
    sound_thread_stop(here->sound);
    sound_output_close(here->output);
    mixer_destroy(here->mixer);
    free(here);
}

void here_songs_pause(HereSongs *here, bool pause) {
    mixer_pause(here->mixer, pause);
}

void here_songs_seek(HereSongs *here, double seconds) {
    mixer_seek(here->mixer, seconds);
}

void here_songs_set_volume(HereSongs *here, double volume) {
    mixer_volume(here->mixer, volume);
}

double here_songs_heard(HereSongs *here) {
    return mixer_status(here->mixer).heard;
}
