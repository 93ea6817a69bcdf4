#include "datasets/audio/loudness.h"

#include "datasets/media/ffmpeg.h"
#include "nn/base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#if defined HAVE_FFMPEG && defined HAVE_LIBAVFILTER

#    include <libavfilter/avfilter.h>
#    include <libavfilter/buffersink.h>
#    include <libavfilter/buffersrc.h>
#    include <libavutil/channel_layout.h>

enum { BLOCK = 4096 };

typedef struct Filtering {
    AVFilterGraph *graph;
    AVFilterContext *source, *sink;
    AVFrame *in, *out;
    float *samples; /* (room, 2) where what comes out goes, or NULL */
    long room, frames;
    double lufs;
} Filtering;

bool loudness_is_built(void) {
    return true;
}

static int refuse(Error *error, int code) {
    FfmpegReason reason;
    return error_set(error, "FFmpeg's filters fail: %s", ffmpeg_reason(code, &reason));
}

static int build(Filtering *filtering, int rate, const char *filters, Error *error) {
    char format[128];
    snprintf(format, sizeof format,
             "sample_rate=%d:sample_fmt=flt:channel_layout=stereo:time_base=1/%d", rate, rate);
    filtering->graph = avfilter_graph_alloc();
    filtering->in = av_frame_alloc();
    filtering->out = av_frame_alloc();
    AVFilterInOut *inputs = avfilter_inout_alloc(), *outputs = avfilter_inout_alloc();
    int code = AVERROR(ENOMEM);
    if (filtering->graph && filtering->in && filtering->out && inputs && outputs) {
        filtering->graph->nb_threads = 1;
        code = avfilter_graph_create_filter(&filtering->source, avfilter_get_by_name("abuffer"),
                                            "in", format, NULL, filtering->graph);
        if (code >= 0)
            code =
                avfilter_graph_create_filter(&filtering->sink, avfilter_get_by_name("abuffersink"),
                                             "out", NULL, NULL, filtering->graph);
        *outputs =
            (AVFilterInOut){.name = av_strdup("in"), .filter_ctx = filtering->source, .pad_idx = 0};
        *inputs = (AVFilterInOut){.name = av_strdup("out"), .filter_ctx = filtering->sink};
    }
    if (code >= 0)
        code = avfilter_graph_parse_ptr(filtering->graph, filters, &inputs, &outputs, NULL);
    if (code >= 0)
        code = avfilter_graph_config(filtering->graph, NULL);
    avfilter_inout_free(&inputs);
    avfilter_inout_free(&outputs);
    return code < 0 ? refuse(error, code) : 0;
}

/* Takes what comes out. */
static int drain(Filtering *filtering) {
    AVFrame *frame = filtering->out;
    int code;
    while ((code = av_buffersink_get_frame(filtering->sink, frame)) >= 0) {
        const AVDictionaryEntry *entry =
            av_dict_get(frame->metadata, "lavfi.r128.I", NULL, AV_DICT_MATCH_CASE);
        char *end;
        if (entry)
            filtering->lufs = number_read(entry->value, &end);
        long left = filtering->room - filtering->frames,
             count = frame->nb_samples < left ? frame->nb_samples : left;
        if (filtering->samples && count > 0)
            memcpy(filtering->samples + 2 * filtering->frames, frame->data[0],
                   (size_t)count * 2 * sizeof *filtering->samples);
        filtering->frames += count;
        av_frame_unref(frame);
    }
    return code == AVERROR(EAGAIN) || code == AVERROR_EOF ? 0 : code;
}

static int feed(Filtering *filtering, const StereoSound *sound, long from, long count) {
    AVFrame *frame = filtering->in;
    frame->format = AV_SAMPLE_FMT_FLT;
    frame->sample_rate = sound->rate;
    frame->nb_samples = (int)count;
    frame->pts = from;
    frame->ch_layout = (AVChannelLayout)AV_CHANNEL_LAYOUT_STEREO;
    int code = av_frame_get_buffer(frame, 0);
    if (code >= 0) {
        memcpy(frame->data[0], sound->samples + 2 * from,
               (size_t)count * 2 * sizeof *sound->samples);
        code = av_buffersrc_add_frame(filtering->source, frame);
    }
    av_frame_unref(frame);
    return code < 0 ? code : drain(filtering);
}

/* Runs the sound through the filters, the last of which is ebur128; what comes out goes to
 * `samples` (as many as went in), or nowhere. */
static int filter(const StereoSound *sound, const char *filters, float *samples, double *lufs,
                  Error *error) {
    Filtering filtering = {.samples = samples, .room = sound->frames, .lufs = LOUDNESS_QUIETEST};
    ffmpeg_quiet();
    int status = build(&filtering, sound->rate, filters, error), code = 0;
    for (long at = 0; !status && code >= 0 && at < sound->frames; at += BLOCK)
        code = feed(&filtering, sound, at, sound->frames - at < BLOCK ? sound->frames - at : BLOCK);
    if (!status && code >= 0)
        code = av_buffersrc_add_frame(filtering.source, NULL);
    if (!status && code >= 0)
        code = drain(&filtering);
    if (!status && code < 0)
        status = refuse(error, code);
    avfilter_graph_free(&filtering.graph);
    av_frame_free(&filtering.in);
    av_frame_free(&filtering.out);
    *lufs = fmax(filtering.lufs, LOUDNESS_QUIETEST);
    return status;
}

#    define MEASURE "ebur128=metadata=1,aformat=sample_fmts=flt:channel_layouts=stereo"

int loudness_measure(const StereoSound *sound, double *lufs, Error *error) {
    return filter(sound, MEASURE, NULL, lufs, error);
}

int loudness_set(StereoSound *sound, double lufs, Error *error) {
    enum { PASSES = 4 };
    const double near = 0.2;
    double gain = 0, reached;
    size_t bytes = (size_t)sound->frames * 2 * sizeof *sound->samples;
    if (loudness_measure(sound, &reached, error))
        return -1;
    if (reached <= LOUDNESS_QUIETEST)
        return 0;
    float *samples = malloc(bytes + 1);
    if (!samples)
        return error_memory(error, "sound", bytes);
    int status = 0;
    for (int pass = 0; pass < PASSES && !status && (!pass || fabs(lufs - reached) > near); pass++) {
        char filters[256];
        gain += lufs - reached;
        number_format(filters, sizeof filters,
                      "volume=%.3fdB,alimiter=limit=0.84:attack=5:release=60:level=0:latency=1,"
                      "aformat=sample_rates=%d," MEASURE,
                      gain, sound->rate);
        memset(samples, 0, bytes);
        status = filter(sound, filters, samples, &reached, error);
    }
    if (!status)
        memcpy(sound->samples, samples, bytes);
    free(samples);
    return status;
}

#else

bool loudness_is_built(void) {
    return false;
}

static int missing(Error *error) {
    return error_set(error, "this build cannot measure loudness; install libavfilter-dev, "
                            "libavcodec-dev, libavformat-dev and libswscale-dev and build again");
}

int loudness_measure(const StereoSound *sound, double *lufs, Error *error) {
    (void)sound;
    *lufs = LOUDNESS_QUIETEST;
    return missing(error);
}

int loudness_set(StereoSound *sound, double lufs, Error *error) {
    (void)sound, (void)lufs;
    return missing(error);
}

#endif
