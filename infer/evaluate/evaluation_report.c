#include "infer/evaluate/evaluation_report.h"

#include "infer/evaluate/evaluation_plot.h"
#include "nn/base/json_text.h"
#include "nn/base/plain_text.h"
#include "nn/io/file.h"

#include <string.h>

/* Enough for every share of the 35,887 faces to be told from its neighbours. */
enum { DIGITS = 7 };

/* ------------------------------------------------------------------ JSON */

static json_t *classes_json(const Metrics *metrics) {
    json_t *classes = json_array();
    for (int c = 0; c < EMOTION_COUNT; c++) {
        const ClassMetrics *class = &metrics->classes[c];
        json_array_append_new(classes,
                              json_pack("{s:s, s:f, s:f, s:f, s:I}", "name", emotions[c].name,
                                        "precision", class->precision, "recall", class->recall,
                                        "f1", class->f1, "support", (json_int_t) class->support));
    }
    return classes;
}

static json_t *confusion_json(const Metrics *metrics) {
    json_t *rows = json_array();
    for (int truth = 0; truth < EMOTION_COUNT; truth++) {
        json_t *row = json_array();
        for (int called = 0; called < EMOTION_COUNT; called++)
            json_array_append_new(row, json_integer(metrics->confusion[truth][called]));
        json_array_append_new(rows, row);
    }
    return rows;
}

static json_t *reliability_json(const Metrics *metrics) {
    json_t *bins = json_array();
    for (int b = 0; b < METRICS_BINS; b++) {
        const ReliabilityBin *bin = &metrics->bins[b];
        json_array_append_new(bins,
                              json_pack("{s:I, s:f, s:f}", "count", (json_int_t)bin->count,
                                        "confidence", bin->confidence, "accuracy", bin->accuracy));
    }
    return bins;
}

/* NULL when memory is out. */
static json_t *make_json(const EvaluationReport *report) {
    const Metrics *all = &report->all;
    return json_pack(
        "{s:I, s:f, s:[f, f], s:f, s:I, s:f, s:f, s:f, s:o, s:o, s:o,"
        " s:o, s:o, s:s, s:s, s:o}",
        "n", (json_int_t)all->n, "accuracy", all->accuracy.value, "accuracy_ci95",
        all->accuracy.low, all->accuracy.high, "accuracy_deduplicated",
        report->unshared.accuracy.value, "n_deduplicated", (json_int_t)report->unshared.n,
        "macro_f1", all->macro_f1, "ece", all->ece, "nll", all->nll, "classes", classes_json(all),
        "confusion", confusion_json(all), "reliability", reliability_json(all), "model",
        json_text(report->model), "data", json_text(report->data), "split", report->split, "tta",
        report->views, "votes", report->votes ? json_text(report->votes) : json_null());
}

int evaluation_report_print_json(const EvaluationReport *report, FILE *stream, Error *error) {
    json_t *json = make_json(report);
    if (!json)
        return error_memory(error, "the report", sizeof *report);
    json_dumpf(json, stream, JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS));
    fprintf(stream, "\n");
    json_decref(json);
    return 0;
}

/* ------------------------------------------------------------------ text */

static void print_share(FILE *stream, const char *name, const Metrics *metrics) {
    const Share *share = &metrics->accuracy;
    fprintf(stream, "%-14s %.2f %%   95 %% interval %.1f … %.1f %%, %u faces\n", name,
            100 * share->value, 100 * share->low, 100 * share->high, metrics->n);
}

static void print_classes(FILE *stream, const Metrics *metrics) {
    fprintf(stream, "%-10s %10s %8s %8s %8s\n", "class", "precision", "recall", "F1", "faces");
    for (int c = 0; c < EMOTION_COUNT; c++) {
        const ClassMetrics *class = &metrics->classes[c];
        fprintf(stream, "%-10s %10.3f %8.3f %8.3f %8u\n", emotions[c].name, class->precision,
                class->recall, class->f1, class->support);
    }
}

