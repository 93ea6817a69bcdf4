/* Our model files, loaded into PyTorch by their tensor names, give PyTorch's logits; where PyTorch
 * is installed. */
#include "nn/io/file.h"
#include "tests/support/networks.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { FACES = 3, PIXELS = 48 * 48, LOGITS = FACES * 7, MOST_MODELS = 8 };

static const char script[] = "tests/infer/faces/pytorch_logits.py";
static const char shipped[] = "infer/models/face.safetensors";

static const char *write_input(float *x) {
    static uint8_t faces[FACES * PIXELS];
    network_faces(faces, FACES, 5);
    for (int i = 0; i < FACES * PIXELS; i++)
        x[i] = ((float)faces[i] / 255 - 0.5f) / 0.25f;
    return scratch_write_bytes("faces.f32", x, sizeof *x * FACES * PIXELS);
}

/* Compares our logits of the same faces with the next line of PyTorch's. */
static void assert_agreement(FILE *theirs, const char *path, const float *x) {
    Error error;
    ImageClassifier *network = image_classifier_load(path, &error);
    ck_assert_msg(network, "%s", error.message);
    Tape *tape = tape_create();
    tape_begin(tape, TAPE_EVALUATE, rng_seed(0));
    Tensor *input = tape_input(tape, "x", shape(FACES, 48, 48, 1), x);
    const Tensor *ours = image_classifier_forward(network, tape, input);
    ck_assert_msg(!tape_check(tape, &error), "%s", error.message);
    for (int i = 0; i < LOGITS; i++) {
        double logit;
        ck_assert_msg(fscanf(theirs, "%lf", &logit) == 1, "%s: PyTorch gave no logits", path);
        ck_assert_msg(fabs(logit - (double)ours->data[i]) <= 1e-4 * fmax(1, fabs(logit)),
                      "%s: logit %d is %.7g, PyTorch's %.7g", path, i, (double)ours->data[i],
                      logit);
    }
    tape_destroy(tape);
    image_classifier_destroy(network);
}

START_TEST(pytorch_gives_the_same_logits) {
    if (!file_exists(script) || system("/usr/bin/python3 -c 'import torch, numpy' 2>/dev/null")) {
        fprintf(stderr, "skipped: no PyTorch for /usr/bin/python3 to compare with\n");
        return;
    }
    static float x[FACES * PIXELS];
    const char *paths[MOST_MODELS], *const *archs = image_classifier_archs;
    const char *command = text_format("/usr/bin/python3 %s %s", script, write_input(x));
    int n = 0;
    for (; archs[n]; n++) {
        ImageClassifierInfo info = network_info(archs[n]);
        paths[n] = network_save(&info, 3, text_format("%s.safetensors", archs[n]));
    }
    ImageClassifierInfo half = network_info("mini");
    half.precision = SAFETENSORS_HALF;
    paths[n++] = network_save(&half, 3, "half.safetensors");
    if (file_exists(shipped))
        paths[n++] = shipped;
    for (int i = 0; i < n; i++)
        command = text_format("%s %s", command, paths[i]);
    FILE *theirs = popen(command, "r");
    ck_assert_ptr_nonnull(theirs);
    for (int i = 0; i < n; i++)
        assert_agreement(theirs, paths[i], x);
    ck_assert_int_eq(pclose(theirs), 0);
}
END_TEST

Suite *pytorch_suite(void) {
    Suite *suite = suite_create("pytorch");
    TCase *tcase = tcase_create("logits");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, pytorch_gives_the_same_logits);
    suite_add_tcase(suite, tcase);
    return suite;
}
