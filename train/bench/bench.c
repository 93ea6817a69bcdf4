#include "train/bench/bench.h"

#include "datasets/faces/fer2013.h"
#include "nn/base/median.h"
#include "nn/base/memory.h"
#include "nn/kernels/machine.h"
#include "nn/models/sequence_step.h"
#include "train/bench/pictures.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ the machine */

/* The best of several short runs: interruptions only ever slow down. */
enum { MACHINE_RUNS = 20 };

static double peak_gflops(void) {
    const MachineKernels *kernels = KERNELS(machine);
    const long rounds = 1000000;
    double best = 0;
    volatile float sink = 0;
    for (int run = 0; run < MACHINE_RUNS; run++) {
        double start = omp_get_wtime();
        float sum = 0;
#pragma omp parallel reduction(+ : sum)
        sum += kernels->multiply_adds(rounds);
        sink = sink + sum;
        double flops = (double)rounds * kernels->round_flops * omp_get_max_threads();
        double rate = flops / (omp_get_wtime() - start) / 1e9;
        best = rate > best ? rate : best;
    }
    return best;
}

static double read_gigabytes(void) {
    const size_t count = (size_t)32 << 20,
                 piece = count / 64; /* 128 MiB: larger than most caches */
    float *data = calloc(count, sizeof *data);
    double best = 0;
    volatile float sink = 0;
    for (int run = 0; data && run < MACHINE_RUNS; run++) {
        if (run == 0)
            memset(data, 1, count * sizeof *data);
        double start = omp_get_wtime();
        float sum = 0;
#pragma omp parallel for reduction(+ : sum)
        for (int i = 0; i < 64; i++)
            sum += KERNELS(machine)->read(data + piece * i, piece);
        sink = sink + sum;
        double rate = count * sizeof *data / (omp_get_wtime() - start) / 1e9;
        best = rate > best ? rate : best;
    }
    free(data);
    return best;
}

BenchMachine bench_machine(void) {
    return (BenchMachine){peak_gflops(), read_gigabytes()};
}

/* ------------------------------------------------------------------ measuring */

enum { MAX_STEPS = 4096, MIN_STEPS = 5, WARM_UP = 3 };

typedef int Step(void *state, Error *error);

/* One step whose operators the tape measures. */
static int step_measured(Step *step, void *state, Tape *tape, BenchRow *row, Error *error) {
    tape_measure(tape, row->times, BENCH_OPERATORS);
    int status = step(state, error);
    tape_measure(tape, NULL, 0);
    row->megabytes = tape_held(tape) / 1e6;
    return status;
}

/* *median = seconds of a step, over as many as `seconds` has room for; with a tape also what its
 * operators took in one more step, or with no time for more in the only one. */
static int measure(Step *step, void *state, Tape *tape, double seconds, BenchRow *row,
                   double *median, Error *error) {
    double *times = malloc(MAX_STEPS * sizeof *times), begin = 0;
    bool only = !(seconds > 0);
    int warm_up = only ? 0 : WARM_UP, least = only ? 1 : MIN_STEPS, count = 0;
    int status = times ? 0 : error_memory(error, "step times", MAX_STEPS * sizeof *times);
    for (int i = 0; !status && i < warm_up; i++)
        status = step(state, error);
    begin = omp_get_wtime();
    while (!status && count < MAX_STEPS && (count < least || omp_get_wtime() - begin < seconds)) {
        double start = omp_get_wtime();
        status = only && tape ? step_measured(step, state, tape, row, error) : step(state, error);
        times[count++] = omp_get_wtime() - start;
    }
    if (!status && tape && !only)
        status = step_measured(step, state, tape, row, error);
    if (!status)
        *median = median_of(times, count);
    free(times);
    return status;
}

/* ------------------------------------------------------------------ pictures */

static int pictures_train(void *state, Error *error) {
    Pictures *p = state;
    Tensor *logits = pictures_forward(p, TAPE_TRAIN);
    Tensor *loss = op_cross_entropy(p->tape, logits, (CrossEntropy){.labels = p->labels});
    if (tape_backward(p->tape, loss, error))
        return -1;
    optimizer_step(p->optimizer, 0.01f);
    return 0;
}

