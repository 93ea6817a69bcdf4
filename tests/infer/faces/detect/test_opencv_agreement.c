/* The detector finds what OpenCV finds: tests/fixtures/opencv_faces.txt holds what OpenCV found in
 * pictures that are not in the repository (tests/infer/faces/detect/opencv_reference.py made it).
 *
 * Where our pixels are those that OpenCV decoded, the boxes must be the same (JPEG decoders differ
 * by one here and there); over all pictures, at least 98 % of OpenCV's boxes must be met by one
 * that overlaps by half, with at most 2 % more of our own. */
#include "datasets/media/picture.h"
#include "infer/faces/detect/face_detector.h"
#include "tests/support/data.h"
#include "tests/support/text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

enum { LINE = 4096, MOST_BOXES = 256 };

typedef struct Record {
    char cascade[64], path[256];
    int width, height;
    unsigned long checksum;
    Box boxes[MOST_BOXES];
    int n_boxes;
} Record;

typedef struct Tally {
    int pictures, same_pixels, boxes, met, extra;
} Tally;

static bool read_record(FILE *file, Record *record) {
    char line[LINE];
    do
        if (!fgets(line, sizeof line, file))
            return false;
    while (line[0] == '#');
    int used = 0;
    ck_assert_int_eq(sscanf(line, "%63s %255s %d %d %lx%n", record->cascade, record->path,
                            &record->width, &record->height, &record->checksum, &used),
                     5);
    const char *rest = line + used;
    Box box;
    record->n_boxes = 0;
    while (sscanf(rest, " %d,%d,%d,%d%n", &box.x, &box.y, &box.width, &box.height, &used) == 4) {
        ck_assert_int_lt(record->n_boxes, MOST_BOXES);
        record->boxes[record->n_boxes++] = box;
        rest += used;
    }
    return true;
}

/* How many of `boxes` are met by one of `faces`, each used once. */
static int count_met(const Record *record, const FaceBox *faces, int n, float overlap) {
    bool used[MOST_BOXES] = {false};
    int met = 0;
    for (int i = 0; i < record->n_boxes; i++)
        for (int k = 0; k < n && k < MOST_BOXES; k++)
            if (!used[k] && box_overlap(record->boxes[i], faces[k].box) >= overlap) {
                used[k] = true;
                met++;
                break;
            }
    return met;
}

static void compare(FaceDetector *detector, const Record *record, const Image *grey, Tally *tally) {
    const FaceBox *faces;
    Error error;
    DetectorSettings settings = DETECTOR_DEFAULTS;
    settings.threads = 2;
    int n = face_detector_find(detector, image_view(grey), &settings, &faces, &error);
    ck_assert_msg(n >= 0, "%s: %s", record->path, error.message);
    size_t bytes = (size_t)grey->width * (size_t)grey->height;
    if (crc32(0, grey->pixels, (uInt)bytes) == record->checksum) {
        tally->same_pixels++;
        ck_assert_msg(n == record->n_boxes && count_met(record, faces, n, 1) == n,
                      "%s, %s: %d boxes, OpenCV found %d, from the same pixels", record->cascade,
                      record->path, n, record->n_boxes);
    }
    int met = count_met(record, faces, n, 0.5f);
    tally->pictures++;
    tally->boxes += record->n_boxes;
    tally->met += met;
    tally->extra += n - met;
}

static FaceDetector *open_cascade(const char *name) {
    Error error;
    FaceDetector *detector = face_detector_open(text_format("haarcascade_%s.xml", name), &error);
    if (!detector)
        fprintf(stderr, "skipped %s: %s\n", tcase_name(), error.message);
    return detector;
}

START_TEST(the_boxes_are_opencvs) {
    const char *data = data_path("faces/stills/SOURCE.md");
    if (!data)
        return;
    FILE *file = fopen("tests/fixtures/opencv_faces.txt", "r");
    ck_assert_ptr_nonnull(file);
    static Record record;
    char opened[64] = "";
    FaceDetector *detector = NULL;
    Tally tally = {0};
    while (read_record(file, &record)) {
        if (strcmp(opened, record.cascade)) {
            face_detector_destroy(detector);
            if (!(detector = open_cascade(record.cascade)))
                break;
            strcpy(opened, record.cascade);
        }
        Image grey = {0};
        Error error;
        const char *path = data_path(text_format("faces/%s", record.path));
        if (!path)
            continue;
        ck_assert_msg(!picture_read(path, IMAGE_GREY, &grey, &error), "%s", error.message);
        ck_assert(grey.width == record.width && grey.height == record.height);
        compare(detector, &record, &grey, &tally);
        image_free(&grey);
    }
    fclose(file);
    face_detector_destroy(detector);
    ck_assert(tally.same_pixels > 0 || !tally.pictures);
    ck_assert_int_ge(100 * tally.met, 98 * tally.boxes);
    ck_assert_int_le(100 * tally.extra, 2 * tally.boxes);
}
END_TEST

Suite *opencv_agreement_suite(void) {
    Suite *suite = suite_create("opencv_agreement");
    TCase *tcase = tcase_create("opencv_agreement");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, the_boxes_are_opencvs);
    suite_add_tcase(suite, tcase);
    return suite;
}
