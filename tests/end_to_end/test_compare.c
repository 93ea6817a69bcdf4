/* `affekt compare`: what differs between two models, and nothing else. */
#include "tests/support/networks.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The comparison as JSON (caller decrefs). */
static json_t *compared(const char *a, const char *b) {
    Program run = affekt("compare", a, b, "--json");
    program_assert(&run, EXIT_DONE);
    json_t *json = json_loads(run.output, 0, NULL);
    ck_assert_ptr_nonnull(json);
    program_free(&run);
    return json;
}

static double together(const json_t *json, const char *key) {
    return json_number_value(json_object_get(json_object_get(json, "together"), key));
}

START_TEST(a_model_does_not_differ_from_itself) {
    ImageClassifierInfo info = network_info("mini");
    const char *path = network_save(&info, 1, "a.safetensors");
    json_t *json = compared(path, path);
    ck_assert_uint_eq(json_object_size(json_object_get(json, "settings")), 0);
    ck_assert_uint_gt(json_array_size(json_object_get(json, "tensors")), 10);
    ck_assert_double_eq(together(json, "relative"), 0);
    ck_assert_double_eq_tol(together(json, "cosine"), 1, 1e-12);
    json_decref(json);
}
END_TEST

START_TEST(other_weights_and_settings_are_told_apart) {
    ImageClassifierInfo info = network_info("mini"), warmer = info;
    warmer.temperature = 2;
    const char *a = network_save(&info, 1, "a.safetensors");
    const char *same = network_save(&warmer, 1, "same.safetensors");
    const char *other = network_save(&info, 2, "other.safetensors");
    json_t *json = compared(a, same), *settings = json_object_get(json, "settings");
    ck_assert_uint_eq(json_object_size(settings), 1);
    json_t *pair = json_object_get(settings, "temperature");
    ck_assert_str_eq(json_string_value(json_array_get(pair, 0)), "1");
    ck_assert_str_eq(json_string_value(json_array_get(pair, 1)), "2");
    ck_assert_double_eq(together(json, "largest"), 0);
    json_decref(json);
    json = compared(a, other);
    ck_assert_uint_eq(json_object_size(json_object_get(json, "settings")), 0);
    ck_assert_double_gt(together(json, "relative"), 0.1);
    ck_assert_double_lt(together(json, "cosine"), 0.99);
    json_decref(json);
}
END_TEST

START_TEST(tensors_that_only_one_has_are_listed) {
    ImageClassifierInfo mini = network_info("mini"), vgg = network_info("vgg");
    const char *a = network_save(&mini, 1, "a.safetensors"),
               *b = network_save(&vgg, 1, "b.safetensors");
    json_t *json = compared(a, b);
    ck_assert_uint_gt(json_array_size(json_object_get(json, "reshaped")), 0);
    ck_assert_uint_gt(json_array_size(json_object_get(json, "only_b")), 0);
    json_decref(json);
    Program run = affekt("compare", a, b);
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "arch: mini -> vgg");
    assert_contains(run.output, "of another shape");
    assert_contains(run.output, "only in the second");
    program_free(&run);
}
END_TEST

/* A file with two tensors of two elements, of which `counts` has this type. */
static const char *write_tensors(const char *name, const char *type, const int32_t *counts,
                                 const float *weights) {
    char bytes[256] = {0}, *head = bytes + 8;
    int length =
        snprintf(head, sizeof bytes - 24,
                 "{\"counts\": {\"dtype\": \"%s\", \"shape\": [2], \"data_offsets\": [0, 8]}, "
                 "\"weights\": {\"dtype\": \"F32\", \"shape\": [2], "
                 "\"data_offsets\": [8, 16]}}",
                 type);
    bytes[0] = (char)length;
    memcpy(head + length, counts, 8);
    memcpy(head + length + 8, weights, 8);
    return scratch_write_bytes(name, bytes, 8 + (size_t)length + 16);
}

START_TEST(tensors_without_floats_are_compared_too) {
    static const int32_t some[2] = {1, 2}, others[2] = {5, 9};
    static const float weights[2] = {1, 2};
    const char *a = write_tensors("a.safetensors", "I32", some, weights);
    json_t *json = compared(a, write_tensors("b.safetensors", "I32", others, weights));
    ck_assert_uint_eq(json_array_size(json_object_get(json, "changed")), 1);
    ck_assert_uint_eq(json_array_size(json_object_get(json, "retyped")), 0);
    json_decref(json);
    json = compared(a, write_tensors("b.safetensors", "U32", some, weights));
    ck_assert_uint_eq(json_array_size(json_object_get(json, "changed")), 0);
    ck_assert_uint_eq(json_array_size(json_object_get(json, "retyped")), 1);
    json_decref(json);
    json = compared(a, a);
    ck_assert_uint_eq(json_array_size(json_object_get(json, "changed")), 0);
    json_decref(json);
    Program run = affekt("compare", a, write_tensors("b.safetensors", "I32", others, weights));
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "no floats, with other values\n  counts\n");
    program_free(&run);
}
END_TEST

START_TEST(what_is_no_number_is_no_small_difference) {
    static const int32_t counts[2] = {1, 2};
    static const float numbers[2] = {1, 2}, others[2] = {NAN, 2};
    json_t *json = compared(write_tensors("a.safetensors", "I32", counts, numbers),
                            write_tensors("b.safetensors", "I32", counts, others));
    json_t *tensor = json_array_get(json_object_get(json, "tensors"), 0);
    ck_assert(json_is_null(json_object_get(tensor, "largest")));
    ck_assert(json_is_null(json_object_get(json_object_get(json, "together"), "largest")));
    json_decref(json);
}
END_TEST

START_TEST(what_is_not_two_models_is_refused) {
    const char *text = scratch_write("notes.txt", "a text that is long enough to be read\n");
    Program run = affekt("compare", text);
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "expected two model files, not 1");
    program_free(&run);
    run = affekt("compare", text, text);
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "notes.txt");
    program_free(&run);
}
END_TEST

Suite *compare_suite(void) {
    Suite *suite = suite_create("compare");
    TCase *tcase = tcase_create("two models");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_model_does_not_differ_from_itself);
    tcase_add_test(tcase, other_weights_and_settings_are_told_apart);
    tcase_add_test(tcase, tensors_that_only_one_has_are_listed);
    tcase_add_test(tcase, tensors_without_floats_are_compared_too);
    tcase_add_test(tcase, what_is_no_number_is_no_small_difference);
    tcase_add_test(tcase, what_is_not_two_models_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
