#include "infer/faces/face_framing.h"

#include <math.h>
#include <stdlib.h>

Box face_framing_square(FaceFraming framing, Box detected) {
    float size = 0.5f * (float)(detected.width + detected.height);
    int side = (int)lrintf(framing.scale * size);
    if (side < 1)
        side = 1;
    float centre_x = (float)detected.x + 0.5f * (float)detected.width;
    float centre_y = (float)detected.y + 0.5f * (float)detected.height + framing.down * size;
    return (Box){(int)lrintf(centre_x - 0.5f * (float)side),
                 (int)lrintf(centre_y - 0.5f * (float)side), side, side};
}

static int clamp(int value, int limit) {
    return value < 0 ? 0 : value >= limit ? limit - 1 : value;
}

int face_crop_take(FaceCrop *crop, GreyView picture, Box square, Error *error) {
    if (square.width < 1 || square.height < 1 || picture.width < 1 || picture.height < 1)
        return error_set(error, "a square of %d×%d in a picture of %d×%d", square.width,
                         square.height, picture.width, picture.height);
    if (square.x >= 0 && square.y >= 0 && square.x <= picture.width - square.width &&
        square.y <= picture.height - square.height) {
        crop->view = (GreyView){picture.pixels + square.y * picture.stride + square.x, square.width,
                                square.height, picture.stride};
        return 0;
    }
    size_t needed = (size_t)square.width * (size_t)square.height;
    if (needed > crop->capacity) {
        uint8_t *memory = realloc(crop->memory, needed);
        if (!memory)
            return error_memory(error, "a face", needed);
        crop->memory = memory;
        crop->capacity = needed;
    }
    uint8_t *out = crop->memory;
    for (int y = 0; y < square.height; y++) {
        const uint8_t *row = picture.pixels + clamp(square.y + y, picture.height) * picture.stride;
        for (int x = 0; x < square.width; x++)
            *out++ = row[clamp(square.x + x, picture.width)];
    }
    crop->view = (GreyView){crop->memory, square.width, square.height, square.width};
    return 0;
}

void face_crop_free(FaceCrop *crop) {
    free(crop->memory);
    *crop = (FaceCrop){0};
}
