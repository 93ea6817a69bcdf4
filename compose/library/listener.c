#include "compose/library/listener.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

const char *const verdict_names[VERDICTS + 1] = {
    "like", "dislike", "too-sad", "too-happy", "too-calm", "too-wild", "skip", "finish", NULL};

/* Standard deviations before anything is heard, and of what a verdict is off by. Chosen on
 * simulated listeners (experiments/feedback). */
static const double shift_prior = 0.3, gain_prior = 0.25;
static const double step = 0.5, step_noise = 0.3, liked_noise = 1.2;
static const double number_prior = 0.1, name_prior = 0.2, song_prior = 0.05;

/* What a verdict says of liking, and its noise; 0 noise says nothing. */
static const struct {
    double liking, noise;
    double valence, arousal; /* steps by which the music should have differed */
    bool fits;               /* the song's mood was about right */
} verdicts[VERDICTS] = {
    [VERDICT_LIKE] = {1, 0.4, 0, 0, true},    [VERDICT_DISLIKE] = {-1, 0.4, 0, 0, false},
    [VERDICT_TOO_SAD] = {0, 0, 1, 0, false},  [VERDICT_TOO_HAPPY] = {0, 0, -1, 0, false},
    [VERDICT_TOO_CALM] = {0, 0, 0, 1, false}, [VERDICT_TOO_WILD] = {0, 0, 0, -1, false},
    [VERDICT_SKIP] = {-0.5, 1, 0, 0, false},  [VERDICT_FINISH] = {0.3, 1, 0, 0, false},
};

void listener_start(Listener *listener) {
    *listener = (Listener){
        .valence = {{0, 1}, {{shift_prior * shift_prior, 0}, {0, gain_prior * gain_prior}}}};
    listener->arousal = listener->valence;
    for (int i = 0; i < LIKING; i++) {
        double prior = i < LIKING_GENRE ? number_prior : i < LIKING_SONG ? name_prior : song_prior;
        listener->covariance[i][i] = prior * prior;
    }
}

/* ------------------------------------------------------------------ songs */

/* FNV-1a of a name, capitals or not; -1 for none. */
static int bucket(const char *name, int first, int count) {
    uint32_t hash = 0x811c9dc5;
    if (!*name)
        return -1;
    for (; *name; name++)
        hash = (hash ^ (uint32_t)tolower((unsigned char)*name)) * 0x01000193;
    return first + (int)((hash >> 8) % (uint32_t)count);
}

ListenerProperties listener_properties(const LibrarySong *song) {
    float tempo = isnan(song->tempo) || song->tempo <= 0 ? 0 : log2f(song->tempo / 120);
    uint64_t hash = (uint64_t)song->hash * 0x9e3779b97f4a7c15;
    return (ListenerProperties){.numbers = {1, song->has_mood ? song->mood.valence : 0,
                                            song->has_mood ? song->mood.arousal : 0,
                                            fminf(fmaxf(tempo, -1), 1),
                                            song->last_played > 0 ? 0 : 1},
                                .genre = bucket(song->genre, LIKING_GENRE, LIKING_GENRES),
                                .artist = bucket(song->artist, LIKING_ARTIST, LIKING_ARTISTS),
                                .song = LIKING_SONG + (int)((hash >> 32) % LIKING_SONGS)};
}

float listener_liking(const float weights[LIKING], const ListenerProperties *song) {
    float sum = 0;
    for (int i = 0; i < LIKING_GENRE; i++)
        sum += weights[i] * song->numbers[i];
    sum += song->genre >= 0 ? weights[song->genre] : 0;
    sum += song->artist >= 0 ? weights[song->artist] : 0;
    return sum + (song->song >= 0 ? weights[song->song] : 0);
}

/* ------------------------------------------------------------------ learning */

/* y = x · weights + noise, observed. */
static void observe_axis(ListenerAxis *axis, double x, double y, double noise) {
    double reach[2], variance = noise * noise;
    for (int i = 0; i < 2; i++)
        reach[i] = axis->covariance[i][0] + axis->covariance[i][1] * x;
    variance += reach[0] + reach[1] * x;
    double off = y - (axis->mean[0] + axis->mean[1] * x);
    for (int i = 0; i < 2; i++) {
        axis->mean[i] += reach[i] / variance * off;
        for (int j = 0; j < 2; j++)
            axis->covariance[i][j] -= reach[i] * reach[j] / variance;
    }
}

