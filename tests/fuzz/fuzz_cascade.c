/* Any bytes as cascade XML; one that is taken must also be safe to search with. */
#include "infer/faces/detect/face_detector.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    Error error;
    Cascade *cascade = cascade_parse("fuzz", bytes, size, &error);
    FaceDetector *detector = cascade ? face_detector_create(cascade, isa_current(), &error) : NULL;
    if (!detector)
        return 0;
    enum { SIDE = 160 };
    static uint8_t pixels[SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++)
        pixels[i] = (uint8_t)(i * 2654435761u >> 13);
    DetectorSettings settings = {1.5, 3, 10, 0, 1};
    const FaceBox *faces;
    int n = face_detector_find(detector, (GreyView){pixels, SIDE, SIDE, SIDE}, &settings, &faces,
                               &error);
    for (int i = 0; i < n; i++)
        if (faces[i].box.x < 0 || faces[i].box.x + faces[i].box.width > SIDE)
            abort();
    face_detector_destroy(detector);
    return 0;
}
