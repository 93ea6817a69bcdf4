/* The inference runtime: the same answers as the network on a tape, whatever the batch, the views
 * and the order of the classes. */
#include "infer/faces/face_model.h"
#include "infer/models/shipped.h"
#include "nn/io/file.h"
#include "tests/support/networks.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <omp.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FACES = 9 };

static uint8_t pixels[FACES * FACE_PIXELS];
static const uint8_t *faces[FACES];

static void make_faces(void) {
    network_faces(pixels, FACES, 11);
    for (int i = 0; i < FACES; i++)
        faces[i] = pixels + i * FACE_PIXELS;
    scratch_create();
}

static FaceModel *load(const char *paths) {
    Error error;
    FaceModel *model = face_model_load(paths, &error);
    ck_assert_msg(model, "%s", error.message);
    return model;
}

static void ask(FaceModel *model, int first, int n, FaceViews views, float *answers) {
    Error error;
    int status = face_model_probabilities(model, faces + first, n, views, answers, &error);
    ck_assert_msg(!status, "%s", error.message);
}

static void assert_close(const float *a, const float *b, int n, float tolerance) {
    for (int i = 0; i < n * EMOTION_COUNT; i++)
        ck_assert_float_eq_tol(a[i], b[i], tolerance);
}

START_TEST(answers_are_the_networks_logits_calibrated) {
    ImageClassifierInfo info = network_info("mini");
    info.temperature = 1.7f;
    info.floor = 0.03f;
    FaceModel *model = load(network_save(&info, 4, "model.safetensors"));
    ImageClassifier *network = network_create(&info, 4);
    float answers[EMOTION_COUNT], expected[EMOTION_COUNT], x[FACE_PIXELS], total = 0;
    ask(model, 2, 1, FACE_VIEWS_ONE, answers);
    for (int i = 0; i < FACE_PIXELS; i++)
        x[i] = ((float)faces[2][i] / 255 - info.mean) / info.std;
    Tape *tape = tape_create();
    tape_begin(tape, TAPE_EVALUATE, rng_seed(0));
    Tensor *input = tape_input(tape, "x", shape(1, 48, 48, 1), x);
    const Tensor *logits = image_classifier_forward(network, tape, input);
    image_classifier_probabilities(&info, logits->data, expected);
    assert_close(answers, expected, 1, 1e-5f);
    for (int i = 0; i < EMOTION_COUNT; i++)
        total += answers[i];
    ck_assert_float_eq_tol(total, 1, 1e-6f);
    tape_destroy(tape);
    image_classifier_destroy(network);
    face_model_destroy(model);
}
END_TEST

START_TEST(a_face_gets_the_same_answer_alone_in_a_batch_and_on_any_number_of_threads) {
    ImageClassifierInfo info = network_info(_i ? "resnet" : "vgg");
    FaceModel *model = load(network_save(&info, 4, "model.safetensors"));
    float together[FACES * EMOTION_COUNT], alone[FACES * EMOTION_COUNT];
    omp_set_num_threads(1);
    ask(model, 0, FACES, FACE_VIEWS_ONE, together);
    for (int threads = 1; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        for (int i = 0; i < FACES; i++)
            ask(model, i, 1, FACE_VIEWS_ONE, alone + i * EMOTION_COUNT);
        assert_close(together, alone, FACES, 1e-5f);
        ask(model, 0, FACES, FACE_VIEWS_ONE, alone);
        ck_assert_mem_eq(together, alone, sizeof alone);
    }
    face_model_destroy(model);
}
END_TEST

START_TEST(views_are_averaged) {
    ImageClassifierInfo info = network_info("mini");
    FaceModel *model = load(network_save(&info, 4, "model.safetensors"));
    float one[EMOTION_COUNT], mirrored[EMOTION_COUNT], both[EMOTION_COUNT], ten[EMOTION_COUNT];
    uint8_t mirror[FACE_PIXELS];
    for (int i = 0; i < FACE_PIXELS; i++)
        mirror[i] = faces[0][i / FACE_SIDE * FACE_SIDE + FACE_SIDE - 1 - i % FACE_SIDE];
    ask(model, 0, 1, FACE_VIEWS_ONE, one);
    ask(model, 0, 1, FACE_VIEWS_FLIP, both);
    ask(model, 0, 1, FACE_VIEWS_TEN, ten);
    faces[0] = mirror;
    ask(model, 0, 1, FACE_VIEWS_ONE, mirrored);
    float total = 0;
    for (int i = 0; i < EMOTION_COUNT; i++) {
        ck_assert_float_eq_tol(both[i], (one[i] + mirrored[i]) / 2, 1e-5f);
        total += ten[i];
    }
    ck_assert_float_eq_tol(total, 1, 1e-5f);
    face_model_destroy(model);
}
END_TEST

