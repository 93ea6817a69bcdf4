#include "infer/music_judge.h"

#include "nn/operators.h"
#include "nn/optimizer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The penalty on Σ weight² / 2, in clips: it weighs less the more clips there are, as a prior does.
 * Chosen on EMOPIA's validation split. */
static const float penalty = 46, learning_rate = 0.1f, most_deviations = 4;
enum { FIT_STEPS = 250 };

struct MusicJudge {
    float mean[MUSIC_FEATURES], deviation[MUSIC_FEATURES];
    Parameters *parameters;
    Tensor *weight, *bias; /* (MUSIC_QUADRANTS, MUSIC_FEATURES), (MUSIC_QUADRANTS) */
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

/* Full-batch descent with Nesterov's momentum; the features' correlations bound the curvature well
 * below 1 / learning_rate · 2. */
static int descend(MusicJudge *judge, const float *x, const int32_t *labels, int n, Error *error) {
    const OptimizerSettings settings = {
        .kind = OPTIMIZER_SGD, .momentum = 0.9f, .weight_decay = penalty / (float)n};
    if (parameters_enable_gradients(judge->parameters, error))
        return -1;
    Optimizer *optimizer = optimizer_create(judge->parameters, settings, error);
    Tape *tape = optimizer ? tape_create() : NULL;
    int status = tape ? 0 : optimizer ? error_memory(error, "a tape", 0) : -1;
    for (int step = 0; step < FIT_STEPS && !status; step++) {
        tape_begin(tape, TAPE_TRAIN, rng_seed(0));
        Tensor *input = tape_input(tape, "features", shape(n, MUSIC_FEATURES), x);
        Tensor *loss = op_cross_entropy(tape, op_linear(tape, input, judge->weight, judge->bias),
                                        (CrossEntropy){.labels = labels});
        status = tape_backward(tape, loss, error);
        if (!status)
            optimizer_step(optimizer, learning_rate);
    }
    tape_destroy(tape);
    optimizer_destroy(optimizer);
    return status;
}

static int fit(MusicJudge *judge, const float *features, const MusicQuadrant *quadrants, int n,
               Error *error) {
    size_t count = (size_t)n * MUSIC_FEATURES;
    if (first_not_finite(features, count) >= 0)
        return error_set(error, "a feature of the judge's music is not finite");
    judge->parameters = parameters_create();
    judge->weight = parameters_add(judge->parameters, "", "weight",
                                   shape(MUSIC_QUADRANTS, MUSIC_FEATURES), PARAMETER_WEIGHT);
    judge->bias =
        parameters_add(judge->parameters, "", "bias", shape(MUSIC_QUADRANTS), PARAMETER_BIAS);
    if (parameters_check(judge->parameters, error))
        return -1;
    float *x = malloc(count * sizeof *x);
    int32_t *labels = malloc((size_t)n * sizeof *labels);
    int status = x && labels ? 0 : error_memory(error, "the judge's features", count * sizeof *x);
    if (!status) {
        measure_features(judge, features, n);
        for (int i = 0; i < n; i++) {
            standardise(judge, features + (size_t)i * MUSIC_FEATURES,
                        x + (size_t)i * MUSIC_FEATURES);
            labels[i] = (int32_t)quadrants[i];
        }
        status = descend(judge, x, labels, n, error);
    }
    free(x);
    free(labels);
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
    parameters_destroy(judge->parameters);
    free(judge);
}

void music_judge_probabilities(const MusicJudge *judge, const float *features,
                               float probabilities[MUSIC_QUADRANTS]) {
    float x[MUSIC_FEATURES], logits[MUSIC_QUADRANTS], greatest = -INFINITY, total = 0;
    standardise(judge, features, x);
    for (int q = 0; q < MUSIC_QUADRANTS; q++) {
        const float *weight = judge->weight->data + (size_t)q * MUSIC_FEATURES;
        logits[q] = judge->bias->data[q];
        for (int f = 0; f < MUSIC_FEATURES; f++)
            logits[q] += weight[f] * x[f];
        greatest = fmaxf(greatest, logits[q]);
    }
    for (int q = 0; q < MUSIC_QUADRANTS; q++)
        total += probabilities[q] = expf(logits[q] - greatest);
    for (int q = 0; q < MUSIC_QUADRANTS; q++)
        probabilities[q] /= total;
}
