#include "datasets/media/image.h"

#include <math.h>
#include <stdbool.h>
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

static uint8_t over_white(unsigned value, unsigned opacity) {
    return (uint8_t)((value * opacity + 255u * (255u - opacity) + 127u) / 255u);
}

void image_flatten(const Image *source, Image *image) {
    size_t count = (size_t)source->width * (size_t)source->height;
    const uint8_t *from = source->pixels;
    uint8_t *to = image->pixels;
    bool grey = source->channels == IMAGE_GREY;
    for (size_t i = 0; i < count; i++, from += source->channels, to += image->channels) {
        unsigned opacity = source->channels == IMAGE_RGBA ? from[3] : 255;
        if (image->channels == IMAGE_GREY)
            to[0] = over_white(grey ? from[0] : luma(from), opacity);
        else
            for (int c = 0; c < 3; c++)
                to[c] = over_white(from[grey ? 0 : c], opacity);
    }
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

enum { COLUMNS = 64, WEIGHTS = 32 };

/* The weights under one output column, and their sum; only those of supports of up to WEIGHTS
 * samples are kept. */
typedef struct Column {
    Support across;
    float total, weights[WEIGHTS];
} Column;

static Column column_of(int x, int from, int to) {
    Column column = {.across = support(x, from, to)};
    for (int u = column.across.first; u <= column.across.last; u++) {
        float w = weight(column.across, u);
        column.total += w;
        if (u - column.across.first < WEIGHTS)
            column.weights[u - column.across.first] = w;
    }
    return column;
}

static float column_sum(const Column *column, const uint8_t *row) {
    int first = column->across.first, n = column->across.last - first + 1;
    float sum = 0;
    if (n <= WEIGHTS)
        for (int i = 0; i < n; i++)
            sum += column->weights[i] * (float)row[first + i];
    else
        for (int u = first; u <= column->across.last; u++)
            sum += weight(column->across, u) * (float)row[u];
    return sum;
}

/* Output columns `from` … `to` - 1. */
static void resize_columns(GreyView source, uint8_t *pixels, int width, int height, int from,
                           int to) {
    Column columns[COLUMNS];
    for (int x = from; x < to; x++)
        columns[x - from] = column_of(x, source.width, width);
    for (int y = 0; y < height; y++) {
        Support down = support(y, source.height, height);
        for (int x = from; x < to; x++) {
            const Column *column = &columns[x - from];
            float sum = 0, total = 0;
            for (int v = down.first; v <= down.last; v++) {
                float w = weight(down, v);
                sum += w * column_sum(column, source.pixels + v * source.stride);
                total += w * column->total;
            }
            pixels[(size_t)y * (size_t)width + (size_t)x] = (uint8_t)lrintf(sum / total);
        }
    }
}

void image_resize(GreyView source, uint8_t *pixels, int width, int height) {
    if (width == source.width && height == source.height) {
        for (int y = 0; y < height; y++)
            memcpy(pixels + (size_t)y * (size_t)width, source.pixels + y * source.stride,
                   (size_t)width);
        return;
    }
    for (int x = 0; x < width; x += COLUMNS)
        resize_columns(source, pixels, width, height, x, width - x < COLUMNS ? width : x + COLUMNS);
}
