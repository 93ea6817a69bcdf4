/* `affekt train` and `eval` of the detector and of the landmarks, on built-in faces pasted into
 * pictures: resume, what is learnt, mistakes. */
#include "datasets/detection/landmarks68.h"
#include "datasets/faces/synthetic_faces.h"
#include "datasets/media/picture.h"
#include "datasets/media/png_file.h"
#include "tests/support/cascades.h"
#include "tests/support/program.h"
#include "tests/support/resumed.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PICTURES = 20, SIDE = 96, FACE = 48 };

static char table[256], list[256];

/* Noise with a face at (x, y). */
static void draw_picture(const char *path, int number, int x, int y) {
    Error error;
    uint8_t face[FACE * FACE];
    Image picture;
    Rng rng = rng_split(rng_seed(7), (uint64_t)number);
    ck_assert_int_eq(synthetic_faces_draw(rng, (Emotion)(number % 7), face, &error), 0);
    ck_assert_int_eq(image_create(&picture, SIDE, SIDE, IMAGE_GREY, &error), 0);
    for (uint64_t i = 0; i < SIDE * SIDE; i++)
        picture.pixels[i] = (uint8_t)rng_below(rng, i, 256);
    for (int row = 0; row < FACE; row++)
        memcpy(picture.pixels + (y + row) * SIDE + x, face + row * FACE, FACE);
    ck_assert_int_eq(png_file_write(path, &picture, &error), 0);
    image_free(&picture);
}

/* Point `i` of a face of side 1: jaw, brows, nose, eyes and mouth as arcs, in the usual order. */
static Point template(int i) {
    static const struct {
        int first, count;
        float x, y, width, height; /* of the ellipse whose part from `begin` on they are */
        float begin, arc;          /* in turns, clockwise from its left */
    } parts[] = {{0, 17, .5F, .45F, .35F, .45F, 0, -.5F}, {17, 5, .35F, .35F, .1F, .05F, 0, .5F},
                 {22, 5, .65F, .35F, .1F, .05F, 0, .5F},  {27, 4, .5F, .5F, .01F, .12F, .25F, .5F},
                 {31, 5, .5F, .6F, .08F, .03F, 0, -.5F},  {36, 6, .35F, .42F, .06F, .03F, 0, 1},
                 {42, 6, .65F, .42F, .06F, .03F, 0, 1},   {48, 12, .5F, .75F, .15F, .06F, 0, 1},
                 {60, 8, .5F, .75F, .1F, .03F, 0, 1}};
    int p = 0;
    while (i >= parts[p].first + parts[p].count)
        p++;
    int steps = parts[p].arc == 1 ? parts[p].count : parts[p].count - 1;
    float turn = parts[p].begin + parts[p].arc * (float)(i - parts[p].first) / (float)steps;
    return (Point){parts[p].x - parts[p].width * cosf(2 * (float)M_PI * turn),
                   parts[p].y - parts[p].height * sinf(2 * (float)M_PI * turn)};
}

static void write_points(FILE *stream, const char *name, int x, int y) {
    fprintf(stream, "%s", name);
    for (int i = 0; i < LANDMARKS; i++) {
        Point point = template(i);
        fprintf(stream, ",%.2f,%.2f", (double)((float)x + FACE * point.x),
                (double)((float)y + FACE * point.y));
    }
    fprintf(stream, "\n");
}

static void write_heading(FILE *stream) {
    fprintf(stream, "image");
    for (int i = 0; i < LANDMARKS; i++)
        fprintf(stream, ",x%d,y%d", i, i);
    fprintf(stream, "\n");
}

static void set_up(void) {
    scratch_create();
    snprintf(table, sizeof table, "%s", scratch_path("faces.csv"));
    snprintf(list, sizeof list, "%s", scratch_path("faces/bbx_gt.txt"));
    ck_assert_int_eq(mkdir(scratch_path("faces"), 0777), 0);
    FILE *points = fopen(table, "w"), *boxes = fopen(list, "w");
    write_heading(points);
    for (int i = 0; i < PICTURES; i++) {
        int x = 8 + 5 * i % 31, y = 4 + 7 * i % 37;
        const char *name = text_format("%d.png", i);
        draw_picture(scratch_path(text_format("faces/%s", name)), i, x, y);
        write_points(points, name, x, y);
        fprintf(boxes, "%s\n1\n%d %d %d %d 0 0 0 0 0 0\n", name, x + 6, y + 2, FACE - 12, FACE - 4);
    }
    fclose(points);
    fclose(boxes);
}

static double number(const char *text, const char *key) {
    json_t *report = json_loads(text, 0, NULL);
    const json_t *value = json_object_get(report, key);
    ck_assert_msg(json_is_number(value), "no number %s in %s", key, text);
    double read = json_number_value(value);
    json_decref(report);
    return read;
}

START_TEST(landmarks_are_learnt_and_resume_to_the_same_bits) {
    const char *model = scratch_path("points.safetensors");
    Program run =
        assert_resumes((const char *const[]){"train", "landmarks", "--data", table, "--width", "16",
                                             "--views", "8", "--epochs", "12", "--batch", "8",
                                             "--lr", "0.008", "--average", "0.9", NULL},
                       model);
    program_free(&run);
    run = affekt("eval", "landmarks", "--data", table, "--model", model, "--json");
    program_assert(&run, EXIT_DONE);
    ck_assert_int_eq((int)number(run.output, "faces"), PICTURES);
    double error = number(run.output, "mean_error");
    ck_assert_msg(error > 0 && error < 15, "%g", error);
    program_free(&run);
    run = affekt("eval", "landmarks", "--data", table, "--model", "infer/models/mini.safetensors");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "mini.safetensors");
    program_free(&run);
}
END_TEST

