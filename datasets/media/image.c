#include "datasets/media/image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int image_create(Image *image, int width, int height, ImageChannels channels, Error *error) {
    *image = (Image){0};
    if (width < 1 || height < 1 || width > IMAGE_LARGEST_SIDE || height > IMAGE_LARGEST_SIDE ||
        (long long)width * height > IMAGE_MOST_PIXELS)
        return error_set(
            error, "a picture of %d × %d pixels, expected sides of 1 to %d and at most %d pixels",
            width, height, IMAGE_LARGEST_SIDE, IMAGE_MOST_PIXELS);
    size_t bytes = (size_t)width * (size_t)height * channels;
    uint8_t *pixels = calloc(bytes, 1);
    if (!pixels)
        return error_memory(error, "a picture", bytes);
    *image = (Image){.width = width, .height = height, .channels = channels, .pixels = pixels};
    return 0;
}

int image_fit(Image *image, int width, int height, ImageChannels channels, Error *error) {
    if (image->pixels && image->width == width && image->height == height &&
        image->channels == channels)
        return 0;
    image_free(image);
    return image_create(image, width, height, channels, error);
}

void image_free(Image *image) {
    free(image->pixels);
    *image = (Image){0};
}

/* Weights of BT.601 in 1/65536; they add up to 65536, so that grey colours keep their value. */
static unsigned luma(const uint8_t *rgb) {
    return (19595u * rgb[0] + 38470u * rgb[1] + 7471u * rgb[2] + 32768u) >> 16;
}

int image_grey(const Image *source, Image *grey, Error *error) {
    if (image_create(grey, source->width, source->height, IMAGE_GREY, error))
        return -1;
    size_t count = (size_t)source->width * (size_t)source->height;
    const uint8_t *from = source->pixels;
    for (size_t i = 0; i < count; i++, from += source->channels) {
        unsigned value = source->channels == IMAGE_GREY ? from[0] : luma(from);
        if (source->channels == IMAGE_RGBA)
            value = (value * from[3] + 255u * (255u - from[3]) + 127u) / 255u;
        grey->pixels[i] = (uint8_t)value;
    }
    return 0;
}

static int clamp(int value, int low, int high) {
    return value < low ? low : value > high ? high : value;
}

GreyView image_view(const Image *grey) {
    return (GreyView){grey->pixels, grey->width, grey->height, grey->width};
}

/* The source samples under one output sample, along one axis. */
typedef struct Support {
    int first, last;
    float centre, narrowness; /* 1 / how far the triangle reaches */
} Support;

static Support support(int index, int from, int to) {
    float scale = (float)from / (float)to;
    float reach = scale > 1 ? scale : 1;
    float centre = ((float)index + 0.5f) * scale - 0.5f;
    return (Support){.first = clamp((int)ceilf(centre - reach), 0, from - 1),
                     .last = clamp((int)floorf(centre + reach), 0, from - 1),
                     .centre = centre,
                     .narrowness = 1 / reach};
}

static float weight(Support across, int at) {
    float height = 1 - fabsf((float)at - across.centre) * across.narrowness;
    return height > 0 ? height : 0;
}

void image_resize(GreyView source, uint8_t *pixels, int width, int height) {
    for (int y = 0; y < height; y++) {
        Support down = support(y, source.height, height);
        for (int x = 0; x < width; x++) {
            Support across = support(x, source.width, width);
            float sum = 0, total = 0;
            for (int v = down.first; v <= down.last; v++) {
                const uint8_t *row = source.pixels + v * source.stride;
                float row_sum = 0, row_total = 0;
                for (int u = across.first; u <= across.last; u++) {
                    float w = weight(across, u);
                    row_sum += w * (float)row[u];
                    row_total += w;
                }
                sum += weight(down, v) * row_sum;
                total += weight(down, v) * row_total;
            }
            pixels[(size_t)y * (size_t)width + (size_t)x] = (uint8_t)lrintf(sum / total);
        }
    }
}
