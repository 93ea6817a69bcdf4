#include "datasets/detection/detection_score.h"

#include "nn/base/array.h"

#include <math.h>
#include <stdlib.h>

typedef struct Claim {
    float score;
    bool right;
} Claim;

struct DetectionScore {
    float smallest;
    Claim *claims;
    int n_claims, capacity;
    int faces, pictures;
    bool sorted;
};

DetectionScore *detection_score_create(float smallest) {
    DetectionScore *score = calloc(1, sizeof *score);
    if (score)
        score->smallest = smallest;
    return score;
}

void detection_score_destroy(DetectionScore *score) {
    if (score)
        free(score->claims);
    free(score);
}

static bool counts(const DetectionScore *score, const TruthBox *truth) {
    return !truth->ignored && fminf(truth->box.width, truth->box.height) >= score->smallest;
}

/* The face that the box fits best among those not taken yet and those that don't count; -1. */
static int best_face(const DetectionScore *score, const TruthBox *truth, int n_truth,
                     const bool *taken, const ScoredBox *box) {
    int best = -1;
    float most = DETECTION_OVERLAP;
    for (int pass = 0; pass < 2 && best < 0; pass++)
        for (int i = 0; i < n_truth; i++) {
            float overlap = scored_box_overlap(&truth[i].box, box);
            if (!taken[i] && counts(score, &truth[i]) == !pass && overlap >= most) {
                most = overlap;
                best = i;
            }
        }
    return best;
}

int detection_score_add(DetectionScore *score, const TruthBox *truth, int n_truth,
                        const ScoredBox *found, int n_found, Error *error) {
    bool *taken = calloc((size_t)n_truth + 1, sizeof *taken);
    if (!taken)
        return error_memory(error, "a score", (size_t)n_truth);
    score->pictures++;
    score->sorted = false;
    for (int i = 0; i < n_truth; i++)
        score->faces += counts(score, &truth[i]);
    for (int k = 0; k < n_found; k++) {
        int face = best_face(score, truth, n_truth, taken, &found[k]);
        if (face >= 0 && !counts(score, &truth[face]))
            continue;
        if (!ARRAY_GROW(score->claims, score->capacity, score->n_claims)) {
            free(taken);
            return error_memory(error, "a score", sizeof *score->claims);
        }
        score->claims[score->n_claims++] = (Claim){found[k].score, face >= 0};
        if (face >= 0)
            taken[face] = true;
    }
    free(taken);
    return 0;
}

int detection_score_faces(const DetectionScore *score) {
    return score->faces;
}

int detection_score_pictures(const DetectionScore *score) {
    return score->pictures;
}

/* The surest first; among equals the mistakes, so that ties flatter nobody. */
static int surest_first(const void *a, const void *b) {
    const Claim *first = a, *second = b;
    if (first->score != second->score)
        return first->score > second->score ? -1 : 1;
    return (int)first->right - (int)second->right;
}

static void sort(const DetectionScore *score) {
    if (score->sorted || !score->n_claims)
        return;
    qsort(score->claims, (size_t)score->n_claims, sizeof *score->claims, surest_first);
    ((DetectionScore *)score)->sorted = true;
}

double detection_score_average_precision(const DetectionScore *score) {
    sort(score);
    int right = 0;
    for (int i = 0; i < score->n_claims; i++)
        right += score->claims[i].right;
    double area = 0, best = 0;
    for (int i = score->n_claims - 1; i >= 0; i--) {
        best = fmax(best, (double)right / (i + 1));
        if (score->claims[i].right) {
            area += best;
            right--;
        }
    }
    return score->faces ? area / score->faces : 0;
}

double detection_score_recall(const DetectionScore *score, double mistakes, float *threshold) {
    sort(score);
    int right = 0, so_far = 0, wrong = 0;
    float lowest = 1;
    for (int i = 0; i < score->n_claims; i++) {
        wrong += !score->claims[i].right;
        if (wrong > mistakes * score->pictures)
            break;
        so_far += score->claims[i].right;
        /* A threshold takes all boxes of one score or none. */
        if (i + 1 == score->n_claims || score->claims[i + 1].score < score->claims[i].score) {
            right = so_far;
            lowest = score->claims[i].score;
        }
    }
    if (threshold)
        *threshold = lowest;
    return score->faces ? (double)right / score->faces : 0;
}
