#include "compose/play/opener.h"

#include "compose/sound/sound.h"
#include "datasets/music/midi.h"
#include "nn/base/threads.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef enum OpenerState { OPENER_IDLE, OPENER_ASKED, OPENER_DONE } OpenerState;

struct Opener {
    OpenerSettings settings;
    Composing *composing;
    bool background;
    pthread_t thread;
    long rendered;        /* files so far */
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t news;
    bool stop;
    OpenerState state;
    QueueItem item;
    LibrarySong song;
    Mood bent;
    OpenedSong opened;
    int status; /* of opening it */
    Error error;
};

static Song *compose(Opener *opener, Error *error) {
    return composing_write(opener->composing, opener->item.wanted, opener->item.seconds,
                           opener->item.seed, error);
}

static int open_track(Opener *opener, OpenedSong *opened, Error *error) {
    TrackSettings settings = opener->settings.track;
    settings.bent = opener->bent;
    if (opener->item.song != QUEUE_COMPOSED_PIECE) {
        opened->track = track_open(&opener->song, &settings, error);
        return opened->track ? 0 : -1;
    }
    settings.bends = false; /* it was written for the mood */
    Song *song = compose(opener, error);
    opened->track = song ? track_of_song(song, &settings, error) : NULL;
    return opened->track ? 0 : -1;
}

static int open_file(Opener *opener, OpenedSong *opened, Error *error) {
    bool composed = opener->item.song == QUEUE_COMPOSED_PIECE;
    if (!composed && opener->song.kind != MOOD_FROM_NOTES) {
        snprintf(opened->path, sizeof opened->path, "%s", opener->song.path);
        return 0;
    }
    const SoundSettings sound = {.soundfont = opener->settings.track.soundfont,
                                 .title = composed ? opener->item.title : opener->song.title};
    Song *song = composed ? compose(opener, error) : midi_read(opener->song.path, error);
    snprintf(opened->path, sizeof opened->path, "%s/%ld.flac", opener->settings.folder,
             ++opener->rendered);
    int status = song ? sound_render(song, opened->path, &sound, error) : -1;
    song_free(song);
    opened->temporary = !status;
    return status;
}

static int open_item(Opener *opener, OpenedSong *opened, Error *error) {
    *opened = (OpenedSong){0};
    return (opener->settings.folder ? open_file : open_track)(opener, opened, error);
}

static void drop(OpenedSong *opened) {
    track_close(opened->track);
    if (opened->temporary)
        unlink(opened->path);
    *opened = (OpenedSong){0};
}

/* What was asked for stays as it is until it is done. */
static void *work(void *context) {
    Opener *opener = context;
    threads_use(1); /* the others are for looking */
    pthread_mutex_lock(&opener->lock);
    while (!opener->stop) {
        if (opener->state != OPENER_ASKED) {
            pthread_cond_wait(&opener->news, &opener->lock);
            continue;
        }
        pthread_mutex_unlock(&opener->lock);
        Error error = {0};
        OpenedSong opened;
        int status = open_item(opener, &opened, &error);
        pthread_mutex_lock(&opener->lock);
        opener->opened = opened;
        opener->status = status;
        opener->error = error;
        opener->state = OPENER_DONE;
    }
    pthread_mutex_unlock(&opener->lock);
    return NULL;
}

Opener *opener_create(const OpenerSettings *settings, Error *error) {
    Opener *opener = calloc(1, sizeof *opener);
    if (!opener) {
        error_memory(error, "songs", sizeof *opener);
        return NULL;
    }
    opener->settings = *settings;
    opener->composing = composing_create(&settings->composing, error);
    if (!opener->composing) {
        free(opener);
        return NULL;
    }
    pthread_mutex_init(&opener->lock, NULL);
    pthread_cond_init(&opener->news, NULL);
    opener->background =
        settings->background && !pthread_create(&opener->thread, NULL, work, opener);
    return opener;
}

void opener_destroy(Opener *opener) {
    if (!opener)
        return;
    if (opener->background) {
        pthread_mutex_lock(&opener->lock);
        opener->stop = true;
        pthread_cond_signal(&opener->news);
        pthread_mutex_unlock(&opener->lock);
        pthread_join(opener->thread, NULL);
    }
    drop(&opener->opened);
    composing_destroy(opener->composing);
    pthread_cond_destroy(&opener->news);
    pthread_mutex_destroy(&opener->lock);
    free(opener);
}

void opener_ask(Opener *opener, const QueueItem *item, const LibrarySong *song, Mood bent) {
    pthread_mutex_lock(&opener->lock);
    opener->item = *item;
    opener->song = *song;
    opener->bent = bent;
    opener->state = OPENER_ASKED;
    pthread_cond_signal(&opener->news);
    pthread_mutex_unlock(&opener->lock);
    if (opener->background)
        return;
    opener->status = open_item(opener, &opener->opened, &opener->error);
    opener->state = OPENER_DONE;
}

bool opener_is_idle(Opener *opener) {
    pthread_mutex_lock(&opener->lock);
    bool idle = opener->state == OPENER_IDLE;
    pthread_mutex_unlock(&opener->lock);
    return idle;
}

int opener_take(Opener *opener, QueueItem *item, OpenedSong *song, Error *error) {
    pthread_mutex_lock(&opener->lock);
    bool done = opener->state == OPENER_DONE;
    int status = opener->status;
    if (done) {
        *item = opener->item;
        *song = opener->opened;
        if (status && error)
            *error = opener->error;
        opener->opened = (OpenedSong){0};
        opener->state = OPENER_IDLE;
    }
    pthread_mutex_unlock(&opener->lock);
    return !done ? 0 : status ? -1 : 1;
}
