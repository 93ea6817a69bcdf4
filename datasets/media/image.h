/* image.h: a picture of 8-bit samples in memory. */
#ifndef DATASETS_MEDIA_IMAGE_H
#define DATASETS_MEDIA_IMAGE_H

#include "nn/base/error.h"

#include <stddef.h>
#include <stdint.h>

/* Larger pictures are rejected before anything is allocated. */
enum { IMAGE_LARGEST_SIDE = 1 << 15, IMAGE_MOST_PIXELS = 1 << 26 };

typedef enum ImageChannels { IMAGE_GREY = 1, IMAGE_RGB = 3, IMAGE_RGBA = 4 } ImageChannels;

typedef struct Image {
    int width, height;
    ImageChannels channels;
    uint8_t *pixels; /* (height, width, channels), row by row from the top, without padding */
} Image;

/* Creates a black picture (caller frees with image_free). */
int image_create(Image *image, int width, int height, ImageChannels channels,
                 Error *error) MUST_CHECK;
/* As image_create, for an image that is zeroed or holds an earlier picture: where size and channels
 * are the same its memory, with the old pixels, is reused. */
int image_fit(Image *image, int width, int height, ImageChannels channels, Error *error) MUST_CHECK;
/* Frees the pixels; harmless on a zeroed or freed image. */
void image_free(Image *image);

/* Writes the source, transparency over white, into an image of the same sides, grey (luma of ITU-R
 * BT.601) or RGB. */
void image_flatten(const Image *source, Image *image);

/* A grey picture, or a region of one, owned by someone else; `stride` pixels from row to row. */
typedef struct GreyView {
    const uint8_t *pixels;
    int width, height;
    ptrdiff_t stride;
} GreyView;

/* The whole of a grey image. */
GreyView image_view(const Image *grey);

/* Resizes into `pixels` (height, width) with a triangle filter as wide as one output pixel and its
 * neighbours: bilinear when enlarging, without aliasing when shrinking. The same size gives the
 * same bytes. Allocates nothing. */
void image_resize(GreyView source, uint8_t *pixels, int width, int height);

#endif
