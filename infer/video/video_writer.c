#include "infer/video/video_writer.h"

#include "datasets/media/ffmpeg.h"
#include "nn/io/file.h"

#include <math.h>
#include <stdlib.h>

#ifndef HAVE_FFMPEG

VideoWriter *video_writer_create(const char *path, int width, int height, double rate,
                                 Error *error) {
    (void)width, (void)height, (void)rate;
    error_set(error, "%s: " FFMPEG_MISSING, path);
    return NULL;
}

int video_writer_add(VideoWriter *writer, const Image *frame, double time, Error *error) {
    (void)writer, (void)frame, (void)time;
    return error_set(error, FFMPEG_MISSING);
}

int video_writer_finish(VideoWriter *writer, Error *error) {
    (void)writer;
    return error_set(error, FFMPEG_MISSING);
}

void video_writer_abandon(VideoWriter *writer) {
    (void)writer;
}

#else

#    include <libavutil/avstring.h>
#    include <libavutil/opt.h>
#    include <libswscale/swscale.h>

/* FFmpeg's quantiser scale: 1 is the best. And the ticks in a second where each frame has a time of
 * its own: whole ones for the usual rates, and no more than MPEG-4 can say. */
enum { QUALITY = 3, TICKS = 60000, MOST_TICKS = 65535 };

struct VideoWriter {
    FileWriter output; /* opened by its name: FFmpeg seeks in it */
    AVFormatContext *file;
    AVCodecContext *encoder;
    struct SwsContext *scaler;
    AVFrame *frame;
    AVPacket *packet;
    int width, height; /* of the frames, as asked for: the file's own may be one less */
    int64_t last;      /* time of the last frame, in the encoder's unit */
};

static void free_writer(VideoWriter *writer) {
    sws_freeContext(writer->scaler);
    av_frame_free(&writer->frame);
    av_packet_free(&writer->packet);
    avcodec_free_context(&writer->encoder);
    if (writer->file && writer->file->pb)
        avio_closep(&writer->file->pb);
    avformat_free_context(writer->file);
    free(writer);
}

void video_writer_abandon(VideoWriter *writer) {
    if (!writer)
        return;
    file_abandon(&writer->output);
    free_writer(writer);
}

/* Whether frames may come at any time: in containers that say so and MP4's family, which does not
 * say it, unless the encoder knows certain rates only. */
static bool is_timed(const AVOutputFormat *format, const AVCodec *codec) {
    return !codec->supported_framerates && (format->flags & AVFMT_VARIABLE_FPS ||
                                            av_match_name(format->name, "mp4,mov,ipod,3gp,3g2"));
}

static int open_encoder(VideoWriter *writer, int width, int height, double rate, Error *error) {
    FfmpegReason reason;
    const AVOutputFormat *format = writer->file->oformat;
    const AVCodec *codec = avcodec_find_encoder(format->video_codec);
    if (!codec)
        return error_set(error, "there is no encoder for %s", format->long_name);
    AVCodecContext *encoder = writer->encoder = avcodec_alloc_context3(codec);
    AVStream *stream = encoder ? avformat_new_stream(writer->file, NULL) : NULL;
    if (!stream)
        return error_memory(error, "an encoder", sizeof *encoder);
    bool raw = codec->id == AV_CODEC_ID_WRAPPED_AVFRAME || codec->id == AV_CODEC_ID_RAWVIDEO;
    encoder->width = raw ? width : width & ~1;
    encoder->height = raw ? height : height & ~1;
    encoder->pix_fmt = AV_PIX_FMT_YUV420P;
    for (const enum AVPixelFormat *own = codec->pix_fmts; own && *own != AV_PIX_FMT_NONE; own++)
        if (own == codec->pix_fmts || *own == AV_PIX_FMT_YUV420P)
            encoder->pix_fmt = *own;
    encoder->framerate = av_d2q(rate, MOST_TICKS);
    encoder->time_base =
        is_timed(format, codec) ? (AVRational){1, TICKS} : av_inv_q(encoder->framerate);
    encoder->flags |= AV_CODEC_FLAG_QSCALE;
    encoder->global_quality = FF_QP2LAMBDA * QUALITY;
    encoder->thread_count = 1;
    if (format->flags & AVFMT_GLOBALHEADER)
        encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    int code = avcodec_open2(encoder, codec, NULL);
    if (code >= 0)
        code = avcodec_parameters_from_context(stream->codecpar, encoder);
    stream->time_base = encoder->time_base;
    stream->avg_frame_rate = encoder->framerate;
    return code < 0 ? error_set(error, "%s of %d×%d: %s", codec->name, width, height,
                                ffmpeg_reason(code, &reason))
                    : 0;
}

