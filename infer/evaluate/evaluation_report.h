/* evaluation_report.h: an evaluation as tables for people, JSON and CSV for programs. */
#ifndef INFER_EVALUATE_EVALUATION_REPORT_H
#define INFER_EVALUATE_EVALUATION_REPORT_H

#include "infer/evaluate/metrics.h"
#include "nn/base/error.h"

#include <stdio.h>

typedef struct EvaluationReport {
    const char *model, *data, *split, *views; /* what was measured, as given by the user */
    const char *votes;                        /* whose majority is the truth; NULL: the labels */
    Metrics all, unshared; /* on all faces, and on those whose pixels occur in no other split */
} EvaluationReport;

/* Prints the report as one JSON object. Keys: `n`,
 * `accuracy`, `accuracy_ci95` [low, high], `accuracy_deduplicated`, `n_deduplicated`, `macro_f1`,
 * `ece`, `nll`, `classes` (array of `name`, `precision`, `recall`, `f1`, `support`), `confusion`
 * (rows are truth), `reliability` (array of `count`, `confidence`, `accuracy`), and `model`,
 * `data`, `split`, `tta`, `votes` (null without). */
int evaluation_report_print_json(const EvaluationReport *report, FILE *stream,
                                 Error *error) MUST_CHECK;

/* Prints headline figures, the table of classes and the confusion matrix. */
void evaluation_report_print(const EvaluationReport *report, FILE *stream);

/* Writes metrics.json and confusion.csv into a directory, and the figures confusion,
 * confusion-normalised and reliability, each as .png, .svg and .pdf. */
int evaluation_report_write(const EvaluationReport *report, const char *directory,
                            Error *error) MUST_CHECK;

#endif
