#include "infer/music/music_judge.h"

#include "nn/core/gemm.h"
#include "nn/core/tensor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Chosen by song-disjoint cross-validation on EMOPIA without its test songs, where both may be
 * halved or doubled at no cost: how fast likeness falls with the mean squared difference of the
 * standardised features, and the penalty on the function's norm. */
static const float sharpness = 0.7f, penalty = 0.2f;
static const float most_deviations = 3;
enum { FIT_STEPS = 400 };

struct MusicJudge {
    float mean[MUSIC_FEATURES], deviation[MUSIC_FEATURES];
    int n;
    float *x;    /* (n, MUSIC_FEATURES) the pieces it knows, standardised */
    float *says; /* (n, MUSIC_QUADRANTS) what each says of pieces like it */
};

/* ------------------------------------------------------------------ quadrants */

MusicQuadrant music_quadrant(float valence, float arousal) {
    if (arousal >= 0)
        return valence >= 0 ? QUADRANT_1 : QUADRANT_2;
    return valence >= 0 ? QUADRANT_4 : QUADRANT_3;
}

float music_quadrant_valence(MusicQuadrant quadrant) {
    return quadrant == QUADRANT_1 || quadrant == QUADRANT_4 ? 1 : -1;
}

float music_quadrant_arousal(MusicQuadrant quadrant) {
    return quadrant == QUADRANT_1 || quadrant == QUADRANT_2 ? 1 : -1;
}

void judge_score_add(JudgeScore *score, const float probabilities[MUSIC_QUADRANTS],
                     MusicQuadrant truth) {
    int best = 0;
    float arousal = 0, valence = 0;
    for (int q = 0; q < MUSIC_QUADRANTS; q++) {
        if (probabilities[q] > probabilities[best])
            best = q;
        arousal += probabilities[q] * music_quadrant_arousal((MusicQuadrant)q);
        valence += probabilities[q] * music_quadrant_valence((MusicQuadrant)q);
    }
    score->n++;
    score->four_quadrant += best == (int)truth;
    score->arousal += (arousal >= 0) == (music_quadrant_arousal(truth) > 0);
    score->valence += (valence >= 0) == (music_quadrant_valence(truth) > 0);
}

/* ------------------------------------------------------------------ fitting */

static void measure_features(MusicJudge *judge, const float *features, int n) {
    for (int f = 0; f < MUSIC_FEATURES; f++) {
        double sum = 0, squares = 0;
        for (int i = 0; i < n; i++)
            sum += (double)features[(size_t)i * MUSIC_FEATURES + f];
        double mean = sum / n;
        for (int i = 0; i < n; i++) {
            double off = (double)features[(size_t)i * MUSIC_FEATURES + f] - mean;
            squares += off * off;
        }
        judge->mean[f] = (float)mean;
        judge->deviation[f] = (float)fmax(sqrt(squares / n), 1e-6);
    }
}

static void standardise(const MusicJudge *judge, const float *features, float *x) {
    for (int f = 0; f < MUSIC_FEATURES; f++) {
        float value = (features[f] - judge->mean[f]) / judge->deviation[f];
        x[f] = fminf(fmaxf(value, -most_deviations), most_deviations);
    }
}

/* The kernel: the likeness of two pieces, and 1 for what all pieces share (the bias). */
static float likeness(const float *x, const float *y) {
    float squares = 0;
    for (int f = 0; f < MUSIC_FEATURES; f++)
        squares += (x[f] - y[f]) * (x[f] - y[f]);
    return 1 + expf(-sharpness / MUSIC_FEATURES * squares);
}

static void fill_kernel(const MusicJudge *judge, float *kernel) {
    size_t n = (size_t)judge->n;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            kernel[i * n + j] = kernel[j * n + i] =
                likeness(judge->x + i * MUSIC_FEATURES, judge->x + j * MUSIC_FEATURES);
}

static void softmax(const float logits[MUSIC_QUADRANTS], float probabilities[MUSIC_QUADRANTS]) {
    float greatest = -INFINITY, total = 0;
    for (int q = 0; q < MUSIC_QUADRANTS; q++)
        greatest = fmaxf(greatest, logits[q]);
    for (int q = 0; q < MUSIC_QUADRANTS; q++)
        total += probabilities[q] = expf(logits[q] - greatest);
    for (int q = 0; q < MUSIC_QUADRANTS; q++)
        probabilities[q] /= total;
}

