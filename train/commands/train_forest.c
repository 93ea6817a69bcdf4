/* affekt train forest: fits a random forest, or boosted trees, to any table of numbers. */
#include "datasets/media/number_table.h"
#include "nn/base/clock.h"
#include "nn/base/plain_text.h"
#include "nn/base/threads.h"
#include "nn/command_line/options.h"
#include "nn/io/file.h"
#include "nn/trees/boost.h"
#include "train/commands/commands.h"
#include "train/commands/train_options.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SHOWN = 10 }; /* inputs, the most important */

typedef struct Settings {
    CommonSettings common;
    const char *data, *label, *drop, *out;
    ForestSettings forest;
    bool boosted;
    float rate, l2, rows;
    int patience;
    bool json;
} Settings;

static const Option options[] = {
    OPTION_INPUT(Settings, data, "data", 'd', "FILE", "the table: a CSV with a header row"),
    OPTION_STRING(Settings, label, "label", 0, "COLUMN", "the column that holds the classes"),
    OPTION_STRING(Settings, drop, "drop", 0, "COLUMN,…", "columns to leave out"),
    OPTION_OUTPUT(Settings, out, "out", 'o', "FILE", "where to write the model"),
    OPTION_INTEGER(Settings, forest.trees, "trees", "N", 1, FOREST_TREES, "trees"),
    OPTION_INTEGER(Settings, forest.depth, "depth", "N", 0, 10000,
                   "splits from the root to a leaf, at most (0: any number, or 5 if boosted)"),
    OPTION_INTEGER(Settings, forest.leaf, "leaf", "ROWS", 1, 1000000, "rows in a leaf, at least"),
    OPTION_INTEGER(Settings, forest.inputs, "inputs", "N", 0, FOREST_INPUTS,
                   "columns tried at each split (0: the square root of how many there are)"),
    OPTION_INTEGER(Settings, forest.bins, "bins", "N", 0, 4096,
                   "histogram splits: each column's values fall into so many bins (0: exact "
                   "splits)"),
    OPTION_FLAG(Settings, forest.balanced, "balanced", "give every class the same weight in all"),
    OPTION_FLAG(Settings, boosted, "boosted",
                "gradient boosting: each tree corrects those before it, instead of a forest"),
    OPTION_FLOAT(Settings, rate, "rate", "SHARE", 0.0001, 1, "of a tree's correction, if boosted"),
    OPTION_FLOAT(Settings, l2, "l2", "X", 0, 1e6, "holds back the leaves of few rows, if boosted"),
    OPTION_FLOAT(Settings, rows, "rows", "SHARE", 0.0001, 1,
                 "of the rows that each tree learns from, if boosted"),
    OPTION_INTEGER(Settings, patience, "patience", "TREES", 0, FOREST_TREES,
                   "boosting stops after so many without progress on a tenth of the rows, which "
                   "are held out (0: never, and all rows are learnt from)"),
    OPTION_SEED(Settings, forest.seed, "seed", "of samples and columns"),
    OPTION_FLAG(Settings, json, "json", "print the figures as JSON"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt train forest",
    .positionals = "",
    .summary = "fits a random forest or boosted trees to a table of numbers",
    .notes = "Empty cells, ?, NA and nan are missing values, which count as less than any other.\n"
             "A forest's accuracy is out of bag: of each row by the trees that did not learn from\n"
             "it; that of boosted trees is of the rows held out.\n"
             "The same seed gives the same forest for any number of threads.\n"
             "Example: affekt train forest --data iris.csv --label species -o iris.safetensors\n",
};

typedef struct Importance {
    const char *name;
    double share;
    int input;
} Importance;

static int by_share(const void *a, const void *b) {
    const Importance *first = a, *second = b;
    if (first->share != second->share)
        return first->share > second->share ? -1 : 1;
    return first->input - second->input;
}

/* What forest_out_of_bag says of the model. */
static const char *accuracy_name(const Forest *forest) {
    return forest_is_boosted(forest) ? "held-out accuracy" : "out-of-bag accuracy";
}

static int tell(const Settings *settings, const NumberTable *table, const Forest *forest,
                double seconds, Error *error) {
    double accuracy = forest_out_of_bag(forest);
    Importance *order = malloc((size_t)table->inputs * sizeof *order);
    if (!order)
        return error_memory(error, "an order", (size_t)table->inputs * sizeof *order);
    for (int i = 0; i < table->inputs; i++)
        order[i] = (Importance){table->input_names[i], (double)forest_importance(forest)[i], i};
    qsort(order, (size_t)table->inputs, sizeof *order, by_share);
    if (settings->json) {
        json_t *inputs = json_array();
        for (int i = 0; i < table->inputs; i++)
            json_array_append_new(inputs, json_pack("{s:s, s:f}", "name", order[i].name,
                                                    "importance", order[i].share));
        json_t *object =
            json_pack("{s:i, s:i, s:i, s:i, s:i, s:o, s:f, s:o}", "rows", table->rows, "inputs",
                      table->inputs, "classes", table->classes, "trees", forest_trees(forest),
                      "nodes", forest_nodes(forest),
                      forest_is_boosted(forest) ? "held_out_accuracy" : "out_of_bag_accuracy",
                      isnan(accuracy) ? json_null() : json_real(accuracy), "seconds", seconds,
                      "importance", inputs);
        json_dumpf(object, stdout, JSON_REAL_PRECISION(6));
        printf("\n");
        json_decref(object);
    } else {
        printf("%d rows, %d inputs, %d classes; %d trees, %d nodes, %.1f s\n", table->rows,
               table->inputs, table->classes, forest_trees(forest), forest_nodes(forest), seconds);
        if (!isnan(accuracy))
            printf("%s  %.2f %%\n", accuracy_name(forest), 100 * accuracy);
        PlainText name;
        for (int i = 0; i < table->inputs && i < SHOWN; i++)
            printf("%s%5.1f %%  %s\n", i ? "           " : "importance ", 100 * order[i].share,
                   plain_text(order[i].name, &name));
    }
    free(order);
    return 0;
}

static int save(const Settings *settings, const NumberTable *table, Forest *forest, Error *error) {
    if (forest_name(forest, table->input_names, table->class_names, error))
        return -1;
    json_t *extra = json_object(), *record = train_options_record(options, settings);
    char *text = json_dumps(record, JSON_COMPACT);
    json_object_set_new(extra, "training", json_string(text ? text : "{}"));
    free(text);
    json_decref(record);
    int status = forest_save(forest, settings->out, extra, error);
    json_decref(extra);
    return status;
}

/* The first of the options of boosted trees that was given, or NULL. */
static const char *boosting_option(const Settings *settings) {
    const BoostSettings usual = boost_defaults();
    return settings->rate != usual.rate           ? "--rate"
           : settings->l2 != usual.l2             ? "--l2"
           : settings->rows != usual.rows         ? "--rows"
           : settings->patience != usual.patience ? "--patience"
                                                  : NULL;
}

static Forest *fit(const Settings *settings, const ForestTable *table, Error *error) {
    const ForestSettings *forest = &settings->forest;
    if (!settings->boosted)
        return forest_fit(table, forest, error);
    BoostSettings boost = boost_defaults();
    boost.rounds = forest->trees;
    boost.depth = forest->depth ? forest->depth : boost.depth;
    boost.leaf = forest->leaf;
    boost.inputs = forest->inputs;
    boost.bins = forest->bins;
    boost.balanced = forest->balanced;
    boost.seed = forest->seed;
    boost.rate = settings->rate;
    boost.l2 = settings->l2;
    boost.rows = settings->rows;
    boost.patience = settings->patience;
    return boost_fit(table, &boost, error);
}

static int run(const Settings *settings, Error *error) {
    NumberTable table = {0};
    Forest *forest = NULL;
    int status = file_try(settings->out, error);
    if (!status)
        status = number_table_read(settings->data, settings->label, settings->drop, &table, error);
    if (!status && table.passed_over && !settings->common.quiet)
        fprintf(stderr, "%ld rows without a label passed over\n", table.passed_over);
    if (!status) {
        ForestTable rows = {table.x, table.labels, table.rows, table.inputs, table.classes};
        double began = clock_seconds();
        forest = fit(settings, &rows, error);
        double seconds = clock_seconds() - began;
        status = !forest || save(settings, &table, forest, error) ||
                         tell(settings, &table, forest, seconds, error)
                     ? -1
                     : 0;
    }
    forest_destroy(forest);
    number_table_free(&table);
    return status;
}

int train_forest_command(int argc, char **argv) {
    BoostSettings boost = boost_defaults();
    Settings settings = {.forest = {.trees = 300, .leaf = 1, .bins = 255, .seed = 1},
                         .rate = boost.rate,
                         .l2 = boost.l2,
                         .rows = boost.rows,
                         .patience = boost.patience};
    int status = options_parse(&usage, options, &settings, argc, argv, NULL);
    if (status != OPTIONS_RUN)
        return status;
    if (!settings.data || !settings.label || !settings.out)
        return options_wrong(&usage, "give --data, --label and --out");
    if (settings.forest.bins == 1)
        return options_wrong(&usage, "--bins 1: one bin splits nothing; 0 or at least 2");
    if (!settings.boosted && boosting_option(&settings))
        return options_wrong(&usage, "%s requires --boosted", boosting_option(&settings));
    threads_use(settings.common.threads);
    Error error;
    return command_status(&usage, run(&settings, &error), &error);
}
