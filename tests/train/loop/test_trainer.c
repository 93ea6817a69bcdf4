/* The training loop, on a task so small that every number can be followed: least squares, with a
 * state that is carried from step to step. */
#include "nn/io/file.h"
#include "nn/io/file_lock.h"
#include "nn/io/safetensors.h"
#include "nn/ops/operators.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"
#include "train/commands/train_options.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>

enum { STEPS = 5, EXAMPLES = 4, FEATURES = 3, EPOCHS = 4 };

typedef struct Toy {
    Parameters *parameters, *carried;
    Tensor *weight, *memory;
    float x[TRAIN_SLOTS][EXAMPLES * FEATURES], y[TRAIN_SLOTS][EXAMPLES];
    int losses;           /* calls of loss so far */
    int interrupt_at;     /* raise SIGINT in this call, counted from 1 */
    int poison_at;        /* make the weight NaN in this call */
    int fail_at;          /* fail to prepare this step of the first epoch */
    const double *scores; /* what validation says, one an epoch; NULL: minus the weight's error */
    int validations;
    int rounded, validations_rounded; /* of which so many with tape_use_bfloat16 */
    bool carries_nothing;             /* each batch stands for itself, and can be cut into shards */
    bool keeps_all;                   /* no dropout */
    Shards shards;                    /* of the last batch */
} Toy;

static int steps(void *context, int epoch) {
    (void)context;
    (void)epoch;
    return STEPS;
}

static int prepare(void *context, int slot, Shards shards, int epoch, int step, Error *error) {
    Toy *toy = context;
    toy->shards = shards;
    if (toy->fail_at && epoch == 0 && step == toy->fail_at)
        return error_set(error, "batch %d is spoilt", step);
    Rng rng = rng_split(rng_seed(7), (uint64_t)(epoch * STEPS + step));
    for (int i = 0; i < EXAMPLES; i++) {
        toy->y[slot][i] = 0;
        for (int j = 0; j < FEATURES; j++) {
            float value = rng_normal(rng, (uint64_t)(i * FEATURES + j));
            toy->x[slot][i * FEATURES + j] = value;
            toy->y[slot][i] += (float)(j + 1) * value;
        }
    }
    return 0;
}

/* The memory's running mean of the batches sways the target, so that losing it would show. */
static Tensor *loss(void *context, int slot, int shard, Tape *tape, StepCount *count,
                    Error *error) {
    (void)error;
    Toy *toy = context;
    toy->losses++;
    toy->rounded += tape_uses_bfloat16(tape);
    if (toy->losses == toy->interrupt_at)
        raise(SIGINT);
    if (toy->losses == toy->poison_at)
        toy->weight->data[1] = NAN;
    if (!toy->carries_nothing)
        toy->memory->data[0] = 0.9f * toy->memory->data[0] + toy->x[slot][0];
    for (int i = 0; i < EXAMPLES && !toy->carries_nothing; i++)
        toy->y[slot][i] += 0.01f * toy->memory->data[0];
    int first = shard_start(EXAMPLES, shard, toy->shards.count),
        n = shard_start(EXAMPLES, shard + 1, toy->shards.count) - first;
    Tensor *x = tape_input(tape, "x", shape(n, FEATURES), toy->x[slot] + first * FEATURES);
    Tensor *y = tape_input(tape, "y", shape(n, 1), toy->y[slot] + first);
    /* The step's random stream matters, too. */
    Tensor *dropped = op_dropout(tape, x, toy->keeps_all ? 0 : 0.1f, 0);
    count->examples = n;
    return op_mse(tape, op_linear(tape, dropped, toy->weight, NULL), y);
}

static int validate(void *context, Tape *tape, Shards shards, ValidationSums *sums, Error *error) {
    Toy *toy = context;
    (void)shards;
    (void)error;
    double distance = 0;
    for (int j = 0; j < FEATURES; j++)
        distance += fabs(toy->weight->data[j] - (double)(j + 1));
    *sums = (ValidationSums){.score = toy->scores ? toy->scores[toy->validations] : -distance,
                             .loss = distance,
                             .examples = 1};
    toy->validations++;
    toy->validations_rounded += tape_uses_bfloat16(tape);
    return 0;
}

