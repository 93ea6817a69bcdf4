/* Passes whose times are given: what is faster on all threads or on one, and when. */
#include "nn/core/pass_threads.h"

#include "nn/ops/operators.h"

#include <check.h>
#include <omp.h>
#include <unistd.h>

/* A machine on which a pass takes so long. */
typedef struct Machine {
    double shared, alone; /* seconds */
    int spike_every;      /* passes; such a one takes twenty times as long; 0: none */
} Machine;

/* Runs passes; returns how many of them were on one thread. */
static int run_passes(PassKind *kind, Machine machine, int passes) {
    int alone = 0;
    for (int i = 0; i < passes; i++) {
        bool one = pass_kind_is_alone(kind);
        double seconds = one ? machine.alone : machine.shared;
        if (machine.spike_every && i % machine.spike_every == 0)
            seconds *= 20;
        pass_kind_add(kind, seconds);
        alone += one;
    }
    return alone;
}

static const Machine quiet = {0.001, 0.0019, 0}, crowded = {0.005, 0.002, 0};

START_TEST(undisturbed_passes_are_shared) {
    PassKind kind = {0};
    ck_assert_int_eq(run_passes(&kind, quiet, 5000), 0);
    ck_assert_int_eq(run_passes(&kind, (Machine){0.001, 0.0019, 3}, 5000), 0);
    ck_assert_int_eq(run_passes(&kind, (Machine){0.0014, 0.0019, 0}, 5000), 0);
}
END_TEST

START_TEST(beside_other_work_they_run_alone_until_it_ends) {
    PassKind kind = {0};
    run_passes(&kind, quiet, 10);
    ck_assert_int_gt(run_passes(&kind, crowded, 2000), 1900);
    run_passes(&kind, quiet, 1100); /* until the next trial */
    ck_assert_int_eq(run_passes(&kind, quiet, 2000), 0);
}
END_TEST

/* The processors have become slower: one thread would be slower still. */
START_TEST(a_trial_that_does_not_help_is_not_repeated) {
    PassKind kind = {0};
    run_passes(&kind, quiet, 10);
    ck_assert_int_eq(run_passes(&kind, (Machine){0.002, 0.0038, 0}, 2000), PASS_TRIAL);
}
END_TEST

START_TEST(long_passes_are_shared_whatever_happens) {
    PassKind kind = {0};
    run_passes(&kind, (Machine){0.1, 0.2, 0}, 10);
    ck_assert_int_eq(run_passes(&kind, (Machine){0.5, 0.2, 0}, 2000), 0);
}
END_TEST

/* ---- a tape ---- */

static int infer(Node *node, Error *error) {
    (void)error;
    node->output[0]->shape = node->input[0]->shape;
    return 0;
}

static int passes_run, passes_alone;

/* Slow on several threads, except at first. */
static int forward(Tape *tape, Node *node) {
    (void)tape, (void)node;
    bool alone = omp_get_max_threads() == 1;
    passes_run++;
    passes_alone += alone;
    usleep(passes_run < 5 || alone ? 500 : 5000);
    return 0;
}

START_TEST(a_tape_changes_threads_for_its_operators_only) {
    static const Operator operator= {"sleep", infer, forward, NULL};
    const float x[4] = {0};
    Tape *tape = tape_create();
    omp_set_num_threads(2);
    passes_run = passes_alone = 0;
    for (int i = 0; i < 1000 && !passes_alone; i++) {
        tape_begin(tape, TAPE_EVALUATE, rng_seed(0));
        Tensor *input = tape_input(tape, "x", shape(4), x);
        ck_assert_ptr_nonnull(tape_apply1(tape, &operator, 1, &input, NULL, 0));
        ck_assert_int_eq(omp_get_max_threads(), 2);
    }
    ck_assert_int_eq(passes_alone, 1);
    tape_destroy(tape);
}
END_TEST

Suite *pass_threads_suite(void) {
    Suite *suite = suite_create("pass_threads");
    TCase *tcase = tcase_create("core");
    tcase_add_test(tcase, undisturbed_passes_are_shared);
    tcase_add_test(tcase, beside_other_work_they_run_alone_until_it_ends);
    tcase_add_test(tcase, a_trial_that_does_not_help_is_not_repeated);
    tcase_add_test(tcase, long_passes_are_shared_whatever_happens);
    tcase_add_test(tcase, a_tape_changes_threads_for_its_operators_only);
    suite_add_tcase(suite, tcase);
    return suite;
}
