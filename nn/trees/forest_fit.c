#include "nn/trees/forest_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Fit {
    const ForestTable *table;
    const ForestSettings *settings;
    Forest *forest;
    Ranks ranks;
    RankedTable ranked;
    GrowSettings grow;
    double weights[FOREST_CLASSES];
    double *importance; /* (inputs) */
    double *votes;      /* (rows, classes) of trees that a row is out of the bag of */
    int *n_votes;       /* (rows) such trees */
} Fit;

static int check(const ForestSettings *s, Error *error) {
    if (s->trees >= 1 && s->trees <= FOREST_TREES && s->depth >= 0 && s->leaf >= 1 &&
        s->inputs >= 0 && s->bins >= 0 && s->bins != 1 && s->bins <= RANKS_MOST_BINS)
        return 0;
    return error_set(error,
                     "a forest of %d trees, depth %d, leaves of %d rows, %d inputs a split, %d "
                     "bins: out of range",
                     s->trees, s->depth, s->leaf, s->inputs, s->bins);
}

static int prepare(Fit *fit, Error *error) {
    const ForestTable *t = fit->table;
    const ForestSettings *s = fit->settings;
    if (forest_check_table(t, error) || check(s, error) ||
        ranks_make(&fit->ranks, t->x, t->rows, t->inputs, s->bins, error))
        return -1;
    forest_class_weights(t, s->balanced, fit->weights);
    fit->ranked = (RankedTable){t->rows,      t->inputs, t->classes,  fit->ranks.of,
                                fit->ranks.n, t->labels, fit->weights};
    fit->grow = (GrowSettings){s->depth, s->leaf, forest_inputs_tried(t, s->inputs)};
    size_t scores = (size_t)t->rows * (size_t)t->classes;
    fit->importance = calloc((size_t)t->inputs, sizeof *fit->importance);
    fit->votes = calloc(scores, sizeof *fit->votes);
    fit->n_votes = calloc((size_t)t->rows, sizeof *fit->n_votes);
    if (!fit->importance || !fit->votes || !fit->n_votes)
        return error_memory(error, "a forest", scores * sizeof *fit->votes);
    fit->forest = forest_create(s->trees, t->inputs, t->classes, error);
    return fit->forest ? 0 : -1;
}

/* As many draws with replacement as there are rows (Efron's bootstrap). */
static void draw_sample(Rng rng, int rows, uint8_t *times) {
    memset(times, 0, (size_t)rows);
    for (int i = 0; i < rows; i++) {
        uint32_t row = rng_below(rng, (uint64_t)i, (uint32_t)rows);
        if (times[row] < UINT8_MAX)
            times[row]++;
    }
}

/* What the tree says of the rows that it did not see. */
static void vote(Fit *fit, int tree, const uint8_t *times) {
    const ForestTable *t = fit->table;
    size_t classes = (size_t)t->classes;
    for (int row = 0; row < t->rows; row++) {
        if (times[row])
            continue;
        const float *leaf = forest_leaf(fit->forest, tree, t->x + (size_t)row * (size_t)t->inputs);
        for (size_t class = 0; class < classes; class ++)
            fit->votes[(size_t)row * classes + class] += (double)leaf[class];
        fit->n_votes[row]++;
    }
}

/* Trees grow in any order and are planted in their own, so that sums are the same bits. */
static int grow_all(Fit *fit, Error *error) {
    const ForestTable *t = fit->table;
    Rng root = rng_seed(fit->settings->seed);
    int failed = 0;
#pragma omp parallel for ordered schedule(dynamic)
    for (int tree = 0; tree < fit->forest->trees; tree++) {
        GrownTree grown = {0};
        Error own;
        int stop;
#pragma omp atomic read
        stop = failed;
        Rng rng = rng_split(root, (uint64_t)tree);
        uint8_t *times = stop ? NULL : malloc((size_t)t->rows);
        int status = stop ? 0 : -1;
        if (times) {
            draw_sample(rng_split(rng, 0), t->rows, times);
            status = tree_grow(&fit->ranked, &fit->grow, times, rng_split(rng, 1), &grown, &own);
        } else if (!stop) {
            error_memory(&own, "a sample of the rows", (size_t)t->rows);
        }
#pragma omp ordered
        if (!failed) {
            if (!status)
                status = forest_plant(fit->forest, tree, &grown, &fit->ranks, &own);
            if (status) {
                error_set(error, "%s", own.message);
#pragma omp atomic write
                failed = 1;
            } else {
                vote(fit, tree, times);
                for (int i = 0; i < t->inputs; i++)
                    fit->importance[i] += grown.importance[i];
            }
        }
        grown_tree_free(&grown);
        free(times);
    }
    return failed ? -1 : 0;
}

/* The shares of importance and what the votes come to. */
static void finish(const Fit *fit) {
    Forest *forest = fit->forest;
    const ForestTable *t = fit->table;
    size_t classes = (size_t)t->classes;
    double sum = 0;
    for (int i = 0; i < t->inputs; i++)
        sum += fit->importance[i];
    for (int i = 0; i < t->inputs && sum > 0; i++)
        forest->importance[i] = (float)(fit->importance[i] / sum);
    long right = 0, scored = 0;
    for (int row = 0; row < t->rows; row++) {
        const double *votes = fit->votes + (size_t)row * classes;
        int best = 0;
        for (size_t class = 0; class < classes; class ++)
            if (votes[class] > votes[best])
                best = (int)class;
        scored += fit->n_votes[row] > 0;
        right += fit->n_votes[row] > 0 && best == t->labels[row];
    }
    forest->accuracy = scored ? (double)right / (double)scored : NAN;
}

Forest *forest_fit(const ForestTable *table, const ForestSettings *settings, Error *error) {
    Fit fit = {.table = table, .settings = settings};
    int failed = prepare(&fit, error) || grow_all(&fit, error);
    if (!failed)
        finish(&fit);
    ranks_free(&fit.ranks);
    free(fit.importance);
    free(fit.votes);
    free(fit.n_votes);
    if (!failed)
        return fit.forest;
    forest_destroy(fit.forest);
    return NULL;
}
