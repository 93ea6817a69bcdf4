/* listener.h: a model of the listener, learnt from feedback on songs.
 *
 * Two parts, both Bayesian linear models in closed form (Bishop, "Pattern Recognition and Machine
 * Learning", 2006, section 3.3), updated one event at a time:
 *
 * - how a mood should sound: the music's wanted valence and arousal are shift + gain times those
 * requested. "Too sad" means that at this mood the music should have been a step more pleasant; a
 * like, that it was about right.
 * - preference: a weight for each property of a song (listener_properties), observed through
 * "like", "dislike", songs heard to the end and skipped ones.
 *
 * Choice and composition use the same shift and gain. The model is exactly the replay of the events
 * (compose/library/feedback.h). */
#ifndef COMPOSE_LIBRARY_LISTENER_H
#define COMPOSE_LIBRARY_LISTENER_H

#include "compose/library/library.h"
#include "compose/write/mood.h"
#include "nn/base/rng.h"

enum {
    LIKING_GENRES = 8, /* hash buckets of the names */
    LIKING_ARTISTS = 64,
    LIKING_SONGS = 32,
    LIKING_ALWAYS = 0,
    LIKING_VALENCE,
    LIKING_AROUSAL,
    LIKING_TEMPO,   /* octaves from 120 per minute */
    LIKING_NOVELTY, /* 1 for a song never heard */
    LIKING_GENRE,
    LIKING_ARTIST = LIKING_GENRE + LIKING_GENRES,
    LIKING_SONG = LIKING_ARTIST + LIKING_ARTISTS,
    LIKING = LIKING_SONG + LIKING_SONGS
};

/* A song's inputs to the model: numbers, and the bucket in each group of names. */
typedef struct ListenerProperties {
    float numbers[LIKING_GENRE];
    int genre, artist, song; /* indices of weights, -1 = unknown */
} ListenerProperties;

/* A normal distribution over shift and gain of one axis. */
typedef struct ListenerAxis {
    double mean[2], covariance[2][2];
} ListenerAxis;

typedef struct Listener {
    ListenerAxis valence, arousal;
    double liking[LIKING], covariance[LIKING][LIKING];
    int events; /* learnt from */
} Listener;

/* Feedback, from words or keys; the last two from how a song ended. */
typedef enum Verdict {
    VERDICT_LIKE,
    VERDICT_DISLIKE,
    VERDICT_TOO_SAD,
    VERDICT_TOO_HAPPY,
    VERDICT_TOO_CALM,
    VERDICT_TOO_WILD,
    VERDICT_SKIP,   /* skipped in its first half minute */
    VERDICT_FINISH, /* heard to its end */
    VERDICTS
} Verdict;

/* "like", "dislike", "too-sad" … */
extern const char *const verdict_names[VERDICTS + 1];

/* The prior: shift 0, gain 1, liking 0, with prior deviations. */
void listener_start(Listener *listener);

ListenerProperties listener_properties(const LibrarySong *song);

/* Learns from one verdict on a song played while the wanted mood was `wanted` (NAN if it was played
 * for no mood). */
void listener_hear(Listener *listener, const ListenerProperties *song, Mood wanted,
                   Verdict verdict);

/* Shift and gain, for composing. */
MoodTaste listener_taste(const Listener *listener);

/* The mood that music should have for this listener, and its deviation. */
Mood listener_mood(const Listener *listener, Mood asked, float *valence_deviation,
                   float *arousal_deviation);

/* Weights (LIKING) drawn from their posterior (Thompson, Biometrika 25 (1933), 285); their means
 * with a NULL rng. */
void listener_draw(const Listener *listener, const Rng *rng, float weights[LIKING]);

/* How much a song is liked under such weights: about -1 … 1. */
float listener_liking(const float weights[LIKING], const ListenerProperties *song);

#endif
