/* csv.h: small tables with a header row, after RFC 4180 (quotes, commas and line breaks in
 * quotes). */
#ifndef DATASETS_MEDIA_CSV_H
#define DATASETS_MEDIA_CSV_H

#include "nn/base/arena.h"
#include "nn/base/error.h"

#include <stdio.h>

typedef struct CsvTable {
    const char *path;
    const char **cells; /* (n_rows, n_columns), without the header row; in the arena */
    const char **names; /* (n_columns) */
    const int *lines;   /* (n_rows) line number of each row */
    int n_rows, n_columns;
} CsvTable;

/* Reads the whole file into the arena. A byte-order mark is skipped. Rows shorter than the header
 * are filled with "", longer ones are rejected ("FILE:LINE: 7 fields, expected 5"), and so are an
 * empty file, an unclosed quote, a zero byte and an excessive number of cells. */
int csv_read(const char *path, Arena *arena, CsvTable *table, Error *error) MUST_CHECK;

/* As csv_read, for bytes in memory; `name` is for messages. */
int csv_parse(const char *name, const unsigned char *bytes, size_t size, Arena *arena,
              CsvTable *table, Error *error) MUST_CHECK;

/* Index of the column of that name, or -1. */
int csv_column(const CsvTable *table, const char *name);

/* The cell; "" for column -1. */
const char *csv_cell(const CsvTable *table, int row, int column);

/* Prints a field, quoted where necessary. Control characters in it are shown as escapes where the
 * stream is a terminal (nn/base/plain_text.h). */
void csv_print_field(const char *text, FILE *stream);

#endif
