#include "nn/base/clock.h"
#include "nn/base/number.h"
#include "nn/io/file.h"
#include "train/loop/learning_curve.h"
#include "train/loop/run.h"

#include <errno.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "DIR/faces.safetensors" and ".csv" make "DIR/faces.csv". */
static void sibling_path(const char *out, const char *ending, char path[RUN_PATH]) {
    static const char suffix[] = ".safetensors";
    size_t length = strlen(out), tail = sizeof suffix - 1;
    if (length > tail && !strcmp(out + length - tail, suffix))
        length -= tail;
    snprintf(path, RUN_PATH, "%.*s%s", (int)length, out, ending);
}

void run_name_files(Run *run) {
    sibling_path(run->settings->out, ".csv", run->log_path);
    sibling_path(run->settings->out, ".checkpoint.safetensors", run->checkpoint_path);
}

double run_seconds(const Run *run) {
    return run->seconds_before + clock_seconds() - run->progress.started;
}

static CheckpointParts parts_of(Run *run) {
    return (CheckpointParts){run->task,   run->optimizer, run->average,
                             &run->state, run->record,    run->start_checksum};
}

int run_save_checkpoint(Run *run, Error *error) {
    run->state.seconds = run_seconds(run);
    CheckpointParts parts = parts_of(run);
    return checkpoint_save(run->checkpoint_path, &parts, error);
}

int run_load_checkpoint(Run *run, Error *error) {
    CheckpointParts parts = parts_of(run);
    if (checkpoint_load(run->checkpoint_path, &parts, error))
        return -1;
    return !run->state.best_epoch || file_exists(run->settings->out)
               ? 0
               : error_set(error,
                           "--resume: %s, the best model so far, is missing; the checkpoint %s "
                           "has only the last",
                           run->settings->out, run->checkpoint_path);
}

static void set_number(json_t *object, const char *key, const char *format, double value) {
    char text[64];
    number_format(text, sizeof text, format, value);
    json_object_set_new(object, key, json_string(text));
}

int run_save_model(const Run *run, const char *path, const Validation *validation, Error *error) {
    json_t *metadata = json_object();
    char *text = json_dumps(run->record, JSON_COMPACT), number[32];
    json_object_set_new(metadata, "training.settings", json_string(text ? text : "{}"));
    free(text);
    snprintf(number, sizeof number, "%" PRIu64, run->settings->seed);
    json_object_set_new(metadata, "training.seed", json_string(number));
    snprintf(number, sizeof number, "%016" PRIx64, run->task->data_checksum);
    json_object_set_new(metadata, "training.data_checksum", json_string(number));
    set_number(metadata, "training.epoch", "%.0f", run->state.epoch);
    set_number(metadata, "training.steps", "%.0f", (double)run->state.steps_done);
    set_number(metadata, "training.seconds", "%.0f", run_seconds(run));
    set_number(metadata, "validation.score", "%.6f", validation->score);
    set_number(metadata, "validation.loss", "%.6f", validation->loss);
    set_number(metadata, "validation.accuracy", "%.6f", validation->accuracy);
    int status = run->task->save(run->task->context, path, metadata, error);
    json_decref(metadata);
    return status;
}

int run_keep_model(const Run *run, const Validation *validation, Error *error) {
    char ending[64], path[RUN_PATH];
    int keep = run->settings->keep, epoch = run->state.epoch;
    if (!keep)
        return 0;
    snprintf(ending, sizeof ending, ".epoch-%03d.safetensors", epoch);
    sibling_path(run->settings->out, ending, path);
    if (run_save_model(run, path, validation, error))
        return -1;
    if (epoch > keep) {
        snprintf(ending, sizeof ending, ".epoch-%03d.safetensors", epoch - keep);
        sibling_path(run->settings->out, ending, path);
        unlink(path);
    }
    return 0;
}

static int may_replace(const Run *run, const char *path, Error *error) {
    if (run->settings->overwrite || !file_exists(path))
        return 0;
    return error_set(error, "%s already exists: %s--overwrite replaces it", path,
                     file_exists(run->checkpoint_path) ? "--resume continues its run, " : "");
}

/* What is done with a file of an earlier run. */
typedef int Handle(const Run *run, const char *path, Error *error);

static int check_file(const Run *run, const char *path, Error *error) {
    if (may_replace(run, path, error))
        return -1;
    for (const char *const *input = run->settings->inputs; input && *input; input++)
        if (file_is_listed(*input, path))
            return error_set(error, "%s would be removed, which this run reads; name another --out",
                             path);
    return 0;
}

static int remove_file(const Run *run, const char *path, Error *error) {
    (void)run;
    return unlink(path) && errno != ENOENT ? error_errno(error, "cannot remove %s", path) : 0;
}

/* Handles the models of an earlier run's last epochs, which nothing tells from this run's. */
static int each_kept_model(const Run *run, Handle *handle, Error *error) {
    char stem[RUN_PATH], pattern[2 * RUN_PATH + 64];
    size_t length = 0;
    glob_t found;
    sibling_path(run->settings->out, ".epoch-", stem);
    for (const char *c = stem; *c; c++) { /* itself no pattern */
        if (strchr("*?[\\", *c))
            pattern[length++] = '\\';
        pattern[length++] = *c;
    }
    snprintf(pattern + length, sizeof pattern - length, "[0-9][0-9][0-9]*.safetensors");
    int status = 0;
    if (!glob(pattern, GLOB_NOSORT, NULL, &found))
        for (size_t i = 0; i < found.gl_pathc && !status; i++) {
            const char *number = found.gl_pathv[i] + strlen(stem);
            if (!strcmp(number + strspn(number, "0123456789"), ".safetensors"))
                status = handle(run, found.gl_pathv[i], error);
        }
    globfree(&found);
    return status;
}

int run_check_files(const Run *run, Error *error) {
    return may_replace(run, run->settings->out, error) ||
                   check_file(run, run->checkpoint_path, error) ||
                   may_replace(run, run->log_path, error) || each_kept_model(run, check_file, error)
               ? -1
               : 0;
}

int run_clear_files(const Run *run, Error *error) {
    return remove_file(run, run->checkpoint_path, error) || each_kept_model(run, remove_file, error)
               ? -1
               : 0;
}

static int hold(Run *run, Error *error) {
    char path[RUN_PATH];
    sibling_path(run->settings->out, ".lock", path);
    return file_lock(&run->lock, path, error)
               ? error_context(error, "--out %s: is another run training it?", run->settings->out)
               : 0;
}

int run_hold_files(Run *run, Error *error) {
    if (file_try(run->settings->out, error) || file_try(run->checkpoint_path, error) ||
        hold(run, error))
        return -1;
    if (run->settings->resume && !file_exists(run->checkpoint_path))
        return error_set(error, "--resume: there is no checkpoint %s to continue from",
                         run->checkpoint_path);
    return 0;
}

int run_draw_curve(const Run *run, Error *error) {
    char stem[RUN_PATH];
    sibling_path(run->settings->out, ".curve", stem);
    return run->state.epoch ? learning_curve_draw(run->log_path, stem, error) : 0;
}
