/* The mean of models: what it holds, what it tells, and what it refuses. */
#include "nn/io/model_average.h"

#include "nn/models/sequence_lstm.h"
#include "tests/support/networks.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <math.h>

static int average(const char *one, const char *other, const char *out, Error *error) {
    return model_average((char *[]){(char *)one, (char *)other}, 2, out, error);
}

static void assert_mean(const Parameters *mean, const Parameters *one, const Parameters *other) {
    for (int i = 0; i < parameters_count(mean); i++) {
        const Tensor *m = &parameters_at(mean, i)->tensor;
        const float *a = parameters_find(one, m->name)->data,
                    *b = parameters_find(other, m->name)->data;
        size_t wrong = 0;
        for (size_t j = 0; j < tensor_count(m); j++)
            wrong += m->data[j] != (float)(((double)a[j] + b[j]) / 2);
        ck_assert_msg(!wrong, "%s: %zu elements are not the mean", m->name, wrong);
    }
}

START_TEST(every_tensor_is_the_mean) {
    static const char *const archs[] = {"mini", "resnet"};
    ImageClassifierInfo info = network_info(archs[_i]);
    const char *out = scratch_path("mean.safetensors");
    const char *one = network_save(&info, 1, "one.safetensors"),
               *other = network_save(&info, 2, "other.safetensors");
    Error error;
    ck_assert_msg(!average(one, other, out, &error), "%s", error.message);
    ImageClassifier *mean = image_classifier_load(out, &error), *a = network_create(&info, 1),
                    *b = network_create(&info, 2);
    ck_assert_msg(mean, "%s", error.message);
    ck_assert_ptr_nonnull(parameters_find(image_classifier_parameters(mean),
                                          _i ? "stem.1.running_var" : "features.1.running_var"));
    assert_mean(image_classifier_parameters(mean), image_classifier_parameters(a),
                image_classifier_parameters(b));
    image_classifier_destroy(mean);
    image_classifier_destroy(a);
    image_classifier_destroy(b);
}
END_TEST

static const char *save_lstm(int hidden, uint64_t seed, const char *genres, const char *name) {
    SequenceLstmInfo info = {.vocabulary = 9, .embedding = 3, .hidden = hidden, .layers = 1};
    SequenceLstm *lstm = sequence_lstm_create(&info, rng_seed(seed), NULL);
    json_t *extra = json_pack("{s:s}", "genres", genres);
    ck_assert_int_eq(sequence_lstm_save(lstm, scratch_path(name), extra, NULL), 0);
    json_decref(extra);
    sequence_lstm_destroy(lstm);
    return scratch_path(name);
}

START_TEST(music_models_are_averaged_too) {
    const char *out = scratch_path("mean");
    Error error;
    ck_assert_int_eq(
        average(save_lstm(4, 1, "pop", "one"), save_lstm(4, 2, "pop", "other"), out, &error), 0);
    SafetensorsFile *file = safetensors_open(out, &error);
    SequenceLstm *lstm = sequence_lstm_load(file, &error);
    ck_assert_msg(lstm, "%s", error.message);
    ck_assert_str_eq(safetensors_metadata(file, "genres"), "pop");
    ck_assert_ptr_null(safetensors_metadata(file, "temperature"));
    sequence_lstm_destroy(lstm);
    safetensors_close(file);
}
END_TEST

START_TEST(the_mean_tells_its_sources_and_no_figures_of_theirs) {
    ImageClassifierInfo info = network_info("mini");
    info.temperature = 1.7f;
    info.floor = 0.02f;
    info.dropout = 0.3f;
    ImageClassifier *network = network_create(&info, 1);
    const char *one = scratch_path("one.safetensors"), *out = scratch_path("mean.safetensors");
    json_t *extra = json_pack("{s:s, s:s, s:s, s:s}", "training.seed", "42", "training.steps", "7",
                              "validation.score", "0.5", "temperature_fitted_on", "PublicTest");
    ck_assert_int_eq(image_classifier_save(network, one, extra, NULL), 0);
    info.dropout = 0.4f;
    ck_assert_int_eq(average(one, network_save(&info, 2, "other.safetensors"), out, NULL), 0);
    SafetensorsFile *file = safetensors_open(out, NULL);
    ck_assert_str_eq(safetensors_metadata(file, "averaged"),
                     "[{\"file\":\"one.safetensors\",\"training.seed\":\"42\","
                     "\"validation.score\":\"0.5\"},{\"file\":\"other.safetensors\"}]");
    ck_assert_str_eq(safetensors_metadata(file, "temperature"), "1");
    ck_assert_str_eq(safetensors_metadata(file, "floor"), "0");
    ck_assert_str_eq(safetensors_metadata(file, "dropout"), "0.300000012");
    ck_assert_ptr_null(safetensors_metadata(file, "training.steps"));
    ck_assert_ptr_null(safetensors_metadata(file, "validation.score"));
    ck_assert_ptr_null(safetensors_metadata(file, "temperature_fitted_on"));
    safetensors_close(file);
    json_decref(extra);
    image_classifier_destroy(network);
}
END_TEST

