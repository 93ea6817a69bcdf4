/* detector CASCADE SMALLEST ROUNDS PICTURE…: the faces of pictures, and how long one thread takes
 * to find them. One line of JSON a picture: the least processor time of all rounds in milliseconds,
 * and the boxes. Exit status 75 where AFFEKT_ISA names an instruction set that is not here. */
#include "datasets/media/picture.h"
#include "infer/faces/detect/face_detector.h"
#include "nn/base/clock.h"
#include "nn/kernels/isa.h"

#include <stdio.h>
#include <stdlib.h>

enum { NOT_HERE = 75 };

static int measure(FaceDetector *detector, const char *path, int smallest, int rounds,
                   Error *error) {
    Image grey = {0};
    if (picture_read(path, IMAGE_GREY, &grey, error))
        return -1;
    DetectorSettings settings = DETECTOR_DEFAULTS;
    settings.smallest = smallest;
    const FaceBox *faces = NULL;
    double least = 1e9;
    int n = 0;
    for (int round = 0; round < rounds && n >= 0; round++) {
        double start = clock_processor_seconds();
        n = face_detector_find(detector, image_view(&grey), &settings, &faces, error);
        double taken = 1e3 * (clock_processor_seconds() - start);
        least = taken < least ? taken : least;
    }
    image_free(&grey);
    if (n < 0)
        return -1;
    printf("{\"milliseconds\": %.3f, \"boxes\": [", least);
    for (int i = 0; i < n; i++)
        printf("%s[%d, %d, %d, %d]", i ? ", " : "", faces[i].box.x, faces[i].box.y,
               faces[i].box.width, faces[i].box.height);
    printf("]}\n");
    return 0;
}

int main(int argc, char **argv) {
    Error error = {{0}};
    if (argc < 5) {
        fprintf(stderr, "usage: detector CASCADE SMALLEST ROUNDS PICTURE…\n");
        return EXIT_FAILURE;
    }
    if (isa_check(&error)) {
        fprintf(stderr, "detector: %s\n", error.message);
        return NOT_HERE;
    }
    FaceDetector *detector = face_detector_open(argv[1], &error);
    int status = detector ? 0 : -1;
    for (int i = 4; i < argc && !status; i++)
        status = measure(detector, argv[i], atoi(argv[2]), atoi(argv[3]), &error);
    face_detector_destroy(detector);
    if (status)
        fprintf(stderr, "detector: %s\n", error.message);
    return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