static int pictures_infer(void *state, Error *error) {
    Pictures *p = state;
    pictures_forward(p, TAPE_EVALUATE);
    return tape_check(p->tape, error);
}

static int run_pictures(const char *arch, int batch, bool train, const BenchSettings *settings,
                        BenchRow *row, Error *error) {
    Pictures p;
    double median = 1;
    int status = pictures_create(&p, arch, batch, train, error);
    if (!status) {
        tape_use_bfloat16(p.tape, train && settings->bfloat16);
        status = measure(train ? pictures_train : pictures_infer, &p, p.tape, settings->seconds,
                         row, &median, error);
    }
    if (!status) {
        double flops = 2.0 * (double)image_classifier_multiply_adds(p.model) * (train ? 3 : 1);
        row->value = batch / median;
        row->unit = "images/s";
        row->gflops = flops * batch / median / 1e9;
    }
    pictures_destroy(&p);
    return status;
}

static int run_train_vgg(const BenchSettings *settings, BenchRow *row, Error *error) {
    return run_pictures("vgg", settings->batch, true, settings, row, error);
}

static int run_train_vgg_wide(const BenchSettings *settings, BenchRow *row, Error *error) {
    return run_pictures("vgg-wide", settings->batch, true, settings, row, error);
}

static int run_train_resnet(const BenchSettings *settings, BenchRow *row, Error *error) {
    return run_pictures("resnet", settings->batch, true, settings, row, error);
}

static int run_infer_vgg(const BenchSettings *settings, BenchRow *row, Error *error) {
    return run_pictures("vgg", settings->batch, false, settings, row, error);
}

static int run_infer_vgg_one(const BenchSettings *settings, BenchRow *row, Error *error) {
    if (run_pictures("vgg", 1, false, settings, row, error))
        return -1;
    row->value = 1000 / row->value;
    row->unit = "ms";
    return 0;
}

/* ------------------------------------------------------------------ sequences */

enum { VOCABULARY = 400, EMBEDDING = 128, HIDDEN = 512, LAYERS = 2, STEPS = 256, SEQUENCES = 32 };

typedef struct Sequences {
    SequenceLstm *model;
    Optimizer *optimizer;
    Parameters *state;
    Tape *tape;
    int32_t *tokens, *targets; /* (STEPS, SEQUENCES) */
    /* for generation */
    SequenceStep *step;
    float scores[VOCABULARY];
    int token;
} Sequences;

static void sequences_destroy(Sequences *s) {
    sequence_step_destroy(s->step);
    optimizer_destroy(s->optimizer);
    parameters_destroy(s->state);
    sequence_lstm_destroy(s->model);
    tape_destroy(s->tape);
    free(s->tokens);
    free(s->targets);
}

static int sequences_create(Sequences *s, int sequences, Error *error) {
    SequenceLstmInfo info = {
        .vocabulary = VOCABULARY, .embedding = EMBEDDING, .hidden = HIDDEN, .layers = LAYERS};
    size_t count = STEPS * SEQUENCES;
    *s = (Sequences){.tape = tape_create()};
    s->tokens = malloc(count * sizeof *s->tokens);
    s->targets = malloc(count * sizeof *s->targets);
    if (!s->tape || !s->tokens || !s->targets)
        return error_memory(error, "a batch of sequences", 2 * count * sizeof *s->tokens);
    for (size_t i = 0; i < count; i++) {
        s->tokens[i] = (int32_t)rng_below(rng_seed(3), i, VOCABULARY);
        s->targets[i] = (int32_t)rng_below(rng_seed(4), i, VOCABULARY);
    }
    if (!(s->model = sequence_lstm_create(&info, rng_seed(1), error)))
        return -1;
    return (s->state = sequence_lstm_state(s->model, sequences, error)) ? 0 : -1;
}

static int prepare_training(Sequences *s, Error *error) {
    Parameters *parameters = sequence_lstm_parameters(s->model);
    if (parameters_enable_gradients(parameters, error))
        return -1;
    return (s->optimizer = optimizer_create(parameters, bench_sgd, error)) ? 0 : -1;
}

