#include "train/loop/trainer.h"

#include "nn/base/clock.h"
#include "nn/base/file.h"
#include "nn/base/file_lock.h"
#include "nn/base/number.h"
#include "nn/base/progress.h"
#include "nn/core/sharpness.h"
#include "train/loop/checkpoint.h"
#include "train/loop/learning_curve.h"
#include "train/loop/loader.h"
#include "train/loop/training_log.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const TrainSettings train_defaults = {
    .seed = 1,
    .epochs = 40,
    .learning_rate = 0.05f,
    .warmup = 1,
    .schedule = SCHEDULE_COSINE,
    .rate_every = 10,
    .rate_patience = 5,
    .rate_factor = 0.5f,
    .optimizer = OPTIMIZER_SGD,
    .momentum = 0.9f,
    .beta2 = 0.999f,
    .weight_decay = 5e-4f,
};

enum { MAX_PATH = 4096, OVERFIT_STEPS = 50, CHECKPOINT_SECONDS = 300 };

typedef struct Run {
    const TrainTask *task;
    const TrainSettings *settings;
    const json_t *record;
    Tape *tape;
    Optimizer *optimizer;
    Average *average;     /* or NULL */
    Sharpness *sharpness; /* or NULL */
    RunState state;
    Progress progress;
    double seconds_before; /* of earlier parts of the run */
    char log_path[MAX_PATH], checkpoint_path[MAX_PATH];
    FileLock lock;
} Run;

/* ------------------------------------------------------------------ Ctrl-C */

static volatile sig_atomic_t interrupted; /* by this signal */

static void on_interrupt(int signal) {
    interrupted = signal;
}

/* A second Ctrl-C ends the program at once. */
static void catch_interrupts(struct sigaction old[2]) {
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    interrupted = 0;
    sigaction(SIGINT, &action, &old[0]);
    sigaction(SIGTERM, &action, &old[1]);
}

static void release_interrupts(const struct sigaction old[2]) {
    sigaction(SIGINT, &old[0], NULL);
    sigaction(SIGTERM, &old[1], NULL);
}

/* ------------------------------------------------------------------ files */

/* "DIR/faces.safetensors" and ".csv" make "DIR/faces.csv". */
static void sibling_path(const char *out, const char *ending, char path[MAX_PATH]) {
    static const char suffix[] = ".safetensors";
    size_t length = strlen(out), tail = sizeof suffix - 1;
    if (length > tail && !strcmp(out + length - tail, suffix))
        length -= tail;
    snprintf(path, MAX_PATH, "%.*s%s", (int)length, out, ending);
}

static CheckpointParts parts_of(Run *run) {
    return (CheckpointParts){run->task, run->optimizer, run->average, &run->state, run->record};
}

static double seconds_so_far(const Run *run) {
    return run->seconds_before + clock_seconds() - run->progress.started;
}

static int save_checkpoint(Run *run, Error *error) {
    run->state.seconds = seconds_so_far(run);
    CheckpointParts parts = parts_of(run);
    return checkpoint_save(run->checkpoint_path, &parts, error);
}

static void set_number(json_t *object, const char *key, const char *format, double value) {
    char text[64];
    number_format(text, sizeof text, format, value);
    json_object_set_new(object, key, json_string(text));
}

/* Writes the model as it stands, with how it came to be in the metadata. */
static int save_model(Run *run, const char *path, const Validation *validation, Error *error) {
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
    set_number(metadata, "training.seconds", "%.0f", seconds_so_far(run));
    set_number(metadata, "validation.score", "%.6f", validation->score);
    set_number(metadata, "validation.loss", "%.6f", validation->loss);
    set_number(metadata, "validation.accuracy", "%.6f", validation->accuracy);
    int status = run->task->save(run->task->context, path, metadata, error);
    json_decref(metadata);
    return status;
}

/* Writes this epoch's model and removes the one that is now too old. */
static int keep_model(Run *run, const Validation *validation, Error *error) {
    char ending[64], path[MAX_PATH];
    int keep = run->settings->keep, epoch = run->state.epoch;
    if (!keep)
        return 0;
    snprintf(ending, sizeof ending, ".epoch-%03d.safetensors", epoch);
    sibling_path(run->settings->out, ending, path);
    if (save_model(run, path, validation, error))
        return -1;
    if (epoch > keep) {
        snprintf(ending, sizeof ending, ".epoch-%03d.safetensors", epoch - keep);
        sibling_path(run->settings->out, ending, path);
        unlink(path);
    }
    return 0;
}

/* ------------------------------------------------------------------ one step */