static int save(void *context, const char *path, json_t *metadata, Error *error) {
    const Toy *toy = context;
    return safetensors_save(path, SAFETENSORS_FULL, 1, (const Parameters *const[]){toy->parameters},
                            metadata, error);
}

static Toy *toy_create(void) {
    Toy *toy = calloc(1, sizeof *toy);
    toy->parameters = parameters_create();
    toy->carried = parameters_create();
    toy->weight =
        parameters_add(toy->parameters, "", "weight", shape(1, FEATURES), PARAMETER_WEIGHT);
    toy->memory = parameters_add(toy->carried, "state", "memory", shape(1), PARAMETER_BUFFER);
    return toy;
}

static void toy_destroy(Toy *toy) {
    parameters_destroy(toy->parameters);
    parameters_destroy(toy->carried);
    free(toy);
}

static const Option options[] = {
    OPTION_FLOAT(TrainSettings, learning_rate, "lr", "F", 0, 1, ""),
    OPTION_STRING(TrainSettings, out, "out", 'o', "FILE", ""),
    OPTION_INTEGER(TrainSettings, epochs, "epochs", "N", 1, 99, ""),
    OPTION_INTEGER(TrainSettings, patience, "patience", "N", 0, 99, ""), OPTION_END};

static TrainSettings settings(void) {
    TrainSettings s = train_defaults;
    s.quiet = s.overwrite = true;
    s.out = scratch_path("toy.safetensors");
    s.epochs = EPOCHS;
    s.average = 0.9f;
    s.clip = 5;
    return s;
}

static int train(Toy *toy, const TrainSettings *s, TrainResult *result, Error *error) {
    TrainTask task = {.unit = "points",
                      .context = toy,
                      .parameters = toy->parameters,
                      .divisible = toy->carries_nothing,
                      .deferrable = toy->carries_nothing,
                      .carried = toy->carries_nothing ? NULL : toy->carried,
                      .data_checksum = 42,
                      .steps = steps,
                      .prepare = prepare,
                      .loss = loss,
                      .validate = validate,
                      .save = save};
    json_t *record = train_options_record(options, s);
    int status = train_run(&task, s, record, result, error);
    json_decref(record);
    return status;
}

static void assert_trains(Toy *toy, const TrainSettings *s, TrainResult *result) {
    Error error;
    ck_assert_msg(!train(toy, s, result, &error), "%s", error.message);
}

static char *read_text(const char *path) {
    unsigned char *bytes;
    size_t size;
    Error error;
    ck_assert_msg(!file_read(path, 1 << 20, &bytes, &size, &error), "%s", error.message);
    return (char *)bytes;
}

/* The log without the column of seconds, which differ between runs. */
static char *log_rows(const char *path) {
    char *text = read_text(path), *to = text;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        size_t length = (size_t)(strrchr(line, ',') - line);
        memmove(to, line, length);
        to += length;
        *to++ = '\n';
    }
    *to = 0;
    return text;
}

/* Whole batches, shards one after another, and shards in step. */
START_TEST(every_step_rounds_and_no_validation) {
    TrainResult result;
    Toy *toy = toy_create();
    TrainSettings s = settings();
    toy->carries_nothing = true;
    s.bfloat16 = true;
    s.shards = _i ? 2 : 1;
    s.sync_norm = _i == 2;
    assert_trains(toy, &s, &result);
    ck_assert_int_eq(toy->losses, EPOCHS * STEPS * s.shards);
    ck_assert_int_eq(toy->rounded, toy->losses);
    ck_assert_int_eq(toy->validations, EPOCHS);
    ck_assert_int_eq(toy->validations_rounded, 0);
    toy_destroy(toy);
}
END_TEST

