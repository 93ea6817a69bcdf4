#include "datasets/media/picture.h"

#include "datasets/media/ffmpeg.h"
#include "datasets/media/orientation.h"
#include "datasets/media/picture_structure.h"
#include "datasets/media/png_file.h"
#include "datasets/media/tiff_directory.h"
#include "nn/io/file.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ PNG */

static int decode_png(const char *name, const unsigned char *bytes, size_t size,
                      ImageChannels channels, Image *image, Error *error) {
    Image decoded = {0};
    if (png_file_decode(name, bytes, size, &decoded, error))
        return -1;
    if (decoded.channels == channels) {
        *image = decoded;
        return 0;
    }
    int status = image_create(image, decoded.width, decoded.height, channels, error);
    if (!status)
        image_flatten(&decoded, image);
    image_free(&decoded);
    return status;
}

/* ------------------------------------------------------------------ all others */

#ifdef HAVE_FFMPEG

/* Formats that hold a picture and nothing that points outside of the file. */
#    define FORMATS                                                                                \
        "bmp_pipe,dds_pipe,dpx_pipe,exr_pipe,gif,ico,j2k_pipe,jpeg_pipe,jpegls_pipe,jpegxl_pipe,"  \
        "pam_pipe,pbm_pipe,pcx_pipe,pgm_pipe,png_pipe,ppm_pipe,psd_pipe,qoi_pipe,sgi_pipe,"        \
        "sunrast_pipe,tiff_pipe,webp_pipe,xbm_pipe,xpm_pipe,xwd_pipe"
/* FFmpeg's name for the family of MP4, which AVIF is written in. */
#    define BOX_FORMAT "mov"

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

/* The format of a file of Netpbm's ("P5", a line's end, a number, word or comment), NULL for
 * others. Their sign is so short that FFmpeg, guessing, holds some whose pixels begin with zeros
 * for sound.
 */
static const AVInputFormat *netpbm_format(const Bytes *source) {
    static const char *const names[] = {"pbm_pipe", "pgm_pipe", "ppm_pipe", "pbm_pipe",
                                        "pgm_pipe", "ppm_pipe", "pam_pipe"};
    const unsigned char *bytes = source->bytes;
    bool meant = source->size > 3 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '7' &&
                 isspace(bytes[2]) &&
                 (bytes[3] == '#' || (bytes[1] == '7' ? isupper(bytes[3]) : isdigit(bytes[3])));
    return meant ? av_find_input_format(names[bytes[1] - '1']) : NULL;
}

/* Of files in ISO's boxes: still pictures, as the brand says that they are meant for. */
static bool has_brand(const Bytes *source, const char *const *brands) {
    if (source->size < 12 || memcmp(source->bytes + 4, "ftyp", 4))
        return false;
    for (; *brands; brands++)
        if (!memcmp(source->bytes + 8, *brands, 4))
            return true;
    return false;
}

static bool is_avif(const Bytes *source) {
    return has_brand(source, (const char *const[]){"avif", NULL});
}

static bool is_heif(const Bytes *source) {
    return has_brand(source, (const char *const[]){"heic", "heix", "heim", "heis", "mif1", NULL});
}

/* In its extended header (WebP container specification) a bit says so. */
static bool is_animated_webp(const Bytes *source) {
    enum { FLAGS = 20, ANIMATION = 2 };
    return source->size > FLAGS && !memcmp(source->bytes, "RIFF", 4) &&
           !memcmp(source->bytes + 8, "WEBPVP8X", 8) && source->bytes[FLAGS] & ANIMATION;
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
    bool boxes = is_avif(source) || is_heif(source);
    file->format_whitelist = av_strdup(boxes ? BOX_FORMAT : FORMATS);
    *code = avformat_open_input(&file, NULL, netpbm_format(source), NULL);
    return *code < 0 ? NULL : file;
}

static void close_bytes(AVFormatContext *file, AVIOContext *io) {
    avformat_close_input(&file);
    if (io)
        av_freep(&io->buffer);
    avio_context_free(&io);
}

/* The largest picture of those in the file, as icons hold several; negative: FFmpeg's reason. */
static int choose_stream(const AVFormatContext *file) {
    int largest = AVERROR_STREAM_NOT_FOUND;
    int64_t most = -1;
    for (unsigned i = 0; i < file->nb_streams; i++) {
        const AVCodecParameters *stream = file->streams[i]->codecpar;
        int64_t pixels = (int64_t)stream->width * stream->height;
        if (stream->codec_type == AVMEDIA_TYPE_VIDEO && pixels > most) {
            most = pixels;
            largest = (int)i;
        }
    }
    return largest;
}

/* The picture as it is stored, whichever way up that is. What a decoder guesses in place of lost
 * bytes is no picture of anything. */
static int convert_whole(const AVFrame *frame, long damaged, ImageChannels channels, Image *image,
                         Error *error) {
    if (damaged)
        return error_set(error, "the picture is damaged or cut off");
    FfmpegConverter converter = {0};
    int status = ffmpeg_convert(&converter, frame, channels, image, error);
    ffmpeg_converter_free(&converter);
    return status;
}

static int first_frame(AVFormatContext *file, bool noted, bool strict, ImageChannels channels,
                       Image *image, Error *error) {
    FfmpegReason reason;
    int stream = choose_stream(file);
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
        if (strict)
            decoder->err_recognition |= AV_EF_CRCCHECK | AV_EF_EXPLODE;
        int found = ffmpeg_next_frame(file, stream, decoder, packet, frame, &damaged, NULL, error);
        if (found > 0 && noted)
            av_frame_remove_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
        if (found == 0)
            error_set(error, "the picture is damaged or cut off, or too large");
        else if (found > 0)
            status = convert_whole(frame, damaged, channels, image, error);
    }
    av_frame_free(&frame);
    av_packet_free(&packet);
    avcodec_free_context(&decoder);
    return status;
}

