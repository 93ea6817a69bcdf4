/* Face sets: splits, copies across splits, fingerprints. */
#include "datasets/faces/face_set.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static void add(FaceSet *set, uint8_t shade, Emotion label, FaceSplit split) {
    uint8_t pixels[FACE_PIXELS];
    memset(pixels, shade, sizeof pixels);
    ck_assert_int_eq(face_set_append(set, pixels, label, split, NULL), 0);
}

/* Shades 1 … 6; shade 2 is in all splits, shade 4 twice in one. */
static FaceSet *example(void) {
    FaceSet *set = face_set_create(NULL);
    add(set, 1, EMOTION_SAD, FACE_TRAINING);
    add(set, 2, EMOTION_SAD, FACE_TRAINING);
    add(set, 2, EMOTION_FEAR, FACE_PRIVATE_TEST);
    add(set, 3, EMOTION_SAD, FACE_PRIVATE_TEST);
    add(set, 4, EMOTION_SAD, FACE_TRAINING);
    add(set, 4, EMOTION_SAD, FACE_TRAINING);
    add(set, 2, EMOTION_SAD, FACE_PUBLIC_TEST);
    add(set, 5, EMOTION_SAD, FACE_PUBLIC_TEST);
    add(set, 6, EMOTION_SAD, FACE_PUBLIC_TEST);
    add(set, 6, EMOTION_SAD, FACE_PRIVATE_TEST);
    return set;
}

static void assert_indices(FaceSplit split, FaceSelection selection, uint32_t expected_count,
                           const uint32_t *expected) {
    FaceSet *set = example();
    uint32_t count, *indices = face_set_indices(set, split, selection, &count, NULL);
    ck_assert_uint_eq(count, expected_count);
    ck_assert(!memcmp(indices, expected, count * sizeof *indices));
    free(indices);
    face_set_destroy(set);
}

START_TEST(a_split_lists_its_faces_in_order) {
    assert_indices(FACE_TRAINING, FACE_ALL, 4, (uint32_t[]){0, 1, 4, 5});
    assert_indices(FACE_PUBLIC_TEST, FACE_ALL, 3, (uint32_t[]){6, 7, 8});
    assert_indices(FACE_PRIVATE_TEST, FACE_ALL, 3, (uint32_t[]){2, 3, 9});
}
END_TEST

START_TEST(unshared_leaves_out_what_occurs_in_another_split_but_not_repeats_within_one) {
    assert_indices(FACE_TRAINING, FACE_UNSHARED, 3, (uint32_t[]){0, 4, 5});
    assert_indices(FACE_PUBLIC_TEST, FACE_UNSHARED, 1, (uint32_t[]){7});
    assert_indices(FACE_PRIVATE_TEST, FACE_UNSHARED, 1, (uint32_t[]){3});
}
END_TEST

START_TEST(occurrence_tells_every_split_that_holds_the_pixels) {
    enum { T = 1 << FACE_TRAINING, V = 1 << FACE_PUBLIC_TEST, P = 1 << FACE_PRIVATE_TEST };
    static const uint8_t expected[] = {T, T | V | P, T | V | P, P,     T,
                                       T, T | V | P, V,         V | P, V | P};
    uint8_t occurrence[sizeof expected];
    FaceSet *set = example();
    ck_assert_int_eq(face_set_occurrence(set, occurrence, NULL), 0);
    ck_assert_mem_eq(occurrence, expected, sizeof expected);
    face_set_destroy(set);
}
END_TEST

START_TEST(one_different_pixel_is_another_face) {
    FaceSet *set = face_set_create(NULL);
    for (int i = 0; i < FACE_PIXELS; i++) {
        uint8_t pixels[FACE_PIXELS] = {0};
        pixels[i] = 1;
        ck_assert_int_eq(face_set_append(set, pixels, EMOTION_SAD,
                                         i % 2 ? FACE_TRAINING : FACE_PRIVATE_TEST, NULL),
                         0);
    }
    uint32_t count, *indices = face_set_indices(set, FACE_TRAINING, FACE_UNSHARED, &count, NULL);
    ck_assert_uint_eq(count, FACE_PIXELS / 2);
    free(indices);
    face_set_destroy(set);
}
END_TEST

START_TEST(an_empty_set_has_empty_splits) {
    FaceSet *set = face_set_create(NULL);
    uint32_t count = 1,
             *indices = face_set_indices(set, FACE_TRAINING, FACE_UNSHARED, &count, NULL);
    ck_assert_ptr_nonnull(indices);
    ck_assert_uint_eq(count, 0);
    free(indices);
    face_set_destroy(set);
}
END_TEST

START_TEST(the_checksum_sees_pixels_labels_splits_and_order) {
    FaceSet *set = example();
    uint64_t original = face_set_checksum(set);
    set->pixels[5 * FACE_PIXELS + 77] ^= 1;
    ck_assert(face_set_checksum(set) != original);
    set->pixels[5 * FACE_PIXELS + 77] ^= 1;
    set->labels[9] = EMOTION_HAPPY;
    ck_assert(face_set_checksum(set) != original);
    set->labels[9] = EMOTION_SAD;
    set->splits[0] = FACE_PUBLIC_TEST;
    ck_assert(face_set_checksum(set) != original);
    set->splits[0] = FACE_TRAINING;
    ck_assert(face_set_checksum(set) == original);
    memset(set->pixels, 2, FACE_PIXELS);
    memset(set->pixels + FACE_PIXELS, 1, FACE_PIXELS);
    ck_assert(face_set_checksum(set) != original);
    face_set_destroy(set);
}
END_TEST

START_TEST(split_names_mean_their_split) {
    for (int split = 0; split < FACE_SPLIT_COUNT; split++)
        ck_assert_int_eq(face_split_from_name(face_split_name((FaceSplit)split)), split);
    ck_assert_str_eq(face_split_name(FACE_TRAINING), "Training");
    ck_assert_str_eq(face_split_name(FACE_PUBLIC_TEST), "PublicTest");
    ck_assert_str_eq(face_split_name(FACE_PRIVATE_TEST), "PrivateTest");
    ck_assert_int_eq(face_split_from_name("train"), FACE_TRAINING);
    ck_assert_int_eq(face_split_from_name("validation"), FACE_PUBLIC_TEST);
    ck_assert_int_eq(face_split_from_name("test"), FACE_PRIVATE_TEST);
    ck_assert_int_eq(face_split_from_name("rest"), -1);
}
END_TEST

START_TEST(absurd_numbers_of_faces_are_refused) {
    Error error;
    FaceSet *set = face_set_create(NULL);
    ck_assert_int_eq(face_set_reserve(set, UINT32_MAX, &error), -1);
    face_set_destroy(set);
}
END_TEST

Suite *face_set_suite(void) {
    Suite *suite = suite_create("face_set");
    TCase *tcase = tcase_create("sets");
    tcase_add_test(tcase, a_split_lists_its_faces_in_order);
    tcase_add_test(tcase,
                   unshared_leaves_out_what_occurs_in_another_split_but_not_repeats_within_one);
    tcase_add_test(tcase, occurrence_tells_every_split_that_holds_the_pixels);
    tcase_add_test(tcase, one_different_pixel_is_another_face);
    tcase_add_test(tcase, an_empty_set_has_empty_splits);
    tcase_add_test(tcase, the_checksum_sees_pixels_labels_splits_and_order);
    tcase_add_test(tcase, split_names_mean_their_split);
    tcase_add_test(tcase, absurd_numbers_of_faces_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
