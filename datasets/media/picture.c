#include "datasets/media/picture.h"

#include "datasets/media/ffmpeg.h"
#include "datasets/media/png_file.h"
#include "nn/base/file.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ PNG */

/* RGB on white, of an image with any channels. */
static int to_colour(const Image *source, Image *colour, Error *error) {
    if (image_create(colour, source->width, source->height, IMAGE_RGB, error))
        return -1;
    size_t n = (size_t)source->width * (size_t)source->height;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *from = source->pixels + i * source->channels;
        for (int c = 0; c < 3; c++) {
            int value = from[source->channels == IMAGE_GREY ? 0 : c];
            int alpha = source->channels == IMAGE_RGBA ? from[3] : 255;
            colour->pixels[3 * i + (size_t)c] =
                (uint8_t)((value * alpha + 255 * (255 - alpha) + 127) / 255);
        }
    }
    return 0;
}

static int decode_png(const char *name, const unsigned char *bytes, size_t size,
                      ImageChannels channels, Image *image, Error *error) {
    Image decoded = {0};
    if (png_file_decode(name, bytes, size, &decoded, error))
        return -1;
    if (decoded.channels == channels) {
        *image = decoded;
        return 0;
    }
    int status = channels == IMAGE_GREY ? image_grey(&decoded, image, error)
                                        : to_colour(&decoded, image, error);
    image_free(&decoded);
    return status;
}

/* ------------------------------------------------------------------ all others */

#ifdef HAVE_FFMPEG

/* Formats that hold a picture and nothing that points outside of the file. */
#    define FORMATS                                                                                \
        "bmp_pipe,dds_pipe,gif,j2k_pipe,jpeg_pipe,jpegls_pipe,jpegxl_pipe,pam_pipe,pbm_pipe,"      \
        "pcx_pipe,pgm_pipe,png_pipe,ppm_pipe,qoi_pipe,sgi_pipe,sunrast_pipe,tiff_pipe,webp_pipe,"  \
        "xbm_pipe,xpm_pipe"

typedef struct Bytes {
    const unsigned char *bytes;
    size_t size, at;
} Bytes;

static int read_bytes(void *user, uint8_t *buffer, int size) {
    Bytes *source = user;
    size_t left = source->size - source->at, n = left < (size_t)size ? left : (size_t)size;
    if (!n)
        return AVERROR_EOF;
    memcpy(buffer, source->bytes + source->at, n);
    source->at += n;
    return (int)n;
}

static int64_t seek_bytes(void *user, int64_t offset, int whence) {
    Bytes *source = user;
    if (whence & AVSEEK_SIZE)
        return (int64_t)source->size;
    int64_t base = whence == SEEK_CUR   ? (int64_t)source->at
                   : whence == SEEK_END ? (int64_t)source->size
                                        : 0;
    if (offset < -base || offset > (int64_t)source->size - base)
        return AVERROR(EINVAL);
    source->at = (size_t)(base + offset);
    return base + offset;
}

/* The format of a file of Netpbm's ("P5", a line's end, a number or comment), NULL for others.
 * Their sign is so short that FFmpeg, guessing, holds some whose pixels begin with zeros for sound.
 */
static const AVInputFormat *netpbm_format(const Bytes *source) {
    static const char *const names[] = {"pbm_pipe", "pgm_pipe", "ppm_pipe"};
    const unsigned char *bytes = source->bytes;
    bool meant = source->size > 3 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '6' &&
                 isspace(bytes[2]) && (bytes[3] == '#' || isdigit(bytes[3]));
    return meant ? av_find_input_format(names[(bytes[1] - '1') % 3]) : NULL;
}

