/* data.h: the data that is not in the repository (see README.md), for tests that can use it.
 *
 * It is looked for in $AFFEKT_DATA, or else ../shared/data. Tests pass without it. */
#ifndef TESTS_SUPPORT_DATA_H
#define TESTS_SUPPORT_DATA_H

/* The path of `name` ("fer2013.csv.gz", "midi/emopia") in the data directory (text_format's
 * lifetime). If it is missing, reports on standard error that a test was skipped and returns NULL:
 *
 *     const char *csv = data_path("fer2013.csv.gz");
 *     if (!csv)
 *         return;
 */
const char *data_path(const char *name);

#endif
