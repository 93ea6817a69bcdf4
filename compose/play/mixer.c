#include "compose/play/mixer.h"

#include "compose/sound/limiter.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 256 }; /* frames between two looks at what is to be done */

static const double block_seconds = (double)BLOCK / SOUND_RATE;
static const double skip_fade = 0.5, pause_fade = 0.03, note_tail = 1.5;

/* The end of a phrase: so much softer over `short_term` seconds than over `long_term`. */
static const double short_term = 0.25, long_term = 5, phrase_share = 0.1;

/* A song, and how loud it is: from one level to another. */
typedef struct Deck {
    Track *track;
    double level, target;
    double step;        /* of a frame */
    double soft, usual; /* mean squares over the short and the long term */
    double played;      /* seconds */
    bool whole;         /* it came to its own end */
} Deck;

struct Mixer {
    MixerSettings settings;
    pthread_mutex_t lock; /* guards what follows */
    Deck current, parting;
    Track *next;
    long begun;
    bool leaving, ending, last_was_whole;
    double leaving_for; /* seconds */
    bool paused;
    double volume, loudness; /* wanted, and as it is */
    bool failed;
    Error error;
};

MixerSettings mixer_defaults(void) {
    return (MixerSettings){.overlap = 3, .patience = 12};
}

Mixer *mixer_create(const MixerSettings *settings, Error *error) {
    Mixer *mixer = calloc(1, sizeof *mixer);
    if (!mixer) {
        error_memory(error, "a mixer", sizeof *mixer);
        return NULL;
    }
    mixer->settings = *settings;
    mixer->volume = mixer->loudness = 1;
    pthread_mutex_init(&mixer->lock, NULL);
    return mixer;
}

void mixer_destroy(Mixer *mixer) {
    if (!mixer)
        return;
    track_close(mixer->current.track);
    track_close(mixer->parting.track);
    track_close(mixer->next);
    pthread_mutex_destroy(&mixer->lock);
    free(mixer);
}

/* ------------------------------------------------------------------ songs that come and go */

static void fade(Deck *deck, double target, double seconds) {
    deck->target = target;
    deck->step = 1 / fmax(seconds * SOUND_RATE, 1);
}

/* The song that plays parts, fading if it has not ended; the next one, if any, begins. */
static void change(Mixer *mixer, double seconds, bool whole) {
    if (mixer->current.track) {
        track_close(mixer->parting.track);
        mixer->parting = mixer->current;
        fade(&mixer->parting, 0, seconds);
        mixer->last_was_whole = whole;
    }
    mixer->current = (Deck){.track = mixer->next, .level = 1, .target = 1};
    mixer->begun += mixer->next != NULL;
    mixer->next = NULL;
    mixer->leaving = false;
}

void mixer_offer(Mixer *mixer, Track *track) {
    pthread_mutex_lock(&mixer->lock);
    Track *before = mixer->next;
    mixer->next = track;
    if (!mixer->current.track && !mixer->ending)
        change(mixer, 0, mixer->last_was_whole);
    pthread_mutex_unlock(&mixer->lock);
    track_close(before);
}

bool mixer_withdraw(Mixer *mixer) {
    pthread_mutex_lock(&mixer->lock);
    Track *next = mixer->next;
    mixer->next = NULL;
    pthread_mutex_unlock(&mixer->lock);
    track_close(next);
    return next != NULL;
}

void mixer_make_way(Mixer *mixer) {
    pthread_mutex_lock(&mixer->lock);
    if (!mixer->leaving)
        mixer->leaving_for = 0;
    mixer->leaving = mixer->current.track != NULL;
    pthread_mutex_unlock(&mixer->lock);
}

void mixer_skip(Mixer *mixer) {
    pthread_mutex_lock(&mixer->lock);
    if (mixer->current.track)
        change(mixer, skip_fade, false);
    pthread_mutex_unlock(&mixer->lock);
}

void mixer_end(Mixer *mixer, double seconds) {
    pthread_mutex_lock(&mixer->lock);
    mixer->ending = true;
    fade(&mixer->current, 0, seconds);
    pthread_mutex_unlock(&mixer->lock);
}

/* Seconds at the end of the song that plays in which the next may begin: what rings on after the
 * last note, or the overlap of recordings. */
static double tail(const Mixer *mixer) {
    return track_is_of_notes(mixer->current.track) ? note_tail : mixer->settings.overlap;
}

/* Whether the song that plays is now to give place to the next. */
static bool is_time(Mixer *mixer) {
    Deck *deck = &mixer->current;
    if (!mixer->next || mixer->ending)
        return false;
    bool known = track_seconds(deck->track) > 0;
    if (known && track_left(deck->track) <= tail(mixer)) {
        deck->whole = true;
        return true;
    }
    if (!mixer->leaving)
        return false;
    bool phrase = deck->played > long_term && deck->soft < phrase_share * deck->usual;
    return phrase || mixer->leaving_for >= mixer->settings.patience;
}

/* ------------------------------------------------------------------ samples */

static void listen(Deck *deck, const float *samples, int frames) {
    double sum = 0;
    for (int i = 0; i < frames * SOUND_CHANNELS; i++)
        sum += (double)samples[i] * (double)samples[i];
    sum /= frames * SOUND_CHANNELS;
    deck->soft += (sum - deck->soft) * block_seconds / short_term;
    deck->usual += (sum - deck->usual) * block_seconds / long_term;
}