static int not_finite(const Run *run, double loss, Error *error) {
    const Tensor *value = tape_first_not_finite(run->tape);
    const Tensor *gradient = gradients_first_not_finite(run->task->parameters);
    return error_set(error,
                     "epoch %d, step %d: the loss is %g; the first %s that is not finite is '%s'. "
                     "A lower --lr or "
                     "--clip may help; the last checkpoint is intact",
                     run->state.epoch + 1, run->state.step + 1, loss,
                     value || !gradient ? "value" : "gradient",
                     value      ? value->name
                     : gradient ? gradient->name
                                : "unknown");
}

/* Leaves the gradients of the slot's batch in the parameters. Every look at a batch sees the same
 * dropout masks. */
static int look(Run *run, int slot, TapeMode mode, StepCount *count, float *loss_value,
                double *norm, Error *error) {
    const TrainTask *task = run->task;
    Rng rng = rng_split(rng_split(rng_seed(run->settings->seed), TRAIN_RNG_DROPOUT),
                        (uint64_t)run->state.steps_done);
    tape_begin(run->tape, mode, rng);
    Tensor *loss = task->loss(task->context, slot, run->tape, count, error);
    if (tape_check(run->tape, error) || !loss)
        return -1;
    *loss_value = loss->data[0];
    if (!isfinite(*loss_value))
        return not_finite(run, *loss_value, error);
    if (tape_backward(run->tape, loss, error))
        return -1;
    const TrainReducer *reducer = run->settings->reducer;
    if (reducer && reducer->reduce(reducer->context, task->parameters, error))
        return -1;
    *norm = gradients_norm(task->parameters);
    return isfinite(*norm) ? 0 : not_finite(run, *loss_value, error);
}

/* Replaces the gradients at the weights by those at the highest point nearby. */
static int look_uphill(Run *run, int slot, double *norm, Error *error) {
    StepCount count = {0};
    float loss;
    sharpness_climb(run->sharpness, *norm);
    int status = look(run, slot, TAPE_TRAIN_AGAIN, &count, &loss, norm, error);
    sharpness_return(run->sharpness);
    return status;
}

static int step(Run *run, int slot, Error *error) {
    RunState *state = &run->state;
    StepCount count = {0};
    float loss = 0;
    double norm = 0;
    if (look(run, slot, TAPE_TRAIN, &count, &loss, &norm, error) ||
        (run->sharpness && look_uphill(run, slot, &norm, error)))
        return -1;
    if (run->settings->clip > 0)
        gradients_clip(run->task->parameters, norm, run->settings->clip);
    optimizer_step(run->optimizer, schedule_rate(&state->schedule, state->steps_done));
    if (run->average)
        average_update(run->average);
    state->loss_sum += loss * count.examples;
    state->examples += count.examples;
    state->correct += count.correct;
    state->step++;
    state->steps_done++;
    return 0;
}

/* ------------------------------------------------------------------ one epoch */

static int steps_in(const Run *run, int epoch) {
    return run->settings->overfit_batch ? OVERFIT_STEPS
                                        : run->task->steps(run->task->context, epoch);
}

static double fraction_done(const Run *run, int steps) {
    return (run->state.epoch + (double)run->state.step / steps) / run->settings->epochs;
}

static void show_progress(Run *run, int steps, double rate) {
    const RunState *state = &run->state;
    progress_show(&run->progress, fraction_done(run, steps),
                  "epoch %d/%d, batch %d/%d, loss %.3f, accuracy %.1f %%, %.0f %s/s",
                  state->epoch + 1, run->settings->epochs, state->step, steps,
                  state->loss_sum / state->examples, 100 * state->correct / state->examples, rate,
                  run->task->unit);
}

/* Does the epoch's remaining steps, or as many as come before Ctrl-C; `rate` is what they ran
 * at. */
static int run_steps(Run *run, int steps, double *rate, Error *error) {
    RunState *state = &run->state;
    Loader *loader = loader_start(run->task, state->epoch, state->step, steps,
                                  run->settings->overfit_batch, error);
    if (!loader)
        return -1;
    double started = clock_seconds(), saved = started, examples_before = state->examples;
    int status = 0;
    while (!status && state->step < steps && !interrupted) {
        int slot;
        status = loader_take(loader, &slot, error);
        if (status)
            break;
        status = step(run, slot, error);
        loader_give(loader);
        double now = clock_seconds();
        *rate = (state->examples - examples_before) / (now - started);
        if (!status && now - saved >= CHECKPOINT_SECONDS) {
            saved = now;
            status = save_checkpoint(run, error);
        }
        if (!status && progress_is_due(&run->progress))
            show_progress(run, steps, *rate);
    }
    loader_stop(loader);
    return status;
}

