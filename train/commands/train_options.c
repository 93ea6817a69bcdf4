#include "train/commands/train_options.h"

#include "nn/base/json_text.h"
#include "nn/base/text_list.h"
#include "nn/base/threads.h"
#include "nn/command_line/progress.h"
#include "nn/io/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_INPUTS = 16 };

TrainOptions train_options_defaults(void) {
    return (TrainOptions){.run = train_defaults,
                          .schedule = schedule_names[train_defaults.schedule],
                          .optimizer = optimizer_names[train_defaults.optimizer],
                          .batch = 64,
                          .reduce = parallel_reductions[0],
                          .wire = parallel_wires[0],
                          .timeout = 1800,
                          .usual_final_rate = train_defaults.final_rate};
}

TrainOptions train_options_small_network(int batch, float final_rate, float clip) {
    TrainOptions train = train_options_defaults();
    train.batch = batch;
    train.optimizer = "adamw";
    train.run.learning_rate = 2e-3f;
    train.run.final_rate = train.usual_final_rate = final_rate;
    train.run.weight_decay = 1e-2f;
    train.run.average = 0.998f;
    train.run.clip = clip;
    return train;
}

int train_options_parse(TrainOptions *train, const Usage *usage, const Option *options,
                        void *settings, int argc, char **argv) {
    Error error;
    if (parallel_start(&train->run.team, &error))
        return command_status(usage, -1, &error);
    return options_parse(usage, options, settings, argc, argv, NULL);
}

/* Refuses what the chosen schedule or optimizer has no use for. */
static int check_idle(const TrainOptions *train, const Usage *usage) {
    const TrainSettings *usual = &train_defaults, *run = &train->run;
    if (run->schedule != SCHEDULE_STEP && run->rate_every != usual->rate_every)
        return options_wrong(usage, "--lr-every requires --schedule step");
    if (run->schedule != SCHEDULE_PLATEAU && run->rate_patience != usual->rate_patience)
        return options_wrong(usage, "--lr-patience requires --schedule plateau");
    if (run->schedule != SCHEDULE_STEP && run->schedule != SCHEDULE_PLATEAU &&
        run->rate_factor != usual->rate_factor)
        return options_wrong(usage, "--lr-factor requires --schedule step or plateau");
    if (run->schedule != SCHEDULE_COSINE && run->schedule != SCHEDULE_PLATEAU &&
        run->final_rate != train->usual_final_rate)
        return options_wrong(usage, "--final-lr requires --schedule cosine or plateau");
    if ((run->optimizer == OPTIMIZER_SGD || run->optimizer == OPTIMIZER_LARS) &&
        run->beta2 != usual->beta2)
        return options_wrong(usage, "--beta2 requires --optimizer adam, adamw or lamb");
    return OPTIONS_RUN;
}

int train_options_check(TrainOptions *train, const Usage *usage) {
    if (!train->run.out)
        return options_wrong(usage, "--out is missing: the model file to write");
    train->run.schedule = (ScheduleKind)choice_index(schedule_names, train->schedule);
    train->run.optimizer = (OptimizerKind)choice_index(optimizer_names, train->optimizer);
    train->run.quiet = train->common.quiet;
    bool fast = choice_index(parallel_reductions, train->reduce) == PARALLEL_FAST;
    train->run.half = choice_index(parallel_wires, train->wire) == PARALLEL_HALF;
    if (fast && train->run.half)
        return options_wrong(usage, "--wire half requires --reduce tree");
    bool whole = !train->run.team && !train->run.resume && train->run.shards < 2;
    if (fast && !train->run.team)
        return options_wrong(usage, "--reduce fast requires several processes");
    if (check_idle(train, usage) != OPTIONS_RUN)
        return EXIT_USAGE;
    if (whole && train->run.half)
        return options_wrong(usage, "--wire half requires several processes, or --shards N");
    parallel_set(train->run.team, train->timeout, fast);
    threads_use(parallel_threads(train->run.team, train->common.threads));
    return OPTIONS_RUN;
}

