/* music_evaluation.h: quantitative evaluation of a music model.
 *
 * Likelihood: of a held-out split, per corpus. Judge: the accuracy of the emotion judge
 * (infer/music/music_judge.h) on real clips, on a given split and over five song-disjoint folds,
 * since a small test split has high variance. Control: how often a judge finds the requested
 * quadrant in generated clips; the first judge is fitted only to songs that the generator was not
 * trained on, the second ("cross") only to another corpus. Quality: overlap of feature
 * distributions and simple measures against real held-out clips of the same length; the longest run
 * copied from the training pieces, beside that of real held-out clips. */
#ifndef COMPOSE_EVALUATE_MUSIC_EVALUATION_H
#define COMPOSE_EVALUATE_MUSIC_EVALUATION_H

#include "compose/evaluate/clips.h"
#include "compose/evaluate/likelihood.h"
#include "compose/evaluate/overlap.h"

typedef struct MusicEvaluationSettings {
    MusicSplit split;           /* of the likelihood */
    bool likelihood;            /* measured at all */
    int judge_corpus;           /* index of the corpus that the judge is fitted to, -1 for none */
    int cross_corpus;           /* and of the other one, -1 for none */
    const MusicSplit *official; /* (n_entries of the catalogue) the split of the judge's own score;
                                   NULL for the corpus' */
    int per_quadrant;           /* generated clips; 0 skips control and quality */
    ComposerSettings composer;
    const LeadModel *lead; /* clips are arranged from its sheets; NULL: performed */
} MusicEvaluationSettings;

/* Means of the measures of clips; TEMPO over those that have one, NAN if none has. */
typedef double MusicMeans[MUSIC_MEASURES];

typedef struct MusicEvaluation {
    Likelihood *likelihood; /* (n_corpora), NULL when not measured */
    int n_corpora;
    JudgeScore judge, judge_folds;     /* n = 0 where not measured, as below */
    JudgeScore control, control_cross; /* over all generated clips */
    JudgeScore control_by_quadrant[MUSIC_QUADRANTS];
    int n_control_fit; /* clips that the control's judge was fitted to */
    double overlap[OVERLAP_FEATURES], overlap_mean; /* generated and held-out */
    double overlap_real_mean; /* the same between the judge corpus' training clips and held-out
                                 ones: the reference from real music */
    MusicMeans generated[MUSIC_QUADRANTS], real[MUSIC_QUADRANTS];
    MusicMeans generated_all, real_all;
    int n_generated, n_held_out;
    int longest_copy, longest_copy_real; /* tokens */
} MusicEvaluation;

/* Runs the evaluation; free with music_evaluation_free. `generated` (may be NULL) receives the
 * clips; none after an error. What the corpus lacks is told before clips are generated. */
int music_evaluation_run(const MusicModel *model, const MusicCorpus *corpus,
                         const MusicEvaluationSettings *settings, MusicEvaluation *evaluation,
                         Clips *generated, Progress *progress, Error *error) MUST_CHECK;

/* Control and quality of clips that exist, of settings->composer.seconds. */
int music_evaluation_of_clips(const MusicCorpus *corpus, const MusicEvaluationSettings *settings,
                              const Clips *generated, MusicEvaluation *evaluation,
                              Error *error) MUST_CHECK;
void music_evaluation_free(MusicEvaluation *evaluation);

#endif