static int open_file(VideoWriter *writer, const char *path, Error *error) {
    FfmpegReason reason;
    if (file_begin(&writer->output, path, error))
        return -1;
    int code = avio_open(&writer->file->pb, writer->output.name, AVIO_FLAG_WRITE);
    if (code >= 0)
        code = avformat_write_header(writer->file, NULL);
    writer->frame = av_frame_alloc();
    writer->packet = av_packet_alloc();
    if (code >= 0 && writer->frame && writer->packet) {
        writer->frame->format = writer->encoder->pix_fmt;
        writer->frame->width = writer->encoder->width;
        writer->frame->height = writer->encoder->height;
        code = av_frame_get_buffer(writer->frame, 0);
    } else if (code >= 0) {
        code = AVERROR(ENOMEM);
    }
    return code < 0 ? error_set(error, "cannot write %s: %s", path, ffmpeg_reason(code, &reason))
                    : 0;
}

VideoWriter *video_writer_create(const char *path, int width, int height, double rate,
                                 Error *error) {
    VideoWriter *writer = calloc(1, sizeof *writer);
    if (!writer) {
        error_memory(error, "a video writer", sizeof *writer);
        return NULL;
    }
    *writer = (VideoWriter){.width = width, .height = height, .last = -1};
    avformat_alloc_output_context2(&writer->file, NULL, NULL, path);
    int status;
    /* Formats that name their files themselves, such as pictures, are no video in one file. */
    if (!writer->file || writer->file->oformat->video_codec == AV_CODEC_ID_NONE ||
        writer->file->oformat->flags & AVFMT_NOFILE)
        status =
            error_set(error, "%s: unknown video format (.mp4, .mkv, .avi, .webm, .y4m …)", path);
    else if (open_encoder(writer, width, height, rate > 0 ? rate : 25, error))
        status = error_context(error, "%s", path);
    else
        status = open_file(writer, path, error);
    if (status) {
        video_writer_abandon(writer);
        return NULL;
    }
    return writer;
}

/* Encodes the frame (NULL: what is left over) and writes what comes out. */
static int encode(VideoWriter *writer, const AVFrame *frame) {
    int code = avcodec_send_frame(writer->encoder, frame);
    while (code >= 0) {
        code = avcodec_receive_packet(writer->encoder, writer->packet);
        if (code == AVERROR(EAGAIN) || code == AVERROR_EOF)
            return 0;
        if (code >= 0) {
            av_packet_rescale_ts(writer->packet, writer->encoder->time_base,
                                 writer->file->streams[0]->time_base);
            writer->packet->stream_index = 0;
            code = av_interleaved_write_frame(writer->file, writer->packet);
        }
    }
    return code;
}

int video_writer_add(VideoWriter *writer, const Image *frame, double time, Error *error) {
    FfmpegReason reason;
    AVFrame *out = writer->frame;
    int width = frame->width == writer->width ? out->width : frame->width;
    int height = frame->height == writer->height ? out->height : frame->height;
    writer->scaler =
        sws_getCachedContext(writer->scaler, width, height, AV_PIX_FMT_RGB24, out->width,
                             out->height, out->format, SWS_BILINEAR, NULL, NULL, NULL);
    if (!writer->scaler)
        return error_set(error, "%s: cannot convert a frame's pixels", writer->output.path);
    int code = av_frame_make_writable(out);
    if (code >= 0) {
        const uint8_t *planes[4] = {frame->pixels};
        int strides[4] = {3 * frame->width};
        sws_scale(writer->scaler, planes, strides, 0, height, out->data, out->linesize);
        int64_t at = llrint(time / av_q2d(writer->encoder->time_base));
        out->pts = writer->last = at > writer->last ? at : writer->last + 1;
        code = encode(writer, out);
    }
    return code < 0 ? error_set(error, "%s: cannot write a frame: %s", writer->output.path,
                                ffmpeg_reason(code, &reason))
                    : 0;
}

int video_writer_finish(VideoWriter *writer, Error *error) {
    FfmpegReason reason;
    int code = encode(writer, NULL);
    if (code >= 0)
        code = av_write_trailer(writer->file);
    if (code >= 0)
        code = avio_closep(&writer->file->pb);
    int status = code < 0 ? error_set(error, "cannot write %s: %s", writer->output.path,
                                      ffmpeg_reason(code, &reason))
                          : file_commit(&writer->output, error);
    video_writer_abandon(writer);
    return status;
}

#endif
