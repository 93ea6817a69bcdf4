#include "train/loop/learning_curve.h"

#include "datasets/media/picture.h"
#include "tests/support/files.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"
#include "train/loop/training_log.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static Error error;

static const char *write_log(int epochs) {
    const char *path = scratch_path("run.csv");
    ck_assert_int_eq(training_log_start(path, 0, &error), 0);
    for (int epoch = 1; epoch <= epochs; epoch++) {
        TrainingLogRow row = {.epoch = epoch,
                              .step = 10LL * epoch,
                              .loss = 2.0 / epoch,
                              .accuracy = 1 - 0.5 / epoch,
                              .validation_loss = 2.5 / epoch,
                              .validation_accuracy = 1 - 0.7 / epoch,
                              .score = 1 - 0.7 / epoch};
        ck_assert_int_eq(training_log_append(path, &row, &error), 0);
    }
    return path;
}

/* Pixels from a row on down to another that are rather of a colour than grey, by the sign of red -
 * blue. */
static int coloured(const Image *image, int sign, int first, int last) {
    int count = 0;
    for (int y = first; y < last; y++)
        for (int x = 0; x < image->width; x++) {
            const uint8_t *pixel =
                image->pixels + 3 * ((size_t)y * (size_t)image->width + (size_t)x);
            count += sign * (pixel[0] - pixel[2]) > 60;
        }
    return count;
}

START_TEST(both_curves_are_drawn_in_three_formats) {
    Image image;
    ck_assert_msg(!learning_curve_draw(write_log(_i), scratch_path("run.curve"), &error), "%s",
                  error.message);
    ck_assert_msg(!picture_read(scratch_path("run.curve.png"), IMAGE_RGB, &image, &error), "%s",
                  error.message);
    ck_assert_int_gt(coloured(&image, 1, 60, 350), 20);
    ck_assert_int_gt(coloured(&image, -1, 60, 350), 20);
    ck_assert_int_eq(coloured(&image, 1, 35, 55), 0); /* between the legend and the axes */
    image_free(&image);
    char *svg = (char *)file_bytes(scratch_path("run.curve.svg"), NULL),
         *pdf = (char *)file_bytes(scratch_path("run.curve.pdf"), NULL);
    assert_contains(svg, "<svg");
    ck_assert_int_eq(strncmp(pdf, "%PDF-", 5), 0);
    free(svg);
    free(pdf);
}
END_TEST

START_TEST(of_a_log_without_epochs_nothing_is_drawn_and_one_of_words_is_refused) {
    ck_assert_int_eq(learning_curve_draw(write_log(0), scratch_path("x"), &error), 0);
    ck_assert_int_eq(scratch_count(), 1);
    const char *path = write_log(1);
    FILE *stream = fopen(path, "a");
    fputs("2,20,much,0,0,0,0,0,0\n", stream);
    fclose(stream);
    ck_assert_int_eq(learning_curve_draw(path, scratch_path("x"), &error), -1);
    assert_contains(error.message, "run.csv:3: 'much' is not a number");
    ck_assert_int_eq(scratch_count(), 1);
}
END_TEST

Suite *learning_curve_suite(void) {
    Suite *suite = suite_create("learning curve");
    TCase *tests = tcase_create("learning curves");
    tcase_add_checked_fixture(tests, scratch_create, scratch_remove);
    tcase_add_loop_test(tests, both_curves_are_drawn_in_three_formats, 1, 4);
    tcase_add_test(tests, of_a_log_without_epochs_nothing_is_drawn_and_one_of_words_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