/* The steepest the loss can curve: a softmax by 1/2, the kernel by its largest sum of a row. */
static float curvature(const float *kernel, int n) {
    float most = 0;
    for (int i = 0; i < n; i++) {
        float sum = 0;
        for (int j = 0; j < n; j++)
            sum += kernel[(size_t)i * (size_t)n + (size_t)j];
        most = fmaxf(most, sum);
    }
    return most / 2 + penalty;
}

/* Minimises Σ cross-entropy + penalty/2 ‖f‖² over functions f = Σ says_i kernel(x_i, ·) by
 * Nesterov's descent in their space, where the gradient is (probabilities - truth) + penalty · says
 * in the same coordinates. `ahead` and `logits` (n, MUSIC_QUADRANTS) are scratch. */
static void descend(MusicJudge *judge, const float *kernel, const MusicQuadrant *quadrants,
                    float *ahead, float *logits) {
    const float steepest = curvature(kernel, judge->n), ratio = sqrtf(steepest / penalty);
    const float momentum = (ratio - 1) / (ratio + 1);
    int n = judge->n;
    for (int step = 0; step < FIT_STEPS; step++) {
        gemm(false, false, n, MUSIC_QUADRANTS, n, kernel, n, ahead, MUSIC_QUADRANTS, 0, logits,
             MUSIC_QUADRANTS);
        for (int i = 0; i < n; i++) {
            float probabilities[MUSIC_QUADRANTS];
            softmax(logits + (size_t)i * MUSIC_QUADRANTS, probabilities);
            for (int q = 0; q < MUSIC_QUADRANTS; q++) {
                float *at = ahead + (size_t)i * MUSIC_QUADRANTS + q;
                float *says = judge->says + (size_t)i * MUSIC_QUADRANTS + q;
                float gradient = probabilities[q] - (float)(q == (int)quadrants[i]) + penalty * *at;
                float moved = *at - gradient / steepest;
                *at = moved + momentum * (moved - *says);
                *says = moved;
            }
        }
    }
}

static int fit(MusicJudge *judge, const float *features, const MusicQuadrant *quadrants, int n,
               Error *error) {
    size_t count = (size_t)n, values = count * MUSIC_FEATURES;
    if (first_not_finite(features, values) >= 0)
        return error_set(error, "a feature of the judge's music is not finite");
    judge->n = n;
    judge->x = malloc(values * sizeof(float));
    judge->says = calloc(count * MUSIC_QUADRANTS, sizeof(float));
    float *kernel = malloc(count * count * sizeof(float));
    float *scratch = calloc(2 * count * MUSIC_QUADRANTS, sizeof(float));
    int status = judge->x && judge->says && kernel && scratch
                     ? 0
                     : error_memory(error, "the judge's music", count * count * sizeof(float));
    if (!status) {
        measure_features(judge, features, n);
        for (int i = 0; i < n; i++)
            standardise(judge, features + (size_t)i * MUSIC_FEATURES,
                        judge->x + (size_t)i * MUSIC_FEATURES);
        fill_kernel(judge, kernel);
        descend(judge, kernel, quadrants, scratch, scratch + count * MUSIC_QUADRANTS);
    }
    free(kernel);
    free(scratch);
    return status;
}

MusicJudge *music_judge_fit(const float *features, const MusicQuadrant *quadrants, int n,
                            Error *error) {
    MusicJudge *judge = calloc(1, sizeof *judge);
    if (!judge)
        error_memory(error, "a judge", sizeof *judge);
    else if (fit(judge, features, quadrants, n, error)) {
        music_judge_destroy(judge);
        judge = NULL;
    }
    return judge;
}

void music_judge_destroy(MusicJudge *judge) {
    if (!judge)
        return;
    free(judge->x);
    free(judge->says);
    free(judge);
}

void music_judge_probabilities(const MusicJudge *judge, const float *features,
                               float probabilities[MUSIC_QUADRANTS]) {
    float x[MUSIC_FEATURES], logits[MUSIC_QUADRANTS] = {0};
    standardise(judge, features, x);
    for (int i = 0; i < judge->n; i++) {
        float like = likeness(x, judge->x + (size_t)i * MUSIC_FEATURES);
        for (int q = 0; q < MUSIC_QUADRANTS; q++)
            logits[q] += like * judge->says[(size_t)i * MUSIC_QUADRANTS + q];
    }
    softmax(logits, probabilities);
}
