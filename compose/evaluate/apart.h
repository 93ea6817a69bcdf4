/* apart.h: can a classifier tell folders of pieces from each other?
 *
 * One tool for several questions: real music against generated (is it as like as real music is to
 * itself?), the seven emotions against each other (does each sound like itself?), and generated
 * genres heard by a classifier of real ones.
 *
 * Rows are datasets/music/music_features.h of each piece's beginning, folders are classes, the
 * classifier is a random forest (nn/trees/forest.h). Told apart are pieces of songs that it does not
 * know: over five folds by song, or, where other folders are to be heard, by a forest that was
 * fitted to all of the first. Classes count alike, however many pieces each has.
 */
#ifndef COMPOSE_EVALUATE_APART_H
#define COMPOSE_EVALUATE_APART_H

#include "nn/base/error.h"

#include <stdbool.h>
#include <stdio.h>

enum { APART_CLASSES = 16 };

typedef struct Apart {
    int classes;
    int pieces[APART_CLASSES], left_out;     /* of the folders that are heard; unreadable */
    int heard[APART_CLASSES][APART_CLASSES]; /* pieces of the first class heard as the other */
    double auc;                              /* of two classes, NAN for more */
} Apart;

/* Share of the pieces heard as what they are, the classes counting alike. */
double apart_accuracy(const Apart *apart);

/* `folders` are names with commas between, two or more; so are those that are `heard`, as many and
 * in the same order, or NULL. Of each piece the first `seconds` (0: all). */
int apart_measure(const char *folders, const char *heard, double seconds, Apart *apart,
                  Error *error) MUST_CHECK;

/* Measures and prints, with half of the 95 % interval of the accuracy. */
int apart_report(const char *folders, const char *heard, double seconds, bool json, FILE *stream,
                 Error *error) MUST_CHECK;

#endif