START_TEST(a_run_interrupted_anywhere_and_resumed_is_the_unbroken_run_to_the_bit) {
    TrainResult result;
    Toy *unbroken = toy_create();
    TrainSettings s = settings();
    unbroken->carries_nothing = _i / 4;
    s.sharpness = _i / 4 ? 0.1f : 0;
    s.schedule = _i % 2 ? SCHEDULE_PLATEAU : SCHEDULE_COSINE;
    s.optimizer = _i / 2 % 2 ? OPTIMIZER_ADAMW : OPTIMIZER_SGD;
    s.rate_patience = 0;
    s.out = scratch_path("unbroken.safetensors");
    assert_trains(unbroken, &s, &result);
    ck_assert(!result.interrupted);
    char *expected = log_rows(scratch_path("unbroken.csv"));

    for (int at = 1; at <= EPOCHS * STEPS; at += 3) {
        Toy *broken = toy_create();
        broken->carries_nothing = unbroken->carries_nothing;
        broken->interrupt_at = s.sharpness > 0 ? 2 * at : at;
        s.out = scratch_path(text_format("broken%d.safetensors", at));
        s.resume = false;
        assert_trains(broken, &s, &result);
        ck_assert(result.interrupted || at == EPOCHS * STEPS);
        Toy *resumed = toy_create();
        resumed->carries_nothing = unbroken->carries_nothing;
        s.resume = true;
        assert_trains(resumed, &s, &result);
        ck_assert(!result.interrupted);
        ck_assert_mem_eq(resumed->weight->data, unbroken->weight->data, FEATURES * sizeof(float));
        ck_assert_mem_eq(resumed->memory->data, unbroken->memory->data, sizeof(float));
        char *rows = log_rows(scratch_path(text_format("broken%d.csv", at)));
        ck_assert_str_eq(rows, expected);
        free(rows);
        toy_destroy(broken);
        toy_destroy(resumed);
    }
    free(expected);
    toy_destroy(unbroken);
}
END_TEST

/* The gradient of the first step's loss at `weight`, its dropout included. */
static void first_gradient(Toy *toy, const float *weight, float *gradient) {
    Error error;
    ck_assert_int_eq(prepare(toy, 0, (Shards){0, 1, 1}, 0, 0, &error), 0);
    memcpy(toy->weight->data, weight, FEATURES * sizeof *weight);
    Tape *tape = tape_create();
    StepCount count;
    tape_begin(tape, TAPE_TRAIN, rng_split(rng_split(rng_seed(1), TRAIN_RNG_DROPOUT), 0));
    ck_assert_int_eq(tape_backward(tape, loss(toy, 0, 0, tape, &count, &error), &error), 0);
    memcpy(gradient, toy->weight->gradient, FEATURES * sizeof *gradient);
    tape_destroy(tape);
}

START_TEST(a_sharpness_aware_step_goes_by_the_gradient_uphill_of_the_same_batch) {
    const float radius = 0.3f, rate = 0.01f, start[FEATURES] = {0};
    float gradient[FEATURES], uphill[FEATURES], norm = 0;
    Toy *toy = toy_create();
    toy->carries_nothing = true;
    Error error;
    ck_assert_int_eq(parameters_enable_gradients(toy->parameters, &error), 0);
    first_gradient(toy, start, gradient);
    for (int i = 0; i < FEATURES; i++)
        norm += gradient[i] * gradient[i];
    for (int i = 0; i < FEATURES; i++)
        uphill[i] = start[i] + radius * gradient[i] / sqrtf(norm);
    first_gradient(toy, uphill, gradient);
    memcpy(toy->weight->data, start, sizeof start);
    toy->losses = 0;
    toy->interrupt_at = 1; /* stop after one step */
    TrainSettings s = settings();
    s.sharpness = radius;
    s.learning_rate = rate;
    s.warmup = s.momentum = s.weight_decay = s.average = s.clip = 0;
    TrainResult result;
    assert_trains(toy, &s, &result);
    ck_assert_int_eq(toy->losses, 2);
    for (int i = 0; i < FEATURES; i++)
        ck_assert_float_eq_tol(toy->weight->data[i], start[i] - rate * gradient[i], 1e-6f);
    toy_destroy(toy);
}
END_TEST

