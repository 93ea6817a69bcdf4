/* Any bytes as a picture, in grey and in colour. */
#include "datasets/media/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    Error error;
    Image image = {0};
    for (int i = 0; i < 2; i++)
        if (!picture_decode("fuzz", bytes, size, i ? IMAGE_RGB : IMAGE_GREY, &image, &error))
            image_free(&image);
    return 0;
}
