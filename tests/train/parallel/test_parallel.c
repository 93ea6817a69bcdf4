/* Training on several processes, as a user starts it. */
#include "tests/support/faces.h"
#include "tests/support/files.h"
#include "tests/support/music_folder.h"
#include "tests/support/processes.h"
#include "tests/support/scratch.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>

/* What all trainings of faces have in common; the last batch of 72 faces is a smaller one. */
#define FACES                                                                                      \
    "train", "face", "--arch", "mini", "--size", "16", "--batch", "20", "--schedule", "constant",  \
        "--warmup", "0", "--threads", "1", "--seed", "5", "--data", csv
#define OUT(name) "--out", scratch_path(name ".safetensors"), "--overwrite"

static char csv[4096];

static void make_faces(void) {
    strcpy(csv, faces_write(72, 14, 3));
}

static int occurrences(const char *text, const char *part) {
    int count = 0;
    while ((text = strstr(text, part))) {
        text += strlen(part);
        count++;
    }
    return count;
}

/* Where the last column of a line of a training log begins, which are the seconds. */
static size_t before_seconds(const char *line) {
    size_t end = strcspn(line, "\n");
    while (end && line[end - 1] != ',')
        end--;
    return end;
}

/* Training and validation have the same figures in all epochs. */
static void assert_same_log(const char *a, const char *b) {
    char *left = (char *)file_bytes(a, NULL), *right = (char *)file_bytes(b, NULL);
    const char *one = left, *other = right;
    int epochs = 0;
    while (*one && *other) {
        size_t columns = before_seconds(one);
        ck_assert_uint_eq(columns, before_seconds(other));
        ck_assert_msg(!strncmp(one, other, columns), "%s and %s differ:\n%s\n%s", a, b, left,
                      right);
        epochs += *one >= '0' && *one <= '9';
        one += strcspn(one, "\n") + 1;
        other += strcspn(other, "\n") + 1;
    }
    ck_assert(!*one && !*other);
    ck_assert_int_gt(epochs, 0);
    free(left);
    free(right);
}

static void assert_same_run(const char *a, const char *b) {
    assert_same_log(scratch_path(text_format("%s.csv", a)), scratch_path(text_format("%s.csv", b)));
    assert_same_weights(scratch_path(text_format("%s.safetensors", a)),
                        scratch_path(text_format("%s.safetensors", b)));
    assert_same_weights(scratch_path(text_format("%s.checkpoint.safetensors", a)),
                        scratch_path(text_format("%s.checkpoint.safetensors", b)));
}

static void end_well(Program run) {
    program_assert(&run, EXIT_DONE);
    program_free(&run);
}

START_TEST(any_number_of_processes_gives_the_same_bits) {
    if (!processes_can_meet())
        return;
#define HARD_WAY "--mixup", "0.4", "--cutmix", "1", "--average", "0.9", "--sam", "0.05"
    end_well(affekt(FACES, OUT("alone"), "--epochs", "2", HARD_WAY, "--shards", "8"));
    for (int processes = 2; processes <= 4; processes++) {
        Program run = processes_run(processes, FACES, OUT("team"), "--epochs", "2", HARD_WAY);
        program_assert(&run, EXIT_DONE);
        ck_assert_int_eq(occurrences(run.output, "best epoch"), 1);
        ck_assert_int_eq(occurrences(run.diagnostics, "epoch 2/2"), 1);
        program_free(&run);
        assert_same_run("alone", "team");
    }
}
END_TEST

/* Batch norm over the whole batch: another result than over each shard, but the same for all. */
START_TEST(batch_norm_over_the_whole_batch_gives_the_same_bits) {
    if (!processes_can_meet())
        return;
    end_well(affekt(FACES, OUT("alone"), "--epochs", "2", HARD_WAY, "--shards", "8", "--sync-norm",
                    "--dropout", "0.3"));
    for (int processes = 2; processes <= 3; processes++) {
        end_well(processes_run(processes, FACES, OUT("team"), "--epochs", "1", HARD_WAY,
                               "--sync-norm", "--dropout", "0.3"));
        end_well(processes_run(5 - processes, FACES, OUT("team"), "--epochs", "2", HARD_WAY,
                               "--sync-norm", "--dropout", "0.3", "--resume"));
        assert_same_run("alone", "team");
    }
    Program refused =
        processes_run(2, FACES, OUT("team"), "--epochs", "1", "--shards", "17", "--sync-norm");
    program_assert(&refused, EXIT_FAILED);
    assert_contains(refused.diagnostics, "fewer examples than the 17 shards");
    program_free(&refused);
}
END_TEST

