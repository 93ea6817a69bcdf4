#include "compose/play/opener.h"

#include "nn/base/threads.h"

#include <pthread.h>
#include <stdlib.h>

typedef enum OpenerState { OPENER_IDLE, OPENER_ASKED, OPENER_DONE } OpenerState;

struct Opener {
    TrackSettings settings;
    Composing *composing;
    bool background;
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t news;
    bool stop;
    OpenerState state;
    QueueItem item;
    LibrarySong song;
    Mood bent;
    Track *track;
    Error error;
};

static Track *open_item(Opener *opener, Error *error) {
    TrackSettings settings = opener->settings;
    settings.bent = opener->bent;
    if (opener->item.song != QUEUE_COMPOSED_PIECE)
        return track_open(&opener->song, &settings, error);
    settings.bends = false; /* it was written for the mood */
    Song *song = composing_write(opener->composing, opener->item.wanted, opener->item.seconds,
                                 opener->item.seed, error);
    return song ? track_of_song(song, &settings, error) : NULL;
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
        Track *track = open_item(opener, &error);
        pthread_mutex_lock(&opener->lock);
        opener->track = track;
        opener->error = error;
        opener->state = OPENER_DONE;
    }
    pthread_mutex_unlock(&opener->lock);
    return NULL;
}

Opener *opener_create(const TrackSettings *track, const ComposingSettings *composing,
                      bool background, Error *error) {
    Opener *opener = calloc(1, sizeof *opener);
    if (!opener) {
        error_memory(error, "songs", sizeof *opener);
        return NULL;
    }
    opener->settings = *track;
    opener->composing = composing_create(composing, error);
    if (!opener->composing) {
        free(opener);
        return NULL;
    }
    pthread_mutex_init(&opener->lock, NULL);
    pthread_cond_init(&opener->news, NULL);
    opener->background = background && !pthread_create(&opener->thread, NULL, work, opener);
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
    track_close(opener->track);
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
    opener->track = open_item(opener, &opener->error);
    opener->state = OPENER_DONE;
}

bool opener_is_idle(Opener *opener) {
    pthread_mutex_lock(&opener->lock);
    bool idle = opener->state == OPENER_IDLE;
    pthread_mutex_unlock(&opener->lock);
    return idle;
}

int opener_take(Opener *opener, QueueItem *item, Track **track, Error *error) {
    pthread_mutex_lock(&opener->lock);
    bool done = opener->state == OPENER_DONE;
    if (done) {
        *item = opener->item;
        *track = opener->track;
        if (!opener->track && error)
            *error = opener->error;
        opener->track = NULL;
        opener->state = OPENER_IDLE;
    }
    pthread_mutex_unlock(&opener->lock);
    return !done ? 0 : *track ? 1 : -1;
}
