#include "compose/evaluate/music_evaluation.h"

#include "compose/evaluate/copies.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FOLDS = 5, FEWEST_CLIPS = 8 };

/* ------------------------------------------------------------------ judges */

typedef bool (*ClipFilter)(const Clip *clip, const void *context);

/* Fits a judge to the clips that the filter takes; sets the error when they are too few. */
static MusicJudge *fit(const Clips *clips, ClipFilter takes, const void *context, int *fitted,
                       Error *error) {
    float *features = malloc((size_t)clips->count * sizeof clips->list->features);
    MusicQuadrant *quadrants = malloc((size_t)clips->count * sizeof *quadrants);
    MusicJudge *judge = NULL;
    int n = 0;
    if (!features || !quadrants) {
        error_memory(error, "the judge's clips", (size_t)clips->count * sizeof *features);
    } else {
        for (int i = 0; i < clips->count; i++)
            if (takes(&clips->list[i], context)) {
                memcpy(features + (size_t)n * MUSIC_FEATURES, clips->list[i].features,
                       sizeof clips->list[i].features);
                quadrants[n++] = clips->list[i].quadrant;
            }
        if (n < FEWEST_CLIPS)
            error_set(error, "only %d labelled clips to fit a judge to, expected at least %d", n,
                      FEWEST_CLIPS);
        else
            judge = music_judge_fit(features, quadrants, n, error);
    }
    free(features);
    free(quadrants);
    if (fitted)
        *fitted = n;
    return judge;
}

static void judge_clip(const MusicJudge *judge, const Clip *clip, JudgeScore *score) {
    float probabilities[MUSIC_QUADRANTS];
    music_judge_probabilities(judge, clip->features, probabilities);
    judge_score_add(score, probabilities, clip->quadrant);
}

static void judge_clips(const MusicJudge *judge, const Clips *clips, ClipFilter takes,
                        const void *context, JudgeScore *score) {
    for (int i = 0; i < clips->count; i++)
        if (takes(&clips->list[i], context))
            judge_clip(judge, &clips->list[i], score);
}

static bool any_clip(const Clip *clip, const void *context) {
    (void)clip, (void)context;
    return true;
}

/* The split of a clip, by the official table where there is one. */
typedef struct Splits {
    const MusicCatalogue *catalogue;
    const MusicSplit *official; /* (n_entries) */
} Splits;

static MusicSplit split_of(const Clip *clip, const Splits *splits) {
    return splits->official ? splits->official[clip->entry - splits->catalogue->entries]
                            : clip->entry->split;
}

static bool is_known_to_judge(const Clip *clip, const void *context) {
    MusicSplit split = split_of(clip, context);
    return split == MUSIC_TRAIN || split == MUSIC_VALIDATION;
}

static bool is_judges_test(const Clip *clip, const void *context) {
    return split_of(clip, context) == MUSIC_TEST;
}

static bool is_unknown_to_generator(const Clip *clip, const void *context) {
    (void)context;
    return clip->entry->split != MUSIC_TRAIN;
}

static bool is_in_fold(const Clip *clip, const void *fold) {
    return (int)(clip->entry->song % FOLDS) == *(const int *)fold;
}

static bool is_outside_fold(const Clip *clip, const void *fold) {
    return !is_in_fold(clip, fold);
}

static int score_judge(const Clips *real, const Splits *splits, MusicEvaluation *evaluation,
                       Error *error) {
    MusicJudge *judge = fit(real, is_known_to_judge, splits, NULL, error);
    if (!judge)
        return -1;
    judge_clips(judge, real, is_judges_test, splits, &evaluation->judge);
    music_judge_destroy(judge);
    for (int fold = 0; fold < FOLDS; fold++) {
        judge = fit(real, is_outside_fold, &fold, NULL, error);
        if (!judge)
            return -1;
        judge_clips(judge, real, is_in_fold, &fold, &evaluation->judge_folds);
        music_judge_destroy(judge);
    }
    return 0;
}

/* ------------------------------------------------------------------ yardsticks */

/* What generated clips are judged by and compared with. All of it comes from the corpus alone, so
 * that what it lacks is told before any clip is generated. */
typedef struct Yardsticks {
    MusicJudge *control, *cross; /* cross: NULL where it is not wanted */
    int n_control_fit;
    Clips real, held_out,
        trained; /* of the generated ones' length; the latter two share the first */
} Yardsticks;

