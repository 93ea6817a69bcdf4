/* Tables of faces with 68 points. */
#include "datasets/detection/box_set.h"
#include "datasets/detection/landmark_set.h"
#include "datasets/media/png_file.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static Error error;

static void set_up(void) {
    scratch_create();
    ck_assert_int_eq(mkdir(scratch_path("faces"), 0777), 0);
    Image image;
    ck_assert_int_eq(image_create(&image, 100, 90, IMAGE_GREY, &error), 0);
    for (int i = 0; i < 9000; i++)
        image.pixels[i] = (uint8_t)i;
    ck_assert_int_eq(png_file_write(scratch_path("faces/a.png"), &image, &error), 0);
    image_free(&image);
}

/* A table of one face whose point i lies at (first + i, 2 i); `values` of its numbers are there. */
static const char *write_table(const char *picture, double first, int values) {
    char *text;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    fprintf(stream, "image,width,");
    for (int i = 0; i < LANDMARKS; i++)
        fprintf(stream, "x%d,y%d%s", i, i, i < LANDMARKS - 1 ? "," : "\n");
    fprintf(stream, "%s,640", picture);
    for (int i = 0; i < values; i++)
        fprintf(stream, ",%g", i % 2 ? i - 1.0 : first + i / 2);
    fprintf(stream, "\n");
    fclose(stream);
    const char *path = scratch_write("faces.csv", text);
    free(text);
    return path;
}

START_TEST(points_are_read_with_their_picture) {
    LandmarkSet *set = landmark_set_read(write_table("a.png", 3.25, 136), &error);
    ck_assert_msg(set != NULL, "%s", error.message);
    ck_assert_int_eq(set->n_faces, 1);
    ck_assert_int_eq(set->faces[0].grey.width, 100);
    /* 0 in the table is the first pixel's centre */
    ck_assert_float_eq(set->faces[0].points[5].x, 3.25f + 5 + 0.5f);
    ck_assert_float_eq(set->faces[0].points[5].y, 10.5f);
    landmark_set_destroy(set);
}
END_TEST

enum { MOST_FACES = 30 };

/* The groups of faces whose first `named` files are called so, and whose others are all of
 * different photographs. */
static void group_files(char (*paths)[20], int named, int n, int groups[MOST_FACES]) {
    LandmarkFace faces[MOST_FACES] = {{0}};
    for (int i = 0; i < n; i++)
        faces[i].path = i < named ? paths[i] : i % 2 ? "h/one.jpg" : "h/other.jpg";
    landmark_set_photographs(&(LandmarkSet){.faces = faces, .n_faces = n}, groups);
}

START_TEST(faces_of_a_photograph_are_of_one_group) {
    static char paths[][20] = {"f/7_1.jpg",   "f/7_2.jpg",  "f/7_12.jpg", "f/8_1.jpg",
                               "g/8_1.jpg",   "g/a_01.png", "g/a_02.png", "g/a_b.png",
                               "g/a_100.png", "f/7_3.jpg"};
    static const int expected[] = {0, 0, 0, 3, 4, 5, 6, 7, 8, 9};
    int groups[MOST_FACES];
    group_files(paths, 10, 30, groups);
    for (int i = 0; i < 30; i++)
        ck_assert_int_eq(groups[i], i < 10 ? expected[i] : i);
}
END_TEST

START_TEST(files_that_are_merely_counted_are_of_no_photograph) {
    static char paths[][20] = {"f/7_1.jpg", "f/7_2.jpg", "f/7_3.jpg"};
    int groups[MOST_FACES];
    group_files(paths, 3, 29, groups);
    for (int i = 0; i < 29; i++)
        ck_assert_int_eq(groups[i], i);
}
END_TEST

START_TEST(empty_lines_are_passed_over) {
    const char *path = write_table("a.png", 1, 136);
    FILE *stream = fopen(path, "a");
    fputs("\n\n", stream);
    fclose(stream);
    LandmarkSet *set = landmark_set_read(path, &error);
    ck_assert_msg(set != NULL, "%s", error.message);
    ck_assert_int_eq(set->n_faces, 1);
    landmark_set_destroy(set);
}
END_TEST

START_TEST(mistakes_are_told_with_their_line) {
    ck_assert_ptr_null(landmark_set_read(write_table("a.png", 1, 135), &error));
    assert_contains(error.message, "faces.csv:2: expected 68 points");
    ck_assert_ptr_null(landmark_set_read(write_table("none.png", 1, 136), &error));
    assert_contains(error.message, "faces.csv:2");
    ck_assert_ptr_null(landmark_set_read(write_table("a.png", 1e9, 136), &error));
    assert_contains(error.message, "expected 68 points");
    ck_assert_ptr_null(landmark_set_read(scratch_write("faces.csv", "image,x,y\n"), &error));
    assert_contains(error.message, "expected a heading");
    ck_assert_ptr_null(landmark_set_read(scratch_path("faces.txt"), &error));
    assert_contains(error.message, "ends in .csv");
    ck_assert_ptr_null(landmark_set_read(scratch_write("faces.csv", "image,x0,y0,\n"), &error));
    assert_contains(error.message, "no face");
}
END_TEST

