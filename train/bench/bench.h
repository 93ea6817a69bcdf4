/* bench.h: how fast this machine trains and runs the networks, and its peak.
 *
 * The workloads are fixed: the networks `vgg`, `vgg-wide` and `resnet` on 48×48 pictures, and an
 * LSTM of two layers of 512 with a vocabulary of 400 in chunks of 256 steps and 32 sequences. A
 * training step is forward, backward and SGD with momentum. Data is random and in memory. */
#ifndef TRAIN_BENCH_BENCH_H
#define TRAIN_BENCH_BENCH_H

#include "nn/core/tape.h"

typedef struct BenchSettings {
    int batch;       /* of pictures; 64 for the published numbers */
    double seconds;  /* minimum time per row; 0: one step of each */
    bool bfloat16;   /* train on pictures with tape_use_bfloat16 */
    const char *csv; /* also measure reading this FER2013 file, or NULL */
} BenchSettings;

typedef struct BenchMachine {
    double peak_gflops;    /* fp32, all threads together */
    double read_gigabytes; /* per second, from memory */
} BenchMachine;

enum { BENCH_OPERATORS = 24 };

typedef struct BenchRow {
    const char *name;      /* "train_vgg" */
    const char *unit;      /* "images/s", "tokens/s", "ms" (per picture) */
    double value;          /* from the median step; of load_csv, of the better of two runs */
    double gflops;         /* arithmetic of direct convolution per second; 0 where there is none */
    double megabytes;      /* held by the tape, 0 where there is none */
    double peak_megabytes; /* peak of the process, including code and libraries; 0: unknown */
    OperatorTime times[BENCH_OPERATORS]; /* seconds per step; unused rows have no name */
} BenchRow;

BenchMachine bench_machine(void);

/* Number of rows: the last one only with settings->csv. */
int bench_rows(const BenchSettings *settings);
const char *bench_name(int i);

/* Measures row i. */
int bench_run(int i, const BenchSettings *settings, BenchRow *row, Error *error) MUST_CHECK;

#endif
