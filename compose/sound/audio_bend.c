#include "compose/sound/audio_bend.h"

#include "datasets/media/ffmpeg.h"
#include "nn/base/file.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { RATE = 44100 };

AudioBend audio_bend_for(Mood mood, double strength) {
    double valence = strength * (double)mood.valence, arousal = strength * (double)mood.arousal;
    double angry = fmax(-valence, 0) * fmax(arousal, 0),
           sad = fmax(-valence, 0) * fmax(-arousal, 0);
    return (AudioBend){.tempo = exp2(0.3 * arousal + 0.05 * valence),
                       .semitones = 1.5 * arousal + valence,
                       .bass = 4 * angry,
                       .treble = 4 * arousal + 3 * valence,
                       .drive = angry,
                       .echo = 0.5 * sad};
}

AudioBend audio_bend_preset(const char *preset, Emotion emotion) {
    if (strcmp(preset, "seed1"))
        return audio_bend_for(mood_of_emotion(emotion), strcmp(preset, "strong") ? 0.5 : 1);
    Bend row = bend_preset(preset, emotion);
    return (AudioBend){
        .tempo = row.tempo, .semitones = row.semitones, .drive = emotion == EMOTION_ANGRY ? 1 : 0};
}

/* FFmpeg reads numbers with a point, whatever the host's locale, so they are written as integers
 * with a scale. */
static size_t add(char text[AUDIO_BEND_GRAPH], size_t used, const char *option, double value) {
    long thousandths = lround(fabs(value) * 1000);
    int more = snprintf(text + used, AUDIO_BEND_GRAPH - used, "%s%s%ld.%03ld", option,
                        value < 0 ? "-" : "", thousandths / 1000, thousandths % 1000);
    return used + (size_t)more;
}

const char *audio_bend_graph(const AudioBend *bend, char text[AUDIO_BEND_GRAPH]) {
    size_t used = add(text, 0, "rubberband=tempo=", bend->tempo);
    used = add(text, used, ":pitch=", exp2(bend->semitones / 12));
    used = add(text, used, ",bass=g=", bend->bass);
    used = add(text, used, ",treble=g=", bend->treble);
    if (bend->drive > 0.05) {
        used = add(text, used, ",volume=", 1 + 4 * bend->drive);
        used += (size_t)snprintf(text + used, AUDIO_BEND_GRAPH - used, ",asoftclip=type=tanh");
        used = add(text, used, ",volume=", 1 / (1 + 0.7 * bend->drive));
    }
    if (bend->echo > 0.05)
        used = add(text, used, ",aecho=0.8:0.8:90:", bend->echo);
    snprintf(text + used, AUDIO_BEND_GRAPH - used,
             ",alimiter=limit=0.95:level=0,aformat=sample_fmts=s16:sample_rates=%d:"
             "channel_layouts=stereo",
             RATE);
    return text;
}

#if defined HAVE_FFMPEG && defined HAVE_LIBAVFILTER

#    include <libavfilter/avfilter.h>
#    include <libavfilter/buffersink.h>
#    include <libavutil/channel_layout.h>

typedef struct Bending {
    AVFilterGraph *graph;
    AVFilterContext *sink;
    AVFrame *frame;
    FILE *stream;
    uint64_t samples; /* of each channel, written */
} Bending;

static int refuse(Error *error, const char *path, int code) {
    FfmpegReason reason;
    return error_set(error, "%s: %s", path, ffmpeg_reason(code, &reason));
}

/* amovie → the filters → a sink. The path is an option, so that none of its characters is read as
 * part of the graph. */