static int sequences_train(void *state, Error *error) {
    Sequences *s = state;
    tape_begin(s->tape, TAPE_TRAIN, rng_seed(2));
    Tensor *logits =
        sequence_lstm_forward(s->model, s->tape, STEPS, SEQUENCES, s->tokens, NULL, NULL, s->state);
    Tensor *loss = op_cross_entropy(s->tape, logits, (CrossEntropy){.labels = s->targets});
    if (tape_backward(s->tape, loss, error))
        return -1;
    optimizer_step(s->optimizer, 0.01f);
    return 0;
}

static int run_train_lstm(const BenchSettings *settings, BenchRow *row, Error *error) {
    Sequences s;
    double median = 1;
    int status = sequences_create(&s, SEQUENCES, error) || prepare_training(&s, error);
    if (!status)
        status = measure(sequences_train, &s, s.tape, settings->seconds, row, &median, error);
    if (!status) {
        row->value = STEPS * SEQUENCES / median;
        row->unit = "tokens/s";
        row->gflops = 6.0 * (double)sequence_lstm_multiply_adds(s.model) * row->value / 1e9;
    }
    sequences_destroy(&s);
    return status;
}

enum { TOKENS_AT_ONCE = 64 };

/* Generates TOKENS_AT_ONCE tokens, always the likeliest. */
static int sequences_generate(void *state, Error *error) {
    (void)error;
    Sequences *s = state;
    for (int i = 0; i < TOKENS_AT_ONCE; i++) {
        sequence_step_read(s->step, s->token, NULL, s->scores);
        for (int k = s->token = 0; k < VOCABULARY; k++)
            s->token = s->scores[k] > s->scores[s->token] ? k : s->token;
    }
    return 0;
}

static int run_generate_lstm(const BenchSettings *settings, BenchRow *row, Error *error) {
    Sequences s;
    double median = 1;
    int status = sequences_create(&s, 1, error);
    if (!status && !(s.step = sequence_step_create(s.model, 1, error)))
        status = -1;
    if (!status)
        status = measure(sequences_generate, &s, NULL, settings->seconds, row, &median, error);
    if (!status) {
        row->value = TOKENS_AT_ONCE / median;
        row->unit = "tokens/s";
        row->gflops = 2.0 * (double)sequence_lstm_multiply_adds(s.model) * row->value / 1e9;
    }
    sequences_destroy(&s);
    return status;
}

/* ------------------------------------------------------------------ data */

static int run_load_csv(const BenchSettings *settings, BenchRow *row, Error *error) {
    double best = 0;
    for (int run = 0; run < 2; run++) { /* the second finds the file in memory */
        double start = omp_get_wtime();
        FaceSet *set = fer2013_load(settings->csv, FACE_TRAINING, NULL, error);
        if (!set)
            return -1;
        double rate = set->count / (omp_get_wtime() - start);
        best = rate > best ? rate : best;
        face_set_destroy(set);
    }
    row->value = best;
    row->unit = "images/s";
    return 0;
}

/* ------------------------------------------------------------------ rows */

static const struct {
    const char *name;
    int (*run)(const BenchSettings *settings, BenchRow *row, Error *error);
} rows[] = {
    {"train_vgg", run_train_vgg},         {"train_vgg_wide", run_train_vgg_wide},
    {"train_resnet", run_train_resnet},   {"infer_vgg_b64", run_infer_vgg},
    {"infer_vgg_b1", run_infer_vgg_one},  {"train_lstm", run_train_lstm},
    {"generate_lstm", run_generate_lstm}, {"load_csv", run_load_csv},
};
enum { ROWS = sizeof rows / sizeof *rows };

int bench_rows(const BenchSettings *settings) {
    return settings->csv ? ROWS : ROWS - 1;
}

const char *bench_name(int i) {
    return rows[i].name;
}

int bench_run(int i, const BenchSettings *settings, BenchRow *row, Error *error) {
    *row = (BenchRow){.name = rows[i].name};
    (void)memory_forget_peak();
    int status = rows[i].run(settings, row, error);
    row->peak_megabytes = (double)memory_peak() / 1e6;
    return status;
}