int train_options_begin(TrainOptions *train, const Usage *usage, const Option *options,
                        void *settings, int argc, char **argv, const char *const *data,
                        const char *kind) {
    int status = train_options_parse(train, usage, options, settings, argc, argv);
    if (status != OPTIONS_RUN)
        return status;
    if (!*data)
        return options_wrong(usage, "--data is missing: %s", kind);
    return train_options_check(train, usage);
}

/* The option's value; of paths without folders, which are of the machine. NULL when memory is out.
 */
static json_t *recorded(const Option *option, const void *values) {
    char text[256];
    const char *given = option_text(option, values);
    if (!given) {
        option_value(option, values, text, sizeof text);
        return json_text(text);
    }
    char *list = strdup(given);
    if (!list)
        return NULL;
    text_list_drop_folders(list);
    json_t *record = json_text(list);
    free(list);
    return record;
}

json_t *train_options_record(const Option *options, const void *values) {
    json_t *record = json_object();
    for (const Option *option = options; option->name; option++)
        json_object_set_new(record, option->name, recorded(option, values));
    return record;
}

static void print_json(const TrainOptions *train, const TrainResult *result, const char *loss_key) {
    bool judged = result->best_epoch > 0; /* else there is no model */
    json_t *object =
        json_pack("{s:o, s:i, s:o, s:o, s:o, s:f, s:b}", "model",
                  judged ? json_text(train->run.out) : json_null(), "epochs", result->epochs,
                  "best_epoch", judged ? json_integer(result->best_epoch) : json_null(),
                  "validation_accuracy", judged ? json_real(result->best.accuracy) : json_null(),
                  loss_key, judged ? json_real(result->best.loss) : json_null(), "seconds",
                  result->seconds, "interrupted", result->interrupted);
    if (judged)
        (void)json_add_bytes(object, "model", train->run.out);
    json_dumpf(object, stdout, JSON_REAL_PRECISION(9));
    printf("\n");
    json_decref(object);
}

static void print_result(const TrainOptions *train, const TrainResult *result,
                         const char *loss_unit) {
    char duration[DURATION_TEXT];
    if (result->best_epoch)
        printf("%s: best epoch %d of %d, validation accuracy %.2f %%, loss %.4f%s%s, trained for "
               "%s\n",
               train->run.out, result->best_epoch, result->epochs, 100 * result->best.accuracy,
               result->best.loss, *loss_unit ? " " : "", loss_unit,
               duration_text(result->seconds, duration));
}

static void list_inputs(const Option *options, const void *values,
                        const char *inputs[MOST_INPUTS + 1]) {
    int n = 0;
    for (const Option *option = options; option->name && n < MOST_INPUTS; option++) {
        const char *value = option_text(option, values);
        if (option->kind == OPTION_KIND_INPUT && value)
            inputs[n++] = value;
    }
    inputs[n] = NULL;
}

int train_options_run(const TrainOptions *train, const TrainTask *task, const Option *options,
                      const void *values, const char *loss_key, const char *loss_unit,
                      Error *error) {
    json_t *record = train_options_record(options, values);
    TrainSettings run = train->run;
    const char *inputs[MOST_INPUTS + 1];
    list_inputs(options, values, inputs);
    run.inputs = inputs;
    if (train->lr_batch) {
        float scale = (float)train->batch / (float)train->lr_batch;
        run.learning_rate *= scale;
        run.final_rate *= scale;
    }
    TrainResult result;
    int status = train_run(task, &run, record, &result, error);
    json_decref(record);
    if (status)
        return -1;
    if (train->json)
        print_json(train, &result, loss_key);
    else
        print_result(train, &result, loss_unit);
    return result.interrupted;
}

int train_options_end(const TrainOptions *train, const Usage *usage, int status, Error *error) {
    TrainTeam *team = train->run.team;
    if (status < 0 && team_meet(team, status, NULL, error) && parallel_speaks(team))
        return command_status(usage, -1, error);
    return team_leads(team) ? command_status(usage, status, error) : EXIT_DONE;
}