static void free_yardsticks(Yardsticks *yardsticks) {
    music_judge_destroy(yardsticks->control);
    music_judge_destroy(yardsticks->cross);
    free(yardsticks->held_out.list);
    free(yardsticks->trained.list);
    clips_free(&yardsticks->real);
}

static MusicJudge *fit_cross(const MusicCorpus *corpus, int index, Error *error) {
    Clips other;
    if (clips_of_corpus(corpus, index, 0, &other, error))
        return NULL;
    MusicJudge *judge = fit(&other, any_clip, NULL, NULL, error);
    clips_free(&other);
    return judge;
}

/* The clips that the filter takes, as a set that shares them (free only its list). */
static int choose(const Clips *clips, ClipFilter takes, Clips *chosen, Error *error) {
    *chosen = (Clips){.list = malloc((size_t)(clips->count + 1) * sizeof *chosen->list)};
    if (!chosen->list)
        return error_memory(error, "clips", (size_t)clips->count * sizeof *chosen->list);
    for (int i = 0; i < clips->count; i++)
        if (takes(&clips->list[i], NULL))
            chosen->list[chosen->count++] = clips->list[i];
    return 0;
}

static bool is_known_to_generator(const Clip *clip, const void *context) {
    return !is_unknown_to_generator(clip, context);
}

static int choose_references(const MusicCorpus *corpus, const MusicEvaluationSettings *settings,
                             Yardsticks *yardsticks, Error *error) {
    Clips *real = &yardsticks->real, *held_out = &yardsticks->held_out,
          *trained = &yardsticks->trained;
    if (clips_of_corpus(corpus, settings->judge_corpus, settings->composer.seconds, real, error) ||
        choose(real, is_unknown_to_generator, held_out, error) ||
        choose(real, is_known_to_generator, trained, error))
        return -1;
    if (held_out->count < FEWEST_CLIPS || trained->count < FEWEST_CLIPS)
        return error_set(error,
                         "only %d held-out and %d training clips to compare with, expected at "
                         "least %d of each",
                         held_out->count, trained->count, FEWEST_CLIPS);
    return 0;
}

/* `whole` are the judge corpus' clips in full length. Free them after an error too. */
static int make_yardsticks(const MusicCorpus *corpus, const MusicEvaluationSettings *settings,
                           const Clips *whole, Yardsticks *yardsticks, Error *error) {
    *yardsticks = (Yardsticks){0};
    if (choose_references(corpus, settings, yardsticks, error) ||
        !(yardsticks->control =
              fit(whole, is_unknown_to_generator, NULL, &yardsticks->n_control_fit, error)))
        return -1;
    if (settings->cross_corpus < 0)
        return 0;
    yardsticks->cross = fit_cross(corpus, settings->cross_corpus, error);
    return yardsticks->cross ? 0 : -1;
}

/* ------------------------------------------------------------------ control and quality */

static void score_control(const Yardsticks *yardsticks, const Clips *generated,
                          MusicEvaluation *evaluation) {
    for (int i = 0; i < generated->count; i++) {
        const Clip *clip = &generated->list[i];
        judge_clip(yardsticks->control, clip, &evaluation->control);
        judge_clip(yardsticks->control, clip, &evaluation->control_by_quadrant[clip->quadrant]);
        if (yardsticks->cross)
            judge_clip(yardsticks->cross, clip, &evaluation->control_cross);
    }
    evaluation->n_control_fit = yardsticks->n_control_fit;
}

/* Means over the clips of a quadrant, or (-1) all. */
static void take_means(const Clips *clips, int quadrant, MusicMeans means) {
    for (int measure = 0; measure < MUSIC_MEASURES; measure++) {
        double sum = 0;
        int n = 0;
        for (int i = 0; i < clips->count; i++) {
            const Clip *clip = &clips->list[i];
            bool counts = quadrant < 0 || (int)clip->quadrant == quadrant;
            if (counts && !isnan(clip->measures[measure])) {
                sum += clip->measures[measure];
                n++;
            }
        }
        means[measure] = n ? sum / n : NAN;
    }
}

static double mean_of(const double *areas) {
    double sum = 0;
    for (int f = 0; f < OVERLAP_FEATURES; f++)
        sum += areas[f];
    return sum / OVERLAP_FEATURES;
}

