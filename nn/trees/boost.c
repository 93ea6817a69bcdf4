#include "nn/trees/boost.h"

#include "nn/trees/boost_tree.h"
#include "nn/trees/forest_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HELD_OUT 0.1f

/* A curvature is at least this, so that a certain row does not stop its leaf. */
#define LEAST_CURVATURE 1e-6

BoostSettings boost_defaults(void) {
    return (BoostSettings){.rounds = 300,
                           .depth = 5,
                           .leaf = 1,
                           .bins = 255,
                           .patience = 20,
                           .rate = 0.1f,
                           .l2 = 1,
                           .rows = 1,
                           .seed = 1};
}

/* The best state so far, by the held-out rows' loss. */
typedef struct Best {
    double loss, accuracy;
    int trees, nodes, leaves;
} Best;

typedef struct Fit {
    const ForestTable *table;
    const BoostSettings *settings;
    Forest *forest;
    Ranks ranks;
    BoostTreeSettings grow;
    double weights[FOREST_CLASSES];
    double *scores;          /* (rows, classes) */
    float *slopes;           /* (rows, 2, classes) */
    uint8_t *learnt, *used;  /* (rows) not held out; and of those, used by the tree */
    double *importance;      /* (inputs) of all trees so far, */
    double *best_importance; /* and up to the best one */
    Best best;
    Rng rng;
} Fit;

enum { RNG_HELD_OUT, RNG_ROWS, RNG_INPUTS };

static int check(const BoostSettings *s, Error *error) {
    if (s->rounds >= 1 && s->rounds < FOREST_TREES && s->depth >= 1 && s->leaf >= 1 &&
        s->inputs >= 0 && s->bins >= 0 && s->bins != 1 && s->bins <= RANKS_MOST_BINS &&
        s->patience >= 0 && s->rate > 0 && s->rate <= 1 && s->l2 >= 0 && isfinite(s->l2) &&
        s->rows > 0 && s->rows <= 1)
        return 0;
    return error_set(error,
                     "boosting in %d rounds, depth %d, leaves of %d rows, %d inputs a split, %d "
                     "bins, patience %d, rate %g, l2 %g, %g of the rows: out of range",
                     s->rounds, s->depth, s->leaf, s->inputs, s->bins, s->patience, (double)s->rate,
                     (double)s->l2, (double)s->rows);
}

static int allocate(Fit *fit, Error *error) {
    const ForestTable *t = fit->table;
    size_t rows = (size_t)t->rows, scores = rows * (size_t)t->classes;
    fit->scores = calloc(scores, sizeof *fit->scores);
    fit->slopes = calloc(2 * scores, sizeof *fit->slopes);
    fit->learnt = malloc(rows);
    fit->used = malloc(rows);
    fit->importance = calloc((size_t)t->inputs, sizeof *fit->importance);
    fit->best_importance = calloc((size_t)t->inputs, sizeof *fit->best_importance);
    if (!fit->scores || !fit->slopes || !fit->learnt || !fit->used || !fit->importance ||
        !fit->best_importance)
        return error_memory(error, "boosting", scores * sizeof *fit->scores);
    fit->forest = forest_create(fit->settings->rounds + 1, t->inputs, t->classes, error);
    return fit->forest ? 0 : -1;
}

static int prepare(Fit *fit, Error *error) {
    const ForestTable *t = fit->table;
    const BoostSettings *s = fit->settings;
    if (forest_check_table(t, error) || check(s, error) ||
        ranks_make(&fit->ranks, t->x, t->rows, t->inputs, s->bins, error) || allocate(fit, error))
        return -1;
    fit->forest->boosted = true;
    fit->grow = (BoostTreeSettings){.depth = s->depth,
                                    .leaf = s->leaf,
                                    .inputs = forest_inputs_tried(t, s->inputs),
                                    .rate = (double)s->rate,
                                    .l2 = (double)s->l2};
    forest_class_weights(t, s->balanced, fit->weights);
    fit->rng = rng_seed(s->seed);
    Rng held_out = rng_split(fit->rng, RNG_HELD_OUT);
    int held = 0;
    for (int row = 0; row < t->rows; row++) {
        fit->learnt[row] = !s->patience || rng_uniform(held_out, (uint64_t)row) >= HELD_OUT;
        held += !fit->learnt[row];
    }
    return s->patience && (!held || held == t->rows)
               ? error_set(error, "%d rows are too few to hold some out: --patience 0 uses all",
                           t->rows)
               : 0;
}

/* ------------------------------------------------------------------ rounds */

/* The first tree: a leaf of the logarithms of the classes' shares, each counted once more. */
static int plant_shares(Fit *fit, Error *error) {
    const ForestTable *t = fit->table;
    double shares[FOREST_CLASSES], sum = 0;
    for (int class = 0; class < t->classes; class ++)
        shares[class] = 1;
    for (int row = 0; row < t->rows; row++)
        shares[t->labels[row]] += fit->learnt[row] ? fit->weights[t->labels[row]] : 0;
    for (int class = 0; class < t->classes; class ++)
        sum += shares[class];
    GrownTree tree = {0};
    int status = grown_tree_add_node(&tree, error) < 0 ? -1 : 0;
    float *leaf = status ? NULL : grown_tree_add_leaf(&tree, 0, t->classes, error);
    for (int class = 0; leaf && class < t->classes; class ++)
        leaf[class] = (float)log(shares[class] / sum);
    status = leaf ? forest_plant(fit->forest, 0, &tree, &fit->ranks, error) : -1;
    for (size_t i = 0; !status && i < (size_t)t->rows * (size_t)t->classes; i++)
        fit->scores[i] = (double)tree.leaves[i % (size_t)t->classes];
    grown_tree_free(&tree);
    return status;
}

