/* music_report.h: an evaluation as text or JSON. */
#ifndef COMPOSE_EVALUATE_MUSIC_REPORT_H
#define COMPOSE_EVALUATE_MUSIC_REPORT_H

#include "compose/evaluate/music_evaluation.h"

#include <jansson.h>
#include <stdio.h>

/* An object (caller decrefs) with the keys nll_per_token, nll_per_note, corpora {name: the same},
 * judge, judge_folds, control, control_cross {four_quadrant, arousal, valence, n}, control_fit (to
 * how many clips control's judge was fitted), control_by_quadrant, overlap_area {feature: value,
 * mean, real_mean}, measures {generated, real}, longest_copy, longest_copy_real; what was not
 * measured is null. */
json_t *music_report_json(const MusicEvaluation *evaluation, const MusicCorpus *corpus);

void music_report_print(const MusicEvaluation *evaluation, const MusicCorpus *corpus, FILE *stream);

#endif