START_TEST(several_models_give_their_mean) {
    ImageClassifierInfo mini = network_info("mini"), resnet = network_info("resnet");
    resnet.size = 44; /* each network gets the input that suits it */
    resnet.mean = 0.4f;
    const char *paths[] = {network_save(&mini, 4, "a.safetensors"),
                           network_save(&resnet, 5, "b.safetensors")};
    FaceModel *a = load(paths[0]), *b = load(paths[1]),
              *both = load(text_format("%s,%s", paths[0], paths[1]));
    float answers[3][2 * EMOTION_COUNT];
    ask(a, 0, 2, FACE_VIEWS_FLIP, answers[0]);
    ask(b, 0, 2, FACE_VIEWS_FLIP, answers[1]);
    ask(both, 0, 2, FACE_VIEWS_FLIP, answers[2]);
    for (int i = 0; i < 2 * EMOTION_COUNT; i++)
        ck_assert_float_eq_tol(answers[2][i], (answers[0][i] + answers[1][i]) / 2, 1e-6f);
    face_model_destroy(a);
    face_model_destroy(b);
    face_model_destroy(both);
}
END_TEST

START_TEST(a_face_of_another_size_is_looked_at_as_48_by_48) {
    ImageClassifierInfo info = network_info("mini");
    FaceModel *model = load(network_save(&info, 4, "model.safetensors"));
    enum { WIDTH = 131, HEIGHT = 97 };
    static uint8_t picture[WIDTH * HEIGHT];
    uint8_t small[FACE_PIXELS];
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        picture[i] = (uint8_t)(i % WIDTH + i / WIDTH);
    GreyView view = {picture, WIDTH, HEIGHT, WIDTH};
    float looked[EMOTION_COUNT], resized[EMOTION_COUNT];
    ck_assert_int_eq(face_model_look(model, view, FACE_VIEWS_ONE, looked, NULL), 0);
    image_resize(view, small, FACE_SIDE, FACE_SIDE);
    faces[0] = small;
    ask(model, 0, 1, FACE_VIEWS_ONE, resized);
    ck_assert_mem_eq(looked, resized, sizeof looked);
    face_model_destroy(model);
}
END_TEST

START_TEST(classes_in_another_order_or_spelling_are_put_right) {
    static const char *const shuffled[] = {"Neutral", "SURPRISE", "sadness", "happiness",
                                           "afraid",  "disgust",  "angry"};
    ImageClassifierInfo info = network_info("mini"), other = info;
    for (int i = 0; i < EMOTION_COUNT; i++)
        strcpy(other.class_names[i], shuffled[i]);
    FaceModel *ours = load(network_save(&info, 4, "a.safetensors"));
    FaceModel *theirs = load(network_save(&other, 4, "b.safetensors"));
    float expected[EMOTION_COUNT], found[EMOTION_COUNT];
    ask(ours, 0, 1, FACE_VIEWS_ONE, expected);
    ask(theirs, 0, 1, FACE_VIEWS_ONE, found);
    for (int i = 0; i < EMOTION_COUNT; i++)
        ck_assert_float_eq_tol(found[EMOTION_COUNT - 1 - i], expected[i], 1e-6f);
    face_model_destroy(ours);
    face_model_destroy(theirs);
}
END_TEST

START_TEST(a_network_that_is_not_one_of_faces_is_refused) {
    Error error;
    ImageClassifierInfo info = network_info("mini");
    info.n_classes = 6;
    ck_assert_ptr_null(face_model_load(network_save(&info, 4, "bad.safetensors"), &error));
    assert_contains(error.message, "bad.safetensors: the network has 6 classes");
}
END_TEST

/* Also where the first ReLU would drop them. */
START_TEST(weights_that_are_no_numbers_are_reported) {
    static const char *const damaged[] = {"features.0.weight", "features.1.running_var",
                                          "classifier.1.bias"};
    ImageClassifierInfo info = network_info("mini");
    ImageClassifier *network = network_create(&info, 4);
    const char *path = scratch_path("nan.safetensors");
    parameters_find(image_classifier_parameters(network), damaged[_i])->data[3] = NAN;
    ck_assert_int_eq(image_classifier_save(network, path, NULL, NULL), 0);
    Error error;
    ck_assert_ptr_null(face_model_load(path, &error));
    assert_contains(error.message, "nan.safetensors");
    assert_contains(error.message, "not finite");
    image_classifier_destroy(network);
}
END_TEST

/* Finite weights, but sums that are too large for fp32. */
START_TEST(answers_that_are_no_numbers_are_reported) {
    ImageClassifierInfo info = network_info("mini");
    ImageClassifier *network = network_create(&info, 4);
    const char *path = scratch_path("huge.safetensors");
    Tensor *weight = parameters_find(image_classifier_parameters(network), "classifier.1.weight");
    init_constant(weight, 3e38f);
    ck_assert_int_eq(image_classifier_save(network, path, NULL, NULL), 0);
    FaceModel *model = load(path);
    float answers[EMOTION_COUNT];
    Error error;
    ck_assert_int_eq(face_model_probabilities(model, faces, 1, FACE_VIEWS_ONE, answers, &error),
                     -1);
    assert_contains(error.message, "not finite");
    face_model_destroy(model);
    image_classifier_destroy(network);
}
END_TEST

