#include "nn/base/checksum.h"
#include "nn/conv/bfloat16.h"
#include "nn/kernels/isa.h"
#include "train/loop/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHARDS_OF_A_TEAM = 8 };

/* ------------------------------------------------------------------ shards */

/* As the user says; else as the run began; else whole batches alone, and eight shards in a team. */
static int choose_shards(const Run *run, int *shards, Error *error) {
    *shards = run->settings->shards;
    if (!*shards && run->settings->resume)
        return checkpoint_shards(run->checkpoint_path, shards, error);
    if (!*shards)
        *shards = run->team && run->team->size > 1 ? SHARDS_OF_A_TEAM : 1;
    return 0;
}

/* Fails where shards are too small for what needs the examples of each. */
static int check_shards(const Run *run, int shards, Error *error) {
    const TrainTask *task = run->task;
    if (shards < 2)
        return 0;
    if (task->mixes && task->batch < 2 * shards)
        return error_set(error,
                         "%d shards of a batch of %d leave some without two examples to mix: a "
                         "larger --batch, fewer --shards, or neither --mixup nor --cutmix",
                         shards, task->batch);
    if (run->settings->sync_norm && task->smallest_batch && task->smallest_batch < shards)
        return error_set(error,
                         "--sync-norm: an epoch's last batch, of %d, has fewer examples than the "
                         "%d shards: a larger --batch, or fewer --shards",
                         task->smallest_batch, shards);
    return 0;
}

int run_share_out(Run *run, Error *error) {
    TrainTeam *team = run->team;
    int shards = 1, status = team_leads(team) ? choose_shards(run, &shards, error) : 0;
    if (team_follow(team, status, &shards, sizeof shards, error))
        return -1;
    int members = team ? team->size : 1;
    if (!run->task->divisible && (members > 1 || shards > 1))
        return error_set(error,
                         "what is trained here does not divide its batches: it trains in one "
                         "process, without --shards");
    if (members > shards)
        return error_set(error, "%d processes cannot share %d %s; %s", members, shards,
                         shards > 1 ? "shards of a batch" : "whole batch",
                         run->settings->resume
                             ? "the number of shards belongs to the run that is continued"
                             : "--shards says how many there are");
    if (check_shards(run, shards, error))
        return -1;
    char text[16];
    snprintf(text, sizeof text, "%d", shards);
    json_object_set_new(run->record, "shards", json_string(text));
    run->gradient.shards = team_shards(team, team ? team->rank : 0, shards);
    return 0;
}

/* ------------------------------------------------------------------ the same run everywhere */

/* Settings that each member may have of its own. */
static const char *const OWN_SETTINGS[] = {"out",  "data",    "cache",   "threads",  "quiet",
                                           "json", "preview", "timeout", "list-bad", NULL};

/* Of the running program's file; 0 where that cannot be read. */
static uint64_t program_checksum(void) {
    FILE *file = fopen("/proc/self/exe", "rb");
    Checksum checksum = {0};
    unsigned char bytes[65536];
    if (!file)
        return 0;
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;)
        checksum_add(&checksum, bytes, n);
    fclose(file);
    return checksum_end(&checksum);
}

/* What must be the same for all: an object of strings. */
static json_t *identity(const Run *run) {
    json_t *object = json_object(), *value;
    const char *name;
    json_object_foreach(run->record, name, value) {
        char option[128];
        bool own = false;
        for (int i = 0; OWN_SETTINGS[i]; i++)
            own |= !strcmp(OWN_SETTINGS[i], name);
        snprintf(option, sizeof option, "--%s", name);
        if (!own)
            json_object_set(object, option, value);
    }
    checkpoint_set_checksum(object, "the data's checksum", run->task->data_checksum);
    checkpoint_set_checksum(object, "the initial weights' checksum",
                            parameters_checksum(run->task->parameters));
    checkpoint_set_checksum(object, "the teachers' checksum", run->task->teachers_checksum);
    checkpoint_set_checksum(object, "the program's checksum", program_checksum());
    json_object_set_new(object, "the instruction set", json_string(isa_name(isa_current())));
    if (run->settings->bfloat16)
        json_object_set_new(object, "the matrix unit",
                            json_string(conv_bfloat16_has_unit() ? "used" : "missing"));
    return object;
}

/* Finds the first difference. */
static int compare(const json_t *mine, const json_t *first, Error *error) {
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)mine, name, value) {
        const char *here = json_string_value(value),
                   *there = json_string_value(json_object_get(first, name));
        if (!there || strcmp(here, there))
            return error_set(error, "%s is %s here and %s in process 0", name, here,
                             there ? there : "unknown");
    }
    return 0;
}

int run_compare(const Run *run, Error *error) {
    TrainTeam *team = run->team;
    if (!team)
        return 0;
    json_t *mine = identity(run);
    char *text = json_dumps(mine, JSON_COMPACT | JSON_SORT_KEYS);
    size_t size = text ? strlen(text) + 1 : 0;
    int status = text ? 0 : error_memory(error, "what is compared", 0);
    status = team_follow(team, status, &size, sizeof size, error);
    char *theirs = status ? NULL : malloc(size);
    if (!status) {
        if (theirs && team_leads(team))
            memcpy(theirs, text, size);
        status = theirs ? 0 : error_memory(error, "what is compared", size);
        status = team_follow(team, status, theirs, size, error);
    }
    if (!status) {
        json_t *first = json_loads(theirs, 0, NULL);
        status = team_meet(team, compare(mine, first, error), NULL, error);
        json_decref(first);
    }
    free(theirs);
    free(text);
    json_decref(mine);
    return status;
}

int run_follow_checkpoint(Run *run, int status, Error *error) {
    TrainTeam *team = run->team;
    if (team_follow(team, status, &run->state, sizeof run->state, error) ||
        team_follow_values(team, run->task->parameters, error) ||
        team_follow_values(team, run->task->carried, error) ||
        team_follow_values(team, optimizer_state(run->optimizer), error) ||
        (run->average && team_follow_values(team, average_state(run->average), error)))
        return -1;
    optimizer_set_steps(run->optimizer, run->state.steps_done);
    if (run->average)
        average_set_updates(run->average, run->state.steps_done);
    return 0;
}