START_TEST(a_task_that_carries_a_state_cannot_look_twice) {
    Toy *toy = toy_create();
    TrainSettings s = settings();
    s.sharpness = 0.1f;
    TrainResult result;
    Error error;
    ck_assert_int_eq(train(toy, &s, &result, &error), -1);
    assert_contains(error.message, "twice");
    ck_assert_int_eq(toy->losses, 0);
    toy_destroy(toy);
}
END_TEST

START_TEST(the_best_epoch_is_kept_and_a_stalled_run_stops) {
    static const double scores[] = {1, 3, 2, 2.5, 9};
    Toy *toy = toy_create();
    toy->scores = scores;
    TrainSettings s = settings();
    s.epochs = 5;
    s.patience = 2;
    TrainResult result;
    assert_trains(toy, &s, &result);
    ck_assert_int_eq(result.epochs, 4);
    ck_assert_int_eq(result.best_epoch, 2);
    ck_assert_double_eq(result.best.score, 3);
    Error error;
    SafetensorsFile *best = safetensors_open(s.out, &error);
    ck_assert_msg(best != NULL, "%s", error.message);
    ck_assert_str_eq(safetensors_metadata(best, "training.epoch"), "2");
    ck_assert_str_eq(safetensors_metadata(best, "training.seed"), "1");
    assert_contains(safetensors_metadata(best, "training.settings"), "\"patience\":\"2\"");
    assert_contains(safetensors_metadata(best, "training.settings"), "\"out\":\"toy.safetensors\"");
    safetensors_close(best);
    s.resume = true; /* stopped is stopped */
    int losses = toy->losses;
    assert_trains(toy, &s, &result);
    ck_assert_int_eq(result.epochs, 4);
    ck_assert_int_eq(toy->losses, losses);
    toy_destroy(toy);
}
END_TEST

START_TEST(a_model_whose_validation_is_not_finite_is_not_taken_for_the_best) {
    static const double scores[] = {NAN, 1};
    Toy *toy = toy_create();
    toy->scores = scores;
    TrainSettings s = settings();
    TrainResult result;
    Error error;
    ck_assert_int_eq(train(toy, &s, &result, &error), -1);
    assert_contains(error.message, "epoch 1: the validation");
    ck_assert(!file_exists(s.out));
    toy_destroy(toy);
}
END_TEST

START_TEST(the_models_of_the_last_epochs_are_kept_on_request) {
    Toy *toy = toy_create();
    TrainSettings s = settings();
    s.keep = 2;
    TrainResult result;
    assert_trains(toy, &s, &result);
    ck_assert(!file_exists(scratch_path("toy.epoch-001.safetensors")));
    ck_assert(!file_exists(scratch_path("toy.epoch-002.safetensors")));
    ck_assert(file_exists(scratch_path("toy.epoch-003.safetensors")));
    ck_assert(file_exists(scratch_path("toy.epoch-004.safetensors")));
    toy_destroy(toy);
}
END_TEST

START_TEST(a_run_that_replaces_another_leaves_none_of_its_kept_models) {
    static const char *const others[] = {"[toy].epoch-one.safetensors", "toy.epoch-009.safetensors",
                                         "t.epoch-009.safetensors"};
    Toy *toy = toy_create();
    TrainSettings s = settings();
    s.out = scratch_path("[toy].safetensors");
    s.keep = 1;
    TrainResult result;
    scratch_write("[toy].epoch-009.safetensors", "an earlier run's");
    for (int i = 0; i < 3; i++)
        scratch_write(others[i], "not the run's");
    assert_trains(toy, &s, &result);
    ck_assert(!file_exists(scratch_path("[toy].epoch-009.safetensors")));
    ck_assert(file_exists(scratch_path("[toy].epoch-004.safetensors")));
    for (int i = 0; i < 3; i++)
        ck_assert(file_exists(scratch_path(others[i])));
    toy_destroy(toy);
}
END_TEST

START_TEST(a_value_that_is_not_finite_stops_the_run_and_is_named) {
    Toy *toy = toy_create();
    toy->poison_at = STEPS + 3;
    TrainSettings s = settings();
    TrainResult result;
    Error error;
    ck_assert_int_eq(train(toy, &s, &result, &error), -1);
    assert_contains(error.message, "epoch 2, step 3");
    assert_contains(error.message, "'weight'");
    ck_assert(file_exists(scratch_path("toy.checkpoint.safetensors")));
    toy_destroy(toy);
}
END_TEST

