#include "train/loop/trainer.h"

#include "nn/base/clock.h"
#include "nn/io/file.h"
#include "train/loop/loader.h"
#include "train/loop/run.h"
#include "train/loop/training_log.h"

#include <math.h>
#include <signal.h>

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

enum { OVERFIT_STEPS = 50, CHECKPOINT_SECONDS = 300 };

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

static unsigned raised_flags(void) {
    return interrupted == SIGTERM ? TEAM_TERMINATED : interrupted ? TEAM_INTERRUPTED : 0;
}

/* The signal that ends the run; in a team one that all know of, so that all end at the same
 * step. */
static int stopped_by(const Run *run) {
    if (!run->team)
        return interrupted;
    return run->flags & TEAM_TERMINATED ? SIGTERM : run->flags & TEAM_INTERRUPTED ? SIGINT : 0;
}

/* ------------------------------------------------------------------ one step */

/* Leaves the gradients of the slot's batch in the parameters. */
static int look(Run *run, int slot, TapeMode mode, StepCount *count, float *loss, double *norm,
                Error *error) {
    const RunState *state = &run->state;
    BatchPlace place = {slot, state->epoch, state->step, state->steps_done};
    unsigned flags = run->flags;
    int status = batch_gradient(&run->gradient, place, mode, &flags, count, loss, norm, error);
    run->flags = flags;
    return status;
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

/* In a team all bring their part to rank 0, which writes, once all know that none has failed:
 * `status` is this member's. */
static int save_checkpoint(Run *run, int status, Error *error) {
    if (team_meet(run->team, status, NULL, error) || status ||
        team_gather_rows(run->team, run->gradient.shards.count, run->task->carried, error))
        return -1;
    return team_leads(run->team) ? run_save_checkpoint(run, error) : 0;
}

/* Whether it is time for a checkpoint; in a team, whether rank 0 finds so. */
static bool is_due(const Run *run, double saved) {
    return run->team ? run->flags & TEAM_SAVE : clock_seconds() - saved >= CHECKPOINT_SECONDS;
}

/* What this process has to say at the next meeting of its team. */
static unsigned flags_to_raise(const Run *run, double saved) {
    bool due = team_leads(run->team) && clock_seconds() - saved >= CHECKPOINT_SECONDS;
    return raised_flags() | (due ? TEAM_SAVE : 0);
}

/* Does the epoch's remaining steps, or as many as come before Ctrl-C; `rate` is what they ran
 * at. */
static int run_steps(Run *run, int steps, double *rate, Error *error) {
    RunState *state = &run->state;
    Loader *loader = loader_start(run->task, run->gradient.shards, state->epoch, state->step, steps,
                                  run->settings->overfit_batch, error);
    if (!loader)
        return -1;
    double started = clock_seconds(), saved = started, examples_before = state->examples;
    int status = 0;
    while (!status && state->step < steps && !stopped_by(run)) {
        int slot;
        status = loader_take(loader, &slot, error);
        if (status)
            break;
        run->flags = flags_to_raise(run, saved);
        status = step(run, slot, error);
        loader_give(loader);
        double now = clock_seconds();
        *rate = (state->examples - examples_before) / (now - started);
        if (!status && is_due(run, saved)) {
            saved = now;
            status = save_checkpoint(run, 0, error);
        }
        if (!status && progress_is_due(&run->progress))
            show_progress(run, steps, *rate);
    }
    loader_stop(loader);
    return status;
}

/* Validates the model as it would be used, in full precision, with the averaged weights where there
 * are any; saves what is worth it. */
static int judge(Run *run, Validation *validation, bool *is_best, Error *error) {
    RunState *state = &run->state;
    bool leads = team_leads(run->team);
    if (run->average)
        average_swap(run->average);
    tape_use_bfloat16(run->gradient.tape, false);
    int status = run_validate(run, validation, error);
    tape_use_bfloat16(run->gradient.tape, run->settings->bfloat16);
    if (!status && !(isfinite(validation->loss) && isfinite(validation->score)))
        status =
            error_set(error, "epoch %d: the validation loss is %g", state->epoch, validation->loss);
    *is_best = !status && (!state->best_epoch || validation->score > state->best.score);
    if (*is_best) {
        state->best = *validation;
        state->best_epoch = state->epoch;
        status = leads ? run_save_model(run, run->settings->out, validation, error) : 0;
    }
    if (!status && leads)
        status = run_keep_model(run, validation, error);
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
    Validation validation = {0};
    bool is_best;
    int status = judge(run, &validation, &is_best, error);
    schedule_score(&state->schedule, (float)validation.score);
    row.validation_loss = validation.loss;
    row.validation_accuracy = validation.accuracy;
    row.score = validation.score;
    row.seconds = run_seconds(run);
    if (!status && team_leads(run->team))
        status = training_log_append(run->log_path, &row, error);
    if (save_checkpoint(run, status, error))
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
            result->interrupted = stopped_by(run);
            if (save_checkpoint(run, 0, error))
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
    float warmup = fminf(s->warmup, 0.5f * (float)s->epochs);
    return (Schedule){
        .kind = s->schedule,
        .base = s->learning_rate,
        .floor = s->final_rate,
        .warmup = (int64_t)(warmup * (float)steps),
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
    const char *begun_from = json_string_value(json_object_get(run->record, "start"));
    if (begun_from && *begun_from)
        run->start_checksum = parameters_checksum(run->task->parameters);
    if (!(run->gradient.tape = tape_create()))
        return error_memory(error, "the tape", 0);
    tape_use_bfloat16(run->gradient.tape, s->bfloat16);
    run->gradient.rng = rng_split(rng_seed(s->seed), TRAIN_RNG_DROPOUT);
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
    run_name_files(run);
    return 0;
}

/* Puts the run where its checkpoint left it. */
static int resume(Run *run, Error *error) {
    int status = team_leads(run->team) ? run_load_checkpoint(run, error) : 0;
    if (run_follow_checkpoint(run, status, error))
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
    if (state->epoch >= run->settings->epochs) {
        progress_note(&run->progress, "%s: all of its %d epoch%s have been trained",
                      run->checkpoint_path, state->epoch, state->epoch == 1 ? "" : "s");
        return;
    }
    progress_note(&run->progress, "resumed from %s: epoch %d, batch %d", run->checkpoint_path,
                  state->epoch + 1, state->step + 1);
    if (schedule->kind == SCHEDULE_COSINE && state->epochs_planned != run->settings->epochs)
        progress_note(&run->progress,
                      "the run began with --epochs %d: over %d, cosine continues from a learning "
                      "rate of %.3g",
                      state->epochs_planned, run->settings->epochs,
                      schedule_rate(schedule, state->steps_done));
}

/* Settles on shards, and makes what adds them up. */
static int share_out(Run *run, Error *error) {
    BatchGradient *gradient = &run->gradient;
    if (run_share_out(run, error))
        return -1;
    gradient->task = run->task;
    gradient->team = run->team;
    if (gradient->shards.count == 1)
        return 0;
    if (!(gradient->sum = shard_sum_create(run->task->parameters, run->settings->half, error)))
        return -1;
    return run->settings->sync_norm ? batch_gradient_join(gradient, error) : 0;
}

static int start(Run *run, Error *error) {
    bool leads = team_leads(run->team);
    if (team_meet(run->team, leads ? run_hold_files(run, error) : 0, NULL, error) ||
        share_out(run, error) || run_compare(run, error))
        return -1;
    bool begins = leads && !run->settings->resume;
    if (run->settings->resume ? resume(run, error) : begins ? run_check_files(run, error) : 0)
        return -1;
    if (leads && training_log_start(run->log_path, run->state.epoch, error))
        return -1;
    if (begins && run_clear_files(run, error))
        return -1;
    run->progress =
        progress_start(run->settings->quiet || !leads, fraction_done(run, steps_in(run, 0)));
    if (run->settings->resume)
        tell_resumed(run);
    return 0;
}

/* The last meeting of a team: one that failed on its own lets the others know. */
static int take_leave(Run *run, int status, Error *error) {
    return team_meet(run->team, status, NULL, error) || status ? -1 : 0;
}

int train_run(const TrainTask *task, const TrainSettings *settings, const json_t *record,
              TrainResult *result, Error *error) {
    Run run = {.task = task,
               .settings = settings,
               .team = settings->team,
               .record = json_deep_copy(record),
               .lock.descriptor = -1};
    struct sigaction old[2];
    *result = (TrainResult){0};
    catch_interrupts(old);
    int status = set_up(&run, error);
    if (!status)
        status = start(&run, error);
    if (!status && (status = run_epochs(&run, result, error)) && team_leads(run.team) &&
        file_exists(run.checkpoint_path))
        progress_note(&run.progress, "the checkpoint %s is intact: --resume continues from it",
                      run.checkpoint_path);
    progress_end(&run.progress);
    if (!status && team_leads(run.team))
        status = run_draw_curve(&run, error);
    status = take_leave(&run, status, error);
    release_interrupts(old);
    if (!status) {
        result->best = run.state.best;
        result->best_epoch = run.state.best_epoch;
        result->epochs = run.state.epoch;
        result->seconds = run_seconds(&run);
    }
    file_unlock(&run.lock);
    sharpness_destroy(run.sharpness);
    average_destroy(run.average);
    optimizer_destroy(run.optimizer);
    batch_gradient_free(&run.gradient);
    json_decref(run.record);
    return status;
}
