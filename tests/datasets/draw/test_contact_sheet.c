/* A contact sheet shows its faces in rows, each where it belongs. */
#include "datasets/draw/contact_sheet.h"
#include "datasets/media/picture.h"
#include "tests/support/scratch.h"

#include <check.h>
#include <string.h>

enum { SIDE = 48, FACES = 5, COLUMNS = 3 };

/* Faces that are black but for the one that is white; where the white one is on the sheet, as
 * shares of its size. */
static void find_white(int white, float *x, float *y) {
    static uint8_t faces[FACES * SIDE * SIDE];
    memset(faces, 0, sizeof faces);
    memset(faces + (size_t)white * SIDE * SIDE, 255, (size_t)SIDE * SIDE);
    Error error;
    Image image = {0};
    const char *path = scratch_path("sheet.png");
    ck_assert_msg(!contact_sheet_write(path, faces, FACES, SIDE, COLUMNS, NULL, &error), "%s",
                  error.message);
    ck_assert_msg(!picture_read(path, IMAGE_GREY, &image, &error), "%s", error.message);
    ck_assert_int_ge(image.width, COLUMNS * SIDE);
    ck_assert_int_ge(image.height, 2 * SIDE);
    /* The inside of a face: a whole block of one colour. */
    for (int row = 0; row < 2; row++)
        for (int column = 0; column < COLUMNS; column++) {
            int cx = image.width * (2 * column + 1) / (2 * COLUMNS);
            int cy = image.height * (2 * row + 1) / 4 - image.height / 16;
            bool beyond = row * COLUMNS + column >= FACES;
            if (!beyond && image.pixels[(size_t)cy * image.width + cx] == 255) {
                *x = (float)column;
                *y = (float)row;
            }
        }
    image_free(&image);
}

START_TEST(faces_stand_in_rows_in_their_order) {
    for (int white = 0; white < FACES; white++) {
        float column = -1, row = -1;
        find_white(white, &column, &row);
        ck_assert_float_eq(column, (float)(white % COLUMNS));
        ck_assert_float_eq(row, (float)(white / COLUMNS));
    }
}
END_TEST

/* How many pixels of a sheet of two black faces differ from its last one, left or right. */
static void count_ink(const char *const *captions, int ink[2]) {
    static const uint8_t faces[2 * SIDE * SIDE];
    Error error;
    Image image = {0};
    const char *path = scratch_path("sheet.png");
    ck_assert_int_eq(contact_sheet_write(path, faces, 2, SIDE, 2, captions, &error), 0);
    ck_assert_int_eq(picture_read(path, IMAGE_GREY, &image, &error), 0);
    ink[0] = ink[1] = 0;
    size_t count = (size_t)image.width * (size_t)image.height;
    for (size_t i = 0; i < count; i++)
        ink[i % (size_t)image.width >= (size_t)image.width / 2] +=
            image.pixels[i] > 0 && image.pixels[i] != image.pixels[count - 1];
    image_free(&image);
}

START_TEST(captions_are_written_and_may_be_missing) {
    static const uint8_t faces[2 * SIDE * SIDE];
    const char *const captions[2] = {"happy", NULL};
    int with[2], without[2];
    count_ink(captions, with);
    count_ink(NULL, without);
    ck_assert_int_gt(with[0], without[0] + 20);
    ck_assert_int_eq(with[1], without[1]);
    Error error;
    ck_assert_int_eq(
        contact_sheet_write(scratch_path("no/such/folder.png"), faces, 2, SIDE, 2, NULL, &error),
        -1);
}
END_TEST

Suite *contact_sheet_suite(void) {
    Suite *suite = suite_create("contact sheet");
    TCase *tests = tcase_create("faces in rows");
    tcase_add_checked_fixture(tests, scratch_create, scratch_remove);
    tcase_add_test(tests, faces_stand_in_rows_in_their_order);
    tcase_add_test(tests, captions_are_written_and_may_be_missing);
    suite_add_tcase(suite, tests);
    return suite;
}
