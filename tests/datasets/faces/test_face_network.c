/* What a model file must hold to be a network of faces. */
#include "datasets/faces/face_network.h"

#include "datasets/faces/emotion.h"
#include "tests/support/networks.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <string.h>

static Error error;

static const Tensor *tensor_of(const ImageClassifier *network, const char *name) {
    const Tensor *tensor = parameters_find(image_classifier_parameters(network), name);
    ck_assert_msg(tensor != NULL, "%s", name);
    return tensor;
}

START_TEST(outputs_in_another_order_are_put_in_ours_with_their_weights) {
    static const char *const shuffled[] = {"Neutral", "SURPRISE", "sadness", "happiness",
                                           "afraid",  "disgust",  "angry"};
    ImageClassifierInfo info = network_info("mini");
    for (int i = 0; i < EMOTION_COUNT; i++)
        strcpy(info.class_names[i], shuffled[i]);
    ImageClassifier *before = network_create(&info, 4),
                    *after = face_network_load(network_save(&info, 4, "a.safetensors"), &error);
    ck_assert_msg(after != NULL, "%s", error.message);
    const Tensor *rows_before = tensor_of(before, "classifier.1.weight"),
                 *rows_after = tensor_of(after, "classifier.1.weight"),
                 *bias_before = tensor_of(before, "classifier.1.bias"),
                 *bias_after = tensor_of(after, "classifier.1.bias");
    size_t inputs = (size_t)rows_before->shape.size[1];
    for (int i = 0; i < EMOTION_COUNT; i++) {
        int from = EMOTION_COUNT - 1 - i;
        ck_assert_str_eq(image_classifier_info(after)->class_names[i], emotions[i].name);
        ck_assert_mem_eq(rows_after->data + (size_t)i * inputs,
                         rows_before->data + (size_t)from * inputs, inputs * sizeof(float));
        ck_assert_float_eq(bias_after->data[i], bias_before->data[from]);
    }
    image_classifier_destroy(before);
    image_classifier_destroy(after);
}
END_TEST

static void assert_refused(const ImageClassifierInfo *info, const char *complaint) {
    ck_assert_ptr_null(face_network_load(network_save(info, 4, "bad.safetensors"), &error));
    assert_contains(error.message, complaint);
    assert_contains(error.message, "bad.safetensors");
}

START_TEST(other_classes_and_inputs_larger_than_a_face_are_refused) {
    ImageClassifierInfo info = network_info("mini");
    strcpy(info.class_names[2], "hungry");
    assert_refused(&info, "class 'hungry' is not a known emotion");
    strcpy(info.class_names[2], "Anger");
    assert_refused(&info, "two of the network's classes mean 'angry'");
    info = network_info("mini");
    info.n_classes = 6;
    assert_refused(&info, "6 classes");
    info = network_info("mini");
    info.size = 64;
    assert_refused(&info, "64×64");
}
END_TEST

Suite *face_network_suite(void) {
    Suite *suite = suite_create("face network");
    TCase *tests = tcase_create("face networks");
    tcase_add_checked_fixture(tests, scratch_create, scratch_remove);
    tcase_add_test(tests, outputs_in_another_order_are_put_in_ours_with_their_weights);
    tcase_add_test(tests, other_classes_and_inputs_larger_than_a_face_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
