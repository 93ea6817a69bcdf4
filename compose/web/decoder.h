/* decoder.h: decodes untrusted JPEG pictures in a separate process.
 *
 * The decoder only gets bytes and returns pixels: it cannot open files, and its memory and time are
 * limited. When a picture makes it crash or hang, that picture fails and a new process is started.
 * Pictures are passed in shared memory and never touch the disk. */
#ifndef COMPOSE_WEB_DECODER_H
#define COMPOSE_WEB_DECODER_H

#include "datasets/media/image.h"

enum { DECODER_MOST_BYTES = 1 << 20, DECODER_MOST_PIXELS = 1 << 22 };

typedef struct Decoder Decoder;

/* Forks: call it before the process has threads. Free with decoder_stop. */
Decoder *decoder_start(Error *error);
void decoder_stop(Decoder *decoder);

/* Decodes into a new IMAGE_GREY. From any thread; one picture at a time. */
int decoder_decode(Decoder *decoder, const unsigned char *bytes, size_t size, Image *image,
                   Error *error) MUST_CHECK;

/* Width and height from a JPEG's frame header; -1 with a message for anything else. */
int decoder_jpeg_size(const unsigned char *bytes, size_t size, int *width, int *height,
                      Error *error) MUST_CHECK;

/* The id of the decoding process, for tests that kill it. */
int decoder_process(const Decoder *decoder);

#endif