/* Adds a block of the deck's song; false when the song is over. */
static bool add(Mixer *mixer, Deck *deck, float *samples, int frames) {
    float block[BLOCK * SOUND_CHANNELS];
    Error error;
    int count = track_read(deck->track, block, frames, &error);
    if (count < 0) {
        /* A song that fades out anyway just ends: the trouble would be taken for the next one's. */
        if (deck == &mixer->current) {
            mixer->error = error;
            mixer->failed = true;
        }
        return false;
    }
    if (count > 0)
        listen(deck, block, count);
    deck->played += (double)count / SOUND_RATE;
    for (int i = 0; i < count; i++) {
        double way = deck->target - deck->level;
        deck->level += fmin(fmax(way, -deck->step), deck->step);
        /* Of equal power in the middle of two fades. */
        float gain = deck->level < 1 ? (float)sin(M_PI / 2 * deck->level) : 1;
        samples[2 * i] += gain * block[2 * i];
        samples[2 * i + 1] += gain * block[2 * i + 1];
    }
    return count == frames && (deck->target > 0 || deck->level > 0);
}

static void drop(Deck *deck) {
    track_close(deck->track);
    *deck = (Deck){0};
}

static void read_block(Mixer *mixer, float *samples, int frames) {
    memset(samples, 0, (size_t)frames * SOUND_CHANNELS * sizeof *samples);
    if (mixer->parting.track && !add(mixer, &mixer->parting, samples, frames))
        drop(&mixer->parting);
    if (!mixer->current.track)
        return;
    bool goes_on = add(mixer, &mixer->current, samples, frames);
    mixer->leaving_for += (double)frames / SOUND_RATE;
    if (!goes_on) {
        mixer->last_was_whole = !mixer->failed && !mixer->ending;
        drop(&mixer->current);
        if (mixer->next && !mixer->ending)
            change(mixer, 0, mixer->last_was_whole);
        mixer->leaving = false;
    } else if (is_time(mixer)) {
        bool whole = mixer->current.whole;
        change(mixer, whole ? tail(mixer) : mixer->settings.overlap, whole);
    }
}

static void read_or_rest(Mixer *mixer, float *samples, int frames) {
    double step = 1 / (pause_fade * SOUND_RATE), wanted = mixer->paused ? 0 : mixer->volume;
    if (mixer->paused && mixer->loudness <= 0) {
        memset(samples, 0, (size_t)frames * SOUND_CHANNELS * sizeof *samples);
        return;
    }
    read_block(mixer, samples, frames);
    for (int i = 0; i < frames; i++) {
        mixer->loudness += fmin(fmax(wanted - mixer->loudness, -step), step);
        /* As loud as a slider looks: 60 dB over its way. */
        float gain = (float)(mixer->loudness * mixer->loudness * mixer->loudness);
        samples[2 * i] = limiter_bend(gain * samples[2 * i]);
        samples[2 * i + 1] = limiter_bend(gain * samples[2 * i + 1]);
    }
}

void mixer_read(Mixer *mixer, float *samples, int frames) {
    pthread_mutex_lock(&mixer->lock);
    for (int done = 0; done < frames; done += BLOCK)
        read_or_rest(mixer, samples + (size_t)done * SOUND_CHANNELS,
                     frames - done < BLOCK ? frames - done : BLOCK);
    pthread_mutex_unlock(&mixer->lock);
}

/* ------------------------------------------------------------------ control */

/* What played breaks off, and the rest comes up as quickly as after a pause. */
void mixer_seek(Mixer *mixer, double seconds) {
    pthread_mutex_lock(&mixer->lock);
    Deck *deck = &mixer->current;
    if (deck->track && !mixer->ending) {
        track_seek(deck->track, seconds);
        deck->level = 0;
        fade(deck, 1, pause_fade);
    }
    pthread_mutex_unlock(&mixer->lock);
}

void mixer_pause(Mixer *mixer, bool pause) {
    pthread_mutex_lock(&mixer->lock);
    mixer->paused = pause;
    pthread_mutex_unlock(&mixer->lock);
}

void mixer_volume(Mixer *mixer, double volume) {
    pthread_mutex_lock(&mixer->lock);
    mixer->volume = fmin(fmax(volume, 0), 1);
    pthread_mutex_unlock(&mixer->lock);
}

int mixer_bend(Mixer *mixer, Mood mood, Error *error) {
    pthread_mutex_lock(&mixer->lock);
    int status = mixer->current.track ? track_bend(mixer->current.track, mood, error) : 0;
    pthread_mutex_unlock(&mixer->lock);
    return status;
}

MixerStatus mixer_status(Mixer *mixer) {
    pthread_mutex_lock(&mixer->lock);
    const Track *track = mixer->current.track;
    MixerStatus status = {.begun = mixer->begun,
                          .playing = track || mixer->parting.track,
                          .ready = mixer->next != NULL,
                          .leaving = mixer->leaving,
                          .last_was_whole = mixer->last_was_whole,
                          .paused = mixer->paused,
                          .volume = mixer->volume,
                          .seconds = track ? track_seconds(track) : 0,
                          .heard = track ? track_heard(track) : 0,
                          .left = track ? track_left(track) : 0};
    pthread_mutex_unlock(&mixer->lock);
    return status;
}

bool mixer_trouble(Mixer *mixer, Error *error) {
    pthread_mutex_lock(&mixer->lock);
    bool failed = mixer->failed;
    if (failed)
        *error = mixer->error;
    mixer->failed = false;
    pthread_mutex_unlock(&mixer->lock);
    return failed;
}
