/* The zoo: sizes, saving and loading, folding, and model files that lie. */
#include "nn/io/file.h"
#include "nn/io/safetensors.h"
#include "tests/support/networks.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <math.h>
#include <stdlib.h>

enum { FACES = 3, PIXELS = 48 * 48 };

static void make_input(float *x) {
    uint8_t faces[FACES * PIXELS];
    network_faces(faces, FACES, 5);
    for (int i = 0; i < FACES * PIXELS; i++)
        x[i] = ((float)faces[i] / 255 - 0.5f) / 0.25f;
}

/* Writes the logits (FACES, 7). */
static void run_as(const ImageClassifier *network, TapeMode mode, uint64_t seed, const float *x,
                   float *logits) {
    Tape *tape = tape_create();
    Error error;
    tape_begin(tape, mode, rng_seed(seed));
    Tensor *input = tape_input(tape, "x", shape(FACES, 48, 48, 1), x);
    const Tensor *output = image_classifier_forward(network, tape, input);
    ck_assert_msg(!tape_check(tape, &error), "%s", error.message);
    ck_assert(shape_equal(output->shape, shape(FACES, 7)));
    memcpy(logits, output->data, FACES * 7 * sizeof *logits);
    tape_destroy(tape);
}

static void run(const ImageClassifier *network, const float *x, float *logits) {
    run_as(network, TAPE_EVALUATE, 0, x, logits);
}

static const char *arch_name(int i) {
    return image_classifier_archs[i];
}

enum { ARCHS = 4 };

START_TEST(networks_have_the_sizes_that_were_promised) {
    static const struct {
        const char *arch;
        double parameters, multiply_adds; /* in millions, at most */
    } promised[] = {
        {"vgg", 1.77, 118.1}, {"vgg-wide", 9.5, 473.3}, {"mini", 0.3, 1e9}, {"resnet", 3, 1e9}};
    for (size_t i = 0; i < sizeof promised / sizeof *promised; i++) {
        ImageClassifierInfo info = network_info(promised[i].arch);
        ImageClassifier *network = network_create(&info, 1);
        size_t parameters = parameters_trained_elements(image_classifier_parameters(network));
        ck_assert_double_le((double)parameters, promised[i].parameters * 1e6);
        ck_assert_double_le((double)image_classifier_multiply_adds(network),
                            promised[i].multiply_adds * 1e6);
        image_classifier_destroy(network);
    }
}
END_TEST

START_TEST(folding_keeps_the_logits) {
    static float x[FACES * PIXELS];
    float plain[FACES * 7], folded[FACES * 7], largest = 1;
    ImageClassifierInfo info = network_info(arch_name(_i));
    ImageClassifier *network = network_create(&info, 3);
    make_input(x);
    run(network, x, plain);
    ck_assert_int_eq(image_classifier_fold(network, NULL), 0);
    run(network, x, folded);
    for (int i = 0; i < FACES * 7; i++)
        largest = fmaxf(largest, fabsf(plain[i]));
    for (int i = 0; i < FACES * 7; i++)
        ck_assert_float_eq_tol(plain[i], folded[i], 1e-5f * largest);
    image_classifier_destroy(network);
}
END_TEST

/* Halves of an odd size are rounded down: while training, while evaluating and once folded. */
START_TEST(any_size_of_picture_trains_and_folds) {
    static float x[FACES * PIXELS];
    float logits[3][FACES * 7];
    ImageClassifierInfo info = network_info(arch_name(_i));
    info.size = 44;
    ImageClassifier *network = network_create(&info, 3);
    make_input(x);
    for (int pass = 0; pass < 3; pass++) {
        Tape *tape = tape_create();
        Error error;
        if (pass == 2)
            ck_assert_int_eq(image_classifier_fold(network, NULL), 0);
        tape_begin(tape, pass ? TAPE_EVALUATE : TAPE_RECORD, rng_seed(0));
        Tensor *input = tape_input(tape, "x", shape(FACES, info.size, info.size, 1), x);
        const Tensor *output = image_classifier_forward(network, tape, input);
        ck_assert_msg(!tape_check(tape, &error), "%s", error.message);
        memcpy(logits[pass], output->data, sizeof logits[pass]);
        tape_destroy(tape);
    }
    for (int i = 0; i < FACES * 7; i++) {
        ck_assert_float_eq_tol(logits[0][i], logits[1][i], 1e-4f);
        ck_assert_float_eq_tol(logits[0][i], logits[2][i], 1e-4f);
    }
    image_classifier_destroy(network);
}
END_TEST