/* Validates the weights that would be used: the averaged ones where there are any; saves what is
 * worth it. */
static int judge(Run *run, Validation *validation, bool *is_best, Error *error) {
    RunState *state = &run->state;
    if (run->average)
        average_swap(run->average);
    int status = run->task->validate(run->task->context, run->tape, validation, error);
    if (!status && !(isfinite(validation->loss) && isfinite(validation->score)))
        status =
            error_set(error, "epoch %d: the validation loss is %g; the last checkpoint is intact",
                      state->epoch, validation->loss);
    *is_best = !status && (!state->best_epoch || validation->score > state->best.score);
    if (*is_best) {
        state->best = *validation;
        state->best_epoch = state->epoch;
        status = save_model(run, run->settings->out, validation, error);
    }
    if (!status)
        status = keep_model(run, validation, error);
    if (run->average)
        average_swap(run->average);
    return status;
}

/* After the last step of an epoch: validation, files, log line, checkpoint. */
static int finish_epoch(Run *run, double rate, Error *error) {
    RunState *state = &run->state;
    float learning_rate = schedule_rate(&state->schedule, state->steps_done - 1);
    TrainingLogRow row = {.step = state->steps_done,
                          .loss = state->loss_sum / state->examples,
                          .accuracy = state->correct / state->examples,
                          .learning_rate = learning_rate};
    row.epoch = ++state->epoch;
    state->step = 0;
    state->loss_sum = state->examples = state->correct = 0;
    Validation validation;
    bool is_best;
    if (judge(run, &validation, &is_best, error))
        return -1;
    schedule_score(&state->schedule, (float)validation.score);
    row.validation_loss = validation.loss;
    row.validation_accuracy = validation.accuracy;
    row.score = validation.score;
    row.seconds = seconds_so_far(run);
    if (training_log_append(run->log_path, &row, error) || save_checkpoint(run, error))
        return -1;
    progress_note(&run->progress,
                  "epoch %d/%d: loss %.4f, accuracy %.2f %%; validation loss %.4f, accuracy %.2f "
                  "%%%s; rate %.3g; "
                  "%.0f %s/s",
                  row.epoch, run->settings->epochs, row.loss, 100 * row.accuracy,
                  row.validation_loss, 100 * row.validation_accuracy, is_best ? ", the best" : "",
                  learning_rate, rate, run->task->unit);
    return 0;
}

static bool has_stalled(const Run *run) {
    int patience = run->settings->patience;
    return patience && run->state.epoch - run->state.best_epoch >= patience;
}

static int run_epochs(Run *run, TrainResult *result, Error *error) {
    while (run->state.epoch < run->settings->epochs) {
        if (has_stalled(run)) {
            progress_note(&run->progress, "no better model in %d epochs: stopped early",
                          run->settings->patience);
            break;
        }
        int steps = steps_in(run, run->state.epoch);
        double rate = 0;
        if (steps < 1)
            return error_set(error, "epoch %d has no batch", run->state.epoch + 1);
        if (run_steps(run, steps, &rate, error))
            return -1;
        if (run->state.step < steps) {
            result->interrupted = interrupted;
            if (save_checkpoint(run, error))
                return -1;
            progress_note(
                &run->progress,
                "interrupted: the run so far is in %s; the same command with --resume goes on",
                run->checkpoint_path);
            return 0;
        }
        if (finish_epoch(run, rate, error))
            return -1;
    }
    return 0;
}

/* ------------------------------------------------------------------ a run */

static Schedule make_schedule(const Run *run) {
    const TrainSettings *s = run->settings;
    int64_t steps = steps_in(run, 0);
    return (Schedule){
        .kind = s->schedule,
        .base = s->learning_rate,
        .floor = s->final_rate,
        .warmup = (int64_t)(s->warmup * (float)steps),
        .total = steps * s->epochs,
        .every = steps * s->rate_every,
        .factor = s->rate_factor,
        .patience = s->rate_patience,
    };
}

static int set_up(Run *run, Error *error) {
    const TrainSettings *s = run->settings;
    OptimizerSettings optimizer = {
        .kind = s->optimizer,
        .momentum = s->momentum,
        .beta1 = s->momentum,
        .beta2 = s->beta2,
        .epsilon = 1e-8f,
        .weight_decay = s->weight_decay,
    };
    if (parameters_enable_gradients(run->task->parameters, error))
        return -1;
    if (!(run->tape = tape_create()))
        return error_memory(error, "the tape", 0);
    if (!(run->optimizer = optimizer_create(run->task->parameters, optimizer, error)))
        return -1;
    if (s->average > 0 &&
        !(run->average = average_create(run->task->parameters, s->average, error)))
        return -1;
    if (s->sharpness > 0 && run->task->carried)
        return error_set(error, "sharpness-aware minimisation looks at each batch twice, which a "
                                "task that carries a state from step to step does not allow");
    if (s->sharpness > 0 &&
        !(run->sharpness = sharpness_create(run->task->parameters, s->sharpness, error)))
        return -1;
    run->state.schedule = make_schedule(run);
    sibling_path(s->out, ".csv", run->log_path);
    sibling_path(s->out, ".checkpoint.safetensors", run->checkpoint_path);
    return 0;
}

