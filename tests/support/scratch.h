/* scratch.h: a temporary directory for a test, removed when the test has passed, or when the runner
 * ends.
 *
 *     tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
 *     …
 *     const char *csv = scratch_write("faces.csv", "emotion,pixels,Usage\n");
 *     const char *model = scratch_path("model.safetensors");
 */
#ifndef TESTS_SUPPORT_SCRATCH_H
#define TESTS_SUPPORT_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

/* For the runner: makes the folder of all scratch directories, under $TMPDIR or /tmp, and names it
 * in $TMPDIR; returns whether it could. Its name is short, as those of sockets in it must be. */
bool scratch_begin(void);
/* Removes that folder with all that is left in it. */
void scratch_end(void);

void scratch_create(void);
void scratch_remove(void);

/* The path of `name` in the directory, whether there is such a file or not (text_format's
 * lifetime). */
const char *scratch_path(const char *name);

/* The number of files and folders in the directory. */
int scratch_count(void);

/* Whether a killed writer leaves nothing in the directory; if not, reports that the test is
 * skipped. */
bool scratch_has_nameless_files(void);

/* Write a file into the directory and return its path. */
const char *scratch_write(const char *name, const char *text);
const char *scratch_write_bytes(const char *name, const void *bytes, size_t size);

#endif