static void spread(const ListenerProperties *song, double x[LIKING]) {
    memset(x, 0, LIKING * sizeof *x);
    for (int i = 0; i < LIKING_GENRE; i++)
        x[i] = (double)song->numbers[i];
    if (song->genre >= 0)
        x[song->genre] = 1;
    if (song->artist >= 0)
        x[song->artist] = 1;
    if (song->song >= 0)
        x[song->song] = 1;
}

static void observe_liking(Listener *listener, const ListenerProperties *song, double liking,
                           double noise) {
    double x[LIKING], reach[LIKING] = {0}, variance = noise * noise, expected = 0;
    spread(song, x);
    for (int i = 0; i < LIKING; i++) {
        for (int j = 0; j < LIKING; j++)
            reach[i] += listener->covariance[i][j] * x[j];
        variance += x[i] * reach[i];
        expected += x[i] * listener->liking[i];
    }
    for (int i = 0; i < LIKING; i++) {
        listener->liking[i] += reach[i] / variance * (liking - expected);
        for (int j = 0; j < LIKING; j++)
            listener->covariance[i][j] -= reach[i] * reach[j] / variance;
    }
}

void listener_hear(Listener *listener, const ListenerProperties *song, Mood wanted,
                   Verdict verdict) {
    double valence = (double)song->numbers[LIKING_VALENCE],
           arousal = (double)song->numbers[LIKING_AROUSAL];
    bool mood = !isnan(wanted.valence) && !isnan(wanted.arousal);
    listener->events++;
    if (verdicts[verdict].noise > 0)
        observe_liking(listener, song, verdicts[verdict].liking, verdicts[verdict].noise);
    if (!mood)
        return;
    if (verdicts[verdict].valence != 0)
        observe_axis(&listener->valence, (double)wanted.valence,
                     valence + step * verdicts[verdict].valence, step_noise);
    if (verdicts[verdict].arousal != 0)
        observe_axis(&listener->arousal, (double)wanted.arousal,
                     arousal + step * verdicts[verdict].arousal, step_noise);
    if (verdicts[verdict].fits) {
        observe_axis(&listener->valence, (double)wanted.valence, valence, liked_noise);
        observe_axis(&listener->arousal, (double)wanted.arousal, arousal, liked_noise);
    }
}

/* ------------------------------------------------------------------ use */

static float deviation_at(const ListenerAxis *axis, double x) {
    return (float)sqrt(fmax(axis->covariance[0][0] + 2 * x * axis->covariance[0][1] +
                                x * x * axis->covariance[1][1],
                            0));
}

MoodTaste listener_taste(const Listener *listener) {
    return (MoodTaste){(float)listener->valence.mean[0], (float)(listener->valence.mean[1] - 1),
                       (float)listener->arousal.mean[0], (float)(listener->arousal.mean[1] - 1)};
}

Mood listener_mood(const Listener *listener, Mood asked, float *valence_deviation,
                   float *arousal_deviation) {
    *valence_deviation = deviation_at(&listener->valence, (double)asked.valence);
    *arousal_deviation = deviation_at(&listener->arousal, (double)asked.arousal);
    return mood_for_taste(listener_taste(listener), asked);
}

void listener_draw(const Listener *listener, const Rng *rng, float weights[LIKING]) {
    double factor[LIKING][LIKING], normal[LIKING];
    for (int i = 0; i < LIKING; i++)
        weights[i] = (float)listener->liking[i];
    if (!rng)
        return;
    for (int j = 0; j < LIKING; j++) {
        normal[j] = (double)rng_normal(*rng, (uint64_t)j);
        for (int i = j; i < LIKING; i++) {
            double sum = listener->covariance[i][j];
            for (int k = 0; k < j; k++)
                sum -= factor[i][k] * factor[j][k];
            factor[i][j] = i == j ? sqrt(fmax(sum, 1e-12)) : sum / factor[j][j];
        }
    }
    for (int i = 0; i < LIKING; i++)
        for (int j = 0; j <= i; j++)
            weights[i] += (float)(factor[i][j] * normal[j]);
}
