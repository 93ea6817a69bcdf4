/* The detector: the same boxes on every instruction set, for any number of threads, picture after
 * picture, and equal to a plain evaluation of the cascade's definition. */
#include "infer/faces/detect/face_detector.h"
#include "nn/base/rng.h"
#include "tests/support/cascades.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Smoothed noise: has contrast at many sizes. */
static uint8_t *make_picture(int width, int height, uint64_t seed) {
    uint8_t *pixels = malloc((size_t)width * (size_t)height);
    Rng rng = rng_seed(seed);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            double value = 128;
            for (int octave = 2; octave < 64; octave *= 2)
                value += 12 *
                         ((double)rng_uniform(
                              rng, (uint64_t)((y / octave) * 4096 + x / octave + octave * 99991)) -
                          0.5) *
                         sqrt(octave);
            pixels[(size_t)y * (size_t)width + (size_t)x] = (uint8_t)fmin(fmax(value, 0), 255);
        }
    return pixels;
}

static FaceDetector *open_small(Isa isa) {
    Error error;
    Cascade *cascade = cascade_parse("small", small_cascade, strlen(small_cascade), &error);
#ifdef HAVE_EXPAT
    ck_assert_msg(cascade != NULL, "%s", error.message);
#endif
    if (!cascade) {
        fprintf(stderr, "skipped %s: %s\n", tcase_name(), error.message);
        return NULL;
    }
    FaceDetector *detector = face_detector_create(cascade, isa, &error);
    ck_assert_msg(detector != NULL, "%s", error.message);
    return detector;
}

static int find(FaceDetector *detector, const uint8_t *pixels, int width, int height,
                const DetectorSettings *settings, const FaceBox **faces) {
    Error error;
    int n = face_detector_find(detector, (GreyView){pixels, width, height, width}, settings, faces,
                               &error);
    ck_assert_msg(n >= 0, "%s", error.message);
    return n;
}

static const DetectorSettings every_window = {1.3, 0, 12, 0, 1};

START_TEST(every_instruction_set_and_thread_count_finds_the_same) {
    uint8_t *pixels = make_picture(301, 227, 7);
    FaceDetector *reference = open_small(ISA_KIND_PORTABLE);
    if (!reference)
        return;
    const FaceBox *expected, *faces;
    int n_expected = find(reference, pixels, 301, 227, &every_window, &expected);
    ck_assert_int_gt(n_expected, 100);
    for (Isa isa = ISA_KIND_PORTABLE; isa < ISA_KINDS; isa++) {
        if (!isa_available(isa))
            continue;
        FaceDetector *detector = open_small(isa);
        for (int threads = 1; threads <= 4; threads++) {
            DetectorSettings settings = every_window;
            settings.threads = threads;
            int n = find(detector, pixels, 301, 227, &settings, &faces);
            ck_assert_int_eq(n, n_expected);
            ck_assert_mem_eq(faces, expected, (size_t)n * sizeof *faces);
        }
        face_detector_destroy(detector);
    }
    face_detector_destroy(reference);
    free(pixels);
}
END_TEST

/* The sum of the pixels inside a rectangle, upright or tilted by 45°, pixel by pixel. */
static double rectangle(const uint8_t *at, int stride, const CascadeFeature *feature, int i) {
    double sum = 0;
    int x0 = feature->rectangles[i].x, y0 = feature->rectangles[i].y;
    int width = feature->rectangles[i].width, height = feature->rectangles[i].height;
    for (int y = 0; y < 64; y++)
        for (int x = 0; x < 64; x++) {
            /* Seen from the corner: how far along the two diagonals. */
            int right = x - x0, down = y - y0;
            bool inside = feature->tilted
                              ? right + down >= -1 && right + down < 2 * width - 1 &&
                                    down - right > 0 && down - right <= 2 * height
                              : right >= 0 && right < width && down >= 0 && down < height;
            if (inside)
                sum += at[y * stride + x];
        }
    return sum;
}

static int passes(const Cascade *cascade, const uint8_t *at, int stride) {
    double sum = 0, squares = 0, area = (cascade->width - 2) * (cascade->height - 2);
    for (int y = 1; y < cascade->height - 1; y++)
        for (int x = 1; x < cascade->width - 1; x++) {
            sum += at[y * stride + x];
            squares += at[y * stride + x] * at[y * stride + x];
        }
    double variance = area * squares - sum * sum;
    if (variance <= 0 || area / sqrt(variance) >= 0.1)
        return -1;
    for (int s = 0; s < cascade->n_stages; s++) {
        double total = 0;
        for (int t = 0; t < cascade->stages[s].n_trees; t++) {
            const CascadeTree *tree = &cascade->trees[cascade->stages[s].first_tree + t];
            int way = 0;
            do {
                const CascadeNode *node = &cascade->nodes[tree->first_node + way];
                const CascadeFeature *feature = &cascade->features[node->feature];
                double value = 0;
                for (int i = 0; i < feature->n_rectangles; i++)
                    value += feature->rectangles[i].weight * rectangle(at, stride, feature, i);
                way = value / sqrt(variance) < node->threshold ? node->below : node->above;
            } while (way > 0);
            total += cascade->leaves[tree->first_leaf - way];
        }
        if (total < cascade->stages[s].threshold)
            return s == 0 ? 0 : -1;
    }
    return 1;
}

