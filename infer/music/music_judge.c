#include "infer/music/music_judge.h"

#include "nn/base/arg_max.h"
#include "nn/models/kernel_classifier.h"

#include <stdlib.h>

/* Chosen by song-disjoint cross-validation on EMOPIA without its test songs, where sharpness and
 * penalty may be halved or doubled at no cost. */
static const KernelClassifierSettings settings = {.sharpness = 0.7f, .penalty = 0.2f, .steps = 400};

struct MusicJudge {
    KernelClassifier *classifier;
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
    float arousal = 0, valence = 0;
    for (int q = 0; q < MUSIC_QUADRANTS; q++) {
        arousal += probabilities[q] * music_quadrant_arousal((MusicQuadrant)q);
        valence += probabilities[q] * music_quadrant_valence((MusicQuadrant)q);
    }
    score->n++;
    score->four_quadrant += arg_max(probabilities, MUSIC_QUADRANTS) == (int)truth;
    score->arousal += (arousal >= 0) == (music_quadrant_arousal(truth) > 0);
    score->valence += (valence >= 0) == (music_quadrant_valence(truth) > 0);
}

/* ------------------------------------------------------------------ judging */

MusicJudge *music_judge_fit(const float *features, const MusicQuadrant *quadrants, int n,
                            Error *error) {
    MusicJudge *judge = malloc(sizeof *judge);
    int *labels = malloc((size_t)n * sizeof *labels);
    if (!judge || !labels) {
        error_memory(error, "a judge", (size_t)n * sizeof *labels);
        free(judge);
        free(labels);
        return NULL;
    }
    for (int i = 0; i < n; i++)
        labels[i] = (int)quadrants[i];
    judge->classifier = kernel_classifier_fit(features, labels, n, MUSIC_FEATURES, MUSIC_QUADRANTS,
                                              settings, error);
    free(labels);
    if (judge->classifier)
        return judge;
    free(judge);
    error_context(error, "the judge of music");
    return NULL;
}

void music_judge_destroy(MusicJudge *judge) {
    if (!judge)
        return;
    kernel_classifier_destroy(judge->classifier);
    free(judge);
}

void music_judge_probabilities(const MusicJudge *judge, const float *features,
                               float probabilities[MUSIC_QUADRANTS]) {
    kernel_classifier_probabilities(judge->classifier, features, probabilities);
}