START_TEST(blocks_drop_features_only_while_training) {
    static float x[FACES * PIXELS];
    float first[FACES * 7], second[FACES * 7];
    ImageClassifierInfo info = network_info(arch_name(_i));
    ImageClassifier *network = network_create(&info, 3);
    make_input(x);
    for (int drops = 0; drops < 2; drops++) {
        image_classifier_info(network)->block_dropout = drops ? 0.3f : 0;
        run_as(network, TAPE_TRAIN, 1, x, first);
        run_as(network, TAPE_TRAIN, 2, x, second);
        ck_assert_int_eq(memcmp(first, second, sizeof first) != 0, drops);
        run_as(network, TAPE_EVALUATE, 1, x, first);
        run_as(network, TAPE_EVALUATE, 2, x, second);
        ck_assert_mem_eq(first, second, sizeof first);
    }
    image_classifier_destroy(network);
}
END_TEST

START_TEST(a_saved_network_comes_back_the_same) {
    static float x[FACES * PIXELS];
    float saved[FACES * 7], loaded[FACES * 7];
    ImageClassifierInfo info = network_info(arch_name(_i));
    info.temperature = 1.25f;
    info.floor = 0.015f;
    info.dropout = 0.4f;
    info.block_dropout = 0.2f;
    const char *path = scratch_path("network.safetensors");
    ImageClassifier *before = network_create(&info, 3), *after;
    Error error;
    ck_assert_int_eq(image_classifier_save(before, path, NULL, &error), 0);
    after = image_classifier_load(path, &error);
    ck_assert_msg(after, "%s", error.message);
    ck_assert_mem_eq(image_classifier_info(after), &info, sizeof info);
    make_input(x);
    run(before, x, saved);
    run(after, x, loaded);
    ck_assert_mem_eq(saved, loaded, sizeof saved);
    image_classifier_destroy(before);
    image_classifier_destroy(after);
}
END_TEST

/* The numbers are NumPy's. */
START_TEST(probabilities_lose_their_floor_and_are_tempered) {
    static const float logits[7] = {2, 0.5f, -1, 0, -3, 1, -0.5f};
    static const struct {
        float temperature, floor, expected[7];
    } cases[] = {
        {1,
         0,
         {0.536206f, 0.11964373f, 0.02669612f, 0.07256759f, 0.00361293f, 0.19725916f, 0.04401447f}},
        {1.7f,
         0,
         {0.3661246f, 0.15150532f, 0.06269413f, 0.11290007f, 0.01933269f, 0.20331132f,
          0.08413187f}},
        {1.7f,
         0.02f,
         {0.40956132f, 0.15563221f, 0.0317921f, 0.1068385f, 0.01038821f, 0.21839951f, 0.06738816f}},
    };
    ImageClassifierInfo info = network_info("mini");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        float probabilities[7];
        info.temperature = cases[i].temperature;
        info.floor = cases[i].floor;
        image_classifier_probabilities(&info, logits, probabilities);
        for (int c = 0; c < 7; c++)
            ck_assert_float_eq_tol(probabilities[c], cases[i].expected[c], 1e-6f);
    }
}
END_TEST