START_TEST(a_last_batch_may_be_smaller_than_the_shards) {
    if (!processes_can_meet())
        return;
    end_well(affekt(FACES, OUT("alone"), "--epochs", "1", "--shards", "17"));
    end_well(processes_run(4, FACES, OUT("team"), "--epochs", "1", "--shards", "17"));
    assert_same_run("alone", "team");
}
END_TEST

/* Of two processes with four shards each, the last addition has one order only. */
START_TEST(a_fast_sum_is_the_same_sum) {
    if (!processes_can_meet())
        return;
    end_well(affekt(FACES, OUT("alone"), "--epochs", "2", "--shards", "8"));
    end_well(processes_run(2, FACES, OUT("team"), "--epochs", "2", "--reduce", "fast"));
    assert_same_run("alone", "team");
}
END_TEST

START_TEST(half_precision_gives_the_same_bits_too) {
    if (!processes_can_meet())
        return;
    end_well(affekt(FACES, OUT("alone"), "--epochs", "2", "--shards", "8", "--wire", "half"));
    for (int processes = 2; processes <= 3; processes++) {
        end_well(processes_run(processes, FACES, OUT("team"), "--epochs", "2", "--wire", "half"));
        assert_same_run("alone", "team");
    }
    Program refused = processes_run(2, FACES, OUT("team"), "--wire", "half", "--reduce", "fast");
    program_assert(&refused, EXIT_USAGE);
    program_free(&refused);
}
END_TEST

START_TEST(rates_grow_with_the_batch) {
    end_well(affekt(FACES, OUT("as-is"), "--epochs", "1", "--lr", "0.25"));
    end_well(affekt(FACES, OUT("scaled"), "--epochs", "1", "--lr", "0.125", "--lr-batch", "10"));
    assert_same_run("as-is", "scaled");
    /* What was typed is what is kept. */
    Program run = affekt("show", scratch_path("scaled.safetensors"));
    assert_contains(run.output, "lr=0.125");
    assert_contains(run.output, "lr-batch=10");
    program_free(&run);
}
END_TEST

/* A recipe's settings join the team's run once. */
START_TEST(a_recipe_is_for_teams_too) {
    if (!processes_can_meet())
        return;
#define RECIPE FACES, "--recipe", "vgg", "--epochs", "1", "--batch", "24"
    end_well(affekt(RECIPE, OUT("alone"), "--shards", "8"));
    end_well(processes_run(2, RECIPE, OUT("team")));
    assert_same_run("alone", "team");
}
END_TEST

START_TEST(a_team_measures_itself) {
    if (!processes_can_meet())
        return;
    Program run = processes_run(2, "bench", "--batch", "2", "--seconds", "0", "--only", "train_vgg",
                                "--wire", "half", "--threads", "1", "--json");
    program_assert(&run, EXIT_DONE);
    ck_assert_int_eq(occurrences(run.output, "\"name\": \"train_vgg\""), 1);
    assert_contains(run.output, "\"processes\": 2");
    assert_contains(run.output, "\"communication\": ");
    assert_contains(run.output, "\"megabytes\": ");
    program_free(&run);
}
END_TEST

START_TEST(music_gives_the_same_bits_too) {
    if (!processes_can_meet())
        return;
    for (int i = 0; i < 24; i++)
        music_folder_add(text_format("piece%d.mid", i), 24 + i, i % 12);
#define MUSIC                                                                                      \
    "train", "music", "--data", music_folder(), "--hidden", "16", "--embedding", "8", "--steps",   \
        "12", "--batch", "5", "--epochs", "2", "--shards", "4", "--threads", "1"
    end_well(affekt(MUSIC, OUT("alone")));
    for (int processes = 2; processes <= 4; processes++) {
        end_well(processes_run(processes, MUSIC, OUT("team")));
        assert_same_run("alone", "team");
    }
}
END_TEST