/* A slope of 1 grey for each pixel to the right and 2 for each down. */
static Image slope(int side) {
    Image image;
    ck_assert_int_eq(image_create(&image, side, side, IMAGE_GREY, NULL), 0);
    for (int p = 0; p < side * side; p++)
        image.pixels[p] = (uint8_t)(p % side + 2 * (p / side));
    return image;
}

START_TEST(a_window_shows_the_picture_wherever_it_is) {
    enum { SIDE = 16 };
    static const FaceWindow windows[] = {{40, 40, 16, 0, false},   {41.3f, 38.2f, 37, 0.6f, false},
                                         {40, 36, 50, -2, true},   {70, 40, 30, 0, false},
                                         {2, 78, 24, 0.3f, false}, {40, 40, 5, 1, false}};
    Image image = slope(80);
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
        uint8_t pixels[SIDE * SIDE];
        face_window_draw(&windows[i], image_view(&image), SIDE, pixels);
        float margin = windows[i].side / SIDE;
        for (int p = 0; p < SIDE * SIDE; p++) {
            Point inside = {((float)(p % SIDE) + 0.5f) / SIDE - 0.5f,
                            ((float)(p / SIDE) + 0.5f) / SIDE - 0.5f};
            Point at = face_window_out(&windows[i], inside);
            bool near_edge = at.x < margin || at.y < margin || at.x > 80 - margin ||
                             at.y > 80 - margin; /* samples of both sides */
            float x = fminf(fmaxf(at.x - 0.5f, 0), 79), y = fminf(fmaxf(at.y - 0.5f, 0), 79);
            ck_assert_float_eq_tol(pixels[p], x + 2 * y, near_edge ? 3 * margin : 0.8f);
        }
    }
    image_free(&image);
}
END_TEST

START_TEST(faces_with_points_become_pictures_with_boxes) {
    const char *table = write_table("a.png", 10, 136);
    BoxSet *set = box_set_read(scratch_write("list.txt", "faces/a.png\n0\n"), &error);
    ck_assert_msg(set != NULL, "%s", error.message);
    ck_assert_msg(!box_set_add_landmarks(set, table, &error), "%s", error.message);
    ck_assert_int_eq(set->n_pictures, 2);
    ck_assert_int_eq(set->pictures[1].n_boxes, 1);
    ScoredBox box = set->pictures[1].boxes[0].box;
    ck_assert_float_eq_tol(box.x, 10.5f, 1e-4f);
    ck_assert_float_eq_tol(box.width, 67, 1e-4f);
    ck_assert_float_eq_tol(box.y + box.height, 134.5f, 1e-3f); /* the chin */
    ck_assert_float_gt(box.height, 134);                       /* and a forehead */
    ck_assert_int_eq(box_set_load_pictures(set, &error), 0);
    ck_assert_int_eq(set->pictures[1].grey.height, 90);
    box_set_destroy(set);
}
END_TEST

/* Three faces of one photograph and as many others as make that no mere counting. */
START_TEST(pictures_know_their_photograph) {
    enum { FACES = 40, TOGETHER = 3 };
    char header[8192], row[8192], table[4096];
    snprintf(table, sizeof table, "%s", write_table("a.png", 10, 136));
    FILE *stream = fopen(table, "r");
    ck_assert(fgets(header, sizeof header, stream) && fgets(row, sizeof row, stream));
    fclose(stream);
    stream = fopen(table, "w");
    fputs(header, stream);
    for (int i = 0; i < FACES; i++) {
        const char *name =
            i < TOGETHER ? text_format("7_%d.png", i + 1) : text_format("face%c.png", 'A' + i);
        ck_assert_int_eq(symlink("a.png", scratch_path(text_format("faces/%s", name))), 0);
        fprintf(stream, "%s%s", name, row + strlen("a.png"));
    }
    fclose(stream);
    BoxSet *set = box_set_read(scratch_write("list.txt", "faces/a.png\n0\n"), &error);
    ck_assert_msg(set && !box_set_add_landmarks(set, table, &error), "%s", error.message);
    ck_assert_int_eq(set->n_pictures, 1 + FACES);
    for (int i = 0; i <= FACES; i++)
        ck_assert_int_eq(set->pictures[i].photograph, i > 1 && i <= TOGETHER ? 1 : i);
    box_set_destroy(set);
}
END_TEST

Suite *landmark_set_suite(void) {
    Suite *suite = suite_create("landmark_set");
    TCase *tcase = tcase_create("landmark_set");
    tcase_add_checked_fixture(tcase, set_up, scratch_remove);
    tcase_add_test(tcase, points_are_read_with_their_picture);
    tcase_add_test(tcase, faces_of_a_photograph_are_of_one_group);
    tcase_add_test(tcase, files_that_are_merely_counted_are_of_no_photograph);
    tcase_add_test(tcase, empty_lines_are_passed_over);
    tcase_add_test(tcase, mistakes_are_told_with_their_line);
    tcase_add_test(tcase, a_window_shows_the_picture_wherever_it_is);
    tcase_add_test(tcase, faces_with_points_become_pictures_with_boxes);
    tcase_add_test(tcase, pictures_know_their_photograph);
    suite_add_tcase(suite, tcase);
    return suite;
}
