/* form_report.h: the form measures (datasets/music/music_form.h) of folders of MIDI files, as a
 * table with a column for each folder. */
#ifndef COMPOSE_EVALUATE_FORM_REPORT_H
#define COMPOSE_EVALUATE_FORM_REPORT_H

#include "nn/base/error.h"

#include <stdbool.h>
#include <stdio.h>

/* Measures the first `seconds` of each file of the folders (names with commas between) and prints
 * the means with half of their 95 % intervals; with `level` also how loud they are, LUFS, as
 * FluidSynth plays the first half minute. A file that cannot be read is left out and counted. */
int form_report(const char *folders, double seconds, bool level, bool json, FILE *stream,
                Error *error) MUST_CHECK;

#endif
