/* resumed.h: a training that is interrupted and resumed, in end-to-end tests. */
#ifndef TESTS_SUPPORT_RESUMED_H
#define TESTS_SUPPORT_RESUMED_H

#include "tests/support/program.h"

/* Runs the training with these words after "affekt" (NULL after the last; no --out or --threads,
 * at least two epochs) into `model`, "NAME.safetensors"; then again into another file, interrupted
 * in its second epoch and resumed, each on another number of threads; and asserts that weights and
 * checkpoints are the same. Returns the first run, ended with EXIT_DONE (program_free). */
Program assert_resumes(const char *const words[], const char *model);

#endif