START_TEST(a_run_goes_on_with_another_number_of_processes) {
    if (!processes_can_meet())
        return;
    end_well(affekt(FACES, OUT("alone"), "--epochs", "3", "--shards", "8"));
    end_well(processes_run(3, FACES, OUT("team"), "--epochs", "1"));
    end_well(processes_run(2, FACES, OUT("team"), "--epochs", "2", "--resume"));
    end_well(affekt(FACES, OUT("team"), "--epochs", "3", "--resume"));
    assert_same_run("alone", "team");
    end_well(affekt(FACES, OUT("whole"), "--epochs", "1"));
    Program refused = processes_run(2, FACES, OUT("whole"), "--epochs", "2", "--resume");
    program_assert(&refused, EXIT_FAILED);
    assert_contains(refused.diagnostics, "2 processes cannot share 1 whole batch");
    program_free(&refused);
}
END_TEST

enum { LONG_RUN = 12 };

static void end_as_if_unbroken(void) {
    const char *epochs = text_format("%d", LONG_RUN);
    end_well(affekt(FACES, OUT("unbroken"), "--epochs", epochs, "--shards", "8"));
    end_well(processes_run(2, FACES, OUT("broken"), "--epochs", epochs, "--resume"));
    assert_same_run("unbroken", "broken");
}

static Program start_long_run(int processes, const char *timeout) {
    Program run = processes_start(processes, FACES, OUT("broken"), "--epochs",
                                  text_format("%d", LONG_RUN), "--timeout", timeout);
    ck_assert(program_wait_for(&run, false, "epoch 1/", 60));
    return run;
}

START_TEST(a_killed_process_ends_the_run_which_can_go_on) {
    if (!processes_can_meet())
        return;
    Program run = start_long_run(3, "60");
    kill(processes_member(&run, _i), SIGKILL);
    program_wait(&run);
    ck_assert_int_ne(run.status, EXIT_DONE);
    assert_contains(run.diagnostics, text_format("rank %d", _i));
    program_free(&run);
    end_as_if_unbroken();
}
END_TEST

START_TEST(a_process_that_hangs_is_named) {
    if (!processes_can_meet())
        return;
    Program run = start_long_run(3, "4");
    kill(processes_member(&run, _i), SIGSTOP);
    program_wait(&run);
    ck_assert_int_ne(run.status, EXIT_DONE);
    assert_contains(run.diagnostics, text_format("%d on ", _i));
    assert_contains(run.diagnostics, "no answer for");
    assert_contains(run.diagnostics, "--resume continues");
    program_free(&run);
}
END_TEST

START_TEST(a_signal_to_one_process_stops_all_at_one_step) {
    if (!processes_can_meet())
        return;
    Program run = start_long_run(3, "60");
    kill(processes_member(&run, _i), SIGTERM);
    program_wait(&run);
    program_assert(&run, EXIT_STOPPED + SIGTERM);
    assert_contains(run.diagnostics, "the same command with --resume goes on");
    program_free(&run);
    end_as_if_unbroken();
}
END_TEST

static void assert_refused(Program run, const char *first, const char *second) {
    ck_assert_int_ne(run.status, EXIT_DONE);
    assert_contains(run.diagnostics, first);
    assert_contains(run.diagnostics, second);
    ck_assert_int_eq(occurrences(run.diagnostics, second), 1);
    program_free(&run);
}

