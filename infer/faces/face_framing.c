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

static int check(GreyView picture, Box square, Error *error) {
    if (square.width < 1 || square.height < 1 || picture.width < 1 || picture.height < 1)
        return error_set(error, "a square of %d×%d in a picture of %d×%d", square.width,
                         square.height, picture.width, picture.height);
    return 0;
}

static int reserve(FaceCrop *crop, size_t needed, Error *error) {
    if (needed <= crop->capacity)
        return 0;
    uint8_t *memory = realloc(crop->memory, needed);
    if (!memory)
        return error_memory(error, "a face", needed);
    crop->memory = memory;
    crop->capacity = needed;
    return 0;
}

int face_crop_take(FaceCrop *crop, GreyView picture, Box square, Error *error) {
    if (check(picture, square, error))
        return -1;
    if (square.x >= 0 && square.y >= 0 && square.x <= picture.width - square.width &&
        square.y <= picture.height - square.height) {
        crop->view = (GreyView){picture.pixels + square.y * picture.stride + square.x, square.width,
                                square.height, picture.stride};
        return 0;
    }
    if (reserve(crop, (size_t)square.width * (size_t)square.height, error))
        return -1;
    uint8_t *out = crop->memory;
    for (int y = 0; y < square.height; y++) {
        const uint8_t *row = picture.pixels + clamp(square.y + y, picture.height) * picture.stride;
        for (int x = 0; x < square.width; x++)
            *out++ = row[clamp(square.x + x, picture.width)];
    }
    crop->view = (GreyView){crop->memory, square.width, square.height, square.width};
    return 0;
}

int face_crop_take_turned(FaceCrop *crop, GreyView picture, Box square, float roll, Error *error) {
    int side = square.width < FACE_LEVEL_MOST ? square.width : FACE_LEVEL_MOST;
    if (check(picture, square, error) || reserve(crop, (size_t)side * (size_t)side, error))
        return -1;
    FaceWindow window = {.x = (float)square.x + 0.5f * (float)square.width,
                         .y = (float)square.y + 0.5f * (float)square.height,
                         .side = (float)square.width,
                         .turn = roll};
    face_window_draw(&window, picture, side, crop->memory);
    crop->view = (GreyView){crop->memory, side, side, side};
    return 0;
}

int face_crop_take_level(FaceCrop *crop, GreyView picture, Box square,
                         const Point points[LANDMARKS], Error *error) {
    float roll = landmarks_roll(points);
    return fabsf(roll) > FACE_LEVEL_BEYOND
               ? face_crop_take_turned(crop, picture, square, roll, error)
               : face_crop_take(crop, picture, square, error);
}

void face_crop_free(FaceCrop *crop) {
    free(crop->memory);
    *crop = (FaceCrop){0};
}
