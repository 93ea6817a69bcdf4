#include "datasets/media/number_table.h"

#include "datasets/media/csv.h"
#include "nn/base/number.h"
#include "nn/base/plain_text.h"
#include "nn/base/text_list.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const missing[] = {"", "?", "NA", "N/A", "nan"};

static bool is_missing(const char *cell) {
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        if (!strcasecmp(cell, missing[i]))
            return true;
    return false;
}

/* The whole cell as a number. */
static bool read_number(const char *cell, double *value) {
    char *end;
    *value = number_read(cell, &end);
    while (*end == ' ')
        end++;
    return end != cell && !*end && isfinite(*value) && fabs(*value) < (double)FLT_MAX;
}

static int fill(const CsvTable *csv, const int *columns, NumberTable *table, Error *error) {
    size_t inputs = (size_t)table->inputs;
    table->x = arena_calloc(table->arena, (size_t)csv->n_rows * inputs + 1, sizeof *table->x);
    if (!table->x)
        return error_memory(error, "a table", (size_t)csv->n_rows * inputs * sizeof *table->x);
    int kept = 0;
    for (int row = 0; row < csv->n_rows; row++) {
        if (table->labels && table->labels[row] < -1)
            continue;
        for (size_t i = 0; i < inputs; i++) {
            const char *cell = csv_cell(csv, row, columns[i]);
            double value = NAN;
            if (!is_missing(cell) && !read_number(cell, &value))
                return error_set(error,
                                 "%s:%d: column '%s' holds '%.40s', expected a number (--drop %s "
                                 "leaves the column out)",
                                 csv->path, csv->lines[row], csv->names[columns[i]], cell,
                                 csv->names[columns[i]]);
            table->x[(size_t)kept * inputs + i] = (float)value;
        }
        if (table->labels)
            table->labels[kept] = table->labels[row];
        kept++;
    }
    table->passed_over = csv->n_rows - kept;
    table->rows = kept;
    return kept ? 0
                : error_set(error, "%s: no row %s", csv->path,
                            table->labels ? "has a label" : "after the header");
}

static int label_column(const CsvTable *csv, const char *label, Error *error) {
    int column = csv_column(csv, label);
    return column >= 0 ? column
                       : error_set(error, "%s: has no column '%s'; the first is '%s'", csv->path,
                                   label, csv->names[0]);
}

/* ------------------------------------------------------------------ the classes that occur */

static int by_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_number(const void *a, const void *b) {
    double first = 0, second = 0;
    read_number(*(const char *const *)a, &first);
    read_number(*(const char *const *)b, &second);
    return first != second ? (first < second ? -1 : 1) : by_text(a, b);
}

/* Model files, which keep the names, are JSON. */
static int check_name(const CsvTable *csv, const char *name, const char *what, Error *error) {
    unsigned code_point;
    for (int length; *name; name += length)
        if (!(length = utf8_character(name, &code_point)))
            return error_set(error, "%s: the name of %s is not UTF-8; iconv converts the file",
                             csv->path, what);
    return 0;
}

static int find_classes(const CsvTable *csv, int column, NumberTable *table, Error *error) {
    const char **names = arena_calloc(table->arena, (size_t)csv->n_rows + 1, sizeof *names);
    if (!names)
        return error_memory(error, "classes", (size_t)csv->n_rows * sizeof *names);
    int n = 0, distinct = 0;
    bool numbers = true;
    double value;
    for (int row = 0; row < csv->n_rows; row++)
        if (!is_missing(csv_cell(csv, row, column)))
            names[n++] = csv_cell(csv, row, column);
    qsort(names, (size_t)n, sizeof *names, by_text);
    for (int i = 0; i < n; i++)
        if (!i || strcmp(names[i], names[distinct - 1])) {
            names[distinct++] = names[i];
            numbers = numbers && read_number(names[i], &value);
        }
    if (distinct > NUMBER_TABLE_CLASSES)
        return error_set(error, "%s: column '%s' holds %d classes, expected at most %d", csv->path,
                         csv->names[column], distinct, NUMBER_TABLE_CLASSES);
    for (int i = 0; i < distinct; i++)
        if (check_name(csv, names[i], "a class", error))
            return -1;
    if (numbers)
        qsort(names, (size_t)distinct, sizeof *names, by_number);
    table->class_names = names;
    table->classes = distinct;
    return distinct > 1
               ? 0
               : error_set(error, "%s: column '%s' holds %s, expected two classes or more",
                           csv->path, csv->names[column], distinct ? "a single class" : "no class");
}

