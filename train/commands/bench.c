/* bench.c: `affekt bench`. */
#include "train/bench/bench.h"
#include "nn/base/threads.h"
#include "nn/command_line/options.h"
#include "nn/command_line/progress.h"
#include "nn/conv/bfloat16.h"
#include "nn/io/file.h"
#include "nn/kernels/isa.h"
#include "train/bench/team_bench.h"
#include "train/commands/commands.h"
#include "train/parallel/parallel.h"

#include <jansson.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

typedef struct Settings {
    CommonSettings common;
    BenchSettings bench;
    float seconds;
    const char *only, *wire;
    TrainTeam *team; /* of processes started together, or NULL */
    bool operators, json;
} Settings;

static const Option options[] = {
    OPTION_INTEGER(Settings, bench.batch, "batch", "N", 1, 4096, "pictures in a batch"),
    OPTION_FLOAT(Settings, seconds, "seconds", "F", 0, 600, "minimum time per row; 0: one step"),
    OPTION_STRING(Settings, only, "only", 0, "ROW", "run this row alone, such as train_vgg"),
    OPTION_FLAG(Settings, bench.bfloat16, "bfloat16",
                "train on pictures as train face --bfloat16 does"),
    OPTION_INPUT(Settings, bench.csv, "csv", 0, "FILE", "measure reading this fer2013.csv too"),
    OPTION_CHOICE(Settings, wire, "wire", "PRECISION", parallel_wires,
                  "several processes: send gradients in full or half precision"),
    OPTION_FLAG(Settings, operators, "operators", "also print the time per operator"),
    OPTION_FLAG(Settings, json, "json", "print the result as JSON"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt bench",
    .positionals = "",
    .summary = "measures how fast this machine trains and runs the networks",
    .notes =
        "Values are those of the median step; GFLOP/s count the arithmetic of the direct way to\n"
        "convolve, so that a faster algorithm can pass the machine's peak.\n"
        "Started by mpirun it measures training by all processes together, --batch pictures each:\n"
        "mpirun -n 2 affekt bench --threads 1\n",
};

static json_t *operators_json(const BenchRow *row) {
    json_t *list = json_array();
    for (int i = 0; i < BENCH_OPERATORS && row->times[i].name; i++)
        json_array_append_new(list, json_pack("{s:s, s:f, s:f}", "name", row->times[i].name,
                                              "forward_ms", row->times[i].forward * 1e3,
                                              "backward_ms", row->times[i].backward * 1e3));
    return list;
}

static json_t *row_json(const BenchRow *row, const BenchMachine *machine) {
    return json_pack("{s:s, s:f, s:s, s:f, s:f, s:f, s:f, s:o}", "name", row->name, "value",
                     row->value, "unit", row->unit, "gflops", row->gflops, "share_of_peak",
                     row->gflops / machine->peak_gflops, "megabytes", row->megabytes,
                     "peak_megabytes", row->peak_megabytes, "operators", operators_json(row));
}

static void print_operators(const BenchRow *row) {
    for (int i = 0; i < BENCH_OPERATORS && row->times[i].name; i++)
        printf("    %-20s forward %8.2f ms  backward %8.2f ms\n", row->times[i].name,
               row->times[i].forward * 1e3, row->times[i].backward * 1e3);
}

static void print_row(const BenchRow *row, const BenchMachine *machine) {
    printf("%-16s %10.*f %-9s", row->name, row->value < 100 ? 2 : 0, row->value, row->unit);
    if (row->gflops > 0)
        printf(" %7.0f GFLOP/s %5.0f %% of peak", row->gflops,
               100 * row->gflops / machine->peak_gflops);
    if (row->megabytes > 0)
        printf(" %6.0f MB", row->megabytes);
    putchar('\n');
    fflush(stdout);
}

/* Measures the rows that are wanted and prints them, or collects them in `list`. */
static int run_rows(const Settings *settings, const BenchMachine *machine, json_t *list,
                    Error *error) {
    for (int i = 0; i < bench_rows(&settings->bench); i++) {
        if (settings->only && strcmp(settings->only, bench_name(i)))
            continue;
        Progress progress = progress_start(settings->common.quiet, 0);
        progress_show(&progress, 0, "measuring %s", bench_name(i));
        BenchRow row;
        int status = bench_run(i, &settings->bench, &row, error);
        progress_end(&progress);
        if (status)
            return -1;
        if (settings->json)
            json_array_append_new(list, row_json(&row, machine));
        else
            print_row(&row, machine);
        if (settings->operators && !settings->json)
            print_operators(&row);
    }
    return 0;
}

/* ---- several processes ---- */

static json_t *team_row_json(const TeamBenchRow *row) {
    return json_pack("{s:s, s:f, s:f, s:f, s:f, s:f, s:f, s:i}", "name", row->name, "images",
                     row->images, "step_ms", row->step * 1e3, "alone_ms", row->alone * 1e3,
                     "communication", 1 - row->alone / row->step, "waited_ms", row->waited * 1e3,
                     "megabytes", row->megabytes, "parameters", (int)row->parameters);
}

static void print_team_row(const TeamBenchRow *row) {
    printf("%-16s %8.*f images/s, step %.1f ms, alone %.1f ms: %.1f %% for communication, waiting "
           "%.1f ms, %.1f MB sent\n",
           row->name, row->images < 100 ? 2 : 0, row->images, row->step * 1e3, row->alone * 1e3,
           100 * (1 - row->alone / row->step), row->waited * 1e3, row->megabytes);
    fflush(stdout);
}

static int team_bench(const Settings *settings, Error *error) {
    bool half = choice_index(parallel_wires, settings->wire) == PARALLEL_HALF;
    json_t *list = json_array();
    int status = 0;
    for (int i = 0; i < team_bench_rows() && !status; i++) {
        TeamBenchRow row;
        if (settings->only && strcmp(settings->only, team_bench_name(i)))
            continue;
        status = team_bench_run(i, &settings->bench, settings->team, half, &row, error);
        if (!status && settings->json)
            json_array_append_new(list, team_row_json(&row));
        else if (!status)
            print_team_row(&row);
    }
    json_t *object =
        json_pack("{s:s, s:b, s:b, s:i, s:i, s:i, s:s, s:o}", "isa", isa_name(isa_current()),
                  "matrix_unit", conv_bfloat16_has_unit(), "bfloat16", settings->bench.bfloat16,
                  "processes", settings->team->size, "threads", omp_get_max_threads(), "batch",
                  settings->bench.batch, "wire", settings->wire, "rows", list);
    if (!status && settings->json && team_leads(settings->team)) {
        json_dumpf(object, stdout, JSON_REAL_PRECISION(6));
        putchar('\n');
    }
    json_decref(object);
    return status;
}

static int bench(const Settings *settings, Error *error) {
    if (settings->bench.csv && !file_exists(settings->bench.csv))
        return error_set(error, "no such file: %s", settings->bench.csv);
    BenchMachine machine = bench_machine();
    if (!settings->json)
        printf("%s%s, %d threads: %.0f GFLOP/s in fp32, %.1f GB/s read from memory\n",
               isa_name(isa_current()), conv_bfloat16_has_unit() ? " with a matrix unit" : "",
               omp_get_max_threads(), machine.peak_gflops, machine.read_gigabytes);
    json_t *list = json_array();
    int status = run_rows(settings, &machine, list, error);
    json_t *object =
        json_pack("{s:s, s:b, s:b, s:i, s:i, s:f, s:f, s:o}", "isa", isa_name(isa_current()),
                  "matrix_unit", conv_bfloat16_has_unit(), "bfloat16", settings->bench.bfloat16,
                  "threads", omp_get_max_threads(), "batch", settings->bench.batch, "peak_gflops",
                  machine.peak_gflops, "read_gigabytes", machine.read_gigabytes, "rows", list);
    if (!status && settings->json) {
        json_dumpf(object, stdout, JSON_REAL_PRECISION(6));
        putchar('\n');
    }
    json_decref(object);
    return status;
}

/* Tells of --only that it names no row, and which rows there are; before minutes of measuring. */
static int check_only(const Settings *settings) {
    char names[1024] = "";
    size_t used = 0;
    int count = settings->team ? team_bench_rows() : bench_rows(&settings->bench);
    for (int i = 0; i < count; i++) {
        const char *name = settings->team ? team_bench_name(i) : bench_name(i);
        if (!settings->only || !strcmp(settings->only, name))
            return OPTIONS_RUN;
        used += (size_t)snprintf(names + used, sizeof names - used, " %s", name);
    }
    return options_wrong(&usage, "--only: there is no row '%s'; choose from%s", settings->only,
                         names);
}

int bench_command(int argc, char **argv) {
    Settings settings = {.bench = {.batch = 64}, .seconds = 3, .wire = parallel_wires[0]};
    Error error;
    if (parallel_start(&settings.team, &error))
        return command_status(&usage, -1, &error);
    settings.common.threads = settings.team ? 0 : 2;
    int status = options_parse(&usage, options, &settings, argc, argv, NULL);
    if (status != OPTIONS_RUN)
        return status;
    settings.bench.seconds = settings.seconds;
    threads_use(parallel_threads(settings.team, settings.common.threads));
    if (settings.team && (settings.bench.csv || settings.operators))
        return options_wrong(&usage, "--csv and --operators require a single process");
    if ((status = check_only(&settings)) != OPTIONS_RUN)
        return status;
    if (!settings.team)
        return command_status(&usage, bench(&settings, &error), &error);
    status = team_bench(&settings, &error);
    return !status || parallel_speaks(settings.team) ? command_status(&usage, status, &error)
                                                     : EXIT_FAILED;
}
