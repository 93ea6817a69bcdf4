/* Votes on faces: columns by any name, verdicts, and tables that do not fit the data. */
#include "datasets/faces/face_votes.h"
#include "tests/support/data.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Error error;

/* `n` faces, the last one for validation. */
static FaceSet *faces(int n) {
    FaceSet *set = face_set_create(&error);
    uint8_t pixels[FACE_PIXELS] = {0};
    for (int i = 0; i < n; i++)
        ck_assert_int_eq(face_set_append(set, pixels, EMOTION_SAD,
                                         i < n - 1 ? FACE_TRAINING : FACE_PUBLIC_TEST, &error),
                         0);
    return set;
}

static const char TABLE[] = "usage,name,neutral,happiness,anger,contempt,unknown,NF\n"
                            "Training,a.png,2,6,0,1,1,0\n"
                            "Training,,0,2,2,1,,\n"
                            "Training,,0,1,1,2,1,0\n"
                            "PublicTest,,,,,,,\n";

START_TEST(votes_are_counted_by_emotion) {
    FaceSet *set = faces(5);
    set->splits[3] = FACE_PUBLIC_TEST;
    FaceVotes *votes = face_votes_load(scratch_write("v.csv", TABLE), set, &error);
    ck_assert_msg(votes != NULL, "%s", error.message);
    ck_assert_uint_eq(votes->count, 4);
    static const FaceVerdict expected[] = {{10, 6, 8, EMOTION_HAPPY},
                                           {5, 2, 4, -1},
                                           {5, 2, 2, FACE_VOTES_CONTEMPT},
                                           {0, 0, 0, -1},
                                           {0, 0, 0, -1}}; /* the last is not in the table */
    for (uint32_t i = 0; i < 5; i++) {
        FaceVerdict verdict = face_votes_verdict(votes, i);
        ck_assert_int_eq(verdict.votes, expected[i].votes);
        ck_assert_int_eq(verdict.most, expected[i].most);
        ck_assert_int_eq(verdict.for_emotions, expected[i].for_emotions);
        ck_assert_int_eq(verdict.choice, expected[i].choice);
    }
    float shares[EMOTION_COUNT];
    face_votes_shares(votes, 0, shares);
    for (int code = 0; code < EMOTION_COUNT; code++)
        ck_assert_float_eq(shares[code], code == EMOTION_HAPPY     ? 0.75f
                                         : code == EMOTION_NEUTRAL ? 0.25f
                                                                   : 0);
    uint64_t checksum = face_votes_checksum(votes);
    votes->votes[2][EMOTION_FEAR]++;
    ck_assert_uint_ne(face_votes_checksum(votes), checksum);
    face_votes_destroy(votes);
    face_set_destroy(set);
}
END_TEST

static void assert_refused(const char *table, int n, const char *because) {
    FaceSet *set = faces(n);
    ck_assert_ptr_null(face_votes_load(scratch_write("v.csv", table), set, &error));
    assert_contains(error.message, because);
    face_set_destroy(set);
}

START_TEST(votes_that_do_not_fit_the_faces_are_refused) {
    assert_refused("usage,fear\nTraining,1\nTraining,1\n", 2,
                   "v.csv:3: usage 'Training', but face 2 of the data is of PublicTest");
    assert_refused("usage,fear\nTraining,1\nPublicTest,1\n", 1, "votes on 2 faces, the data has 1");
    assert_refused("fear\n1\n", 2, "no column 'usage'");
    assert_refused("usage,row\nTraining,1\n", 2, "not a file of votes");
    assert_refused("usage,fear\nTraining,-1\n", 2, "v.csv:2: '-1' votes for fear");
    assert_refused("usage,fear\nTraining,many\n", 2, "'many' votes for fear");
    assert_refused("usage,fear,scared\nTraining,200,100\n", 2, "0 to 255 in all");
    FaceSet *set = faces(2);
    ck_assert_ptr_null(face_votes_load(scratch_path("absent.csv"), set, &error));
    assert_contains(error.message, "absent.csv");
    face_set_destroy(set);
}
END_TEST

/* Of 400 faces, `alike` of whose voters see what the label says. */
static FaceVotes *votes_of_many(int alike) {
    enum { MANY = 400 };
    FaceSet *set = faces(MANY);
    FILE *stream = fopen(scratch_path("many.csv"), "w");
    fprintf(stream, "usage,sad,happy\n");
    for (int i = 0; i < MANY; i++)
        fprintf(stream, "%s,%s\n", i < MANY - 1 ? "Training" : "PublicTest",
                i < alike ? "6,1" : "1,6");
    fclose(stream);
    FaceVotes *votes = face_votes_load(scratch_path("many.csv"), set, &error);
    face_set_destroy(set);
    return votes;
}

START_TEST(votes_on_other_faces_are_refused) {
    ck_assert_ptr_null(votes_of_many(133));
    assert_contains(error.message, "agree with the labels of 133 of 400 faces");
    FaceVotes *votes = votes_of_many(134);
    ck_assert_msg(votes != NULL, "%s", error.message);
    face_votes_destroy(votes);
}
END_TEST

/* The labels of FER+'s table. */
static void read_labels(const char *path, FaceSet *set) {
    FILE *stream = fopen(path, "r");
    char line[256];
    ck_assert_ptr_nonnull(fgets(line, sizeof line, stream));
    for (uint32_t i = 0; i < set->count && fgets(line, sizeof line, stream); i++)
        set->labels[i] = (uint8_t)strtol(strchr(line, ',') + 1, NULL, 10);
    fclose(stream);
}

START_TEST(ferplus_is_read) {
    const char *path = data_path("faces/ferplus/fer2013_votes.csv");
    if (!path)
        return;
    FaceSet *set = face_set_create(&error);
    static const int sizes[] = {28709, 3589, 3589};
    ck_assert_int_eq(face_set_reserve(set, 35887, &error), 0);
    for (int split = 0; split < FACE_SPLIT_COUNT; split++)
        for (int i = 0; i < sizes[split]; i++)
            set->splits[set->count++] = (uint8_t)split;
    read_labels(path, set);
    FaceVotes *votes = face_votes_load(path, set, &error);
    ck_assert_msg(votes != NULL, "%s", error.message);
    ck_assert_uint_eq(votes->count, 35887);
    ck_assert_int_eq(face_votes_verdict(votes, 0).choice, EMOTION_SAD);
    ck_assert_int_eq(face_votes_verdict(votes, 1).choice, EMOTION_SURPRISE);
    face_votes_destroy(votes);
    face_set_destroy(set);
}
END_TEST

Suite *face_votes_suite(void) {
    Suite *suite = suite_create("face_votes");
    TCase *tcase = tcase_create("votes");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, votes_are_counted_by_emotion);
    tcase_add_test(tcase, votes_that_do_not_fit_the_faces_are_refused);
    tcase_add_test(tcase, votes_on_other_faces_are_refused);
    tcase_add_test(tcase, ferplus_is_read);
    suite_add_tcase(suite, tcase);
    return suite;
}
