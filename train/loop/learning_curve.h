/* learning_curve.h: plots the training log. */
#ifndef TRAIN_LOOP_LEARNING_CURVE_H
#define TRAIN_LOOP_LEARNING_CURVE_H

#include "nn/base/error.h"

/* Draws loss and accuracy over the epochs of the log (training_log.h), on the training batches and
 * in validation, with the best epoch marked, as STEM.png, STEM.svg and STEM.pdf; nothing for a log
 * without epochs. */
int learning_curve_draw(const char *log, const char *stem, Error *error) MUST_CHECK;

#endif
