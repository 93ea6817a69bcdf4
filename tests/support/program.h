/* program.h: runs the program as a user would, for end-to-end tests.
 *
 *     Program run = affekt("eval", "face", "--data", csv, "--json");
 *     program_assert(&run, EXIT_DONE);
 *     assert_contains(run.output, "\"accuracy\"");
 *     program_free(&run);
 *
 * The program is $AFFEKT, or else the one built beside the test runner. It runs in the test's
 * working directory with an empty standard input; neither stream is a terminal. A long run needs
 * tcase_set_timeout. */
#ifndef TESTS_SUPPORT_PROGRAM_H
#define TESTS_SUPPORT_PROGRAM_H

#include "nn/command_line/options.h"
#include "tests/support/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

typedef struct Program {
    pid_t process;     /* 0 once it has ended */
    int status;        /* exit status; 128 + the signal's number when a signal ended it */
    char *output;      /* all of standard output, 0-terminated; NULL while running */
    char *diagnostics; /* all of standard error, likewise */
    FILE *captured[2]; /* where both are written */
} Program;

/* Runs to the end with the given words after "affekt". */
#define affekt(...) program_run((const char *const[]){__VA_ARGS__, NULL})
Program program_run(const char *const words[]);

/* Starts it and returns at once; use program_signal and program_wait. */
#define affekt_start(...) program_start((const char *const[]){__VA_ARGS__, NULL})
Program program_start(const char *const words[]);

/* As program_start, for another program: argv[0] is searched in PATH. */
Program program_start_other(const char *const argv[]);

/* Waits until standard error (or, with `output`, standard output) contains `text`. Returns false
 * after `seconds` or when the program ends first. */
bool program_wait_for(Program *program, bool output, const char *text, double seconds);

void program_signal(Program *program, int signal);

/* Waits for the end and fills status, output and diagnostics. */
void program_wait(Program *program);

void program_free(Program *program);

/* The program's file. */
const char *program_path(void);

/* Asserts the exit status; a failure shows the program's output. */
#define program_assert(program, expected)                                                          \
    ck_assert_msg((program)->status == (expected),                                                 \
                  "exit status %d, expected %d\n-- standard output:\n%s\n-- standard error:\n%s",  \
                  (program)->status, (expected), (program)->output, (program)->diagnostics)

#endif