static int build(Bending *bending, const char *in, const AudioBend *bend, Error *error) {
    AVFilterContext *source = NULL;
    char text[AUDIO_BEND_GRAPH];
    const AVFilter *movie = avfilter_get_by_name("amovie"),
                   *end = avfilter_get_by_name("abuffersink");
    bending->graph = avfilter_graph_alloc();
    bending->frame = av_frame_alloc();
    if (!bending->graph || !bending->frame)
        return error_memory(error, "filters", sizeof *bending->frame);
    if (!movie || !end || !avfilter_get_by_name("rubberband"))
        return error_set(error, "this FFmpeg has no filter rubberband, which bends sound");
    bending->graph->nb_threads = 1;
    source = avfilter_graph_alloc_filter(bending->graph, movie, "in");
    bending->sink = avfilter_graph_alloc_filter(bending->graph, end, "out");
    if (!source || !bending->sink)
        return error_memory(error, "filters", 0);
    AVDictionary *options = NULL;
    av_dict_set(&options, "filename", in, 0);
    int code = avfilter_init_dict(source, &options);
    av_dict_free(&options);
    if (code >= 0)
        code = avfilter_init_str(bending->sink, NULL);
    if (code < 0)
        return refuse(error, in, code);
    AVFilterInOut *inputs = avfilter_inout_alloc(), *outputs = avfilter_inout_alloc();
    if (inputs && outputs) {
        *outputs = (AVFilterInOut){.name = av_strdup("in"), .filter_ctx = source};
        *inputs = (AVFilterInOut){.name = av_strdup("out"), .filter_ctx = bending->sink};
        code = avfilter_graph_parse_ptr(bending->graph, audio_bend_graph(bend, text), &inputs,
                                        &outputs, NULL);
    } else {
        code = AVERROR(ENOMEM);
    }
    avfilter_inout_free(&inputs);
    avfilter_inout_free(&outputs);
    if (code >= 0)
        code = avfilter_graph_config(bending->graph, NULL);
    return code < 0 ? refuse(error, in, code) : 0;
}

static void put(FILE *stream, uint32_t value, int bytes) {
    for (int i = 0; i < bytes; i++)
        fputc((int)(value >> 8 * i & 255), stream);
}

static void write_header(FILE *stream, uint32_t bytes) {
    fwrite("RIFF", 1, 4, stream);
    put(stream, 36 + bytes, 4);
    fwrite("WAVEfmt ", 1, 8, stream);
    put(stream, 16, 4);
    put(stream, 1, 2);
    put(stream, 2, 2);
    put(stream, RATE, 4);
    put(stream, RATE * 4, 4);
    put(stream, 4, 2);
    put(stream, 16, 2);
    fwrite("data", 1, 4, stream);
    put(stream, bytes, 4);
}

static int write_sound(Bending *bending, const char *in, Error *error) {
    /* Three hours, and less than the 4 GiB that a WAV file can say. */
    static const uint64_t most = (uint64_t)3 * 3600 * RATE;
    int code;
    write_header(bending->stream, 0);
    while ((code = av_buffersink_get_frame(bending->sink, bending->frame)) >= 0) {
        const AVFrame *frame = bending->frame;
        fwrite(frame->data[0], 4, (size_t)frame->nb_samples, bending->stream);
        bending->samples += (uint64_t)frame->nb_samples;
        av_frame_unref(bending->frame);
        if (bending->samples > most)
            return error_set(error, "%s: is longer than three hours", in);
    }
    if (code != AVERROR_EOF)
        return refuse(error, in, code);
    if (!bending->samples)
        return error_set(error, "%s: holds no sound", in);
    rewind(bending->stream);
    write_header(bending->stream, (uint32_t)(bending->samples * 4));
    return 0;
}

int audio_bend_file(const char *in, const char *out, const AudioBend *bend, double *seconds,
                    Error *error) {
    Bending bending = {0};
    FileWriter writer;
    FILE *regular = file_open(in, error);
    if (!regular)
        return -1;
    fclose(regular);
    ffmpeg_quiet();
    int status = build(&bending, in, bend, error);
    if (!status && !(status = file_begin(&writer, out, error))) {
        bending.stream = writer.stream;
        status = write_sound(&bending, in, error);
        if (status)
            file_abandon(&writer);
        else
            status = file_commit(&writer, error);
    }
    *seconds = (double)bending.samples / RATE;
    avfilter_graph_free(&bending.graph);
    av_frame_free(&bending.frame);
    return status;
}

#else

int audio_bend_file(const char *in, const char *out, const AudioBend *bend, double *seconds,
                    Error *error) {
    (void)out, (void)bend;
    *seconds = 0;
    return error_set(error,
                     "%s: this build bends MIDI only; install libavfilter-dev, libavcodec-dev, "
                     "libavformat-dev and libswscale-dev and build again",
                     in);
}

#endif
