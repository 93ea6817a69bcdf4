/* fuzz_png_file: hostile PNG files, up to the grey 48×48 face that the network sees. */
#include "datasets/faces/face_set.h"
#include "datasets/media/png_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    Image image, grey;
    Error error;
    uint8_t face[FACE_PIXELS];
    if (png_file_decode("fuzz", bytes, size, &image, &error))
        return 0;
    if (!image_create(&grey, image.width, image.height, IMAGE_GREY, &error)) {
        image_flatten(&image, &grey);
        image_resize(image_view(&grey), face, FACE_SIDE, FACE_SIDE);
        image_free(&grey);
    }
    image_free(&image);
    return 0;
}
