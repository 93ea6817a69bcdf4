#include "datasets/media/csv.h"

#include "nn/base/plain_text.h"
#include "nn/io/file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CSV_LIMIT = 256 << 20, CELLS_LIMIT = 1 << 25 };

/* Takes one field off `*at`, writing its unquoted text over itself; returns its start and in
 * `*stop` the character after it: ',', '\n' or 0, or '"' where its quote is not closed. */
static char *take_field(char **at, char *stop, int *line) {
    char *from = *at, *to = *at, *start = *at;
    bool quoted = *from == '"';
    from += quoted;
    for (;; from++) {
        if (quoted && *from == '"') {
            if (from[1] == '"')
                from++;
            else {
                quoted = false;
                continue;
            }
        } else if (!*from || (!quoted && (*from == ',' || *from == '\n'))) {
            break;
        }
        *line += *from == '\n';
        *to++ = *from;
    }
    *stop = quoted ? '"' : *from;
    *at = *from ? from + 1 : from;
    if (*stop != ',' && to > start && to[-1] == '\r')
        to--;
    *to = 0;
    return start;
}

/* Counts what the text can hold at most, to lay the arrays out once. */
static void measure(const char *text, size_t *lines, size_t *columns) {
    *lines = 1;
    *columns = 1;
    bool header = true, quoted = false;
    for (; *text; text++) {
        *lines += *text == '\n';
        quoted ^= *text == '"';
        header = header && (*text != '\n' || quoted);
        *columns += header && *text == ',';
    }
}

static int fill(CsvTable *table, char *text, Arena *arena, size_t lines, size_t columns,
                Error *error) {
    table->n_columns = (int)columns; /* at most; the header tells */
    table->names = arena_calloc(arena, columns, sizeof *table->names);
    table->cells = arena_calloc(arena, lines * columns, sizeof *table->cells);
    int *numbers = arena_calloc(arena, lines, sizeof *numbers);
    if (!table->names || !table->cells || !numbers)
        return error_memory(error, table->path, lines * columns * sizeof *table->cells);
    table->lines = numbers;
    int line = 1;
    for (int row = -1; *text; row++) {
        const char **cells =
            row < 0 ? table->names : table->cells + (size_t)row * (size_t)table->n_columns;
        int first = line, count = 0;
        char stop = ',';
        while (stop == ',') {
            const char *field = take_field(&text, &stop, &line);
            if (count < table->n_columns)
                cells[count] = field;
            count++;
        }
        if (stop == '"')
            return error_set(error, "%s:%d: unclosed quote", table->path, first);
        line++;
        if (count > table->n_columns)
            return error_set(error, "%s:%d: %d fields, expected %d", table->path, first, count,
                             table->n_columns);
        if (count == 1 && row >= 0 && !*cells[0]) {
            row--; /* an empty line */
            continue;
        }
        if (row < 0)
            table->n_columns = count;
        for (; count < table->n_columns; count++)
            cells[count] = "";
        if (row >= 0)
            numbers[row] = first;
        table->n_rows = row + 1;
    }
    return 0;
}

int csv_parse(const char *name, const unsigned char *bytes, size_t size, Arena *arena,
              CsvTable *table, Error *error) {
    size_t lines, columns;
    *table = (CsvTable){.path = arena_strdup(arena, name)};
    size_t mark = size >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3) ? 3 : 0;
    char *text = arena_alloc(arena, size - mark + 1);
    if (!table->path || !text)
        return error_memory(error, name, size);
    memcpy(text, bytes + mark, size - mark);
    text[size - mark] = 0;
    size_t length = mark + strlen(text);
    if (length < size)
        return error_set(error, "%s: byte %zu is 0; expected text (UTF-8)", name, length);
    if (!*text)
        return error_set(error, "%s: an empty file; expected a table with a header row", name);
    measure(text, &lines, &columns);
    if (lines > CELLS_LIMIT / columns)
        return error_set(error, "%s: %zu columns and %zu lines, too many", name, columns, lines);
    return fill(table, text, arena, lines, columns, error);
}

int csv_read(const char *path, Arena *arena, CsvTable *table, Error *error) {
    unsigned char *bytes;
    size_t size;
    if (file_read(path, CSV_LIMIT, &bytes, &size, error))
        return -1;
    int status = csv_parse(path, bytes, size, arena, table, error);
    free(bytes);
    return status;
}

int csv_column(const CsvTable *table, const char *name) {
    for (int i = 0; i < table->n_columns; i++)
        if (!strcmp(table->names[i], name))
            return i;
    return -1;
}

const char *csv_cell(const CsvTable *table, int row, int column) {
    return column < 0 ? "" : table->cells[(size_t)row * (size_t)table->n_columns + (size_t)column];
}

void csv_print_field(const char *text, FILE *stream) {
    PlainText plain;
    if (isatty(fileno(stream)))
        text = plain_text(text, &plain);
    if (!text[strcspn(text, ",\"\r\n")]) {
        fputs(text, stream);
        return;
    }
    fputc('"', stream);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', stream);
        fputc(*text, stream);
    }
    fputc('"', stream);
}
