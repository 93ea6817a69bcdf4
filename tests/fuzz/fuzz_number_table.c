/* Any bytes as a table to train a forest on: read or refused; each row of what is read has numbers
 * and one of the classes, and reading it again by its own names gives the same. */
#include "datasets/media/number_table.h"
#include "tests/fuzz/input_file.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void read_again(const char *path, const NumberTable *table) {
    NumberTable again;
    Error error;
    if (number_table_read_as(path, "class", table->input_names, table->inputs, table->class_names,
                             table->classes, &again, &error))
        abort();
    size_t count = (size_t)table->rows * (size_t)table->inputs;
    if (again.rows != table->rows || again.passed_over != table->passed_over ||
        memcmp(again.labels, table->labels, (size_t)table->rows * sizeof *table->labels) != 0 ||
        memcmp(again.x, table->x, count * sizeof *table->x) != 0)
        abort();
    number_table_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    InputFile input = input_file_open(bytes, size);
    NumberTable table;
    Error error;
    if (!number_table_read(input.path, "class", "dropped", &table, &error)) {
        for (int i = 0; i < table.rows; i++)
            if (table.labels[i] < 0 || table.labels[i] >= table.classes)
                abort();
        read_again(input.path, &table);
    }
    number_table_free(&table);
    input_file_close(&input);
    return 0;
}
