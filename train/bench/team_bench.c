#include "train/bench/team_bench.h"

#include "nn/base/clock.h"
#include "nn/base/median.h"
#include "nn/ops/operators.h"
#include "train/bench/pictures.h"
#include "train/loop/batch_gradient.h"

#include <stdlib.h>

enum { WARM_UP_STEPS = 2, MIN_STEPS = 3, MAX_STEPS = 4096 };

static const char *const rows[][2] = {
    {"train_vgg", "vgg"}, {"train_vgg_wide", "vgg-wide"}, {"train_resnet", "resnet"}};

int team_bench_rows(void) {
    return sizeof rows / sizeof *rows;
}

const char *team_bench_name(int i) {
    return rows[i][0];
}

static Tensor *loss_of(void *context, int slot, int shard, Tape *tape, StepCount *count,
                       Error *error) {
    Pictures *p = context;
    (void)slot, (void)shard, (void)error;
    *count = (StepCount){.examples = p->batch};
    Tensor *x = tape_input(tape, "pictures", shape(p->batch, BENCH_SIDE, BENCH_SIDE, 1), p->x);
    return op_cross_entropy(tape, image_classifier_forward(p->model, tape, x),
                            (CrossEntropy){.labels = p->labels});
}

/* Trains until rank 0 finds that `seconds` and `least` steps have passed. Returns the number of
 * steps, or -1; their median becomes *median. */
static int train(const BatchGradient *gradient, Pictures *p, int least, double seconds,
                 double *median, Error *error) {
    double *times = malloc(MAX_STEPS * sizeof *times), begin = clock_seconds();
    if (!times)
        return error_memory(error, "step times", MAX_STEPS * sizeof *times);
    int count = 0, status = 0;
    bool over = false;
    while (!status && !over && count < MAX_STEPS) {
        bool enough = count + 1 >= least && clock_seconds() - begin >= seconds;
        unsigned flags = enough && team_leads(gradient->team) ? TEAM_INTERRUPTED : 0;
        double start = clock_seconds(), norm;
        StepCount counted = {0};
        float loss;
        status = batch_gradient(gradient, (BatchPlace){.step = count, .steps_done = count},
                                TAPE_TRAIN, &flags, &counted, &loss, &norm, error);
        optimizer_step(p->optimizer, 1e-4f);
        times[count++] = clock_seconds() - start;
        over = flags & TEAM_INTERRUPTED || (!gradient->team && enough);
    }
    *median = median_of(times, count);
    free(times);
    return status ? -1 : count;
}

static int measure(Pictures *p, const BenchSettings *settings, TrainTeam *team, bool half,
                   TeamBenchRow *row, Error *error) {
    TrainTask task = {.context = p,
                      .parameters = image_classifier_parameters(p->model),
                      .divisible = true,
                      .loss = loss_of};
    BatchGradient gradient = {
        .task = &task, .shards = {0, 1, 1}, .tape = p->tape, .rng = rng_seed(2)};
    double unused;
    if (train(&gradient, p, WARM_UP_STEPS, 0, &unused, error) < 0 ||
        train(&gradient, p, MIN_STEPS, settings->seconds, &row->alone, error) < 0)
        return -1;
    gradient.team = team;
    gradient.shards = team_shards(team, team->rank, team->size);
    if (!(gradient.sum = shard_sum_create(task.parameters, half, error)))
        return -1;
    int steps = train(&gradient, p, WARM_UP_STEPS, 0, &unused, error);
    double waited = team->seconds_waited, sent = team->bytes_sent;
    if (steps >= 0)
        steps = train(&gradient, p, MIN_STEPS, settings->seconds, &row->step, error);
    row->waited = (team->seconds_waited - waited) / steps;
    row->megabytes = (team->bytes_sent - sent) / steps / 1e6;
    row->images = p->batch * team->size / row->step;
    row->parameters = parameters_trained_elements(task.parameters);
    shard_sum_destroy(gradient.sum);
    return steps < 0 ? -1 : 0;
}

int team_bench_run(int i, const BenchSettings *settings, TrainTeam *team, bool half,
                   TeamBenchRow *row, Error *error) {
    Pictures p;
    *row = (TeamBenchRow){.name = rows[i][0]};
    int status = pictures_create(&p, rows[i][1], settings->batch, true, error);
    if (!status) {
        tape_use_bfloat16(p.tape, settings->bfloat16);
        status = measure(&p, settings, team, half, row, error);
    }
    pictures_destroy(&p);
    return team_meet(team, status, NULL, error) || status ? -1 : 0;
}
