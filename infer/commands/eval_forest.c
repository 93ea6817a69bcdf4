/* affekt eval forest: how well a random forest predicts the classes of a table. */
#include "datasets/media/csv.h"
#include "datasets/media/number_table.h"
#include "infer/commands/commands.h"
#include "infer/evaluate/metrics.h"
#include "nn/base/arg_max.h"
#include "nn/base/clock.h"
#include "nn/base/number.h"
#include "nn/base/plain_text.h"
#include "nn/base/threads.h"
#include "nn/command_line/options.h"
#include "nn/io/file.h"
#include "nn/trees/forest.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct Settings {
    CommonSettings common;
    const char *data, *label, *model, *predictions;
    bool json;
} Settings;

static const Option options[] = {
    OPTION_INPUT(Settings, data, "data", 'd', "FILE", "the table: a CSV with a header row"),
    OPTION_INPUT(Settings, model, "model", 'm', "FILE", "the forest, from affekt train forest"),
    OPTION_STRING(Settings, label, "label", 0, "COLUMN", "the column that holds the classes"),
    OPTION_OUTPUT(Settings, predictions, "predictions", 0, "FILE",
                  "write each row's class and probabilities there, as CSV"),
    OPTION_FLAG(Settings, json, "json", "print the figures as JSON"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt eval forest",
    .positionals = "",
    .summary = "evaluates a random forest on a table of numbers",
    .notes = "Columns are found by the names that the forest was trained with; a table without\n"
             "--label is only predicted.\n"
             "Example: affekt eval forest --model iris.safetensors --data more.csv --label "
             "species\n",
};

static int write_predictions(const char *path, const NumberTable *table, const float *probabilities,
                             Error *error) {
    FileWriter writer;
    if (file_begin(&writer, path, error))
        return -1;
    fprintf(writer.stream, "class");
    for (int i = 0; i < table->classes; i++) {
        fprintf(writer.stream, ",");
        csv_print_field(table->class_names[i], writer.stream);
    }
    fprintf(writer.stream, "\n");
    for (int row = 0; row < table->rows; row++) {
        const float *p = probabilities + (size_t)row * (size_t)table->classes;
        csv_print_field(table->class_names[arg_max(p, table->classes)], writer.stream);
        for (int i = 0; i < table->classes; i++)
            number_print(writer.stream, ",%.6g", (double)p[i]);
        fprintf(writer.stream, "\n");
    }
    return file_commit(&writer, error);
}

static void tell(const NumberTable *table, const float *probabilities, double seconds, bool json) {
    uint32_t right = 0, unknown = 0, seen[FOREST_CLASSES] = {0}, found[FOREST_CLASSES] = {0};
    uint32_t called[FOREST_CLASSES] = {0};
    for (int row = 0; row < table->rows; row++) {
        int truth = table->labels[row];
        int best = arg_max(probabilities + (size_t)row * (size_t)table->classes, table->classes);
        called[best]++;
        if (truth < 0) {
            unknown++;
            continue;
        }
        seen[truth]++;
        found[truth] += best == truth;
        right += best == truth;
    }
    Share accuracy = metrics_share(right, (uint32_t)table->rows);
    json_t *recalls = json_object();
    double f1 = 0;
    int occurring = 0;
    for (int i = 0; i < table->classes; i++) {
        double recall = seen[i] ? (double)found[i] / seen[i] : 0;
        f1 += found[i] ? 2.0 * found[i] / (seen[i] + called[i]) : 0;
        occurring += seen[i] || called[i];
        json_object_set_new(recalls, table->class_names[i], json_real(recall));
    }
    f1 /= occurring ? occurring : 1;
    if (json) {
        json_t *object =
            json_pack("{s:i, s:f, s:[ff], s:f, s:i, s:f, s:O}", "rows", table->rows, "accuracy",
                      accuracy.value, "interval", accuracy.low, accuracy.high, "macro_f1", f1,
                      "unknown_labels", (int)unknown, "seconds", seconds, "recall", recalls);
        json_dumpf(object, stdout, JSON_REAL_PRECISION(6));
        printf("\n");
        json_decref(object);
    } else {
        printf("%d rows, %.3f s\naccuracy  %.2f %% (%.2f … %.2f)\nmacro F1  %.3f\n", table->rows,
               seconds, 100 * accuracy.value, 100 * accuracy.low, 100 * accuracy.high, f1);
        if (unknown)
            printf("%u rows have a label that the forest does not know; they count as wrong\n",
                   unknown);
        for (int i = 0; i < table->classes; i++) {
            PlainText name;
            printf("recall    %6.2f %% of %u  %s\n",
                   100 * json_real_value(json_object_get(recalls, table->class_names[i])), seen[i],
                   plain_text(table->class_names[i], &name));
        }
    }
    json_decref(recalls);
}

/* Reads the columns that the forest asks for. */
static int read_table(const Settings *settings, const Forest *forest, NumberTable *table,
                      Error *error) {
    int inputs = forest_inputs(forest), classes = forest_classes(forest);
    const char **names = calloc((size_t)(inputs + classes) + 1, sizeof *names);
    if (!names)
        return error_memory(error, "names", (size_t)(inputs + classes) * sizeof *names);
    for (int i = 0; i < inputs; i++)
        names[i] = forest_input_name(forest, i);
    for (int i = 0; i < classes; i++)
        names[inputs + i] = forest_class_name(forest, i);
    int status = number_table_read_as(settings->data, settings->label, names, inputs,
                                      names + inputs, classes, table, error);
    free(names);
    return status;
}

static int run(const Settings *settings, Error *error) {
    NumberTable table = {0};
    float *probabilities = NULL;
    Forest *forest = forest_load(settings->model, error);
    int status = forest ? 0 : -1;
    if (!status && settings->predictions)
        status = file_try(settings->predictions, error);
    if (!status)
        status = read_table(settings, forest, &table, error);
    size_t count = (size_t)table.rows * (size_t)table.classes;
    if (!status && !(probabilities = calloc(count + 1, sizeof *probabilities)))
        status = error_memory(error, "probabilities", count * sizeof *probabilities);
    if (!status && table.passed_over && !settings->common.quiet)
        fprintf(stderr, "%ld rows without a label passed over%s\n", table.passed_over,
                settings->predictions ? ", also in the predictions (without --label none is)" : "");
    if (!status) {
        double began = clock_seconds();
        forest_probabilities(forest, table.x, table.rows, probabilities);
        double seconds = clock_seconds() - began;
        if (settings->label)
            tell(&table, probabilities, seconds, settings->json);
        if (settings->predictions)
            status = write_predictions(settings->predictions, &table, probabilities, error);
    }
    free(probabilities);
    number_table_free(&table);
    forest_destroy(forest);
    return status;
}

int eval_forest_command(int argc, char **argv) {
    Settings settings = {0};
    int status = options_parse(&usage, options, &settings, argc, argv, NULL);
    if (status != OPTIONS_RUN)
        return status;
    if (!settings.data || !settings.model)
        return options_wrong(&usage, "give --data and --model");
    if (!settings.label && !settings.predictions)
        return options_wrong(&usage, "nothing to do: a --label to compare with, or where to write "
                                     "--predictions?");
    if (settings.json && !settings.label)
        return options_wrong(&usage, "--json: without a --label there is nothing to print");
    threads_use(settings.common.threads);
    Error error;
    return command_status(&usage, run(&settings, &error), &error);
}
