/* speed PICTURE…: how long one thread takes to find the faces of frames as cameras have them.
 * Prints JSON: for each size and detector the mean over the pictures, whose middle fills the frame,
 * of the least processor time of all rounds, in milliseconds. */
#include "datasets/media/picture.h"
#include "infer/faces/detect/face_finder.h"
#include "nn/base/clock.h"
#include "nn/base/threads.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 5 };

static const struct { int width, height; } sizes[] = {{320, 240}, {640, 480}};
static const char *const detectors[] = {"net", "haar"};
enum { SIZES = sizeof sizes / sizeof *sizes, DETECTORS = sizeof detectors / sizeof *detectors };

/* The largest part of the picture's middle that has the frame's shape. */
static GreyView middle(GreyView picture, int width, int height) {
    GreyView view = picture;
    if (picture.width * height > picture.height * width)
        view.width = picture.height * width / height;
    else
        view.height = picture.width * height / width;
    view.pixels +=
        (picture.height - view.height) / 2 * picture.stride + (picture.width - view.width) / 2;
    return view;
}

/* The least milliseconds to search the frame, or -1. */
static double least_time(FaceFinder *finder, GreyView frame, Error *error) {
    double least = -1;
    for (int round = 0; round < ROUNDS; round++) {
        const FaceBox *faces;
        double began = clock_processor_seconds();
        if (face_finder_find(finder, frame, &DETECTOR_DEFAULTS, &faces, error) < 0)
            return -1;
        double taken = 1e3 * (clock_processor_seconds() - began);
        least = least < 0 || taken < least ? taken : least;
    }
    return least;
}

static int measure(FaceFinder *const finders[DETECTORS], const char *path,
                   double sums[SIZES][DETECTORS], Error *error) {
    static uint8_t pixels[640 * 480];
    Image grey = {0};
    int status = picture_read(path, IMAGE_GREY, &grey, error);
    for (int s = 0; s < SIZES && !status; s++) {
        int width = sizes[s].width, height = sizes[s].height;
        image_resize(middle(image_view(&grey), width, height), pixels, width, height);
        for (int d = 0; d < DETECTORS && !status; d++) {
            double taken = least_time(finders[d], (GreyView){pixels, width, height, width}, error);
            sums[s][d] += taken;
            status = taken < 0 ? -1 : 0;
        }
    }
    image_free(&grey);
    return status;
}

int main(int argc, char **argv) {
    Error error = {{0}};
    FaceFinder *finders[DETECTORS] = {NULL};
    double sums[SIZES][DETECTORS] = {{0}};
    if (argc < 2) {
        fprintf(stderr, "usage: speed PICTURE…\n");
        return EXIT_FAILURE;
    }
    threads_use(1);
    int status = 0;
    for (int d = 0; d < DETECTORS && !status; d++)
        status = (finders[d] = face_finder_open(detectors[d], NULL, &error)) ? 0 : -1;
    for (int i = 1; i < argc && !status; i++)
        status = measure(finders, argv[i], sums, &error);
    json_t *list = json_array();
    for (int s = 0; s < SIZES; s++) {
        json_t *row = json_pack("{s:i, s:i, s:i}", "width", sizes[s].width, "height",
                                sizes[s].height, "pictures", argc - 1);
        for (int d = 0; d < DETECTORS; d++)
            json_object_set_new(row, detectors[d], json_real(sums[s][d] / (argc - 1)));
        json_array_append_new(list, row);
    }
    if (status)
        fprintf(stderr, "speed: %s\n", error.message);
    else
        json_dumpf(list, stdout, JSON_REAL_PRECISION(6));
    json_decref(list);
    for (int d = 0; d < DETECTORS; d++)
        face_finder_destroy(finders[d]);
    return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