START_TEST(a_batch_that_cannot_be_prepared_ends_the_run_with_its_message) {
    Toy *toy = toy_create();
    toy->fail_at = 3;
    TrainSettings s = settings();
    TrainResult result;
    Error error;
    ck_assert_int_eq(train(toy, &s, &result, &error), -1);
    ck_assert_str_eq(error.message, "batch 3 is spoilt");
    ck_assert_int_eq(toy->losses, 3);
    toy_destroy(toy);
}
END_TEST

START_TEST(overfitting_one_batch_sees_no_other) {
    Toy *toy = toy_create();
    TrainSettings s = settings();
    s.overfit_batch = true;
    s.epochs = 2;
    toy->fail_at = 1; /* would fail if any other batch were asked for */
    TrainResult result;
    assert_trains(toy, &s, &result);
    toy_destroy(toy);
}
END_TEST

START_TEST(what_cannot_be_saved_is_not_trained) {
    TrainSettings s = settings();
    TrainResult result;
    Error error;
    Toy *toy = toy_create();
    s.out = scratch_path("");
    ck_assert_int_eq(train(toy, &s, &result, &error), -1);
    assert_contains(error.message, s.out);
    s.out = scratch_path("absent/toy.safetensors");
    ck_assert_int_eq(train(toy, &s, &result, &error), -1);
    assert_contains(error.message, s.out);
    ck_assert_int_eq(toy->losses, 0);
    toy_destroy(toy);
}
END_TEST

/* The mean gradient of the shards is that of the batch, but for the order of the additions; the
 * cut that a run begins with is the one that it goes on with. */
START_TEST(shards_of_a_batch_give_its_gradient) {
    TrainSettings s = settings();
    TrainResult result;
    Toy *whole = toy_create(), *cut = toy_create(), *resumed = toy_create();
    Toy *all[] = {whole, cut, resumed};
    for (int i = 0; i < 3; i++)
        all[i]->carries_nothing = all[i]->keeps_all = true;
    assert_trains(whole, &s, &result);
    s.shards = EXAMPLES - 1;
    assert_trains(cut, &s, &result);
    ck_assert_int_eq(cut->losses, EPOCHS * STEPS * s.shards);
    for (int j = 0; j < FEATURES; j++)
        ck_assert_float_eq_tol(whole->weight->data[j], cut->weight->data[j], 1e-5);
    resumed->interrupt_at = 2 * STEPS * s.shards + 1;
    assert_trains(resumed, &s, &result);
    s.shards = 0;
    s.resume = true;
    resumed->losses = resumed->interrupt_at = 0;
    assert_trains(resumed, &s, &result);
    ck_assert_mem_eq(resumed->weight->data, cut->weight->data, FEATURES * sizeof(float));
    s.shards = 1;
    Error error;
    ck_assert_int_eq(train(resumed, &s, &result, &error), -1);
    assert_contains(error.message, "the run was started with --shards 3");
    for (int i = 0; i < 3; i++)
        toy_destroy(all[i]);
}
END_TEST

START_TEST(a_task_that_cannot_be_divided_says_so) {
    TrainSettings s = settings();
    TrainResult result;
    Toy *toy = toy_create();
    s.shards = 2;
    Error error;
    ck_assert_int_eq(train(toy, &s, &result, &error), -1);
    assert_contains(error.message, "without --shards");
    toy_destroy(toy);
}
END_TEST

START_TEST(a_finished_run_is_not_overwritten_unless_asked_to) {
    static const char *const files[] = {"toy.safetensors", "toy.checkpoint.safetensors", "toy.csv"};
    TrainSettings s = settings();
    TrainResult result;
    Error error;
    Toy *toy = toy_create();
    assert_trains(toy, &s, &result);
    s.overwrite = false;
    for (int i = 0; i < 3; i++) {
        int losses = toy->losses;
        ck_assert_int_eq(train(toy, &s, &result, &error), -1);
        assert_contains(error.message, files[i]);
        assert_contains(error.message, i < 2 ? "--resume continues its run, --overwrite replaces it"
                                             : "already exists: --overwrite replaces it");
        ck_assert_int_eq(toy->losses, losses);
        remove(scratch_path(files[i])); /* each of them is reason enough */
    }
    assert_trains(toy, &s, &result);
    toy_destroy(toy);
}
END_TEST

