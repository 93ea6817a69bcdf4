#include "infer/video/video.h"

#include "datasets/media/ffmpeg.h"
#include "infer/video/stream_input.h"
#include "infer/video/video_end.h"
#include "nn/base/clock.h"
#include "nn/io/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void video_frame_free(VideoFrame *frame) {
    image_free(&frame->grey);
    image_free(&frame->colour);
    *frame = (VideoFrame){0};
}

/* A scheme of letters, then "://"; a file of that name is a file. */
bool video_is_address(const char *source) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t scheme = strspn(source, letters);
    return scheme > 1 && !strncmp(source + scheme, "://", 3) && !file_exists(source);
}

double video_hole(double before, double time) {
    return time > before + VIDEO_LONGEST_WAIT ? time - before : 0;
}

#ifndef HAVE_FFMPEG

Video *video_open(const VideoSettings *settings, Error *error) {
    error_set(error, "%s: " FFMPEG_MISSING, settings->source);
    return NULL;
}

void video_close(Video *video) {
    (void)video;
}

int video_next(Video *video, VideoFrame *frame, Error *error) {
    (void)video, (void)frame;
    return error_set(error, FFMPEG_MISSING);
}

double video_rate(const Video *video) {
    (void)video;
    return 0;
}

long video_damaged(const Video *video) {
    (void)video;
    return 0;
}

double video_missing(const Video *video) {
    (void)video;
    return 0;
}

#else

#    include <libavutil/avstring.h>
#    ifdef HAVE_LIBAVDEVICE
#        include <libavdevice/avdevice.h>
#    endif

/* A camera that gives nothing for so long is lost. */
enum { SILENCE_SECONDS = 5, POLL_MILLISECONDS = 2 };

struct Video {
    char name[512];
    bool camera, colour, ended;
    const atomic_bool *stop; /* or NULL */
    AVIOContext *input;      /* of a pipe, NULL where FFmpeg reads by itself */
    AVFormatContext *file;
    int stream;
    AVCodecContext *decoder;
    AVPacket *packet;
    AVFrame *frame;
    FfmpegConverter converter;
    long index, damaged;
    double first, last; /* seconds: the first frame's own time, and the latest given out */
};

static int is_stopped(void *user) {
    const Video *video = user;
    return video->stop && atomic_load(video->stop);
}

static const AVInputFormat *camera_format(const char *driver, Error *error) {
#    ifdef HAVE_LIBAVDEVICE
    avdevice_register_all();
    const AVInputFormat *format = av_find_input_format(driver ? driver : "v4l2");
    if (!format)
        error_set(error, "this FFmpeg has no camera support (%s)", driver ? driver : "V4L2");
    return format;
#    else
    (void)driver;
    error_set(error, "this build has no camera support; install libavdevice-dev and build again");
    return NULL;
#    endif
}

static AVFormatContext *allocate_file(Video *video) {
    AVFormatContext *file = avformat_alloc_context();
    if (!file)
        return NULL;
    file->interrupt_callback = (AVIOInterruptCB){is_stopped, video};
    file->protocol_whitelist =
        av_strdup("file,pipe"); /* a playlist cannot reach into the network */
    if (video->camera)
        file->flags |= AVFMT_FLAG_NONBLOCK;
    return file;
}

static int open_camera(Video *video, const VideoSettings *settings, Error *error) {
    const AVInputFormat *format = camera_format(settings->driver, error);
    if (!format)
        return -1;
    AVDictionary *options = NULL;
    if (settings->width > 0 && settings->height > 0) {
        char size[32];
        snprintf(size, sizeof size, "%dx%d", settings->width, settings->height);
        av_dict_set(&options, "video_size", size, 0);
    }
    if (settings->rate > 0)
        av_dict_set_int(&options, "framerate", settings->rate, 0);
    video->file = allocate_file(video);
    int code = avformat_open_input(&video->file, settings->source, format, &options);
    av_dict_free(&options);
    if (code == AVERROR(EINVAL)) { /* it cannot do what was asked: then as it likes */
        video->file = allocate_file(video);
        code = avformat_open_input(&video->file, settings->source, format, NULL);
    }
    FfmpegReason reason;
    if (code == AVERROR(EBUSY))
        return error_set(error, "another program is using the camera");
    if (code == AVERROR(ENOENT) || code == AVERROR(ENODEV) || code == AVERROR(ENXIO))
        return error_set(error, "there is no such camera");
    if (code == AVERROR(EACCES))
        return error_set(error,
                         "no permission to use the camera (is this user in the group 'video'?)");
    return code < 0 ? error_set(error, "cannot open the camera: %s", ffmpeg_reason(code, &reason))
                    : 0;
}