/* Whether the bytes begin as a TGA does, which has no sign: its colour map, if it has one, kind,
 * size and depth make sense. FFmpeg knows it by its name alone. */
static bool is_tga(const Bytes *source) {
    const unsigned char *head = source->bytes;
    if (source->size < 18)
        return false;
    int mapped = head[1], kind = head[2] & ~8 /* run lengths */, depth = head[16];
    bool no_map = !(head[3] | head[4] | head[5] | head[6] | head[7]);
    bool sides = (head[12] | head[13]) && (head[14] | head[15]);
    return (mapped == 1 || (mapped == 0 && no_map)) && kind >= 1 && kind <= 3 && !(head[2] & ~11) &&
           (mapped == 1) == (kind == 1) && sides && !(head[17] & 0xc0) &&
           (depth == 8 || depth == 15 || depth == 16 || depth == 24 || depth == 32);
}

/* Decodes the whole file as one packet. */
static int decode_tga(const Bytes *source, ImageChannels channels, Image *image, Error *error) {
    FfmpegReason reason;
    const AVCodec *codec = avcodec_find_decoder(AV_CODEC_ID_TARGA);
    AVCodecContext *decoder = codec ? avcodec_alloc_context3(codec) : NULL;
    AVPacket *packet = av_packet_alloc();
    AVFrame *frame = av_frame_alloc();
    int status = -1, code = AVERROR(ENOMEM);
    if (decoder && packet && frame) {
        decoder->max_pixels = IMAGE_MOST_PIXELS;
        decoder->err_recognition |= AV_EF_EXPLODE;
        code = avcodec_open2(decoder, codec, NULL);
    }
    if (code >= 0)
        code = av_new_packet(packet, (int)source->size);
    if (code >= 0) {
        memcpy(packet->data, source->bytes, source->size);
        code = avcodec_send_packet(decoder, packet);
    }
    if (code >= 0)
        code = avcodec_receive_frame(decoder, frame);
    if (code >= 0)
        status = convert_whole(
            frame, frame->decode_error_flags || !picture_tga_has_end(source->bytes, source->size),
            channels, image, error);
    else
        error_set(error, "a damaged TGA picture: %s", ffmpeg_reason(code, &reason));
    av_frame_free(&frame);
    av_packet_free(&packet);
    avcodec_free_context(&decoder);
    return status;
}

static int decode_bytes(const char *name, const unsigned char *bytes, size_t size, bool strict,
                        ImageChannels channels, Image *image, Error *error) {
    Bytes source = {bytes, size, 0};
    AVIOContext *io = NULL;
    int code;
    AVFormatContext *file = open_bytes(&source, &io, &code);
    if (!file) {
        close_bytes(NULL, io);
        if (is_tga(&source))
            return decode_tga(&source, channels, image, error) ? error_context(error, "%s", name)
                                                               : 0;
        if (is_heif(&source))
            return error_set(error,
                             "%s: a HEIC picture, which this build's FFmpeg does not read; "
                             "heif-convert (package libheif-examples) makes a PNG of it",
                             name);
        return error_set(
            error,
            "%s: not a supported picture format (PNG, JPEG, WebP, AVIF, BMP, GIF, TIFF, PNM …)",
            name);
    }
    int status =
        !picture_has_end(bytes, size)
            ? error_set(error, "the picture is cut off: its end is missing")
            : first_frame(file, orientation_of(bytes, size) > 0, strict, channels, image, error);
    close_bytes(file, io);
    if (status && is_animated_webp(&source))
        return error_set(error,
                         "%s: an animated WebP, which this build's FFmpeg does not read; webpmux "
                         "-get frame 1 (package webp) takes out its first picture",
                         name);
    return status ? error_context(error, "%s", name) : 0;
}

/* A copy is decoded, strictly where it can be. */
static int decode_tiff(const char *name, const unsigned char *bytes, size_t size,
                       ImageChannels channels, Image *image, Error *error) {
    if (tiff_is_jpeg(bytes, size))
        return error_set(error,
                         "%s: a TIFF compressed as JPEG, which FFmpeg does not read; save it as a "
                         "PNG or JPEG",
                         name);
    unsigned char *copy = malloc(size);
    if (!copy)
        return error_memory(error, name, size);
    memcpy(copy, bytes, size);
    bool strict = tiff_reduce(copy, size);
    int status = decode_bytes(name, copy, size, strict, channels, image, error);
    free(copy);
    return status;
}

static int decode_other(const char *name, const unsigned char *bytes, size_t size,
                        ImageChannels channels, Image *image, Error *error) {
    if (tiff_recognise(bytes, size))
        return decode_tiff(name, bytes, size, channels, image, error);
    return decode_bytes(name, bytes, size, true, channels, image, error);
}

bool picture_recognise(const unsigned char *bytes, size_t size) {
    if (png_file_recognise(bytes, size))
        return true;
    Bytes source = {bytes, size, 0};
    AVIOContext *io = NULL;
    int code;
    AVFormatContext *file = open_bytes(&source, &io, &code);
    close_bytes(file, io);
    return file || is_heif(&source) || is_tga(&source);
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
    *image = (Image){0};
    if (size == 0)
        return error_set(error, "%s: an empty file", name);
    Image stored = {0};
    int orientation = orientation_of(bytes, size);
    int status = (png_file_recognise(bytes, size) ? decode_png : decode_other)(
        name, bytes, size, channels, &stored, error);
    if (status || orientation <= 1) {
        *image = stored;
        return status;
    }
    status = orientation_apply(orientation, &stored, image, error);
    image_free(&stored);
    return status ? error_context(error, "%s", name) : 0;
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