/* Opens the bytes as a file of one of the formats; on failure all is freed. */
static AVFormatContext *open_bytes(Bytes *source, AVIOContext **io, int *code) {
    enum { BUFFER = 1 << 15 };
    AVFormatContext *file = avformat_alloc_context();
    uint8_t *buffer = av_malloc(BUFFER);
    *io =
        buffer ? avio_alloc_context(buffer, BUFFER, 0, source, read_bytes, NULL, seek_bytes) : NULL;
    if (!file || !*io) {
        avformat_free_context(file);
        if (!*io)
            av_free(buffer);
        *code = AVERROR(ENOMEM);
        return NULL;
    }
    file->pb = *io;
    file->flags |= AVFMT_FLAG_CUSTOM_IO;
    file->format_whitelist = av_strdup(FORMATS);
    *code = avformat_open_input(&file, NULL, netpbm_format(source), NULL);
    return *code < 0 ? NULL : file;
}

static void close_bytes(AVFormatContext *file, AVIOContext *io) {
    avformat_close_input(&file);
    if (io)
        av_freep(&io->buffer);
    avio_context_free(&io);
}

static int first_frame(AVFormatContext *file, ImageChannels channels, Image *image, Error *error) {
    FfmpegReason reason;
    int stream = av_find_best_stream(file, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
    if (stream < 0)
        return error_set(error, "%s", ffmpeg_reason(stream, &reason));
    AVCodecContext *decoder = ffmpeg_open_decoder(file->streams[stream], 1, error);
    AVPacket *packet = av_packet_alloc();
    AVFrame *frame = av_frame_alloc();
    int status = -1;
    if (!packet || !frame) {
        error_memory(error, "a picture's decoder", sizeof *frame);
    } else if (decoder) {
        long damaged = 0;
        int found = ffmpeg_next_frame(file, stream, decoder, packet, frame, &damaged, NULL, error);
        FfmpegConverter converter = {0};
        *image = (Image){0};
        if (found == 0)
            error_set(error, "a damaged picture, or one that is too large");
        else if (found > 0)
            status = ffmpeg_convert(&converter, frame, channels, image, error);
        if (status)
            image_free(image);
        ffmpeg_converter_free(&converter);
    }
    av_frame_free(&frame);
    av_packet_free(&packet);
    avcodec_free_context(&decoder);
    return status;
}

static int decode_other(const char *name, const unsigned char *bytes, size_t size,
                        ImageChannels channels, Image *image, Error *error) {
    Bytes source = {bytes, size, 0};
    AVIOContext *io = NULL;
    int code;
    AVFormatContext *file = open_bytes(&source, &io, &code);
    if (!file) {
        close_bytes(NULL, io);
        return error_set(
            error, "%s: not a picture that we know (PNG, JPEG, WebP, BMP, GIF, TIFF, PNM …)", name);
    }
    int status = first_frame(file, channels, image, error);
    close_bytes(file, io);
    return status ? error_context(error, "%s", name) : 0;
}

bool picture_recognise(const unsigned char *bytes, size_t size) {
    if (png_file_recognise(bytes, size))
        return true;
    Bytes source = {bytes, size, 0};
    AVIOContext *io = NULL;
    int code;
    AVFormatContext *file = open_bytes(&source, &io, &code);
    close_bytes(file, io);
    return file != NULL;
}

#else

static int decode_other(const char *name, const unsigned char *bytes, size_t size,
                        ImageChannels channels, Image *image, Error *error) {
    (void)bytes, (void)size, (void)channels, (void)image;
    return error_set(error, "%s: not a PNG; " FFMPEG_MISSING, name);
}

bool picture_recognise(const unsigned char *bytes, size_t size) {
    return png_file_recognise(bytes, size);
}

#endif

/* ------------------------------------------------------------------ either */

int picture_decode(const char *name, const unsigned char *bytes, size_t size,
                   ImageChannels channels, Image *image, Error *error) {
    if (size == 0)
        return error_set(error, "%s: an empty file", name);
    return (png_file_recognise(bytes, size) ? decode_png : decode_other)(name, bytes, size,
                                                                         channels, image, error);
}

int picture_read(const char *path, ImageChannels channels, Image *image, Error *error) {
    unsigned char *bytes;
    size_t size;
    if (file_read(path, PICTURE_MOST_BYTES, &bytes, &size, error))
        return -1;
    int status = picture_decode(path, bytes, size, channels, image, error);
    free(bytes);
    return status;
}
