#include "datasets/media/ffmpeg.h"

#include "datasets/media/orientation.h"

#ifdef HAVE_FFMPEG

#    include <libavutil/pixdesc.h>
#    include <libswscale/swscale.h>
#    include <math.h>
#    include <string.h>

const char *ffmpeg_reason(int code, FfmpegReason *buffer) {
    if (av_strerror(code, buffer->text, sizeof buffer->text))
        snprintf(buffer->text, sizeof buffer->text, "FFmpeg's error %d", code);
    return buffer->text;
}

void ffmpeg_converter_free(FfmpegConverter *converter) {
    sws_freeContext(converter->to_grey);
    sws_freeContext(converter->to_colour);
    sws_freeContext(converter->to_layer);
    image_free(&converter->unturned);
    image_free(&converter->layer);
    *converter = (FfmpegConverter){0};
}

/* Whether the frame's first plane is luma of 8 bits, one byte a pixel. */
static bool has_luma_plane(const AVFrame *frame) {
    const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(frame->format);
    return format && format->nb_components >= 1 && format->comp[0].plane == 0 &&
           format->comp[0].step == 1 && format->comp[0].offset == 0 && format->comp[0].depth == 8 &&
           format->comp[0].shift == 0 &&
           !(format->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL |
                              AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL));
}

/* Palettes are not asked: some decoders leave the opacity of theirs at 0. */
static bool is_transparent(const AVFrame *frame) {
    const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(frame->format);
    return format && format->flags & AV_PIX_FMT_FLAG_ALPHA &&
           !(format->flags & AV_PIX_FMT_FLAG_PAL);
}

static bool is_full_range(const AVFrame *frame) {
    const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(frame->format);
    return frame->color_range == AVCOL_RANGE_JPEG || format->nb_components < 3 ||
           frame->format == AV_PIX_FMT_YUVJ420P || frame->format == AV_PIX_FMT_YUVJ422P ||
           frame->format == AV_PIX_FMT_YUVJ444P || frame->format == AV_PIX_FMT_YUVJ440P ||
           frame->format == AV_PIX_FMT_YUVJ411P;
}

/* Copies the luma, stretched from 16 … 235 unless it is in full range. */
static void copy_luma(const AVFrame *frame, Image *image) {
    uint8_t stretched[256];
    bool full = is_full_range(frame);
    for (int luma = 0; luma < 256; luma++) {
        int value = full ? luma : ((luma - 16) * 255 + 109) / 219;
        stretched[luma] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
    }
    for (int y = 0; y < frame->height; y++) {
        const uint8_t *from = frame->data[0] + (ptrdiff_t)y * frame->linesize[0];
        uint8_t *to = image->pixels + (size_t)y * (size_t)image->width;
        if (full)
            memcpy(to, from, (size_t)image->width);
        else
            for (int x = 0; x < image->width; x++)
                to[x] = stretched[from[x]];
    }
}

/* FFmpeg's scaler does the rest of the formats; it also knows how RGB is made of this frame's luma.
 */
static int scale(struct SwsContext **context, const AVFrame *frame, enum AVPixelFormat format,
                 Image *image, Error *error) {
    *context = sws_getCachedContext(
        *context, frame->width, frame->height, frame->format, image->width, image->height, format,
        SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, NULL, NULL, NULL);
    if (!*context) {
        const char *name = av_get_pix_fmt_name(frame->format);
        return error_set(error, "cannot convert pixels of the format %s", name ? name : "unknown");
    }
    int *inverse, *table, from_full, to_full, brightness, contrast, saturation;
    if (sws_getColorspaceDetails(*context, &inverse, &from_full, &table, &to_full, &brightness,
                                 &contrast, &saturation) >= 0)
        sws_setColorspaceDetails(*context, sws_getCoefficients((int)frame->colorspace),
                                 is_full_range(frame), table, 1, brightness, contrast, saturation);
    uint8_t *planes[4] = {image->pixels};
    int strides[4] = {image->width * image->channels};
    int rows = sws_scale(*context, (const uint8_t *const *)frame->data, frame->linesize, 0,
                         frame->height, planes, strides);
    return rows == image->height ? 0 : error_set(error, "cannot convert a frame's pixels");
}

int ffmpeg_orientation(const int32_t *display_matrix) {
    const int32_t *matrix = display_matrix; /* rows of three: (x, y) becomes (x, y, 1) times it */
    return matrix ? orientation_from_matrix(matrix[0], matrix[1], matrix[3], matrix[4]) : 0;
}

/* Sides with square pixels. Files that claim pixels of an absurd shape are not believed. */
static void square_sides(const FfmpegConverter *converter, const AVFrame *frame, int *width,
                         int *height) {
    const double most = 4;
    double aspect = converter->aspect;
    *width = frame->width;
    *height = frame->height;
    if (aspect > 1 && aspect <= most)
        *width = (int)lrint(frame->width * aspect);
    else if (aspect < 1 && aspect >= 1 / most)
        *height = (int)lrint(frame->height / aspect);
}