/* A run that is stopped before its first checkpoint must not be continued from another's. */
START_TEST(overwriting_leaves_no_checkpoint_of_the_old_run) {
    TrainSettings s = settings();
    TrainResult result;
    Error error;
    Toy *toy = toy_create();
    assert_trains(toy, &s, &result);
    toy->losses = 0;
    toy->poison_at = 1;
    ck_assert_int_eq(train(toy, &s, &result, &error), -1);
    ck_assert(!file_exists(scratch_path("toy.checkpoint.safetensors")));
    toy_destroy(toy);
}
END_TEST

START_TEST(a_table_that_is_no_log_is_never_replaced_by_one) {
    TrainSettings s = settings();
    TrainResult result;
    Error error;
    Toy *toy = toy_create();
    scratch_write("toy.csv", "emotion,pixels,Usage\n");
    ck_assert_int_eq(train(toy, &s, &result, &error), -1);
    assert_contains(error.message, "toy.csv exists and is not a training log");
    char *text = read_text(scratch_path("toy.csv"));
    ck_assert_str_eq(text, "emotion,pixels,Usage\n");
    free(text);
    toy_destroy(toy);
}
END_TEST

START_TEST(two_runs_do_not_write_the_same_files) {
    TrainSettings s = settings();
    TrainResult result;
    Error error;
    Toy *toy = toy_create();
    FileLock other;
    ck_assert_int_eq(file_lock(&other, scratch_path("toy.lock"), &error), 0);
    ck_assert_int_eq(train(toy, &s, &result, &error), -1);
    assert_contains(error.message, "is another run training it?");
    ck_assert_int_eq(toy->losses, 0);
    file_unlock(&other);
    assert_trains(toy, &s, &result);
    ck_assert(!file_exists(scratch_path("toy.lock")));
    toy_destroy(toy);
}
END_TEST

START_TEST(the_log_is_a_plain_table) {
    TrainSettings s = settings();
    TrainResult result;
    Toy *toy = toy_create();
    assert_trains(toy, &s, &result);
    char *text = read_text(scratch_path("toy.csv"));
    ck_assert_int_eq(strncmp(text, "epoch,step,loss,accuracy,", 25), 0);
    int lines = 0;
    for (const char *at = text; *at; at++)
        lines += *at == '\n';
    ck_assert_int_eq(lines, 1 + EPOCHS);
    free(text);
    toy_destroy(toy);
}
END_TEST

START_TEST(a_run_resumes_only_itself) {
    Toy *toy = toy_create();
    TrainSettings s = settings();
    TrainResult result;
    Error error;
    s.resume = true;
    ck_assert_int_eq(train(toy, &s, &result, &error), -1);
    assert_contains(error.message, "there is no checkpoint");
    s.resume = false;
    assert_trains(toy, &s, &result);
    s.resume = true;
    s.learning_rate = 0.5f;
    ck_assert_int_eq(train(toy, &s, &result, &error), -1);
    assert_contains(error.message, "--lr 0.05");
    s.learning_rate = 0.05f;
    s.epochs = EPOCHS + 1; /* going on for longer is allowed */
    assert_trains(toy, &s, &result);
    ck_assert_int_eq(result.epochs, EPOCHS + 1);
    toy_destroy(toy);
}
END_TEST

/* Changes a state's value to one of the same length in the checkpoint's header. */
static void falsify(const char *path, const char *from, const char *to) {
    unsigned char *bytes;
    size_t size;
    Error error;
    ck_assert_msg(!file_read(path, 1 << 20, &bytes, &size, &error), "%s", error.message);
    unsigned char *at = memmem(bytes, size, from, strlen(from));
    ck_assert_msg(at, "no %s in the checkpoint", from);
    memcpy(at, to, strlen(from));
    scratch_write_bytes("toy.checkpoint.safetensors", bytes, size);
    free(bytes);
}

