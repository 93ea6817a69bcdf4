/* apart.h: how well a classifier distinguishes folders of pieces.
 *
 * One tool for several questions: real against generated music, the seven emotions against each
 * other, and generated genres classified by a classifier of real ones.
 *
 * Rows are datasets/measures/music_features.h of each piece's beginning, folders are classes, the
 * classifier is a random forest (nn/trees/forest.h). The pieces classified are of songs unknown to
 * it: over five song-disjoint folds, or, where other folders are given to classify, by a forest
 * fitted to all of the first. Classes have equal weight, regardless of their number of pieces. */
#ifndef COMPOSE_EVALUATE_APART_H
#define COMPOSE_EVALUATE_APART_H

#include "datasets/measures/music_feature_names.h"
#include "nn/base/error.h"

#include <stdbool.h>
#include <stdio.h>

enum { APART_CLASSES = 16, APART_FEATURES = 8 };

typedef struct ApartSettings {
    double seconds; /* of each piece, from its beginning; 0: all */
    bool loudness;  /* false: without features of loudness, for corpora that have none */
} ApartSettings;

typedef struct Apart {
    int classes;
    int pieces[APART_CLASSES], left_out;     /* of the classified folders; unreadable */
    int heard[APART_CLASSES][APART_CLASSES]; /* pieces by true class and prediction */
    double auc;                              /* for two classes, NAN for more */
    /* For two classes, the features that alone tell them apart best, by the area under their own
     * curve, .5 … 1. */
    struct {
        int feature;
        double auc;
    } alone[APART_FEATURES];
} Apart;

/* Balanced accuracy: the mean share of correct pieces over the classes. */
double apart_accuracy(const Apart *apart);

/* `folders` are two or more names separated by commas; so are those to classify, `heard`, as many
 * and in the same order, or NULL. */
int apart_measure(const char *folders, const char *heard, const ApartSettings *settings,
                  Apart *apart, Error *error) MUST_CHECK;

/* Measures and prints, with half the 95 % interval of the accuracy. */
int apart_report(const char *folders, const char *heard, const ApartSettings *settings, bool json,
                 FILE *stream, Error *error) MUST_CHECK;

#endif
