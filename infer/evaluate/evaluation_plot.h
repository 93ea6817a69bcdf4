/* evaluation_plot.h: figures of an evaluation, each as STEM.png, .svg and .pdf. */
#ifndef INFER_EVALUATE_EVALUATION_PLOT_H
#define INFER_EVALUATE_EVALUATION_PLOT_H

#include "infer/evaluate/metrics.h"
#include "nn/base/error.h"

#include <stdbool.h>

/* Draws the confusion matrix: a row for each true emotion, a column for each predicted one, in each
 * cell the count and the percentage of its row, which is also its shade (one hue, light to dark,
 * readable without colour vision); with `shares_only` only the percentage. `title` names the data.
 */
int evaluation_plot_confusion(const Metrics *metrics, const char *title, bool shares_only,
                              const char *stem, Error *error) MUST_CHECK;

/* Draws the reliability diagram (Guo et al. 2017): accuracy against confidence, equal on the
 * diagonal, above the share of faces in each bin. */
int evaluation_plot_reliability(const Metrics *metrics, const char *title, const char *stem,
                                Error *error) MUST_CHECK;

#endif