/* Writes a table of one photograph on its side, with the points that classify finds in it upright.
 */
static void write_on_its_side(const char *photograph, const char *name) {
    Error error;
    Image picture, turned;
    Program run = affekt("classify", "--json", "--landmarks", photograph);
    program_assert(&run, EXIT_DONE);
    json_t *report = json_loads(run.output, 0, NULL);
    const json_t *face = json_array_get(json_object_get(report, "faces"), 0);
    const json_t *points = json_object_get(face, "points");
    ck_assert_uint_eq(json_array_size(points), LANDMARKS);
    ck_assert_int_eq(picture_read(photograph, IMAGE_GREY, &picture, &error), 0);
    int width = picture.height, height = picture.width;
    ck_assert_int_eq(image_create(&turned, width, height, IMAGE_GREY, &error), 0);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            turned.pixels[y * width + x] = picture.pixels[(width - 1 - x) * height + y];
    ck_assert_int_eq(mkdir(scratch_path(name), 0777), 0);
    const char *path = scratch_path(text_format("%s/a.png", name));
    ck_assert_int_eq(png_file_write(path, &turned, &error), 0);
    FILE *stream = fopen(scratch_path(text_format("%s.csv", name)), "w");
    write_heading(stream);
    fprintf(stream, "a.png");
    for (size_t i = 0; i < LANDMARKS; i++) {
        const json_t *point = json_array_get(points, i);
        fprintf(stream, ",%g,%g", width - json_number_value(json_array_get(point, 1)),
                json_number_value(json_array_get(point, 0)));
    }
    fprintf(stream, "\n");
    fclose(stream);
    image_free(&picture);
    image_free(&turned);
    json_decref(report);
    program_free(&run);
}

START_TEST(landmarks_of_a_detected_face_are_evaluated_as_in_use) {
    write_on_its_side("experiments/demo/collins.png", "turned");
    Program run = affekt("eval", "landmarks", "--data", scratch_path("turned.csv"), "--detector",
                         "net", "--json");
    program_assert(&run, EXIT_DONE);
    ck_assert_int_eq((int)number(run.output, "found"), 1);
    ck_assert_double_lt(number(run.output, "mean_error"), 8);
    program_free(&run);
}
END_TEST

START_TEST(a_detector_is_learnt_and_resumes_to_the_same_bits) {
    const char *model = scratch_path("boxes.safetensors");
    Program run = assert_resumes(
        (const char *const[]){"train", "detector", "--data", list, "--width", "16", "--window",
                              "96", "--epochs", "6", "--batch", "8", "--average", "0.8", NULL},
        model);
    program_free(&run);
    run = affekt("eval", "detector", "--data", list, "--detector", model, "--json");
    program_assert(&run, EXIT_DONE);
    ck_assert_int_eq((int)number(run.output, "pictures"), PICTURES);
    ck_assert_int_eq((int)number(run.output, "faces"), PICTURES);
    double precision = number(run.output, "average_precision");
    ck_assert_msg(precision >= 0 && precision <= 1, "%g", precision);
    ck_assert_double_gt(number(run.output, "milliseconds"), 0);
    program_free(&run);
}
END_TEST

/* OpenMP names the threads of each team that it forms. */
START_TEST(a_cascade_searches_with_all_threads) {
    if (!usual_cascade_is_here())
        return;
    setenv("OMP_DISPLAY_AFFINITY", "TRUE", 1);
    setenv("OMP_AFFINITY_FORMAT", "thread %n of %N", 1);
    Program run =
        affekt("eval", "detector", "--data", list, "--detector", "haar", "--threads", "3");
    program_assert(&run, EXIT_DONE);
    assert_contains(run.diagnostics, "thread 2 of 3");
    assert_contains(run.output, "20 pictures, 20 faces");
    assert_contains(run.output, "processor time ");
    program_free(&run);
}
END_TEST

START_TEST(what_is_missing_is_named) {
    static const char *const verbs[][2] = {
        {"train", "landmarks"}, {"train", "detector"}, {"eval", "landmarks"}, {"eval", "detector"}};
    for (int i = 0; i < 4; i++) {
        Program run = affekt(verbs[i][0], verbs[i][1], "--quiet");
        program_assert(&run, EXIT_USAGE);
        assert_contains(run.diagnostics, "--data is missing");
        program_free(&run);
        run = affekt(verbs[i][0], verbs[i][1], "--data", scratch_path("none.csv"));
        ck_assert_int_ne(run.status, EXIT_DONE);
        program_free(&run);
    }
}
END_TEST

Suite *train_eyes_suite(void) {
    Suite *suite = suite_create("train_eyes");
    TCase *tcase = tcase_create("train_eyes");
    tcase_add_checked_fixture(tcase, set_up, scratch_remove);
    tcase_set_timeout(tcase, 180);
    tcase_add_test(tcase, landmarks_are_learnt_and_resume_to_the_same_bits);
    tcase_add_test(tcase, landmarks_of_a_detected_face_are_evaluated_as_in_use);
    tcase_add_test(tcase, a_detector_is_learnt_and_resumes_to_the_same_bits);
    tcase_add_test(tcase, a_cascade_searches_with_all_threads);
    tcase_add_test(tcase, what_is_missing_is_named);
    suite_add_tcase(suite, tcase);
    return suite;
}