static int open_file(Video *video, const VideoSettings *settings, Error *error) {
    FfmpegReason reason;
    if (video_is_address(settings->source))
        return error_set(error,
                         "network streams are not supported; pipe it in, with '-' as the file: "
                         "ffmpeg -i '%s' -f yuv4mpegpipe - | affekt ...",
                         settings->source);
    bool pipe = stream_input_is_meant(settings->source);
    if (pipe && !(video->input = stream_input_open(settings->source, video->stop, error)))
        return -1;
    video->file = allocate_file(video);
    if (video->file)
        video->file->pb = video->input;
    /* "file:" keeps a colon in a name from being read as a protocol. */
    char *url = av_asprintf("file:%s", settings->source);
    int code = avformat_open_input(&video->file, pipe ? NULL : url, NULL, NULL);
    av_free(url);
    if (is_stopped(video))
        return error_set(error, "stopped");
    if (code == AVERROR_INVALIDDATA || code == AVERROR_EOF)
        return error_set(
            error, "neither a picture nor a video that FFmpeg can read; is the file complete?");
    /* What FFmpeg's readers return, EBUSY among them, for sizes and rates out of range. */
    if (code == AVERROR(EBUSY) || code == AVERROR(EINVAL) || code == AVERROR(ERANGE))
        return error_set(error, "its header has a size or rate that no video can have; is the file "
                                "damaged?");
    if (code < 0)
        return error_set(error, "cannot open it: %s", ffmpeg_reason(code, &reason));
    code = avformat_find_stream_info(video->file, NULL);
    return code < 0 ? error_set(error, "no video in it: %s", ffmpeg_reason(code, &reason)) : 0;
}

