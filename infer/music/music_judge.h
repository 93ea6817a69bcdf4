/* music_judge.h: a classifier of emotion in music, independent of the network that writes it.
 *
 * A kernel classifier (nn/models/kernel_classifier.h) over datasets/measures/music_features.h.
 * Labelled music is scarce (EMOPIA's training split has 767 clips), and a kernel method with two
 * hyperparameters suffices. The training songs of a judge are part of an evaluation, such as a fold
 * of a cross-validation, so the evaluation fits it, in about a second. */
#ifndef INFER_MUSIC_MUSIC_JUDGE_H
#define INFER_MUSIC_MUSIC_JUDGE_H

#include "datasets/measures/music_features.h"

/* In EMOPIA's order. */
typedef enum MusicQuadrant {
    QUADRANT_1, /* pleasant and excited */
    QUADRANT_2, /* unpleasant and excited */
    QUADRANT_3, /* unpleasant and calm */
    QUADRANT_4, /* pleasant and calm */
    MUSIC_QUADRANTS
} MusicQuadrant;

/* The quadrant of a point; 0 counts as positive. */
MusicQuadrant music_quadrant(float valence, float arousal);
/* Its corner, ±1. */
float music_quadrant_valence(MusicQuadrant quadrant);
float music_quadrant_arousal(MusicQuadrant quadrant);

typedef struct MusicJudge MusicJudge;

/* Fits a judge to features (n, MUSIC_FEATURES) of pieces with known quadrants (n), n ≥ 2. Free with
 * music_judge_destroy. NULL when a feature is not finite or memory runs out. */
MusicJudge *music_judge_fit(const float *features, const MusicQuadrant *quadrants, int n,
                            Error *error);
void music_judge_destroy(MusicJudge *judge);

void music_judge_probabilities(const MusicJudge *judge, const float *features,
                               float probabilities[MUSIC_QUADRANTS]);

/* How often the judge is correct: on the quadrant (the most probable), and on the signs of arousal
 * and valence (from the summed probabilities of their quadrants). */
typedef struct JudgeScore {
    int n, four_quadrant, arousal, valence;
} JudgeScore;

void judge_score_add(JudgeScore *score, const float probabilities[MUSIC_QUADRANTS],
                     MusicQuadrant truth);

#endif