START_TEST(the_mean_of_a_model_with_itself_is_the_model_even_over_it) {
    ImageClassifierInfo info = network_info("mini");
    const char *path = network_save(&info, 1, "one.safetensors");
    ck_assert_int_eq(average(path, path, path, NULL), 0);
    ImageClassifier *mean = image_classifier_load(path, NULL), *one = network_create(&info, 1);
    const Parameters *weights = image_classifier_parameters(one);
    assert_mean(image_classifier_parameters(mean), weights, weights);
    image_classifier_destroy(mean);
    image_classifier_destroy(one);
}
END_TEST

static void assert_refused(const char *one, const char *other, const char *because) {
    const char *out = scratch_path("refused");
    int files = scratch_count();
    Error error;
    ck_assert_int_eq(average(one, other, out, &error), -1);
    assert_contains(error.message, because);
    ck_assert_int_eq(scratch_count(), files);
}

START_TEST(models_of_different_networks_are_refused) {
    ImageClassifierInfo info = network_info("mini"), other = info;
    const char *one = network_save(&info, 1, "one.safetensors");
    other.size = 32;
    assert_refused(one, network_save(&other, 2, "small"), "'size' is 48 in");
    other = info;
    other.mean = 0.4f;
    assert_refused(one, network_save(&other, 2, "dark"), "but 0.400000006 in");
    other = info;
    strcpy(other.class_names[2], "hungry");
    assert_refused(one, network_save(&other, 2, "classes"), "hungry");
    other = network_info("vgg");
    assert_refused(one, network_save(&other, 2, "vgg"), "'arch' is mini in");
    assert_refused(one, save_lstm(4, 1, "pop", "lstm"), "'kind' is image_classifier in");
    assert_refused(save_lstm(4, 1, "pop", "pop"), save_lstm(4, 1, "jazz", "jazz"),
                   "'genres' is pop in");
    assert_refused(save_lstm(4, 1, "pop", "four"), save_lstm(5, 1, "pop", "five"),
                   "'hidden' is 4 in");
}
END_TEST

/* Writes a file of one tensor of four elements that all are `value`. */
static const char *save_tensor(const char *name, const char *kind, const char *tensor,
                               float value) {
    Parameters *parameters = parameters_create();
    init_constant(parameters_add(parameters, "", tensor, shape(4), PARAMETER_WEIGHT), value);
    json_t *metadata = json_pack("{s:s}", "kind", kind);
    const Parameters *const groups[] = {parameters};
    ck_assert_int_eq(
        safetensors_save(scratch_path(name), SAFETENSORS_FULL, 1, groups, metadata, NULL), 0);
    json_decref(metadata);
    parameters_destroy(parameters);
    return scratch_path(name);
}

START_TEST(what_is_no_whole_model_is_refused) {
    const char *good = save_tensor("good", "image_classifier", "weight", 1);
    assert_refused(good, save_tensor("bad", "image_classifier", "weight", NAN),
                   "'weight' is not finite");
    assert_refused(good, save_tensor("bad", "image_classifier", "bias", 1), "weight");
    assert_refused(good, save_tensor("bad", "checkpoint", "weight", 1), "'kind' is 'checkpoint'");
    assert_refused(good, scratch_path("none"), "none");
    assert_refused(scratch_write("text", "no model"), good, "text");
}
END_TEST

Suite *model_average_suite(void) {
    Suite *suite = suite_create("model_average");
    TCase *tcase = tcase_create("model_average");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_loop_test(tcase, every_tensor_is_the_mean, 0, 2);
    tcase_add_test(tcase, music_models_are_averaged_too);
    tcase_add_test(tcase, the_mean_tells_its_sources_and_no_figures_of_theirs);
    tcase_add_test(tcase, the_mean_of_a_model_with_itself_is_the_model_even_over_it);
    tcase_add_test(tcase, models_of_different_networks_are_refused);
    tcase_add_test(tcase, what_is_no_whole_model_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