/* First and second derivatives of each row's weighted cross-entropy by its scores. */
static void find_slopes(Fit *fit) {
    const ForestTable *t = fit->table;
    int classes = t->classes;
#pragma omp parallel for
    for (int row = 0; row < t->rows; row++) {
        double p[FOREST_CLASSES], weight = fit->weights[t->labels[row]];
        memcpy(p, fit->scores + (size_t)row * (size_t)classes, (size_t)classes * sizeof *p);
        double sum = forest_exponentials(p, classes);
        float *slopes = fit->slopes + 2 * (size_t)row * (size_t)classes;
        for (int class = 0; class < classes; class ++) {
            double share = p[class] / sum;
            slopes[class] = (float)(weight * (share - (class == t->labels[row])));
            slopes[classes + class] = (float)(weight * fmax(share * (1 - share), LEAST_CURVATURE));
        }
    }
}

/* Adds each row's leaf to its scores: the planted tree's, so that rows that it did not grow on come
 * to the leaf that they will come to in use. */
static void score(Fit *fit, int tree) {
    const ForestTable *t = fit->table;
    size_t classes = (size_t)t->classes;
#pragma omp parallel for
    for (int row = 0; row < t->rows; row++) {
        const float *leaf = forest_leaf(fit->forest, tree, t->x + (size_t)row * (size_t)t->inputs);
        for (size_t class = 0; class < classes; class ++)
            fit->scores[(size_t)row * classes + class] += (double)leaf[class];
    }
}

static int grow_round(Fit *fit, int round, Error *error) {
    const ForestTable *t = fit->table;
    Rng rows = rng_split(rng_split(fit->rng, RNG_ROWS), (uint64_t)round);
    for (int row = 0; row < t->rows; row++)
        fit->used[row] =
            fit->learnt[row] &&
            (fit->settings->rows >= 1 || rng_uniform(rows, (uint64_t)row) < fit->settings->rows);
    find_slopes(fit);
    BoostTable table = {t->rows,      t->inputs,   t->classes, fit->ranks.of,
                        fit->ranks.n, fit->slopes, fit->used};
    GrownTree tree;
    int status = boost_tree_grow(&table, &fit->grow,
                                 rng_split(rng_split(fit->rng, RNG_INPUTS), (uint64_t)round), &tree,
                                 error) ||
                         forest_plant(fit->forest, round, &tree, &fit->ranks, error)
                     ? -1
                     : 0;
    if (!status) {
        score(fit, round);
        for (int i = 0; i < t->inputs; i++)
            fit->importance[i] += tree.importance[i];
    }
    grown_tree_free(&tree);
    return status;
}

/* Loss and accuracy of the held-out rows, summed in their order. */
static void judge(const Fit *fit, double *loss, double *accuracy) {
    const ForestTable *t = fit->table;
    int classes = t->classes, right = 0, held = 0;
    double weight = 0;
    *loss = 0;
    for (int row = 0; row < t->rows; row++) {
        if (fit->learnt[row])
            continue;
        double p[FOREST_CLASSES];
        memcpy(p, fit->scores + (size_t)row * (size_t)classes, (size_t)classes * sizeof *p);
        double sum = forest_exponentials(p, classes);
        int label = t->labels[row], best = 0;
        for (int class = 1; class < classes; class ++)
            best = p[class] > p[best] ? class : best;
        *loss -= fit->weights[label] * log(fmax(p[label] / sum, 1e-30));
        weight += fit->weights[label];
        right += best == label;
        held++;
    }
    *loss /= weight;
    *accuracy = (double)right / held;
}

static void keep(Fit *fit, int trees, double loss, double accuracy) {
    const Forest *forest = fit->forest;
    fit->best = (Best){loss, accuracy, trees, forest->n_nodes, forest->n_leaves};
    memcpy(fit->best_importance, fit->importance,
           (size_t)forest->inputs * sizeof *fit->best_importance);
}

static int boost(Fit *fit, Error *error) {
    int patience = fit->settings->patience;
    fit->best = (Best){.loss = INFINITY, .accuracy = NAN};
    if (plant_shares(fit, error))
        return -1;
    for (int round = 1; round <= fit->settings->rounds; round++) {
        double loss = -round, accuracy = NAN;
        if (grow_round(fit, round, error))
            return -1;
        if (patience)
            judge(fit, &loss, &accuracy);
        if (loss < fit->best.loss)
            keep(fit, round + 1, loss, accuracy);
        else if (round + 1 - fit->best.trees >= patience)
            break;
    }
    return 0;
}

/* Only what was best. */
static void finish(const Fit *fit) {
    Forest *forest = fit->forest;
    forest->trees = fit->best.trees;
    forest->n_nodes = fit->best.nodes;
    forest->n_leaves = fit->best.leaves;
    forest->accuracy = fit->best.accuracy;
    double sum = 0;
    for (int i = 0; i < forest->inputs; i++)
        sum += fit->best_importance[i];
    for (int i = 0; i < forest->inputs && sum > 0; i++)
        forest->importance[i] = (float)(fit->best_importance[i] / sum);
}

Forest *boost_fit(const ForestTable *table, const BoostSettings *settings, Error *error) {
    Fit fit = {.table = table, .settings = settings};
    int failed = prepare(&fit, error) || boost(&fit, error);
    if (!failed)
        finish(&fit);
    ranks_free(&fit.ranks);
    free(fit.scores);
    free(fit.slopes);
    free(fit.learnt);
    free(fit.used);
    free(fit.importance);
    free(fit.best_importance);
    if (!failed)
        return fit.forest;
    forest_destroy(fit.forest);
    return NULL;
}
