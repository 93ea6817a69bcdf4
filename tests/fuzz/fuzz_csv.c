/* Any bytes as a table: read or refused, and every cell of what is read can be asked for. */
#include "datasets/media/csv.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    Arena *arena = arena_create();
    CsvTable table;
    Error error;
    size_t letters = 0;
    if (arena && !csv_parse("fuzz", bytes, size, arena, &table, &error)) {
        for (int column = 0; column < table.n_columns; column++)
            if (csv_column(&table, table.names[column]) < 0)
                abort();
        for (int row = 0; row < table.n_rows; row++)
            for (int column = -1; column < table.n_columns; column++)
                letters += strlen(csv_cell(&table, row, column));
        if (letters > size || (table.n_rows && table.lines[table.n_rows - 1] < 2))
            abort();
    }
    arena_destroy(arena);
    return 0;
}