static int open_decoder(Video *video, Error *error) {
    video->stream = av_find_best_stream(video->file, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
    if (video->stream < 0)
        return error_set(error, "there is no video in it");
    for (unsigned i = 0; i < video->file->nb_streams; i++)
        if ((int)i != video->stream)
            video->file->streams[i]->discard = AVDISCARD_ALL;
    const uint8_t *matrix = av_stream_get_side_data(video->file->streams[video->stream],
                                                    AV_PKT_DATA_DISPLAYMATRIX, NULL);
    video->converter.orientation = ffmpeg_orientation((const int32_t *)(const void *)matrix);
    video->decoder = ffmpeg_open_decoder(video->file->streams[video->stream], 1, error);
    /* A file's damaged JPEG is passed over; a camera's, whose own kind of JPEG it may be, is not.
     */
    if (video->decoder && !video->camera && video->decoder->codec_id == AV_CODEC_ID_MJPEG)
        video->decoder->err_recognition |= AV_EF_EXPLODE;
    video->packet = av_packet_alloc();
    video->frame = av_frame_alloc();
    if (video->decoder && (!video->packet || !video->frame))
        return error_memory(error, "a video's decoder", sizeof *video->frame);
    return video->decoder ? 0 : -1;
}

Video *video_open(const VideoSettings *settings, Error *error) {
    Video *video = calloc(1, sizeof *video);
    if (!video) {
        error_memory(error, "a video", sizeof *video);
        return NULL;
    }
    snprintf(video->name, sizeof video->name, "%s",
             strcmp(settings->source, "-") ? settings->source : "standard input");
    video->camera = settings->camera;
    video->colour = settings->colour;
    video->stop = settings->stop;
    if ((settings->camera ? open_camera : open_file)(video, settings, error) ||
        open_decoder(video, error)) {
        error_context(error, "%s", video->name);
        video_close(video);
        return NULL;
    }
    return video;
}

void video_close(Video *video) {
    if (!video)
        return;
    ffmpeg_converter_free(&video->converter);
    av_frame_free(&video->frame);
    av_packet_free(&video->packet);
    avcodec_free_context(&video->decoder);
    avformat_close_input(&video->file);
    stream_input_close(&video->input);
    free(video);
}

/* Waits for a camera's next frame: as ffmpeg_next_frame, without `waiting`. */
static int next_of_camera(Video *video, Error *error) {
    for (int polls = 0; polls < SILENCE_SECONDS * 1000 / POLL_MILLISECONDS; polls++) {
        bool waiting = false;
        int status = ffmpeg_next_frame(video->file, video->stream, video->decoder, video->packet,
                                       video->frame, &video->damaged, &waiting, error);
        if (!waiting)
            return status == 0 ? error_set(error, "the camera has stopped") : status;
        if (is_stopped(video))
            return error_set(error, "stopped");
        clock_sleep(POLL_MILLISECONDS / 1000.0);
    }
    return error_set(error, "the camera has sent nothing for %d seconds", SILENCE_SECONDS);
}

static double pixel_aspect(Video *video) {
    AVStream *stream = video->file->streams[video->stream];
    AVRational aspect = av_guess_sample_aspect_ratio(video->file, stream, video->frame);
    return aspect.num > 0 && aspect.den > 0 ? av_q2d(aspect) : 1;
}

static double frame_time(Video *video) {
    const AVStream *stream = video->file->streams[video->stream];
    double rate = video_rate(video), step = 1 / (rate > 0 ? rate : 25);
    double time = video->last + (video->index ? step : 0);
    if (video->frame->best_effort_timestamp != AV_NOPTS_VALUE) {
        double own = (double)video->frame->best_effort_timestamp * av_q2d(stream->time_base);
        if (!video->index)
            video->first = own;
        if (own - video->first >= video->last)
            time = own - video->first;
    }
    return video->last = time;
}

int video_next(Video *video, VideoFrame *frame, Error *error) {
    int status = video->camera
                     ? next_of_camera(video, error)
                     : ffmpeg_next_frame(video->file, video->stream, video->decoder, video->packet,
                                         video->frame, &video->damaged, NULL, error);
    if (status == 0 && video->index == 0)
        status = error_set(error, "no frame of it can be decoded%s",
                           video->input && !video->input->seekable
                               ? "; some formats cannot be read from a pipe: name the file"
                               : "");
    if (status == 0 && !video->ended) {
        video->ended = true;
        video->damaged += !video->camera && !video_has_end(video->file, video->decoder);
    }
    if (status > 0)
        video->converter.aspect = pixel_aspect(video);
    if (status > 0 &&
        (ffmpeg_convert(&video->converter, video->frame, IMAGE_GREY, &frame->grey, error) ||
         (video->colour &&
          ffmpeg_convert(&video->converter, video->frame, IMAGE_RGB, &frame->colour, error))))
        status = -1;
    if (status < 0)
        return error_context(error, "%s", video->name);
    if (status > 0) {
        frame->time = frame_time(video);
        frame->index = video->index++;
    }
    return status;
}

double video_rate(const Video *video) {
    const AVStream *stream = video->file->streams[video->stream];
    double rate = av_q2d(stream->avg_frame_rate);
    return rate > 0 && rate < 1000 ? rate : 0;
}

long video_damaged(const Video *video) {
    return video->damaged;
}

/* When the first frame comes on the clock of the file's duration: Matroska's has its own zero,
 * other files' begins with them. */
static double first_in_file(const Video *video) {
    bool own_zero = av_match_name("matroska", video->file->iformat->name);
    return video->first - (own_zero || video->file->start_time == AV_NOPTS_VALUE
                               ? 0
                               : (double)video->file->start_time / AV_TIME_BASE);
}

double video_missing(const Video *video) {
    const AVStream *stream = video->file->streams[video->stream];
    bool own = stream->duration > 0, alone = video->file->nb_streams == 1;
    double told = own                         ? (double)stream->duration * av_q2d(stream->time_base)
                  : video->file->duration > 0 ? (double)video->file->duration / AV_TIME_BASE
                                              : 0;
    double rate = video_rate(video), last = video->last + (own ? 0 : first_in_file(video));
    double missing = told - last - (rate > 0 ? 1 / rate : 0);
    double least = own || alone ? fmax(0.25, 0.02 * told) : fmax(1, 0.1 * told);
    return missing > least ? missing : 0;
}

#endif