START_TEST(the_windows_found_are_those_that_the_definition_accepts) {
    enum { WIDTH = 150, HEIGHT = 140 };
    Error error;
    FaceDetector *detector = open_small(isa_current());
    if (!detector)
        return;
    Cascade *cascade = cascade_parse("small", small_cascade, strlen(small_cascade), &error);
    uint8_t *pixels =
        make_picture(WIDTH + 64, HEIGHT + 64, 3);    /* room for the slow sums to look beyond */
    DetectorSettings settings = {1.3, 0, 12, 13, 1}; /* the size of the window alone */
    const FaceBox *faces;
    int n = face_detector_find(detector, (GreyView){pixels, WIDTH, HEIGHT, WIDTH + 64}, &settings,
                               &faces, &error);
    ck_assert_msg(n > 0, "%d", n);
    int expected = 0;
    for (int y = 0; y <= HEIGHT - 12; y += 2)
        for (int x = 0; x <= WIDTH - 12; x += 2) {
            int verdict = passes(cascade, pixels + y * (WIDTH + 64) + x, WIDTH + 64);
            if (verdict == 0)
                x += 2; /* OpenCV's rule */
            if (verdict != 1)
                continue;
            int i = 0;
            while (i < n && (faces[i].box.x != x || faces[i].box.y != y))
                i++;
            ck_assert_msg(i < n || y >= HEIGHT - 14, "window %d, %d was not found", x, y);
            expected += i < n;
        }
    ck_assert_int_eq(n, expected);
    cascade_free(cascade);
    face_detector_destroy(detector);
    free(pixels);
}
END_TEST

START_TEST(one_detector_serves_pictures_of_all_sizes) {
    static const int sizes[][2] = {{1, 1},    {12, 12},   {3000, 12}, {64, 480},
                                   {13, 500}, {640, 480}, {1, 4000}};
    FaceDetector *detector = open_small(isa_current());
    if (!detector)
        return;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint8_t *pixels = make_picture(sizes[i][0], sizes[i][1], i);
        const FaceBox *faces;
        int n = find(detector, pixels, sizes[i][0], sizes[i][1], &every_window, &faces);
        for (int k = 0; k < n; k++)
            ck_assert(faces[k].box.x >= 0 && faces[k].box.x + faces[k].box.width <= sizes[i][0] &&
                      faces[k].box.y + faces[k].box.height <= sizes[i][1]);
        free(pixels);
    }
    face_detector_destroy(detector);
}
END_TEST

START_TEST(an_even_picture_has_no_face) {
    FaceDetector *detector = open_small(isa_current());
    if (!detector)
        return;
    uint8_t *pixels = malloc(200 * 200);
    memset(pixels, 255, 200 * 200);
    const FaceBox *faces;
    ck_assert_int_eq(find(detector, pixels, 200, 200, &every_window, &faces), 0);
    face_detector_destroy(detector);
    free(pixels);
}
END_TEST

START_TEST(senseless_settings_are_refused) {
    FaceDetector *detector = open_small(isa_current());
    if (!detector)
        return;
    uint8_t pixel = 0;
    const FaceBox *faces;
    Error error;
    DetectorSettings settings = DETECTOR_DEFAULTS;
    settings.scale_step = 1;
    ck_assert_int_eq(
        face_detector_find(detector, (GreyView){&pixel, 1, 1, 1}, &settings, &faces, &error), -1);
    ck_assert_int_eq(face_detector_find(detector, (GreyView){&pixel, 0, 1, 1}, &DETECTOR_DEFAULTS,
                                        &faces, &error),
                     -1);
    face_detector_destroy(detector);
}
END_TEST

Suite *face_detector_suite(void) {
    Suite *suite = suite_create("face_detector");
    TCase *tcase = tcase_create("face_detector");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, every_instruction_set_and_thread_count_finds_the_same);
    tcase_add_test(tcase, the_windows_found_are_those_that_the_definition_accepts);
    tcase_add_test(tcase, one_detector_serves_pictures_of_all_sizes);
    tcase_add_test(tcase, an_even_picture_has_no_face);
    tcase_add_test(tcase, senseless_settings_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
