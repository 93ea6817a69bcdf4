#include "train/loop/training_log.h"

#include "nn/base/file.h"
#include "nn/base/number.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char HEAD[] =
    "epoch,step,loss,accuracy,validation_loss,validation_accuracy,score,learning_rate,seconds\n";
static const size_t MAX_LOG = (size_t)1 << 28;

/* Copies the old log's rows of the epochs 1 … epochs_done. */
static int copy_rows(FILE *to, const char *path, int epochs_done, Error *error) {
    unsigned char *text;
    size_t size;
    if (file_read(path, MAX_LOG, &text, &size, error))
        return -1;
    for (char *line = (char *)text, *end; *line; line = end) {
        end = line + strcspn(line, "\n");
        end += *end == '\n';
        if (isdigit((unsigned char)*line) && strtol(line, NULL, 10) <= epochs_done)
            fwrite(line, 1, (size_t)(end - line), to);
    }
    free(text);
    return 0;
}

int training_log_start(const char *path, const json_t *settings, int epochs_done, Error *error) {
    FileWriter writer;
    if (file_begin(&writer, path, error))
        return -1;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)settings, name, value) {
        fprintf(writer.stream, "# %s=%s\n", name, json_string_value(value));
    }
    fputs(HEAD, writer.stream);
    if (epochs_done > 0 && file_exists(path) &&
        copy_rows(writer.stream, path, epochs_done, error)) {
        file_abandon(&writer);
        return -1;
    }
    return file_commit(&writer, error);
}

int training_log_append(const char *path, const TrainingLogRow *row, Error *error) {
    FILE *stream = fopen(path, "a");
    if (!stream)
        return error_errno(error, "cannot append to %s", path);
    number_print(stream, "%d,%lld,%.6f,%.6f,%.6f,%.6f,%.6f,%.8g,%.1f\n", row->epoch, row->step,
                 row->loss, row->accuracy, row->validation_loss, row->validation_accuracy,
                 row->score, row->learning_rate, row->seconds);
    if (fclose(stream))
        return error_errno(error, "cannot append to %s", path);
    return 0;
}
