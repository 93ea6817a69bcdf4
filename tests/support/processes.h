/* processes.h: several processes of the program, started together by mpirun.
 *
 *     if (!processes_can_meet())
 *         return;
 *     Program run = processes_run(3, "train", "face", ...);
 */
#ifndef TESTS_SUPPORT_PROCESSES_H
#define TESTS_SUPPORT_PROCESSES_H

#include "tests/support/program.h"

/* Whether mpirun is installed and the program is built with MPI; if not, reports that the test is
 * skipped. */
bool processes_can_meet(void);

/* From here on the programs that this test starts may leak: MPI leaves memory behind, by plugins
 * that it has unloaded when a sanitizer looks, so that no suppression can name them. Called by
 * processes_can_meet. */
void processes_may_leak(void);

/* As affekt and affekt_start, in that many processes. */
#define processes_run(count, ...)                                                                  \
    processes_end(processes_begin(count, (const char *const[]){__VA_ARGS__, NULL}))
#define processes_start(count, ...) processes_begin(count, (const char *const[]){__VA_ARGS__, NULL})
Program processes_begin(int count, const char *const words[]);
Program processes_end(Program program);

/* Runs mpirun with the given arguments. */
#define processes_run_mixed(...)                                                                   \
    processes_end(program_start_other((const char *const[]){"mpirun", __VA_ARGS__, NULL}))

/* The process of that rank. */
pid_t processes_member(const Program *program, int rank);

#endif
