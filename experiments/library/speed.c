/* How long the choice of a song takes among many: speed SONGS. Prints JSON. */
#include "compose/library/playlist.h"
#include "nn/base/clock.h"
#include "nn/base/rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    int count = argc > 1 ? atoi(argv[1]) : 10000, rounds = 50;
    Rng rng = rng_seed(1);
    LibrarySong *songs = count > 0 ? calloc((size_t)count, sizeof *songs) : NULL;
    if (!songs)
        return 2;
    for (int i = 0; i < count; i++) {
        uint64_t at = 3 * (uint64_t)i;
        songs[i] = (LibrarySong){
            .hash = i,
            .path = "",
            .artist = i % 3 ? "An artist" : "Another one",
            .genre = i % 2 ? "Rock" : "Folk",
            .has_mood = true,
            .mood = {rng_between(rng, at, -1, 1), rng_between(rng, at + 1, -1, 1), 0.4f, 0.4f},
            .seconds = 200,
            .tempo = rng_between(rng, at + 2, 60, 180),
            .loudness = -14,
            .last_played = i % 5 ? 0 : 1e9};
    }
    Listener listener;
    listener_start(&listener);
    double longest = 0, total = 0;
    int before[] = {0};
    for (int i = 0; i < rounds; i++) {
        float weights[LIKING];
        double started = clock_processor_seconds();
        Rng draw = rng_split(rng, (uint64_t)i);
        listener_draw(&listener, &draw, weights);
        Choice choice = {.songs = songs,
                         .count = count,
                         .wanted = {.valence = 0.5f, .arousal = -0.5f},
                         .weights = weights,
                         .before = before,
                         .n_before = 1,
                         .now = 1.001e9};
        before[0] = choice_best(&choice);
        double seconds = clock_processor_seconds() - started;
        total += seconds;
        longest = fmax(longest, seconds);
    }
    printf("{\"songs\": %d, \"mean_ms\": %.3f, \"longest_ms\": %.3f}\n", count,
           1000 * total / rounds, 1000 * longest);
    free(songs);
    return 0;
}
