/* Validation by a team of two members, each a thread of this process. */
#include "train/loop/run.h"

#include "tests/support/text.h"

#include <check.h>
#include <pthread.h>
#include <string.h>

enum { MEMBERS = 2, SHARDS = 5 };

/* Where the members meet. */
typedef struct Table {
    pthread_barrier_t barrier;
    Error failure[MEMBERS];
    bool failed[MEMBERS];
    double sums[SHARDS * sizeof(ValidationSums) / sizeof(double)];
} Table;

typedef struct Member {
    TrainTeam team;
    Table *table;
    bool fails;
    const char *failed_before; /* NULL: it has not, and validates */
    int shards_seen, status;
    Validation validation;
    Error error;
} Member;

static int meet(void *context, const char *failure, unsigned *flags, Error *error) {
    Member *member = context;
    Table *table = member->table;
    int rank = member->team.rank, other = 1 - rank;
    (void)flags;
    error_set(&table->failure[rank], "%s", failure ? failure : "");
    pthread_barrier_wait(&table->barrier);
    if (failure)
        return -1;
    return table->failure[other].message[0]
               ? error_set(error, "rank %d: %s", other, table->failure[other].message)
               : 0;
}

static int gather(void *context, int shards, bool failed, size_t size, const double *own,
                  double *all, Error *error) {
    Member *member = context;
    Table *table = member->table;
    int rank = member->team.rank;
    (void)error;
    Shards mine = team_shards(&member->team, rank, shards);
    table->failed[rank] = failed;
    if (!failed)
        memcpy(table->sums + (size_t)mine.first * size, own,
               (size_t)(mine.last - mine.first) * size * sizeof *own);
    pthread_barrier_wait(&table->barrier);
    memcpy(all, table->sums, (size_t)shards * size * sizeof *all);
    return table->failed[1 - rank];
}

/* Shard i holds i + 1 examples, half of which are correct. */
static int validate(void *context, Tape *tape, Shards shards, ValidationSums *sums, Error *error) {
    Member *member = context;
    (void)tape;
    for (int i = shards.first; i < shards.last; i++) {
        if (member->fails)
            return error_set(error, "shard %d cannot be read", i);
        double examples = i + 1;
        sums[i - shards.first] = (ValidationSums){
            .score = 2 * examples, .loss = i, .correct = examples / 2, .examples = examples};
        member->shards_seen++;
    }
    return 0;
}

static void *validate_member(void *context) {
    Member *member = context;
    TrainTask task = {.context = member, .validate = validate, .divisible = true};
    Run run = {.task = &task, .team = &member->team};
    run.gradient.shards = team_shards(&member->team, member->team.rank, SHARDS);
    if (member->failed_before)
        member->status =
            team_meet(&member->team, error_set(&member->error, "%s", member->failed_before), NULL,
                      &member->error);
    else
        member->status = run_validate(&run, &member->validation, &member->error);
    return NULL;
}

/* `failing` is the rank of the member that fails, or -1; with a message it does so before. */
static void validate_together(Member members[MEMBERS], int failing, const char *before) {
    Table table = {0};
    pthread_t threads[MEMBERS];
    pthread_barrier_init(&table.barrier, NULL, MEMBERS);
    for (int rank = 0; rank < MEMBERS; rank++) {
        Member *member = &members[rank];
        *member = (Member){.table = &table,
                           .fails = rank == failing,
                           .failed_before = rank == failing ? before : NULL};
        member->team = (TrainTeam){
            .context = member, .rank = rank, .size = MEMBERS, .meet = meet, .gather = gather};
        ck_assert_int_eq(pthread_create(&threads[rank], NULL, validate_member, member), 0);
    }
    for (int rank = 0; rank < MEMBERS; rank++)
        pthread_join(threads[rank], NULL);
    pthread_barrier_destroy(&table.barrier);
}

START_TEST(each_member_does_its_shards_and_all_know_the_result) {
    Member members[MEMBERS];
    validate_together(members, -1, NULL);
    ck_assert_int_eq(members[0].shards_seen + members[1].shards_seen, SHARDS);
    for (int rank = 0; rank < MEMBERS; rank++) {
        ck_assert_int_eq(members[rank].status, 0);
        ck_assert_int_gt(members[rank].shards_seen, 0);
        ck_assert_double_eq(members[rank].validation.score, 2);
        ck_assert_double_eq(members[rank].validation.accuracy, .5);
        ck_assert_double_eq(members[rank].validation.loss, 10. / 15);
    }
}
END_TEST

START_TEST(when_one_member_fails_all_end_with_its_message) {
    Member members[MEMBERS];
    validate_together(members, _i, NULL);
    const Member *failed = &members[_i], *other = &members[1 - _i];
    ck_assert_int_eq(failed->status, -1);
    assert_contains(failed->error.message, "cannot be read");
    ck_assert_int_eq(other->status, -1);
    assert_contains(other->error.message, text_format("rank %d: shard", _i));
    assert_contains(other->error.message, "cannot be read");
}
END_TEST

START_TEST(one_that_could_not_write_its_checkpoint_keeps_nobody_waiting) {
    Member members[MEMBERS];
    validate_together(members, 0, "the disk is full");
    ck_assert_int_eq(members[1].status, -1);
    assert_contains(members[1].error.message, "rank 0: the disk is full");
    ck_assert_int_eq(members[1].shards_seen, 0);
}
END_TEST

Suite *run_validation_suite(void) {
    Suite *suite = suite_create("run_validation");
    TCase *tests = tcase_create("team");
    tcase_add_test(tests, each_member_does_its_shards_and_all_know_the_result);
    tcase_add_loop_test(tests, when_one_member_fails_all_end_with_its_message, 0, MEMBERS);
    tcase_add_test(tests, one_that_could_not_write_its_checkpoint_keeps_nobody_waiting);
    suite_add_tcase(suite, tests);
    return suite;
}
