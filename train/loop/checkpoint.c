#include "train/loop/checkpoint.h"

#include "nn/base/number.h"
#include "nn/io/safetensors.h"
#include "train/loop/shard_tree.h"

#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Settings that may change between the parts of a run: they steer no number of it, but for
 * `epochs`, over which a cosine is laid (the trainer tells). */
static const char *const FREE_SETTINGS[] = {"out",      "data",  "resume",  "overwrite", "epochs",
                                            "patience", "keep",  "json",    "quiet",     "threads",
                                            "preview",  "cache", "timeout", "list-bad",  NULL};

static bool is_free(const char *name) {
    for (int i = 0; FREE_SETTINGS[i]; i++)
        if (!strcmp(FREE_SETTINGS[i], name))
            return true;
    return false;
}

/* The state's fields, one a row: from which both writing and reading come. Floating numbers have
 * as many digits as no bit is lost with. */
typedef enum FieldKind { FIELD_INT, FIELD_INT64, FIELD_FLOAT, FIELD_DOUBLE, FIELD_BOOL } FieldKind;

static const struct StateField {
    const char *key;
    FieldKind kind;
    size_t offset;
} state_fields[] = {
#define FIELD(kind, name)                                                                          \
    { "state." #name, kind, offsetof(RunState, name) }
    FIELD(FIELD_INT, epoch),
    FIELD(FIELD_INT, step),
    FIELD(FIELD_INT64, steps_done),
    FIELD(FIELD_FLOAT, schedule.scale),
    FIELD(FIELD_FLOAT, schedule.best),
    FIELD(FIELD_INT, schedule.waited),
    FIELD(FIELD_BOOL, schedule.scored),
    FIELD(FIELD_DOUBLE, loss_sum),
    FIELD(FIELD_DOUBLE, examples),
    FIELD(FIELD_DOUBLE, correct),
    FIELD(FIELD_DOUBLE, seconds),
    FIELD(FIELD_DOUBLE, best.score),
    FIELD(FIELD_DOUBLE, best.loss),
    FIELD(FIELD_DOUBLE, best.accuracy),
    FIELD(FIELD_INT, best_epoch),
#undef FIELD
};
enum { STATE_FIELDS = sizeof state_fields / sizeof *state_fields };

static void write_field(json_t *metadata, const struct StateField *field, const RunState *state) {
    const void *value = (const char *)state + field->offset;
    char text[64] = "";
    switch (field->kind) {
    case FIELD_INT:
        snprintf(text, sizeof text, "%d", *(const int *)value);
        break;
    case FIELD_INT64:
        snprintf(text, sizeof text, "%" PRId64, *(const int64_t *)value);
        break;
    case FIELD_FLOAT:
        number_text((double)*(const float *)value, 9, text);
        break;
    case FIELD_DOUBLE:
        number_text(*(const double *)value, 17, text);
        break;
    case FIELD_BOOL:
        snprintf(text, sizeof text, "%d", *(const bool *)value);
        break;
    }
    json_object_set_new(metadata, field->key, json_string(text));
}

/* What a field of each kind may hold. */
static const struct Range {
    double least, greatest;
} ranges[] = {
    [FIELD_INT] = {0, INT_MAX},
    [FIELD_INT64] = {0, 0x1p53},
    [FIELD_FLOAT] = {-FLT_MAX, FLT_MAX},
    [FIELD_DOUBLE] = {-DBL_MAX, DBL_MAX},
    [FIELD_BOOL] = {0, 1},
};

static int read_field(const SafetensorsFile *file, const struct StateField *field, RunState *state,
                      Error *error) {
    const struct Range *range = &ranges[field->kind];
    double number;
    if (safetensors_number(file, field->key, range->least, range->greatest, &number, error))
        return -1;
    void *value = (char *)state + field->offset;
    switch (field->kind) {
    case FIELD_INT:
        *(int *)value = (int)number;
        break;
    case FIELD_INT64:
        *(int64_t *)value = (int64_t)number;
        break;
    case FIELD_FLOAT:
        *(float *)value = (float)number;
        break;
    case FIELD_DOUBLE:
        *(double *)value = number;
        break;
    case FIELD_BOOL:
        *(bool *)value = number != 0;
        break;
    }
    return 0;
}

static const char *checksum_text(uint64_t checksum, char text[32]) {
    snprintf(text, 32, "%016" PRIx64, checksum);
    return text;
}

void checkpoint_set_checksum(json_t *object, const char *key, uint64_t checksum) {
    char text[32];
    json_object_set_new(object, key, json_string(checksum_text(checksum, text)));
}

int checkpoint_save(const char *path, const CheckpointParts *parts, Error *error) {
    json_t *metadata = json_object();
    json_object_set_new(metadata, "kind", json_string("checkpoint"));
    for (int i = 0; i < STATE_FIELDS; i++)
        write_field(metadata, &state_fields[i], parts->state);
    checkpoint_set_checksum(metadata, "data_checksum", parts->task->data_checksum);
    if (parts->task->teachers_checksum)
        checkpoint_set_checksum(metadata, "teachers_checksum", parts->task->teachers_checksum);
    if (parts->start_checksum)
        checkpoint_set_checksum(metadata, "start_checksum", parts->start_checksum);
    char *text = json_dumps(parts->record, JSON_COMPACT);
    json_object_set_new(metadata, "settings", json_string(text ? text : "{}"));
    free(text);
    const Parameters *groups[] = {parts->task->parameters, optimizer_state(parts->optimizer),
                                  parts->average ? average_state(parts->average) : NULL,
                                  parts->task->carried};
    int status = safetensors_save(path, SAFETENSORS_FULL, sizeof groups / sizeof *groups, groups,
                                  metadata, error);
    json_decref(metadata);
    return status;
}

/* What runs did that know nothing of a setting. */
static const char *const UNSAID[][2] = {
    {"shards", "1"},      {"reduce", "tree"}, {"lr-batch", "0"}, {"sync-norm", "false"},
    {"wire", "full"},     {"recipe", ""},     {"votes", ""},     {"share-teachers", "false"},
    {"bfloat16", "false"}};

/* What a run was begun with, or NULL. */
static const char *setting_of(const json_t *settings, const char *name) {
    const char *value = json_string_value(json_object_get(settings, name));
    for (size_t i = 0; !value && i < sizeof UNSAID / sizeof *UNSAID; i++)
        if (!strcmp(name, UNSAID[i][0]))
            value = UNSAID[i][1];
    return value;
}

/* Of what a run began with: `key` is missing in old checkpoints. */
static int check_same(const SafetensorsFile *file, const char *key, uint64_t now, const char *what,
                      Error *error) {
    char checksum[32];
    const char *saved = safetensors_metadata(file, key);
    checksum_text(now, checksum);
    return saved && strcmp(saved, checksum)
               ? error_set(error, "%s: the run began with other %s (checksum %s, now %s)",
                           safetensors_name(file), what, saved, checksum)
               : 0;
}

/* A resumed run is the same run: data, teachers, first weights and settings have to be the ones
 * that it began with. Notes how many epochs it was to have. */
static int check_same_run(const SafetensorsFile *file, const CheckpointParts *parts, Error *error) {
    char checksum[32];
    checksum_text(parts->task->data_checksum, checksum);
    const char *saved = safetensors_metadata(file, "data_checksum");
    if (!saved || strcmp(saved, checksum))
        return error_set(error, "%s: the checkpoint was made with other data (checksum %s, now %s)",
                         safetensors_name(file), saved ? saved : "missing", checksum);
    const char *text = safetensors_metadata(file, "settings");
    json_t *then = text ? json_loads(text, 0, NULL) : NULL;
    int status = 0;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)parts->record, name, value) {
        const char *was = setting_of(then, name);
        if (!status && !is_free(name) && (!was || strcmp(was, json_string_value(value))))
            status = error_set(
                error, "%s: the run was started with --%s %s; it cannot continue with %s",
                safetensors_name(file), name, was ? was : "(unknown)", json_string_value(value));
    }
    const char *epochs = json_string_value(json_object_get(then, "epochs"));
    parts->state->epochs_planned = epochs ? atoi(epochs) : 0;
    json_decref(then);
    if (!status)
        status = check_same(file, "teachers_checksum", parts->task->teachers_checksum, "teachers",
                            error);
    if (!status)
        status =
            check_same(file, "start_checksum", parts->start_checksum, "weights in --start", error);
    return status;
}

