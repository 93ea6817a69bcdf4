/* ffmpeg.h: FFmpeg code shared by reading and writing pictures and videos.
 *
 * HAVE_FFMPEG is defined where its libraries are built in; otherwise only the message is available.
 */
#ifndef DATASETS_MEDIA_FFMPEG_H
#define DATASETS_MEDIA_FFMPEG_H

#include "datasets/media/image.h"

#include <stdbool.h>

#if defined HAVE_LIBAVCODEC && defined HAVE_LIBAVFORMAT && defined HAVE_LIBAVUTIL &&               \
    defined HAVE_LIBSWSCALE
#    define HAVE_FFMPEG
#endif

/* The message of a build without FFmpeg about files that it cannot read. */
#define FFMPEG_MISSING                                                                             \
    "this build reads PNG only; install libavcodec-dev, libavformat-dev, libavdevice-dev and "     \
    "libswscale-dev and build again"

/* For a program: suppresses FFmpeg's own messages on standard error, since ours say what is wrong.
 * A library leaves them to its host. */
void ffmpeg_quiet(void);

#ifdef HAVE_FFMPEG

#    include <libavcodec/avcodec.h>
#    include <libavformat/avformat.h>

/* FFmpeg's text for an error code, in the caller's buffer. */
typedef struct FfmpegReason {
    char text[128];
} FfmpegReason;
const char *ffmpeg_reason(int code, FfmpegReason *buffer);

/* Decoded frames of any format and size, as images. Initialise with zeros; free with
 * ffmpeg_converter_free. */
typedef struct FfmpegConverter {
    struct SwsContext *to_grey, *to_colour, *to_layer;
    int orientation; /* of the stream's frames (orientation.h), 0 = unknown: upright */
    double aspect;   /* width of a pixel / its height, 0 = unknown: square */
    Image unturned;  /* a frame before it is made upright … */
    Image layer;     /* … and, with transparency, before it is laid over white */
} FfmpegConverter;

/* The orientation (orientation.h) in the display matrix of a stream or a frame. */
int ffmpeg_orientation(const int32_t *display_matrix);

void ffmpeg_converter_free(FfmpegConverter *converter);

/* Writes the frame as a grey or RGB image; `image` is zeroed or holds an earlier one, whose memory
 * is reused when the size is the same. Grey is the luma that the file stores, stretched to 0 … 255
 * where it is stored as 16 … 235; what is transparent shows white. Where pixels are not square, the
 * image is stretched along their longer side. The frame is made upright, by its own display matrix
 * where it has one. */
int ffmpeg_convert(FfmpegConverter *converter, const AVFrame *frame, ImageChannels channels,
                   Image *image, Error *error) MUST_CHECK;

/* Opens the decoder of a stream (avcodec_free_context), limited to pictures that an Image may hold.
 */
AVCodecContext *ffmpeg_open_decoder(const AVStream *stream, int threads, Error *error);

/* The next frame of the stream: 1, or 0 at the end, or -1. Damaged packets are skipped and counted,
 * and so are frames in which the decoder filled gaps. While a device has no data, returns 0 and
 * sets `*waiting` (which is NULL for files). */
int ffmpeg_next_frame(AVFormatContext *file, int stream, AVCodecContext *decoder, AVPacket *packet,
                      AVFrame *frame, long *damaged, bool *waiting, Error *error);

#endif
#endif
