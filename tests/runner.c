/* runner.c: runs every suite, or those whose names are given, and closes with Check's summary line.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUITE(topic) Suite *topic##_suite(void);
#include "suites.h"
#undef SUITE

static const struct {
    const char *topic;
    Suite *(*create)(void);
} suites[] = {
#define SUITE(topic) {#topic, topic##_suite},
#include "suites.h"
#undef SUITE
};

static int wanted(const char *topic, int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], topic))
            return 1;
    return argc < 2;
}

int main(int argc, char **argv) {
    SRunner *runner = srunner_create(NULL);
    for (size_t i = 0; i < sizeof suites / sizeof *suites; i++)
        if (wanted(suites[i].topic, argc, argv))
            srunner_add_suite(runner, suites[i].create());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