static int restore(const SafetensorsFile *file, const CheckpointParts *parts, Error *error) {
    if (check_same_run(file, parts, error))
        return -1;
    for (int i = 0; i < STATE_FIELDS; i++)
        if (read_field(file, &state_fields[i], parts->state, error))
            return -1;
    if (safetensors_read(file, parts->task->parameters, error) ||
        safetensors_read(file, optimizer_state(parts->optimizer), error) ||
        (parts->average && safetensors_read(file, average_state(parts->average), error)) ||
        (parts->task->carried && safetensors_read(file, parts->task->carried, error)))
        return -1;
    optimizer_set_steps(parts->optimizer, parts->state->steps_done);
    if (parts->average)
        average_set_updates(parts->average, parts->state->steps_done);
    return 0;
}

int checkpoint_load(const char *path, const CheckpointParts *parts, Error *error) {
    SafetensorsFile *file = safetensors_open(path, error);
    if (!file)
        return -1;
    int status = restore(file, parts, error);
    safetensors_close(file);
    return status;
}

int checkpoint_shards(const char *path, int *shards, Error *error) {
    SafetensorsFile *file = safetensors_open(path, error);
    if (!file)
        return -1;
    const char *text = safetensors_metadata(file, "settings");
    json_t *settings = text ? json_loads(text, 0, NULL) : NULL;
    *shards = atoi(setting_of(settings, "shards"));
    json_decref(settings);
    safetensors_close(file);
    return *shards >= 1 && *shards <= SHARDS_MOST
               ? 0
               : error_set(error, "%s: batches in %d shards, expected 1 to %d", path, *shards,
                           SHARDS_MOST);
}