/* labels: -2 for a row without one, -1 for one that is none of the classes. */
static int read_labels(const CsvTable *csv, int column, NumberTable *table, Error *error) {
    table->labels = arena_calloc(table->arena, (size_t)csv->n_rows + 1, sizeof *table->labels);
    if (!table->labels)
        return error_memory(error, "labels", (size_t)csv->n_rows * sizeof *table->labels);
    for (int row = 0; row < csv->n_rows; row++) {
        const char *cell = csv_cell(csv, row, column);
        int class = is_missing(cell) ? -2 : -1;
        for (int i = 0; class == -1 && i < table->classes; i++)
            if (!strcmp(cell, table->class_names[i]))
                class = i;
        table->labels[row] = class;
    }
    return 0;
}

/* ------------------------------------------------------------------ which columns */

static bool is_listed(const char *name, char *const *list, int n) {
    for (int i = 0; i < n; i++)
        if (!strcmp(name, list[i]))
            return true;
    return false;
}

static int choose_inputs(const CsvTable *csv, int label, const char *drop, int *columns,
                         NumberTable *table, Error *error) {
    int n_dropped = 0;
    char **dropped = drop ? text_list_split(drop, &n_dropped, error) : NULL;
    if (drop && !dropped)
        return -1;
    int status = 0;
    for (int i = 0; !status && i < n_dropped; i++)
        status = label_column(csv, dropped[i], error) < 0 ? -1 : 0;
    for (int i = 0; i < csv->n_columns; i++)
        if (i != label && !is_listed(csv->names[i], dropped, n_dropped)) {
            columns[table->inputs] = i;
            table->input_names[table->inputs++] = csv->names[i];
            status = status ? status : check_name(csv, csv->names[i], "a column", error);
            if (!status && csv_column(csv, csv->names[i]) != i)
                status = error_set(error, "%s: two columns are named '%s'; rename one", csv->path,
                                   csv->names[i]);
        }
    free(dropped);
    return status          ? status
           : table->inputs ? 0
                           : error_set(error, "%s: has no column but the label", csv->path);
}

static int open_table(const char *path, NumberTable *table, CsvTable *csv, int **columns,
                      Error *error) {
    *table = (NumberTable){.arena = arena_create()};
    if (!table->arena)
        return error_memory(error, "a table", 0);
    if (csv_read(path, table->arena, csv, error))
        return -1;
    size_t count = (size_t)csv->n_columns + 1;
    *columns = arena_calloc(table->arena, count, sizeof **columns);
    table->input_names = arena_calloc(table->arena, count, sizeof *table->input_names);
    return *columns && table->input_names ? 0 : error_memory(error, "a table", count);
}

int number_table_read(const char *path, const char *label, const char *drop, NumberTable *table,
                      Error *error) {
    CsvTable csv = {0};
    int *columns = NULL;
    if (open_table(path, table, &csv, &columns, error))
        return -1;
    int column = label_column(&csv, label, error);
    if (column < 0 || choose_inputs(&csv, column, drop, columns, table, error) ||
        find_classes(&csv, column, table, error) || read_labels(&csv, column, table, error))
        return -1;
    return fill(&csv, columns, table, error);
}

int number_table_read_as(const char *path, const char *label, const char *const *inputs,
                         int n_inputs, const char *const *classes, int n_classes,
                         NumberTable *table, Error *error) {
    CsvTable csv = {0};
    int *few = NULL, *columns;
    if (open_table(path, table, &csv, &few, error))
        return -1;
    columns = arena_calloc(table->arena, (size_t)n_inputs + 1, sizeof *columns);
    table->input_names = arena_calloc(table->arena, (size_t)n_inputs + 1, sizeof(char *));
    table->class_names = arena_calloc(table->arena, (size_t)n_classes + 1, sizeof(char *));
    if (!columns || !table->input_names || !table->class_names)
        return error_memory(error, "a table", (size_t)n_inputs * sizeof *columns);
    table->inputs = n_inputs;
    table->classes = n_classes;
    for (int i = 0; i < n_inputs; i++) {
        table->input_names[i] = arena_strdup(table->arena, inputs[i]);
        if ((columns[i] = csv_column(&csv, inputs[i])) < 0)
            return error_set(error, "%s: has no column '%s', which the model needs", path,
                             inputs[i]);
    }
    for (int i = 0; i < n_classes; i++)
        table->class_names[i] = arena_strdup(table->arena, classes[i]);
    int column = label ? label_column(&csv, label, error) : 0;
    if (column < 0 || (label && read_labels(&csv, column, table, error)))
        return -1;
    return fill(&csv, columns, table, error);
}

void number_table_free(NumberTable *table) {
    arena_destroy(table->arena);
    *table = (NumberTable){0};
}
