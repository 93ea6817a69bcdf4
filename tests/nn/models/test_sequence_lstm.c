/* The sequence LSTM's files: what is saved comes back, what lies is refused. */
#include "nn/models/sequence_lstm.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

static const SequenceLstmInfo small = {
    .vocabulary = 11, .conditions = 3, .embedding = 5, .hidden = 8, .layers = 2, .dropout = 0.25f};

static SequenceLstm *create(void) {
    Error error;
    SequenceLstm *network = sequence_lstm_create(&small, rng_seed(3), &error);
    ck_assert_msg(network, "%s", error.message);
    return network;
}

START_TEST(a_saved_network_comes_back_the_same) {
    SequenceLstm *saved = create();
    const char *path = scratch_path("network.safetensors");
    Error error;
    ck_assert_int_eq(sequence_lstm_save(saved, path, NULL, &error), 0);
    SafetensorsFile *file = safetensors_open(path, &error);
    ck_assert_msg(file, "%s", error.message);
    SequenceLstm *loaded = sequence_lstm_load(file, &error);
    ck_assert_msg(loaded, "%s", error.message);
    ck_assert_mem_eq(sequence_lstm_info(loaded), &small, sizeof small);
    const Parameters *ours = sequence_lstm_parameters(saved),
                     *theirs = sequence_lstm_parameters(loaded);
    ck_assert_int_eq(parameters_count(ours), parameters_count(theirs));
    for (int i = 0; i < parameters_count(ours); i++) {
        const Tensor *a = &parameters_at(ours, i)->tensor, *b = &parameters_at(theirs, i)->tensor;
        ck_assert_str_eq(a->name, b->name);
        ck_assert_mem_eq(a->data, b->data, tensor_count(a) * sizeof(float));
    }
    safetensors_close(file);
    sequence_lstm_destroy(saved);
    sequence_lstm_destroy(loaded);
}
END_TEST

static const struct {
    const char *key, *value, *complaint;
} hostile[] = {
    {"kind", "image_classifier", "expected 'sequence_lstm'"},
    {"vocabulary", "1", "'vocabulary'"},
    {"vocabulary", "12", "'embedding.weight' has shape (11, 5), expected (12, 5)"},
    {"hidden", "0", "'hidden'"},
    {"hidden", "1e9", "'hidden'"},
    {"hidden", "16384", "has shape"}, /* promises gigabytes that the file does not hold */
    {"layers", "5", "'layers'"},
    {"layers", "3", "'lstm.weight_ih_l2' is missing"},
    {"conditions", "-1", "'conditions'"},
    {"dropout", "nan", "'dropout'"},
};
enum { HOSTILE = sizeof hostile / sizeof *hostile };

START_TEST(hostile_metadata_is_refused_with_the_reason) {
    SequenceLstm *network = create();
    const char *good = scratch_path("good.safetensors"), *bad = scratch_path("bad.safetensors");
    ck_assert_int_eq(sequence_lstm_save(network, good, NULL, NULL), 0);
    SafetensorsFile *file = safetensors_open(good, NULL);
    json_t *metadata = json_copy((json_t *)safetensors_all_metadata(file));
    safetensors_close(file);
    json_object_set_new(metadata, hostile[_i].key, json_string(hostile[_i].value));
    const Parameters *parameters = sequence_lstm_parameters(network);
    ck_assert_int_eq(safetensors_save(bad, SAFETENSORS_FULL, 1, &parameters, metadata, NULL), 0);
    json_decref(metadata);
    Error error = {""};
    file = safetensors_open(bad, &error);
    ck_assert_ptr_null(sequence_lstm_load(file, &error));
    assert_contains(error.message, hostile[_i].complaint);
    safetensors_close(file);
    sequence_lstm_destroy(network);
}
END_TEST

Suite *sequence_lstm_suite(void) {
    Suite *suite = suite_create("sequence_lstm");
    TCase *tcase = tcase_create("files");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, a_saved_network_comes_back_the_same);
    tcase_add_loop_test(tcase, hostile_metadata_is_refused_with_the_reason, 0, HOSTILE);
    suite_add_tcase(suite, tcase);
    return suite;
}
