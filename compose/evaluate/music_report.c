#include "compose/evaluate/music_report.h"

#include <math.h>

static const char *const quadrant_names[MUSIC_QUADRANTS] = {"Q1", "Q2", "Q3", "Q4"};

static double share(int part, int n) {
    return n ? (double)part / n : 0;
}

static double per(double nats, long long n) {
    return n ? nats / (double)n : 0;
}

/* ------------------------------------------------------------------ JSON */

static json_t *real_or_null(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *score_json(const JudgeScore *score) {
    if (!score->n)
        return json_null();
    return json_pack("{s:f, s:f, s:f, s:i}", "four_quadrant", share(score->four_quadrant, score->n),
                     "arousal", share(score->arousal, score->n), "valence",
                     share(score->valence, score->n), "n", score->n);
}

static json_t *means_json(const MusicMeans means) {
    json_t *object = json_object();
    for (int measure = 0; measure < MUSIC_MEASURES; measure++)
        json_object_set_new(object, music_measure_names[measure], real_or_null(means[measure]));
    return object;
}

static json_t *measures_json(const MusicMeans *by_quadrant, const MusicMeans all) {
    json_t *object = json_object();
    for (int q = 0; q < MUSIC_QUADRANTS; q++)
        json_object_set_new(object, quadrant_names[q], means_json(by_quadrant[q]));
    json_object_set_new(object, "all", means_json(all));
    return object;
}

static void add_likelihood(json_t *object, const Likelihood *likelihood) {
    json_object_set_new(object, "nll_per_token",
                        json_real(per(likelihood->nats, likelihood->tokens)));
    json_object_set_new(object, "nll_per_note",
                        json_real(per(likelihood->nats, likelihood->notes)));
    json_object_set_new(object, "tokens", json_integer(likelihood->tokens));
}

static void add_likelihoods(json_t *report, const MusicEvaluation *evaluation,
                            const MusicCorpus *corpus) {
    if (!evaluation->likelihood) {
        json_object_set_new(report, "nll_per_token", json_null());
        json_object_set_new(report, "nll_per_note", json_null());
        return;
    }
    Likelihood total = likelihood_total(evaluation->likelihood, evaluation->n_corpora);
    add_likelihood(report, &total);
    json_t *corpora = json_object();
    for (int c = 0; c < evaluation->n_corpora; c++)
        if (evaluation->likelihood[c].tokens) {
            json_t *one = json_object();
            add_likelihood(one, &evaluation->likelihood[c]);
            json_object_set_new(corpora, corpus->catalogue->corpora[c], one);
        }
    json_object_set_new(report, "corpora", corpora);
}

static void add_quality(json_t *report, const MusicEvaluation *evaluation) {
    json_t *areas = json_object();
    for (int f = 0; f < OVERLAP_FEATURES; f++)
        json_object_set_new(areas, overlap_names[f], real_or_null(evaluation->overlap[f]));
    json_object_set_new(areas, "mean", real_or_null(evaluation->overlap_mean));
    json_object_set_new(areas, "real_mean", real_or_null(evaluation->overlap_real_mean));
    json_object_set_new(report, "overlap_area", areas);
    json_object_set_new(report, "measures",
                        json_pack("{s:o, s:o}", "generated",
                                  measures_json(evaluation->generated, evaluation->generated_all),
                                  "real", measures_json(evaluation->real, evaluation->real_all)));
    json_object_set_new(report, "longest_copy", json_integer(evaluation->longest_copy));
    json_object_set_new(report, "longest_copy_real", json_integer(evaluation->longest_copy_real));
}

json_t *music_report_json(const MusicEvaluation *evaluation, const MusicCorpus *corpus) {
    json_t *report = json_object(), *quadrants = json_object();
    add_likelihoods(report, evaluation, corpus);
    json_object_set_new(report, "judge", score_json(&evaluation->judge));
    json_object_set_new(report, "judge_folds", score_json(&evaluation->judge_folds));
    json_object_set_new(report, "control", score_json(&evaluation->control));
    json_object_set_new(report, "control_fit",
                        evaluation->control.n ? json_integer(evaluation->n_control_fit)
                                              : json_null());
    json_object_set_new(report, "control_cross", score_json(&evaluation->control_cross));
    for (int q = 0; q < MUSIC_QUADRANTS; q++)
        json_object_set_new(quadrants, quadrant_names[q],
                            score_json(&evaluation->control_by_quadrant[q]));
    json_object_set_new(report, "control_by_quadrant", quadrants);
    if (evaluation->n_generated) {
        add_quality(report, evaluation);
    } else {
        json_object_set_new(report, "overlap_area", json_null());
        json_object_set_new(report, "longest_copy", json_null());
    }
    return report;
}

/* ------------------------------------------------------------------ text */

static void print_likelihoods(const MusicEvaluation *evaluation, const MusicCorpus *corpus,
                              FILE *stream) {
    Likelihood total = likelihood_total(evaluation->likelihood, evaluation->n_corpora);
    fprintf(stream, "%-22s %10s %10s %10s\n", "held-out likelihood", "tokens", "nats/token",
            "nats/note");
    for (int c = 0; c <= evaluation->n_corpora; c++) {
        bool all = c == evaluation->n_corpora;
        const Likelihood *one = all ? &total : &evaluation->likelihood[c];
        if (one->tokens)
            fprintf(stream, "  %-20s %10lld %10.3f %10.3f\n",
                    all ? "all" : corpus->catalogue->corpora[c], one->tokens,
                    per(one->nats, one->tokens), per(one->nats, one->notes));
    }
}

/* Shares with the half width of their 95 % interval (normal approximation). */
static void print_score(const char *name, const JudgeScore *score, FILE *stream) {
    if (!score->n)
        return;
    const int parts[] = {score->four_quadrant, score->arousal, score->valence};
    fprintf(stream, "  %-30s", name);
    for (int i = 0; i < 3; i++) {
        double p = share(parts[i], score->n);
        fprintf(stream, "  %.3f ± %.3f", p, 1.96 * sqrt(p * (1 - p) / score->n));
    }
    fprintf(stream, "  %5d\n", score->n);
}

static void print_scores(const MusicEvaluation *evaluation, FILE *stream) {
    fprintf(stream, "%-32s  %13s  %13s  %13s  %5s\n", "emotion", "four-quadrant", "arousal",
            "valence", "n");
    print_score("judge on real clips", &evaluation->judge, stream);
    print_score("judge, five folds", &evaluation->judge_folds, stream);
    print_score("generated, asked for", &evaluation->control, stream);
    print_score("generated, other corpus' judge", &evaluation->control_cross, stream);
    for (int q = 0; q < MUSIC_QUADRANTS; q++)
        print_score(quadrant_names[q], &evaluation->control_by_quadrant[q], stream);
}

/* A measure of generated and real clips; a dash where no clip has it (the tempo of music off the
 * beat). */
static void print_pair(double generated, double real, FILE *stream) {
    const double pair[] = {generated, real};
    for (int i = 0; i < 2; i++) {
        fputs(i ? "/" : "  ", stream);
        if (isnan(pair[i]))
            fprintf(stream, "%7s", "-");
        else
            fprintf(stream, "%7.2f", pair[i]);
    }
}

static void print_quality(const MusicEvaluation *evaluation, FILE *stream) {
    fprintf(stream, "overlap area of %d generated with %d held-out clips\n",
            evaluation->n_generated, evaluation->n_held_out);
    for (int f = 0; f < OVERLAP_FEATURES; f++)
        fprintf(stream, "  %-26s %.3f\n", overlap_names[f], evaluation->overlap[f]);
    fprintf(stream, "  %-26s %.3f (real training clips: %.3f)\n", "mean", evaluation->overlap_mean,
            evaluation->overlap_real_mean);
    fprintf(stream, "%-22s", "generated / real");
    for (int q = 0; q < MUSIC_QUADRANTS; q++)
        fprintf(stream, "  %15s", quadrant_names[q]);
    fprintf(stream, "  %15s\n", "all");
    for (int m = 0; m < MUSIC_MEASURES; m++) {
        fprintf(stream, "  %-20s", music_measure_names[m]);
        for (int q = 0; q < MUSIC_QUADRANTS; q++)
            print_pair(evaluation->generated[q][m], evaluation->real[q][m], stream);
        print_pair(evaluation->generated_all[m], evaluation->real_all[m], stream);
        fprintf(stream, "\n");
    }
    fprintf(stream,
            "longest run of tokens shared with the training pieces: %d (real held-out: %d)\n",
            evaluation->longest_copy, evaluation->longest_copy_real);
}

void music_report_print(const MusicEvaluation *evaluation, const MusicCorpus *corpus,
                        FILE *stream) {
    if (evaluation->likelihood)
        print_likelihoods(evaluation, corpus, stream);
    if (evaluation->judge_folds.n)
        print_scores(evaluation, stream);
    if (evaluation->n_generated)
        print_quality(evaluation, stream);
}