/* Puts the run where its checkpoint left it. */
static int resume(Run *run, Error *error) {
    if (!file_exists(run->checkpoint_path))
        return error_set(error, "--resume: there is no checkpoint %s to continue from",
                         run->checkpoint_path);
    CheckpointParts parts = parts_of(run);
    if (checkpoint_load(run->checkpoint_path, &parts, error))
        return -1;
    run->seconds_before = run->state.seconds;
    int step = run->state.step, steps = steps_in(run, run->state.epoch);
    if (step > steps)
        return error_set(error, "%s: batch %d of an epoch of %d", run->checkpoint_path, step + 1,
                         steps);
    return 0;
}

/* Says where the run goes on, and what another number of epochs does to the rate. */
static void tell_resumed(Run *run) {
    const RunState *state = &run->state;
    const Schedule *schedule = &state->schedule;
    progress_note(&run->progress, "resumed from %s: epoch %d, batch %d", run->checkpoint_path,
                  state->epoch + 1, state->step + 1);
    if (schedule->kind == SCHEDULE_COSINE && state->epochs_planned != run->settings->epochs)
        progress_note(&run->progress,
                      "the run began with --epochs %d: over %d, cosine goes on from a rate of %.3g",
                      state->epochs_planned, run->settings->epochs,
                      schedule_rate(schedule, state->steps_done));
}

/* Refuses to begin anew over a run's files, unless asked to; then its checkpoint goes, lest a run
 * that ends before its own first one be continued from it. */
static int clear(const Run *run, Error *error) {
    const char *const paths[] = {run->settings->out, run->checkpoint_path, run->log_path};
    for (int i = 0; i < 3; i++)
        if (!run->settings->overwrite && file_exists(paths[i]))
            return error_set(error,
                             "%s already exists: --resume continues its run, --overwrite replaces "
                             "it",
                             paths[i]);
    if (unlink(run->checkpoint_path) && errno != ENOENT)
        return error_errno(error, "cannot remove %s", run->checkpoint_path);
    return 0;
}

static int hold(Run *run, Error *error) {
    char path[MAX_PATH];
    sibling_path(run->settings->out, ".lock", path);
    return file_lock(&run->lock, path, error)
               ? error_context(error, "--out %s: is another run training it?", run->settings->out)
               : 0;
}

static int start(Run *run, Error *error) {
    if (file_try(run->settings->out, error) || file_try(run->checkpoint_path, error) ||
        hold(run, error))
        return -1;
    if (run->settings->resume ? resume(run, error) : clear(run, error))
        return -1;
    if (training_log_start(run->log_path, run->state.epoch, error))
        return -1;
    run->progress = progress_start(run->settings->quiet, fraction_done(run, steps_in(run, 0)));
    if (run->settings->resume)
        tell_resumed(run);
    return 0;
}

/* The learning curve so far, of a run that was interrupted too. */
static int draw_curve(const Run *run, Error *error) {
    char stem[MAX_PATH];
    sibling_path(run->settings->out, ".curve", stem);
    return run->state.epoch ? learning_curve_draw(run->log_path, stem, error) : 0;
}

int train_run(const TrainTask *task, const TrainSettings *settings, const json_t *record,
              TrainResult *result, Error *error) {
    Run run = {.task = task, .settings = settings, .record = record, .lock.descriptor = -1};
    struct sigaction old[2];
    *result = (TrainResult){0};
    catch_interrupts(old);
    int status = set_up(&run, error);
    if (!status)
        status = start(&run, error);
    if (!status)
        status = run_epochs(&run, result, error) || draw_curve(&run, error) ? -1 : 0;
    release_interrupts(old);
    if (!status) {
        result->best = run.state.best;
        result->best_epoch = run.state.best_epoch;
        result->epochs = run.state.epoch;
        result->seconds = seconds_so_far(&run);
    }
    file_unlock(&run.lock);
    sharpness_destroy(run.sharpness);
    average_destroy(run.average);
    optimizer_destroy(run.optimizer);
    tape_destroy(run.tape);
    return status;
}