static int convert_unturned(FfmpegConverter *converter, const AVFrame *frame,
                            ImageChannels channels, Image *image, Error *error) {
    int width, height;
    square_sides(converter, frame, &width, &height);
    if (image_fit(image, width, height, channels, error))
        return -1;
    if (is_transparent(frame)) {
        Image *layer = &converter->layer;
        if (image_fit(layer, width, height, IMAGE_RGBA, error) ||
            scale(&converter->to_layer, frame, AV_PIX_FMT_RGBA, layer, error))
            return -1;
        image_flatten(layer, image);
        return 0;
    }
    if (channels == IMAGE_GREY && has_luma_plane(frame) && width == frame->width &&
        height == frame->height) {
        copy_luma(frame, image);
        return 0;
    }
    if (channels == IMAGE_GREY)
        return scale(&converter->to_grey, frame, AV_PIX_FMT_GRAY8, image, error);
    return scale(&converter->to_colour, frame, AV_PIX_FMT_RGB24, image, error);
}

int ffmpeg_convert(FfmpegConverter *converter, const AVFrame *frame, ImageChannels channels,
                   Image *image, Error *error) {
    const AVFrameSideData *own = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
    int orientation =
        own ? ffmpeg_orientation((const int32_t *)(const void *)own->data) : converter->orientation;
    if (orientation <= 1)
        return convert_unturned(converter, frame, channels, image, error);
    if (convert_unturned(converter, frame, channels, &converter->unturned, error))
        return -1;
    return orientation_apply(orientation, &converter->unturned, image, error);
}

AVCodecContext *ffmpeg_open_decoder(const AVStream *stream, int threads, Error *error) {
    FfmpegReason reason;
    const AVCodec *codec = avcodec_find_decoder(stream->codecpar->codec_id);
    if (!codec) {
        error_set(error, "there is no decoder for %s",
                  avcodec_get_name(stream->codecpar->codec_id));
        return NULL;
    }
    AVCodecContext *decoder = avcodec_alloc_context3(codec);
    int code = decoder ? avcodec_parameters_to_context(decoder, stream->codecpar) : AVERROR(ENOMEM);
    if (code >= 0) {
        decoder->max_pixels = IMAGE_MOST_PIXELS;
        decoder->thread_count = threads;
        decoder->pkt_timebase = stream->time_base;
        code = avcodec_open2(decoder, codec, NULL);
    }
    if (code < 0) {
        error_set(error, "cannot decode %s: %s", codec->name, ffmpeg_reason(code, &reason));
        avcodec_free_context(&decoder);
    }
    return decoder;
}

/* FFmpeg's decoders leave the orientation in a PNG or WebP unread. The packet is the whole file. */
static void note_orientation(AVPacket *packet, enum AVCodecID codec) {
    /* Rows as in ffmpeg_orientation, by Exif's number. */
    static const int8_t turns[9][4] = {{0},           {0},          {-1, 0, 0, 1}, {-1, 0, 0, -1},
                                       {1, 0, 0, -1}, {0, 1, 1, 0}, {0, 1, -1, 0}, {0, -1, -1, 0},
                                       {0, -1, 1, 0}};
    enum { ONE = 1 << 16, LAST = 1 << 30 };
    bool meant = codec == AV_CODEC_ID_PNG || codec == AV_CODEC_ID_WEBP;
    int orientation = meant ? orientation_of(packet->data, (size_t)packet->size) : 0;
    int32_t *matrix = orientation > 1 ? (int32_t *)(void *)av_packet_new_side_data(
                                            packet, AV_PKT_DATA_DISPLAYMATRIX, 9 * sizeof *matrix)
                                      : NULL;
    if (!matrix)
        return;
    const int8_t *turn = turns[orientation];
    memcpy(
        matrix,
        (int32_t[9]){turn[0] * ONE, turn[1] * ONE, 0, turn[2] * ONE, turn[3] * ONE, 0, 0, 0, LAST},
        9 * sizeof *matrix);
}

int ffmpeg_next_frame(AVFormatContext *file, int stream, AVCodecContext *decoder, AVPacket *packet,
                      AVFrame *frame, long *damaged, bool *waiting, Error *error) {
    FfmpegReason reason;
    for (;;) {
        av_frame_unref(frame);
        int code = avcodec_receive_frame(decoder, frame);
        if (code >= 0 && frame->width > 0 && frame->height > 0) {
            *damaged += frame->decode_error_flags || frame->flags & AV_FRAME_FLAG_CORRUPT;
            return 1;
        }
        if (code == AVERROR_EOF)
            return 0;
        if (code >= 0 || code != AVERROR(EAGAIN)) {
            ++*damaged;
            if (code == AVERROR(ENOMEM))
                return error_set(error, "%s", ffmpeg_reason(code, &reason));
        }
        code = av_read_frame(file, packet);
        if (code == AVERROR(EAGAIN) && waiting) {
            *waiting = true;
            return 0;
        }
        if (code == AVERROR_EXIT)
            return error_set(error, "stopped");
        if (code < 0 && code != AVERROR_EOF && waiting)
            return error_set(error, "%s", ffmpeg_reason(code, &reason));
        if (code < 0) { /* nothing more can be read: what is being decoded comes out */
            if (code != AVERROR_EOF)
                ++*damaged;
            code = avcodec_send_packet(decoder, NULL);
            if (code < 0 && code != AVERROR_EOF)
                return error_set(error, "%s", ffmpeg_reason(code, &reason));
            continue;
        }
        if (packet->stream_index == stream) {
            bool cut = packet->flags & AV_PKT_FLAG_CORRUPT;
            note_orientation(packet, decoder->codec_id);
            *damaged += (avcodec_send_packet(decoder, packet) < 0) | cut;
        }
        av_packet_unref(packet);
    }
}

#endif
