/* form_report.h: the form measures (datasets/measures/music_form.h) of folders of MIDI files, as a
 * table with a column for each folder. */
#ifndef COMPOSE_EVALUATE_FORM_REPORT_H
#define COMPOSE_EVALUATE_FORM_REPORT_H

#include "nn/base/error.h"

#include <stdbool.h>
#include <stdio.h>

/* Measures the first `seconds` of each file of the folders (names separated by commas) and prints
 * the means with half of their 95 % intervals, in the table "-" where a folder has no value; with
 * `level` also their loudness, LUFS, over the first half minute rendered by FluidSynth. Files that
 * cannot be measured are left out and counted; fails where a folder has no other. */
int form_report(const char *folders, double seconds, bool level, bool json, FILE *stream,
                Error *error) MUST_CHECK;

#endif
