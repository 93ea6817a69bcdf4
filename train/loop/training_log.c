#include "train/loop/training_log.h"

#include "nn/base/number.h"
#include "nn/io/file.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char HEAD[] =
    "epoch,step,loss,accuracy,validation_loss,validation_accuracy,score,learning_rate,seconds\n";
static const size_t MAX_LOG = (size_t)1 << 28;

/* The old log's bytes (caller frees), or NULL in `*text` where there is none. */
static int read_old(const char *path, char **text, Error *error) {
    unsigned char *bytes = NULL;
    size_t size;
    *text = NULL;
    if (!file_exists(path))
        return 0;
    if (file_read(path, MAX_LOG, &bytes, &size, error))
        return -1;
    const char *head = (const char *)bytes; /* comments may stand before it */
    while (*head == '#')
        head += strcspn(head, "\n") + (strchr(head, '\n') != NULL);
    *text = (char *)bytes;
    return !size || !strncmp(head, HEAD, sizeof HEAD - 1)
               ? 0
               : error_set(error, "%s exists and is not a training log: choose another --out",
                           path);
}

/* Copies the whole rows of the epochs 1 … epochs_done; a crash may have cut the last. */
static void copy_rows(FILE *to, const char *text, int epochs_done) {
    for (const char *line = text, *end; *line; line = end) {
        end = line + strcspn(line, "\n");
        bool whole = *end == '\n';
        end += whole;
        if (whole && isdigit((unsigned char)*line) && strtol(line, NULL, 10) <= epochs_done)
            fwrite(line, 1, (size_t)(end - line), to);
    }
}

int training_log_start(const char *path, int epochs_done, Error *error) {
    FileWriter writer;
    char *old;
    int status = read_old(path, &old, error);
    if (!status && !(status = file_begin(&writer, path, error))) {
        fputs(HEAD, writer.stream);
        if (old)
            copy_rows(writer.stream, old, epochs_done);
        status = file_commit(&writer, error);
    }
    free(old);
    return status;
}

int training_log_append(const char *path, const TrainingLogRow *row, Error *error) {
    FILE *stream = fopen(path, "a");
    if (!stream)
        return error_errno(error, "cannot append to %s", path);
    struct stat log;
    if (!fstat(fileno(stream), &log) && !log.st_size) /* somebody moved it away */
        fputs(HEAD, stream);
    number_print(stream, "%d,%lld,%.6f,%.6f,%.6f,%.6f,%.6f,%.8g,%.1f\n", row->epoch, row->step,
                 row->loss, row->accuracy, row->validation_loss, row->validation_accuracy,
                 row->score, row->learning_rate, row->seconds);
    if (fclose(stream))
        return error_errno(error, "cannot append to %s", path);
    return 0;
}