static int compare_sets(const MusicCorpus *corpus, const Yardsticks *yardsticks,
                        const Clips *generated, MusicEvaluation *evaluation, Error *error) {
    const Clips *held_out = &yardsticks->held_out, *trained = &yardsticks->trained;
    double areas[OVERLAP_FEATURES];
    if (overlap_areas(held_out, generated, evaluation->overlap, error) ||
        overlap_areas(held_out, trained, areas, error) ||
        copies_longest(generated, corpus, &evaluation->longest_copy, error) ||
        copies_longest(held_out, corpus, &evaluation->longest_copy_real, error))
        return -1;
    evaluation->overlap_mean = mean_of(evaluation->overlap);
    evaluation->overlap_real_mean = mean_of(areas);
    for (int q = 0; q < MUSIC_QUADRANTS; q++) {
        take_means(generated, q, evaluation->generated[q]);
        take_means(held_out, q, evaluation->real[q]);
    }
    take_means(generated, -1, evaluation->generated_all);
    take_means(held_out, -1, evaluation->real_all);
    evaluation->n_generated = generated->count;
    evaluation->n_held_out = held_out->count;
    return 0;
}

/* ------------------------------------------------------------------ all */

static int measure_likelihood(const MusicModel *model, const MusicCorpus *corpus, MusicSplit split,
                              MusicEvaluation *evaluation, Progress *progress, Error *error) {
    evaluation->n_corpora = corpus->catalogue->n_corpora;
    evaluation->likelihood = calloc((size_t)evaluation->n_corpora, sizeof *evaluation->likelihood);
    if (!evaluation->likelihood)
        return error_memory(error, "the likelihood", 0);
    return likelihood_measure(model, corpus, split, evaluation->likelihood, progress, error);
}

static int measure_clips(const MusicCorpus *corpus, const Yardsticks *yardsticks,
                         const Clips *generated, MusicEvaluation *evaluation, Error *error) {
    score_control(yardsticks, generated, evaluation);
    return compare_sets(corpus, yardsticks, generated, evaluation, error);
}

static int judge_and_compare(const MusicModel *model, const MusicCorpus *corpus,
                             const MusicEvaluationSettings *settings, MusicEvaluation *evaluation,
                             Clips *generated, Progress *progress, Error *error) {
    const Splits splits = {corpus->catalogue, settings->official};
    Yardsticks yardsticks = {0};
    Clips real = {0};
    int status = clips_of_corpus(corpus, settings->judge_corpus, 0, &real, error);
    if (!status)
        status = score_judge(&real, &splits, evaluation, error);
    if (!status && settings->per_quadrant > 0) {
        status = make_yardsticks(corpus, settings, &real, &yardsticks, error);
        if (!status)
            status = clips_generate(model, settings->lead, &settings->composer,
                                    settings->per_quadrant, generated, progress, error);
        if (!status)
            status = measure_clips(corpus, &yardsticks, generated, evaluation, error);
    }
    free_yardsticks(&yardsticks);
    clips_free(&real);
    return status;
}

int music_evaluation_of_clips(const MusicCorpus *corpus, const MusicEvaluationSettings *settings,
                              const Clips *generated, MusicEvaluation *evaluation, Error *error) {
    Yardsticks yardsticks = {0};
    Clips real = {0};
    *evaluation = (MusicEvaluation){0};
    int status = clips_of_corpus(corpus, settings->judge_corpus, 0, &real, error);
    if (!status)
        status = make_yardsticks(corpus, settings, &real, &yardsticks, error);
    if (!status)
        status = measure_clips(corpus, &yardsticks, generated, evaluation, error);
    free_yardsticks(&yardsticks);
    clips_free(&real);
    return status;
}

int music_evaluation_run(const MusicModel *model, const MusicCorpus *corpus,
                         const MusicEvaluationSettings *settings, MusicEvaluation *evaluation,
                         Clips *generated, Progress *progress, Error *error) {
    Clips own = {0}, *clips = generated ? generated : &own;
    *clips = (Clips){0};
    *evaluation = (MusicEvaluation){0};
    int status = 0;
    if (settings->likelihood)
        status = measure_likelihood(model, corpus, settings->split, evaluation, progress, error);
    if (!status && settings->judge_corpus >= 0)
        status = judge_and_compare(model, corpus, settings, evaluation, clips, progress, error);
    clips_free(status ? clips : &own);
    if (status)
        music_evaluation_free(evaluation);
    return status;
}

void music_evaluation_free(MusicEvaluation *evaluation) {
    free(evaluation->likelihood);
    evaluation->likelihood = NULL;
}
