/* runner.c: runs every suite, or those whose names or rooms (nn, nn/core …) are given, on all
 * processors at once, and closes with a summary of them all in Check's words. */
#include "datasets/media/ffmpeg.h"
#include "nn/base/threads.h"
#include "tests/support/scratch.h"

#include <check.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SUITE(room, topic) Suite *topic##_suite(void);
#include "suites.h"
#undef SUITE

static const struct {
    const char *room, *topic;
    Suite *(*create)(void);
} suites[] = {
#define SUITE(room, topic) {#room, #topic, topic##_suite},
#include "suites.h"
#undef SUITE
};
enum { SUITE_COUNT = sizeof suites / sizeof *suites };

/* What the processes share. */
typedef struct Progress {
    atomic_int taken; /* suites that have been begun */
    atomic_int checks, failures, errors;
} Progress;

/* Whether the suite has this name, with its room or without, or stands in this room or in a
 * sub-room of it. */
static bool is(int suite, const char *name) {
    const char *room = suites[suite].room, *topic = suites[suite].topic;
    size_t length = strlen(name), rooms = strlen(room);
    return !strcmp(topic, name) ||
           (!strncmp(name, room, rooms) && name[rooms] == '/' &&
            !strcmp(name + rooms + 1, topic)) ||
           (!strncmp(room, name, length) && (!room[length] || room[length] == '/'));
}

static bool wanted(int suite, int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        if (is(suite, argv[i]))
            return true;
    return argc < 2;
}

static bool known(const char *name) {
    for (int i = 0; i < SUITE_COUNT; i++)
        if (is(i, name))
            return true;
    return false;
}

static void run(int suite, Progress *progress) {
    SRunner *runner = srunner_create(suites[suite].create());
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner), errors = 0;
    TestResult **results = srunner_failures(runner);
    for (int i = 0; i < failed; i++)
        errors += tr_rtype(results[i]) == CK_ERROR;
    free(results);
    printf("  %s/%s\n", suites[suite].room, suites[suite].topic);
    if (failed)
        srunner_print(runner, CK_NORMAL);
    fflush(stdout);
    atomic_fetch_add(&progress->checks, srunner_ntests_run(runner));
    atomic_fetch_add(&progress->failures, failed - errors);
    atomic_fetch_add(&progress->errors, errors);
    srunner_free(runner);
}

/* Those that this process may use. */
static int processors(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set);
}

static volatile pid_t processes[CPU_SETSIZE]; /* (begun), 0 once they have ended */
static volatile sig_atomic_t begun, stopped;

/* A process of its own: takes one suite after the other. Returns whether it could be begun. */
static bool begin(Progress *progress, int argc, char **argv) {
    pid_t process = fork();
    if (process > 0)
        processes[begun++] = process;
    if (process)
        return process > 0;
    int suite;
    while ((suite = atomic_fetch_add(&progress->taken, 1)) < SUITE_COUNT)
        if (wanted(suite, argc, argv))
            run(suite, progress);
    exit(EXIT_SUCCESS);
}

/* Ends the others too, so that the scratch folders can go. */
static void stop(int signal) {
    stopped = signal;
    for (int i = 0; i < begun; i++)
        if (processes[i])
            kill(processes[i], signal);
}

/* Waits for all processes; returns how many broke off. */
static int wait_for_all(void) {
    const struct sigaction stopping = {.sa_handler = stop, .sa_flags = SA_RESTART};
    sigaction(SIGINT, &stopping, NULL);
    sigaction(SIGTERM, &stopping, NULL);
    int broken = 0, status;
    for (pid_t ended; (ended = wait(&status)) > 0; broken += status != 0)
        for (int i = 0; i < begun; i++)
            if (processes[i] == ended)
                processes[i] = 0;
    scratch_end();
    if (stopped) {
        signal(stopped, SIG_DFL);
        raise(stopped);
    }
    return broken;
}

int main(int argc, char **argv) {
    threads_use(0);
    ffmpeg_quiet();
    for (int i = 1; i < argc; i++)
        if (!known(argv[i])) {
            fprintf(stderr, "there is no suite or room '%s'\n", argv[i]);
            return EXIT_FAILURE;
        }
    Progress *progress =
        mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (progress == MAP_FAILED || !scratch_begin()) {
        perror("runner");
        return EXIT_FAILURE;
    }
    while (begun < processors() && begin(progress, argc, argv))
        ;
    int broken = wait_for_all();
    if (broken)
        fprintf(stderr, "%d processes of the runner broke off\n", broken);
    int checks = progress->checks, failed = progress->failures + progress->errors;
    printf("%d%%: Checks: %d, Failures: %d, Errors: %d\n",
           checks ? 100 * (checks - failed) / checks : 0, checks, progress->failures,
           progress->errors);
    return begun && !broken && checks && !failed ? EXIT_SUCCESS : EXIT_FAILURE;
}
