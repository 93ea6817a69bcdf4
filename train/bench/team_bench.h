/* team_bench.h: how fast several processes train together, and what their communication costs. */
#ifndef TRAIN_BENCH_TEAM_BENCH_H
#define TRAIN_BENCH_TEAM_BENCH_H

#include "train/bench/bench.h"
#include "train/loop/team.h"

typedef struct TeamBenchRow {
    const char *name;  /* "train_vgg" */
    double step;       /* seconds, median */
    double alone;      /* the same without the others' gradients, while all compute */
    double waited;     /* seconds of a step that waited for sums, mean */
    double images;     /* per second, of all processes */
    double megabytes;  /* that a process sends in a step */
    size_t parameters; /* trained */
} TeamBenchRow;

int team_bench_rows(void);
const char *team_bench_name(int i);

/* Measures row i: settings->batch pictures in each process, one shard each. All members call it;
 * the row is each one's own. With `half` gradients are sent in half precision. */
int team_bench_run(int i, const BenchSettings *settings, TrainTeam *team, bool half,
                   TeamBenchRow *row, Error *error) MUST_CHECK;

#endif