/* Rounding costs a relative error of at most 2^-11 a weight, and only once. */
START_TEST(half_precision_halves_the_file_and_hardly_moves_the_logits) {
    static float x[FACES * PIXELS];
    float full[FACES * 7], half[FACES * 7], largest = 0;
    ImageClassifierInfo info = network_info("vgg");
    const char *paths[] = {scratch_path("full"), scratch_path("half"), scratch_path("again")};
    ImageClassifier *networks[3] = {network_create(&info, 3)};
    ck_assert_int_eq(image_classifier_save(networks[0], paths[0], NULL, NULL), 0);
    image_classifier_info(networks[0])->precision = SAFETENSORS_HALF;
    for (int i = 1; i < 3; i++) {
        ck_assert_int_eq(image_classifier_save(networks[i - 1], paths[i], NULL, NULL), 0);
        networks[i] = image_classifier_load(paths[i], NULL);
        ck_assert_int_eq(image_classifier_info(networks[i])->precision, SAFETENSORS_HALF);
    }
    unsigned char *bytes[3];
    size_t sizes[3];
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(file_read(paths[i], 1 << 26, &bytes[i], &sizes[i], NULL), 0);
    ck_assert_double_lt((double)sizes[1], 0.51 * (double)sizes[0]);
    ck_assert_uint_eq(sizes[1], sizes[2]);
    ck_assert_mem_eq(bytes[1], bytes[2], sizes[1]);
    make_input(x);
    run(networks[0], x, full);
    run(networks[1], x, half);
    for (int i = 0; i < FACES * 7; i++)
        largest = fmaxf(largest, fabsf(full[i]));
    for (int i = 0; i < FACES * 7; i++)
        ck_assert_float_eq_tol(full[i], half[i], 2e-3f * largest);
    for (int i = 0; i < 3; i++) {
        free(bytes[i]);
        image_classifier_destroy(networks[i]);
    }
}
END_TEST

START_TEST(metadata_of_the_caller_is_kept_beside_ours) {
    ImageClassifierInfo info = network_info("mini");
    ImageClassifier *network = network_create(&info, 1);
    json_t *extra = json_pack("{s:s, s:s}", "seed", "42", "arch", "not this one");
    const char *path = scratch_path("network.safetensors");
    ck_assert_int_eq(image_classifier_save(network, path, extra, NULL), 0);
    SafetensorsFile *file = safetensors_open(path, NULL);
    ck_assert_str_eq(safetensors_metadata(file, "seed"), "42");
    ck_assert_str_eq(safetensors_metadata(file, "arch"), "mini");
    safetensors_close(file);
    json_decref(extra);
    image_classifier_destroy(network);
}
END_TEST

START_TEST(an_unknown_network_is_answered_with_the_known_ones) {
    ImageClassifierInfo info = network_info("alexnet");
    Error error;
    ck_assert_ptr_null(image_classifier_create(&info, rng_seed(1), &error));
    assert_contains(error.message, "'alexnet'");
    for (int i = 0; i < ARCHS; i++)
        assert_contains(error.message, arch_name(i));
    ck_assert_ptr_null(arch_name(ARCHS));
}
END_TEST

/* ------------------------------------------------------------------ files that lie */

START_TEST(a_model_file_cut_anywhere_is_refused) {
    ImageClassifierInfo info = network_info("mini");
    const char *path = network_save(&info, 1, "network.safetensors");
    unsigned char *bytes;
    size_t size;
    Error error;
    ck_assert_int_eq(file_read(path, 1 << 24, &bytes, &size, &error), 0);
    for (size_t cut = 0; cut < size; cut += 97) {
        error.message[0] = 0;
        ck_assert_ptr_null(image_classifier_load_bytes(bytes, cut, "cut", &error));
        assert_contains(error.message, "cut");
    }
    ImageClassifier *whole = image_classifier_load_bytes(bytes, size, "whole", &error);
    ck_assert_ptr_nonnull(whole);
    image_classifier_destroy(whole);
    free(bytes);
}
END_TEST

