#include "compose/sound/audio_stream.h"

#include "compose/sound/sound_format.h"
#include "datasets/media/ffmpeg.h"
#include "nn/io/file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *filter_number(double value, char text[FILTER_NUMBER]) {
    long thousandths = lround(fmin(fabs(value), 1e6) * 1000);
    snprintf(text, FILTER_NUMBER, "%s%ld.%03ld", value < 0 ? "-" : "", thousandths / 1000,
             thousandths % 1000);
    return text;
}

#if defined HAVE_FFMPEG && defined HAVE_LIBAVFILTER

#    include <libavfilter/avfilter.h>
#    include <libavfilter/buffersink.h>
#    include <libavutil/channel_layout.h>

struct AudioStream {
    AVFilterGraph *graph;
    AVFilterContext *sink;
    AVFrame *frame;
    int taken; /* samples of the frame that have been read */
    bool ended;
    char path[4096];
};

static int refuse(const AudioStream *stream, int code, Error *error) {
    FfmpegReason reason;
    return error_set(error, "%s: %s", stream->path, ffmpeg_reason(code, &reason));
}

/* The source takes the path as an option, so that none of its characters is read as part of the
 * graph. */
static int make_ends(AudioStream *stream, AVFilterContext **source, Error *error) {
    const AVFilter *movie = avfilter_get_by_name("amovie"),
                   *end = avfilter_get_by_name("abuffersink");
    stream->graph = avfilter_graph_alloc();
    stream->frame = av_frame_alloc();
    if (!stream->graph || !stream->frame)
        return error_memory(error, "filters", sizeof *stream->frame);
    stream->graph->nb_threads = 1;
    *source = movie ? avfilter_graph_alloc_filter(stream->graph, movie, "in") : NULL;
    stream->sink = end ? avfilter_graph_alloc_filter(stream->graph, end, "out") : NULL;
    if (!*source || !stream->sink)
        return error_set(error, "this FFmpeg lacks the filters that sound is read by");
    AVDictionary *options = NULL;
    /* "file:" keeps a colon in a name from being read as a protocol. */
    av_dict_set(&options, "filename", "file:", 0);
    av_dict_set(&options, "filename", stream->path, AV_DICT_APPEND);
    int code = avfilter_init_dict(*source, &options);
    av_dict_free(&options);
    if (code >= 0)
        code = avfilter_init_str(stream->sink, NULL);
    return code < 0 ? refuse(stream, code, error) : 0;
}

static int build(AudioStream *stream, const char *filters, Error *error) {
    AVFilterContext *source = NULL;
    char text[1024];
    if (make_ends(stream, &source, error))
        return -1;
    snprintf(text, sizeof text,
             "%s%saformat=sample_fmts=flt:sample_rates=%d:channel_layouts=stereo",
             filters ? filters : "", filters ? "," : "", SOUND_RATE);
    AVFilterInOut *inputs = avfilter_inout_alloc(), *outputs = avfilter_inout_alloc();
    int code = AVERROR(ENOMEM);
    if (inputs && outputs) {
        *outputs = (AVFilterInOut){.name = av_strdup("in"), .filter_ctx = source};
        *inputs = (AVFilterInOut){.name = av_strdup("out"), .filter_ctx = stream->sink};
        code = avfilter_graph_parse_ptr(stream->graph, text, &inputs, &outputs, NULL);
    }
    avfilter_inout_free(&inputs);
    avfilter_inout_free(&outputs);
    if (code == AVERROR_FILTER_NOT_FOUND)
        return error_set(error, "this FFmpeg lacks a filter of %s", text);
    if (code >= 0)
        code = avfilter_graph_config(stream->graph, NULL);
    return code < 0 ? refuse(stream, code, error) : 0;
}

AudioStream *audio_stream_open(const char *path, const char *filters, Error *error) {
    FILE *regular = file_open(path, error);
    if (!regular)
        return NULL;
    fclose(regular);
    AudioStream *stream = calloc(1, sizeof *stream);
    if (!stream) {
        error_memory(error, "a song", sizeof *stream);
        return NULL;
    }
    snprintf(stream->path, sizeof stream->path, "%s", path);
    ffmpeg_quiet();
    if (!build(stream, filters, error))
        return stream;
    audio_stream_close(stream);
    return NULL;
}

void audio_stream_close(AudioStream *stream) {
    if (!stream)
        return;
    avfilter_graph_free(&stream->graph);
    av_frame_free(&stream->frame);
    free(stream);
}

/* Makes the frame one that has samples left; false at the end. */
static int next_frame(AudioStream *stream, Error *error) {
    while (!stream->ended && stream->taken >= stream->frame->nb_samples) {
        av_frame_unref(stream->frame);
        stream->taken = 0;
        int code = av_buffersink_get_frame(stream->sink, stream->frame);
        stream->ended = code < 0;
        if (code < 0 && code != AVERROR_EOF)
            return refuse(stream, code, error);
    }
    return 0;
}

int audio_stream_read(AudioStream *stream, float *samples, int frames, Error *error) {
    int done = 0;
    while (done < frames) {
        if (next_frame(stream, error))
            return -1;
        if (stream->ended)
            break;
        int left = stream->frame->nb_samples - stream->taken,
            count = left < frames - done ? left : frames - done;
        memcpy(samples + done * SOUND_CHANNELS,
               (const float *)(const void *)stream->frame->data[0] + stream->taken * SOUND_CHANNELS,
               (size_t)count * SOUND_CHANNELS * sizeof *samples);
        stream->taken += count;
        done += count;
    }
    return done;
}

/* The source's own command: any stream, in FFmpeg's time base, not after the moment. */
void audio_stream_seek(AudioStream *stream, double seconds) {
    char where[64];
    snprintf(where, sizeof where, "-1|%lld|%d", (long long)(seconds * AV_TIME_BASE),
             AVSEEK_FLAG_BACKWARD);
    if (avfilter_graph_send_command(stream->graph, "in", "seek", where, NULL, 0, 0) < 0)
        return;
    av_frame_unref(stream->frame);
    stream->taken = 0;
}

void audio_stream_set(AudioStream *stream, const char *filter, const char *option, double value) {
    char text[FILTER_NUMBER];
    avfilter_graph_send_command(stream->graph, filter, option, filter_number(value, text), NULL, 0,
                                0);
}

#else

struct AudioStream {
    int none;
};

AudioStream *audio_stream_open(const char *path, const char *filters, Error *error) {
    (void)filters;
    error_set(error,
              "%s: this build plays and bends MIDI only; install libavfilter-dev, libavcodec-dev, "
              "libavformat-dev and libswscale-dev and build again",
              path);
    return NULL;
}

void audio_stream_close(AudioStream *stream) {
    (void)stream;
}

int audio_stream_read(AudioStream *stream, float *samples, int frames, Error *error) {
    (void)stream, (void)samples, (void)frames;
    return error_set(error, "this build cannot read audio");
}

void audio_stream_seek(AudioStream *stream, double seconds) {
    (void)stream, (void)seconds;
}

void audio_stream_set(AudioStream *stream, const char *filter, const char *option, double value) {
    (void)stream, (void)filter, (void)option, (void)value;
}

#endif
