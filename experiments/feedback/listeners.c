/* Simulated listeners, each with a taste of their own, who say what they think of the songs chosen
 * for them: what does learning from it bring?
 *
 *     listeners LISTENERS ROUNDS SEED
 *
 * A listener hears a mood shifted and scaled against the plane, likes some artists and moods more
 * than others, and answers every song. Regret is by how much less the song is worth to them
 * than the best of the library. Prints JSON: mean regret of each round with and without learning,
 * and the share of listeners whom it served worse. */
#include "compose/library/playlist.h"
#include "nn/base/rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SONGS = 1000, ARTISTS = 40, MOST_ROUNDS = 200 };

typedef struct Person {
    float shift[2], gain[2];
    float artists[ARTISTS], valence, arousal;
} Person;

static LibrarySong songs[SONGS];
static char names[ARTISTS][16];
static ListenerProperties properties[SONGS];

static void make_songs(Rng rng) {
    for (int i = 0; i < ARTISTS; i++)
        snprintf(names[i], sizeof names[i], "artist %d", i);
    for (int i = 0; i < SONGS; i++) {
        uint64_t at = 4 * (uint64_t)i;
        songs[i] = (LibrarySong){
            .id = i + 1,
            .hash = i,
            .path = "",
            .artist = names[rng_below(rng, at, ARTISTS)],
            .genre = "",
            .present = true,
            .has_mood = true,
            .mood = {rng_between(rng, at + 1, -1, 1), rng_between(rng, at + 2, -1, 1), 0.3f, 0.3f},
            .seconds = 200,
            .tempo = rng_between(rng, at + 3, 70, 160),
            .loudness = NAN,
            .last_played = 1};
        properties[i] = listener_properties(&songs[i]);
    }
}

static Person make_person(Rng rng) {
    Person person = {.valence = 0.2f * rng_normal(rng, 4), .arousal = 0.2f * rng_normal(rng, 5)};
    for (int axis = 0; axis < 2; axis++) {
        person.shift[axis] = 0.3f * rng_normal(rng, (uint64_t)axis);
        person.gain[axis] = 1 + 0.2f * rng_normal(rng, 2 + (uint64_t)axis);
    }
    for (int i = 0; i < ARTISTS; i++)
        person.artists[i] = 0.3f * rng_normal(rng, 10 + (uint64_t)i);
    return person;
}

static float clamp(float value) {
    return fminf(fmaxf(value, -1), 1);
}

/* Where the person would have the music for this mood. */
static void wish(const Person *person, Mood asked, float at[2]) {
    at[0] = clamp(person->shift[0] + person->gain[0] * asked.valence);
    at[1] = clamp(person->shift[1] + person->gain[1] * asked.arousal);
}

static float taste(const Person *person, int song) {
    return person->artists[atoi(songs[song].artist + 7)] +
           person->valence * songs[song].mood.valence + person->arousal * songs[song].mood.arousal;
}

static float worth(const Person *person, Mood asked, int song) {
    float at[2];
    wish(person, asked, at);
    float v = songs[song].mood.valence - at[0], a = songs[song].mood.arousal - at[1];
    return taste(person, song) - 2 * (v * v + a * a);
}

static float best_worth(const Person *person, Mood asked) {
    float best = -INFINITY;
    for (int i = 0; i < SONGS; i++)
        best = fmaxf(best, worth(person, asked, i));
    return best;
}

/* What is most wrong with the song, or whether it is liked. */
static Verdict verdict_on(const Person *person, Mood asked, int song) {
    float at[2];
    wish(person, asked, at);
    float v = at[0] - songs[song].mood.valence, a = at[1] - songs[song].mood.arousal;
    if (fmaxf(fabsf(v), fabsf(a)) > 0.3f)
        return fabsf(v) > fabsf(a) ? (v > 0 ? VERDICT_TOO_SAD : VERDICT_TOO_HAPPY)
                                   : (a > 0 ? VERDICT_TOO_CALM : VERDICT_TOO_WILD);
    return taste(person, song) > 0 ? VERDICT_LIKE : VERDICT_DISLIKE;
}

/* Plays the rounds to one person; adds the regret of each to `regret`; returns the sum of the
 * second half. */
static double play(const Person *person, Rng rng, bool learns, int rounds, double *regret) {
    Listener listener;
    double later = 0;
    listener_start(&listener);
    for (int round = 0; round < rounds; round++) {
        float weights[LIKING];
        uint64_t at = 100 + 4 * (uint64_t)round;
        Mood asked = {.valence = rng_between(rng, at, -0.8f, 0.8f),
                      .arousal = rng_between(rng, at + 1, -0.8f, 0.8f)};
        Choice choice = {.songs = songs, .count = SONGS, .wanted = asked};
        if (learns) {
            Rng draw = rng_split(rng, (uint64_t)round);
            listener_draw(&listener, &draw, weights);
            choice.weights = weights;
            choice.wanted = listener_mood(&listener, asked, &choice.valence_deviation,
                                          &choice.arousal_deviation);
        }
        int song = choice_best(&choice);
        double lost = (double)(best_worth(person, asked) - worth(person, asked, song));
        regret[round] += lost;
        later += 2 * round >= rounds ? lost : 0;
        if (learns)
            listener_hear(&listener, &properties[song], asked, verdict_on(person, asked, song));
    }
    return later;
}

int main(int argc, char **argv) {
    int people = argc > 1 ? atoi(argv[1]) : 200, rounds = argc > 2 ? atoi(argv[2]) : 60;
    Rng rng = rng_seed(argc > 3 ? strtoull(argv[3], NULL, 10) : 1);
    static double with[MOST_ROUNDS], without[MOST_ROUNDS];
    int worse = 0;
    if (people < 1 || rounds < 2 || rounds > MOST_ROUNDS)
        return 2;
    make_songs(rng_split(rng, 0));
    for (int i = 0; i < people; i++) {
        Rng own = rng_split(rng, 1 + (uint64_t)i);
        Person person = make_person(own);
        worse +=
            play(&person, own, true, rounds, with) > play(&person, own, false, rounds, without);
    }
    printf("{\"listeners\": %d, \"songs\": %d, \"rounds\": %d, \"worse\": %.4f, \"regret\": [",
           people, SONGS, rounds, (double)worse / people);
    for (int i = 0; i < rounds; i++)
        printf("%s{\"with\": %.4f, \"without\": %.4f}", i ? ", " : "", with[i] / people,
               without[i] / people);
    printf("]}\n");
    return 0;
}