static const struct {
    const char *key, *value; /* a NULL value: the key is missing */
    const char *complaint;
} hostile[] = {
    {"kind", "sequence_lstm", "kind 'sequence_lstm', expected 'image_classifier'"},
    {"kind", "checkpoint", "the file without '.checkpoint' in its name"},
    {"kind", NULL, "not an Affekt model"},
    {"arch", "alexnet", "'alexnet'"},
    {"arch", "a name of more than the thirty-two bytes there are", "'arch' is 'a name of more"},
    {"size", "0", "'size' is '0'"},
    {"size", "-48", "'size'"},
    {"size", "48 pixels", "'size'"},
    {"size", "nan", "'size'"},
    {"size", "1e30", "'size'"},
    {"size", NULL, "'size' is '(missing)'"},
    {"std", "0", "'std'"},
    {"std", "inf", "'std'"},
    {"mean", "x", "'mean'"},
    {"temperature", "-1", "'temperature'"},
    {"temperature", "0", "'temperature'"},
    {"floor", "-0.01", "'floor'"},
    {"floor", "1", "'floor'"},
    {"dropout", "1", "'dropout'"},
    {"classes", "[]", "'classes'"},
    {"classes", "[\"happy\"]", "'classes'"},
    {"classes", "[1, 2]", "'classes'"},
    {"classes", "{\"happy\": 1}", "'classes'"},
    {"classes", "[[[[[[[[", "'classes'"},
    {"classes", "[\"happy\", \"a name far too long for any class of ours\"]", "'classes'"},
    {"classes", "[\"happy\", \"sad\"]", "'classifier.1.weight' has shape (7, 96)"},
};
enum { HOSTILE = sizeof hostile / sizeof *hostile };

/* Saves such a network with one value of its metadata replaced, or taken out (NULL). */
static void assert_refused(const char *arch, const char *key, const char *value,
                           const char *complaint) {
    ImageClassifierInfo info = network_info(arch);
    ImageClassifier *network = network_create(&info, 1);
    const char *good = scratch_path("good.safetensors"), *bad = scratch_path("bad.safetensors");
    ck_assert_int_eq(image_classifier_save(network, good, NULL, NULL), 0);
    SafetensorsFile *file = safetensors_open(good, NULL);
    json_t *metadata = json_copy((json_t *)safetensors_all_metadata(file));
    safetensors_close(file);
    if (value)
        json_object_set_new(metadata, key, json_string(value));
    else
        json_object_del(metadata, key);
    const Parameters *parameters = image_classifier_parameters(network);
    ck_assert_int_eq(safetensors_save(bad, SAFETENSORS_FULL, 1, &parameters, metadata, NULL), 0);
    json_decref(metadata);
    Error error = {""};
    ck_assert_ptr_null(image_classifier_load(bad, &error));
    assert_contains(error.message, complaint);
    image_classifier_destroy(network);
}

START_TEST(hostile_metadata_is_refused_with_the_reason) {
    assert_refused("mini", hostile[_i].key, hostile[_i].value, hostile[_i].complaint);
}
END_TEST

START_TEST(a_promise_of_gigabytes_that_the_file_does_not_hold_is_refused) {
    assert_refused("vgg", "size", "1024", "classifier.1.weight");
}
END_TEST

Suite *image_classifier_suite(void) {
    Suite *suite = suite_create("image_classifier");
    TCase *tcase = tcase_create("networks");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, networks_have_the_sizes_that_were_promised);
    tcase_add_loop_test(tcase, folding_keeps_the_logits, 0, ARCHS);
    tcase_add_loop_test(tcase, any_size_of_picture_trains_and_folds, 0, ARCHS);
    tcase_add_loop_test(tcase, blocks_drop_features_only_while_training, 0, ARCHS);
    tcase_add_loop_test(tcase, a_saved_network_comes_back_the_same, 0, ARCHS);
    tcase_add_test(tcase, probabilities_lose_their_floor_and_are_tempered);
    tcase_add_test(tcase, half_precision_halves_the_file_and_hardly_moves_the_logits);
    tcase_add_test(tcase, metadata_of_the_caller_is_kept_beside_ours);
    tcase_add_test(tcase, an_unknown_network_is_answered_with_the_known_ones);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("files that lie");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, a_model_file_cut_anywhere_is_refused);
    tcase_add_loop_test(tcase, hostile_metadata_is_refused_with_the_reason, 0, HOSTILE);
    tcase_add_test(tcase, a_promise_of_gigabytes_that_the_file_does_not_hold_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