START_TEST(a_missing_file_of_a_list_is_named) {
    ImageClassifierInfo info = network_info("mini");
    const char *path = network_save(&info, 4, "model.safetensors");
    Error error;
    ck_assert_ptr_null(face_model_load(text_format("%s,absent.safetensors", path), &error));
    assert_contains(error.message, "absent.safetensors");
}
END_TEST

/* ------------------------------------------------------------------ the shipped model */

START_TEST(the_environment_says_where_shipped_models_are) {
    ImageClassifierInfo info = network_info("mini");
    const char *path = network_save(&info, 4, "face.safetensors");
    char found[SHIPPED_PATH];
    setenv("AFFEKT_MODELS", scratch_path(""), 1);
    ck_assert_int_eq(shipped_find(SHIPPED_FACE, found, NULL), 0);
    ck_assert(file_exists(found));
    FaceModel *model = load(NULL);
    assert_contains(face_model_name(model), "face.safetensors");
    face_model_destroy(model);
    ck_assert_int_eq(remove(path), 0);
    Error error;
    ck_assert_ptr_null(face_model_load(NULL, &error));
    assert_contains(error.message, "AFFEKT_MODELS");
    assert_contains(error.message, "face.safetensors");
    ck_assert_int_eq(shipped_find(SHIPPED_MUSIC, found, &error), -1);
    assert_contains(error.message, "music.safetensors");
}
END_TEST

static void read_first_face(const char *paths, float answers[EMOTION_COUNT]) {
    FaceModel *model = load(paths);
    ask(model, 0, 1, FACE_VIEWS_ONE, answers);
    face_model_destroy(model);
}

START_TEST(shipped_networks_go_by_their_names) {
    ImageClassifierInfo info = network_info("mini");
    network_save(&info, 4, "mini.safetensors");
    const char *path = network_save(&info, 5, "other.safetensors");
    setenv("AFFEKT_MODELS", scratch_path(""), 1);
    float named[EMOTION_COUNT], alone[EMOTION_COUNT], both[EMOTION_COUNT];
    read_first_face("mini", named);
    read_first_face(path, alone);
    read_first_face(text_format("%s,mini", path), both);
    for (int i = 0; i < EMOTION_COUNT; i++)
        ck_assert_float_eq_tol(both[i], (named[i] + alone[i]) / 2, 1e-6f);
    Error error;
    ck_assert_ptr_null(face_model_load("vgg", &error));
    assert_contains(error.message, "holds no vgg.safetensors");
    ck_assert_int_eq(chdir(scratch_path("")), 0);
    ck_assert_int_eq(mkdir("mini", 0755), 0);
    read_first_face("mini", both); /* no file */
    for (int i = 0; i < EMOTION_COUNT; i++)
        ck_assert_float_eq(both[i], named[i]);
    ck_assert_int_eq(rename(path, "vgg"), 0);
    read_first_face("vgg", named); /* a file comes first */
    for (int i = 0; i < EMOTION_COUNT; i++)
        ck_assert_float_eq(named[i], alone[i]);
}
END_TEST

START_TEST(models_that_share_networks_answer_alike_and_outlive_one_another) {
    ImageClassifierInfo info = network_info("mini");
    FaceModel *model = load(network_save(&info, 4, "face.safetensors"));
    Error error;
    FaceModel *other = face_model_share(model, &error);
    ck_assert_ptr_nonnull(other);
    float answers[2][EMOTION_COUNT];
    ask(model, 0, 1, FACE_VIEWS_ONE, answers[0]);
    face_model_destroy(model);
    ck_assert_str_ne(face_model_name(other), "");
    ask(other, 0, 1, FACE_VIEWS_ONE, answers[1]);
    ck_assert_mem_eq(answers[0], answers[1], sizeof answers[0]);
    face_model_destroy(other);
}
END_TEST

Suite *face_model_suite(void) {
    Suite *suite = suite_create("face_model");
    TCase *tcase = tcase_create("face model");
    tcase_add_checked_fixture(tcase, make_faces, scratch_remove);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, answers_are_the_networks_logits_calibrated);
    tcase_add_loop_test(
        tcase, a_face_gets_the_same_answer_alone_in_a_batch_and_on_any_number_of_threads, 0, 2);
    tcase_add_test(tcase, views_are_averaged);
    tcase_add_test(tcase, several_models_give_their_mean);
    tcase_add_test(tcase, models_that_share_networks_answer_alike_and_outlive_one_another);
    tcase_add_test(tcase, a_face_of_another_size_is_looked_at_as_48_by_48);
    tcase_add_test(tcase, classes_in_another_order_or_spelling_are_put_right);
    tcase_add_test(tcase, a_network_that_is_not_one_of_faces_is_refused);
    tcase_add_loop_test(tcase, weights_that_are_no_numbers_are_reported, 0, 3);
    tcase_add_test(tcase, answers_that_are_no_numbers_are_reported);
    tcase_add_test(tcase, a_missing_file_of_a_list_is_named);
    tcase_add_test(tcase, the_environment_says_where_shipped_models_are);
    tcase_add_test(tcase, shipped_networks_go_by_their_names);
    suite_add_tcase(suite, tcase);
    return suite;
}
