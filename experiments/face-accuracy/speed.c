/* speed MODEL: how fast a face model answers on one core, as JSON: the median time of one face on
 * its own, and faces a second in passes of 64. Processor time, which other programs on the machine
 * hardly lengthen. */
#include "infer/faces/face_model.h"
#include "nn/base/clock.h"
#include "nn/base/median.h"
#include "nn/base/threads.h"

#include <stdio.h>
#include <stdlib.h>

/* A second's worth of rounds of either kind, which outlasts what disturbs a shared machine. */
enum { MOST_FACES = 64, ROUNDS_OF_ONE = 501, ROUNDS_OF_MANY = 25 };

/* Returns the median seconds of a pass of n faces, or a negative number. */
static double measure(FaceModel *model, int n, int rounds, Error *error) {
    static uint8_t pixels[FACE_PIXELS];
    static float probabilities[MOST_FACES * EMOTION_COUNT];
    const uint8_t *faces[MOST_FACES];
    double seconds[ROUNDS_OF_ONE];
    for (int i = 0; i < FACE_PIXELS; i++)
        pixels[i] = (uint8_t)(i * 37 % 251);
    for (int i = 0; i < n; i++)
        faces[i] = pixels;
    for (int round = -1; round < rounds; round++) { /* the first warms up */
        double start = clock_processor_seconds();
        if (face_model_probabilities(model, faces, n, FACE_VIEWS_ONE, probabilities, error))
            return -1;
        seconds[round < 0 ? 0 : round] = clock_processor_seconds() - start;
    }
    return median_of(seconds, rounds);
}

int main(int argc, char **argv) {
    Error error = {{0}};
    if (argc != 2) {
        fprintf(stderr, "usage: speed MODEL\n");
        return EXIT_FAILURE;
    }
    threads_use(1);
    FaceModel *model = face_model_load(argv[1], &error);
    double one = model ? measure(model, 1, ROUNDS_OF_ONE, &error) : -1;
    double many = one < 0 ? -1 : measure(model, MOST_FACES, ROUNDS_OF_MANY, &error);
    face_model_destroy(model);
    if (many < 0) {
        fprintf(stderr, "speed: %s\n", error.message);
        return EXIT_FAILURE;
    }
    printf("{\"milliseconds\": %.4f, \"faces_per_second\": %.1f}\n", 1e3 * one, MOST_FACES / many);
    return EXIT_SUCCESS;
}
