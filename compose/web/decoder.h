/* decoder.h: JPEG pictures from strangers, decoded in a process of its own.
 *
 * The decoder sees nothing but the bytes and gives nothing but pixels: it can open no file, and has
 * little memory and time. When a picture makes it crash or hang, that picture fails, and another
 * process takes its place. Pictures are handed over in shared memory and never touch the disk. */
#ifndef COMPOSE_WEB_DECODER_H
#define COMPOSE_WEB_DECODER_H

#include "datasets/media/image.h"

enum { DECODER_MOST_BYTES = 1 << 20, DECODER_MOST_PIXELS = 1 << 22 };

typedef struct Decoder Decoder;

/* Forks: to be called before the process has threads. Free with decoder_stop. */
Decoder *decoder_start(Error *error);
void decoder_stop(Decoder *decoder);

/* Decodes into a new IMAGE_GREY. From any thread; one picture at a time. */
int decoder_decode(Decoder *decoder, const unsigned char *bytes, size_t size, Image *image,
                   Error *error) MUST_CHECK;

/* Width and height that a JPEG's frame header tells; -1 with a message for what is no JPEG. */
int decoder_jpeg_size(const unsigned char *bytes, size_t size, int *width, int *height,
                      Error *error) MUST_CHECK;

/* The process that decodes: for tests that end it. */
int decoder_process(const Decoder *decoder);

#endif
