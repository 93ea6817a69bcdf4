/* number_table.h: a CSV of numbers with a column for each row's class.
 *
 * An empty cell, "?", "NA" and "nan" are missing values (NaN). */
#ifndef DATASETS_MEDIA_NUMBER_TABLE_H
#define DATASETS_MEDIA_NUMBER_TABLE_H

#include "nn/base/arena.h"
#include "nn/base/error.h"

/* Classes at most: more are the mark of a column of numbers or of names. */
enum { NUMBER_TABLE_CLASSES = 1000 };

typedef struct NumberTable {
    Arena *arena; /* owns all that follows */
    float *x;     /* (rows, inputs) */
    int *labels;  /* (rows), or NULL without a label column; -1: the row has none of the classes */
    int rows, inputs, classes;
    const char **input_names, **class_names;
    long passed_over; /* rows without a label */
} NumberTable;

/* Reads a training table: every column except `label` and those in `drop` (names separated by
 * commas, or NULL) is an input; the classes are the labels that occur, sorted (numerically if all
 * are numbers). Rows without a label are skipped. Fails on a cell that is not a number, naming line
 * and column. Free with number_table_free, after a failure too. */
int number_table_read(const char *path, const char *label, const char *drop, NumberTable *table,
                      Error *error) MUST_CHECK;

/* Reads a table to be classified: the inputs with these names, in this order, from any columns, and
 * the labels among these classes (`label` NULL: none needed). */
int number_table_read_as(const char *path, const char *label, const char *const *inputs,
                         int n_inputs, const char *const *classes, int n_classes,
                         NumberTable *table, Error *error) MUST_CHECK;
void number_table_free(NumberTable *table);

#endif