START_TEST(a_checkpoint_that_lies_about_its_place_is_refused) {
    static const struct {
        const char *from, *to, *complaint;
    } lies[] = {
        {"\"state.step\":\"0\"", "\"state.step\":\"8\"", "batch 9 of an epoch of 5"},
        {"\"state.steps_done\":\"20\"", "\"state.steps_done\":\"-9\"", "state.steps_done"},
        {"\"state.epoch\":\"4\"", "\"state.epoch\":\"x\"", "state.epoch"},
        {"\"state.examples\":\"0\"", "\"state.examples\":\"y\"", "state.examples"},
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        Toy *toy = toy_create();
        TrainSettings s = settings();
        TrainResult result;
        Error error;
        assert_trains(toy, &s, &result);
        falsify(scratch_path("toy.checkpoint.safetensors"), lies[i].from, lies[i].to);
        s.resume = true;
        ck_assert_int_eq(train(toy, &s, &result, &error), -1);
        assert_contains(error.message, lies[i].complaint);
        toy_destroy(toy);
    }
}
END_TEST

START_TEST(a_torn_checkpoint_is_refused) {
    Toy *toy = toy_create();
    TrainSettings s = settings();
    TrainResult result;
    Error error;
    assert_trains(toy, &s, &result);
    unsigned char *bytes;
    size_t size;
    const char *path = scratch_path("toy.checkpoint.safetensors");
    ck_assert(!file_read(path, 1 << 20, &bytes, &size, &error));
    s.resume = true;
    for (size_t cut = 0; cut < size; cut += 41) {
        scratch_write_bytes("toy.checkpoint.safetensors", bytes, cut);
        ck_assert_int_eq(train(toy, &s, &result, &error), -1);
        assert_contains(error.message, "toy.checkpoint.safetensors");
    }
    free(bytes);
    toy_destroy(toy);
}
END_TEST

Suite *trainer_suite(void) {
    Suite *suite = suite_create("trainer");
    TCase *tcase = tcase_create("trainer");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, every_step_rounds_and_no_validation, 0, 3);
    tcase_add_loop_test(
        tcase, a_run_interrupted_anywhere_and_resumed_is_the_unbroken_run_to_the_bit, 0, 8);
    tcase_add_test(tcase, a_sharpness_aware_step_goes_by_the_gradient_uphill_of_the_same_batch);
    tcase_add_test(tcase, a_task_that_carries_a_state_cannot_look_twice);
    tcase_add_test(tcase, the_best_epoch_is_kept_and_a_stalled_run_stops);
    tcase_add_test(tcase, a_model_whose_validation_is_not_finite_is_not_taken_for_the_best);
    tcase_add_test(tcase, the_models_of_the_last_epochs_are_kept_on_request);
    tcase_add_test(tcase, a_run_that_replaces_another_leaves_none_of_its_kept_models);
    tcase_add_test(tcase, a_value_that_is_not_finite_stops_the_run_and_is_named);
    tcase_add_test(tcase, a_batch_that_cannot_be_prepared_ends_the_run_with_its_message);
    tcase_add_test(tcase, overfitting_one_batch_sees_no_other);
    tcase_add_test(tcase, what_cannot_be_saved_is_not_trained);
    tcase_add_test(tcase, shards_of_a_batch_give_its_gradient);
    tcase_add_test(tcase, a_task_that_cannot_be_divided_says_so);
    tcase_add_test(tcase, a_finished_run_is_not_overwritten_unless_asked_to);
    tcase_add_test(tcase, overwriting_leaves_no_checkpoint_of_the_old_run);
    tcase_add_test(tcase, a_table_that_is_no_log_is_never_replaced_by_one);
    tcase_add_test(tcase, two_runs_do_not_write_the_same_files);
    tcase_add_test(tcase, the_log_is_a_plain_table);
    tcase_add_test(tcase, a_run_resumes_only_itself);
    tcase_add_test(tcase, a_checkpoint_that_lies_about_its_place_is_refused);
    tcase_add_test(tcase, a_torn_checkpoint_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