START_TEST(processes_that_differ_are_refused) {
    if (!processes_can_meet())
        return;
    const char *program = program_path();
#define ONE_EPOCH FACES, OUT("team"), "--epochs", "1"
    assert_refused(processes_run_mixed("-n", "1", program, ONE_EPOCH, "--lr", "0.25", ":", "-n",
                                       "1", program, ONE_EPOCH, "--lr", "0.5"),
                   "process 1 on ", "--lr is 0.5 here and 0.25 in process 0");
    assert_refused(processes_run_mixed("-n", "1", "env", "AFFEKT_ISA=portable", program, ONE_EPOCH,
                                       ":", "-n", "1", program, ONE_EPOCH, "--label-smoothing",
                                       "0.2"),
                   "process 1 on ", " here and ");
    const char *other_csv = scratch_path("other.csv");
    faces_write(72, 14, 4);
    ck_assert_int_eq(rename(csv, other_csv), 0);
    make_faces();
    assert_refused(processes_run_mixed("-n", "1", program, ONE_EPOCH, ":", "-n", "1", program,
                                       ONE_EPOCH, "--data", other_csv),
                   "process 1 on ", "the data's checksum is ");
    assert_refused(processes_run_mixed("-n", "1", program, ONE_EPOCH, ":", "-n", "1", program,
                                       ONE_EPOCH, "--data", "nowhere.csv"),
                   "process 1 on ", "nowhere.csv");
}
END_TEST

START_TEST(more_processes_than_shards_are_refused) {
    if (!processes_can_meet())
        return;
    Program run = processes_run(3, FACES, OUT("team"), "--epochs", "1", "--shards", "2");
    program_assert(&run, EXIT_FAILED);
    ck_assert_int_eq(occurrences(run.diagnostics, "3 processes cannot share 2 shards"), 1);
    program_free(&run);
}
END_TEST

/* mpirun of another MPI, or a build without. */
START_TEST(a_process_of_several_that_finds_no_other_says_so) {
    processes_may_leak();
    setenv("OMPI_COMM_WORLD_SIZE", "4", 1);
    Program run = affekt(FACES, OUT("team"), "--epochs", "1");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "started as one of 4 processes (OMPI_COMM_WORLD_SIZE), but ");
    program_free(&run);
}
END_TEST

START_TEST(a_process_that_srun_does_not_connect_says_so) {
    const char *others[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK", "PMI_FD"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        unsetenv(others[i]);
    setenv("SLURM_STEP_NUM_TASKS", "2", 1);
    Program run = affekt(FACES, OUT("team"), "--epochs", "1");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "started as one of 2 processes (SLURM_STEP_NUM_TASKS), but ");
    if (processes_can_meet())
        assert_contains(run.diagnostics, "use srun --mpi=pmix");
    program_free(&run);
}
END_TEST

Suite *parallel_suite(void) {
    Suite *suite = suite_create("parallel");
    TCase *tcase = tcase_create("core");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_checked_fixture(tcase, make_faces, NULL);
    tcase_add_test(tcase, any_number_of_processes_gives_the_same_bits);
    tcase_add_test(tcase, batch_norm_over_the_whole_batch_gives_the_same_bits);
    tcase_add_test(tcase, a_last_batch_may_be_smaller_than_the_shards);
    tcase_add_test(tcase, a_fast_sum_is_the_same_sum);
    tcase_add_test(tcase, half_precision_gives_the_same_bits_too);
    tcase_add_test(tcase, rates_grow_with_the_batch);
    tcase_add_test(tcase, a_recipe_is_for_teams_too);
    tcase_add_test(tcase, a_team_measures_itself);
    tcase_add_test(tcase, music_gives_the_same_bits_too);
    tcase_add_test(tcase, a_run_goes_on_with_another_number_of_processes);
    tcase_add_loop_test(tcase, a_killed_process_ends_the_run_which_can_go_on, 0, 3);
    tcase_add_loop_test(tcase, a_process_that_hangs_is_named, 0, 2);
    tcase_add_loop_test(tcase, a_signal_to_one_process_stops_all_at_one_step, 0, 2);
    tcase_add_test(tcase, processes_that_differ_are_refused);
    tcase_add_test(tcase, more_processes_than_shards_are_refused);
    tcase_add_test(tcase, a_process_of_several_that_finds_no_other_says_so);
    tcase_add_test(tcase, a_process_that_srun_does_not_connect_says_so);
    suite_add_tcase(suite, tcase);
    return suite;
}