static void print_confusion(FILE *stream, const Metrics *metrics) {
    fprintf(stream, "%-10s", "truth");
    for (int called = 0; called < EMOTION_COUNT; called++)
        fprintf(stream, " %8s", emotions[called].name);
    fprintf(stream, "   ← called\n");
    for (int truth = 0; truth < EMOTION_COUNT; truth++) {
        fprintf(stream, "%-10s", emotions[truth].name);
        for (int called = 0; called < EMOTION_COUNT; called++)
            fprintf(stream, " %8u", metrics->confusion[truth][called]);
        fprintf(stream, "\n");
    }
}

void evaluation_report_print(const EvaluationReport *report, FILE *stream) {
    PlainText model, data, votes;
    fprintf(stream, "%s on %s, split %s, views: %s%s%s\n\n", plain_text(report->model, &model),
            plain_text(report->data, &data), report->split, report->views,
            report->votes ? ", by the votes of " : "",
            report->votes ? plain_text(report->votes, &votes) : "");
    print_share(stream, "accuracy", &report->all);
    if (report->unshared.n < report->all.n)
        print_share(stream, "  deduplicated", &report->unshared);
    fprintf(stream,
            "%-14s %.3f\n%-14s %.3f   expected calibration error; negative log likelihood "
            "%.3f\n\n",
            "macro F1", report->all.macro_f1, "calibration", report->all.ece, report->all.nll);
    print_classes(stream, &report->all);
    fprintf(stream, "\n");
    print_confusion(stream, &report->all);
}

/* ------------------------------------------------------------------ files */

static int print_csv(const EvaluationReport *report, FILE *stream, Error *error) {
    (void)error; /* a failed write shows when the file is committed */
    fprintf(stream, "truth");
    for (int called = 0; called < EMOTION_COUNT; called++)
        fprintf(stream, ",%s", emotions[called].name);
    for (int truth = 0; truth < EMOTION_COUNT; truth++) {
        fprintf(stream, "\n%s", emotions[truth].name);
        for (int called = 0; called < EMOTION_COUNT; called++)
            fprintf(stream, ",%u", report->all.confusion[truth][called]);
    }
    fprintf(stream, "\n");
    return 0;
}

static int write_file(const EvaluationReport *report, const char *path,
                      int (*print)(const EvaluationReport *, FILE *, Error *), Error *error) {
    FileWriter writer;
    if (file_begin(&writer, path, error))
        return -1;
    if (print(report, writer.stream, error)) {
        file_abandon(&writer);
        return -1;
    }
    return file_commit(&writer, error);
}

/* What the figures are of: the data as it was named, without its folder, and the split of it. */
static void name_data(const EvaluationReport *report, char title[96]) {
    char data[64];
    int used = 0;
    const char *end = report->data + strlen(report->data), *name;
    while (end > report->data && end[-1] == '/')
        end--;
    for (name = end; name > report->data && name[-1] != '/'; name--)
        ;
    for (int length; name < end; name += length ? length : 1) {
        unsigned code_point;
        length = utf8_character(name, &code_point);
        if (used + length + 1 >= (int)sizeof data)
            break;
        if (length && code_point >= ' ')
            memcpy(data + used, name, (size_t)length);
        else
            data[used] = '?';
        used += length ? length : 1;
    }
    data[used] = 0;
    bool built_in = !strcmp(report->data, "synthetic");
    snprintf(title, 96, "%s, %s%s", built_in ? "built-in synthetic faces" : data, report->split,
             report->votes ? ", by votes" : "");
}

/* The directory's file of that name. */
static const char *file_in(const char *directory, const char *name, char path[4096]) {
    snprintf(path, 4096, "%s/%s", directory, name);
    return path;
}

int evaluation_report_write(const EvaluationReport *report, const char *directory, Error *error) {
    char path[4096], title[96];
    if (strlen(directory) > sizeof path - 64)
        return error_set(error, "a directory name of %zu bytes is too long", strlen(directory));
    name_data(report, title);
    const Metrics *all = &report->all;
    if (write_file(report, file_in(directory, "metrics.json", path), evaluation_report_print_json,
                   error) ||
        write_file(report, file_in(directory, "confusion.csv", path), print_csv, error) ||
        evaluation_plot_confusion(all, title, false, file_in(directory, "confusion", path),
                                  error) ||
        evaluation_plot_confusion(all, title, true,
                                  file_in(directory, "confusion-normalised", path), error) ||
        evaluation_plot_reliability(all, title, file_in(directory, "reliability", path), error))
        return -1;
    return 0;
}
