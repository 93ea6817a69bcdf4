#include "datasets/audio/audio.h"

#include "datasets/media/ffmpeg.h"
#include "nn/base/number.h"
#include "nn/io/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool audio_is_name(const char *path) {
    static const char *const suffixes[] = {".mp3", ".flac", ".ogg", ".oga", ".opus",
                                           ".m4a", ".aac",  ".wav", ".wma", ".aiff"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (file_has_suffix(path, suffixes[i]))
            return true;
    return false;
}

void audio_free(Audio *audio) {
    free(audio->samples);
    audio->samples = NULL;
}

#if defined HAVE_FFMPEG && defined HAVE_LIBSWRESAMPLE

#    include <libavutil/avstring.h>
#    include <libavutil/opt.h>
#    include <libswresample/swresample.h>

typedef struct Reader {
    AVFormatContext *file;
    AVCodecContext *decoder;
    AVPacket *packet;
    AVFrame *frame;
    SwrContext *resampler;
    int stream;
    int in_rate, in_channels, in_format; /* that the resampler is set up for */
    Audio *audio;
    size_t room;
} Reader;

/* ------------------------------------------------------------------ tags */

static void copy_tag(const AVDictionary *tags, const char *name, char text[AUDIO_TAG]) {
    const AVDictionaryEntry *entry = *text ? NULL : av_dict_get(tags, name, NULL, 0);
    if (entry)
        snprintf(text, AUDIO_TAG, "%s", entry->value);
}

static float tag_number(const AVDictionary *tags, const char *name, double low, double high,
                        float before) {
    const AVDictionaryEntry *entry = isnan(before) ? av_dict_get(tags, name, NULL, 0) : NULL;
    char *end = NULL;
    double value = entry ? number_read(entry->value, &end) : NAN;
    if (entry && end == entry->value)
        value = NAN;
    return value >= low && value <= high ? (float)value : before;
}

static void take_tags(const AVDictionary *tags, AudioTags *audio) {
    copy_tag(tags, "title", audio->title);
    copy_tag(tags, "artist", audio->artist);
    copy_tag(tags, "album", audio->album);
    copy_tag(tags, "genre", audio->genre);
    copy_tag(tags, "language", audio->language);
    copy_tag(tags, "TLAN", audio->language);
    copy_tag(tags, "MOOD", audio->mood);
    copy_tag(tags, "TMOO", audio->mood);
    audio->tempo = tag_number(tags, "TBPM", 20, 400, audio->tempo);
    audio->tempo = tag_number(tags, "BPM", 20, 400, audio->tempo);
    audio->gain = tag_number(tags, "REPLAYGAIN_TRACK_GAIN", -60, 60, audio->gain);
}

/* ------------------------------------------------------------------ opening */

static int open_input(AVFormatContext **file, const char *path) {
    /* "file:" keeps a colon in a name from being read as a protocol. */
    char *url = av_asprintf("file:%s", path);
    int code = url ? avformat_open_input(file, url, NULL, NULL) : AVERROR(ENOMEM);
    av_free(url);
    return code;
}

static int open_file(Reader *reader, const char *path, Error *error) {
    FfmpegReason reason;
    ffmpeg_quiet();
    int code = open_input(&reader->file, path);
    if (code < 0)
        return error_set(error, "cannot open %s as audio: %s", path, ffmpeg_reason(code, &reason));
    reader->file->max_analyze_duration = 2 * AV_TIME_BASE;
    code = avformat_find_stream_info(reader->file, NULL);
    if (code < 0)
        return error_set(error, "%s: %s", path, ffmpeg_reason(code, &reason));
    const AVCodec *codec = NULL;
    reader->stream = av_find_best_stream(reader->file, AVMEDIA_TYPE_AUDIO, -1, -1, &codec, 0);
    if (reader->stream < 0 || !codec)
        return error_set(error, "%s: contains no audio that FFmpeg can decode", path);
    for (unsigned i = 0; i < reader->file->nb_streams; i++)
        if ((int)i != reader->stream)
            reader->file->streams[i]->discard = AVDISCARD_ALL;
    const AVStream *stream = reader->file->streams[reader->stream];
    reader->decoder = avcodec_alloc_context3(codec);
    reader->packet = av_packet_alloc();
    reader->frame = av_frame_alloc();
    if (!reader->decoder || !reader->packet || !reader->frame)
        return error_memory(error, path, sizeof *reader->decoder);
    code = avcodec_parameters_to_context(reader->decoder, stream->codecpar);
    reader->decoder->pkt_timebase = stream->time_base;
    reader->decoder->thread_count = 1;
    if (code >= 0)
        code = avcodec_open2(reader->decoder, codec, NULL);
    return code < 0 ? error_set(error, "%s: %s", path, ffmpeg_reason(code, &reason)) : 0;
}

static void close_reader(Reader *reader) {
    swr_free(&reader->resampler);
    av_frame_free(&reader->frame);
    av_packet_free(&reader->packet);
    avcodec_free_context(&reader->decoder);
    avformat_close_input(&reader->file);
}

/* Where the packets of the stream end, in seconds, of a file opened anew; 0 when they do not say.
 */
static double end_of_packets(const Reader *reader, const char *path) {
    AVFormatContext *file = NULL;
    double end = 0;
    if (open_input(&file, path) < 0)
        return 0;
    if (avformat_find_stream_info(file, NULL) >= 0 && reader->stream < (int)file->nb_streams) {
        const AVStream *stream = file->streams[reader->stream];
        int64_t start = stream->start_time == AV_NOPTS_VALUE ? 0 : stream->start_time;
        while (av_read_frame(file, reader->packet) >= 0) {
            const AVPacket *packet = reader->packet;
            if (packet->stream_index == reader->stream && packet->pts != AV_NOPTS_VALUE)
                end = fmax(end, (double)(packet->pts + packet->duration - start) *
                                    av_q2d(stream->time_base));
            av_packet_unref(reader->packet);
        }
    }
    avformat_close_input(&file);
    return end;
}

/* A file that does not tell its length, for which FFmpeg has at best a guess from the bit rate of
 * its beginning, is read to its end. */
static double length_of(const Reader *reader, const char *path) {
    const AVStream *stream = reader->file->streams[reader->stream];
    bool guessed = reader->file->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE;
    double told = stream->duration > 0 ? (double)stream->duration * av_q2d(stream->time_base)
                  : reader->file->duration > 0 ? (double)reader->file->duration / AV_TIME_BASE
                                               : 0;
    double read = told > 0 && !guessed ? 0 : end_of_packets(reader, path);
    return read > 0 ? read : told;
}

/* ------------------------------------------------------------------ samples */

static int reserve(Reader *reader, size_t more, Error *error) {
    size_t need = (size_t)reader->audio->count + more;
    if (need <= reader->room)
        return 0;
    size_t room = need + need / 2 + 4096;
    float *samples = realloc(reader->audio->samples, room * sizeof *samples);
    if (!samples)
        return error_memory(error, "samples", room * sizeof *samples);
    reader->audio->samples = samples;
    reader->room = room;
    return 0;
}

/* Mono of the wanted rate; the channels' mean, as `rematrix_maxval` 1 has it. */
static int set_up_resampler(Reader *reader, Error *error) {
    AVFrame *frame = reader->frame;
    if (reader->resampler && reader->in_rate == frame->sample_rate &&
        reader->in_format == frame->format && reader->in_channels == frame->ch_layout.nb_channels)
        return 0;
    AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO, layout = {0};
    av_channel_layout_default(&layout, frame->ch_layout.nb_channels);
    AVChannelLayout *from =
        frame->ch_layout.order == AV_CHANNEL_ORDER_UNSPEC ? &layout : &frame->ch_layout;
    swr_free(&reader->resampler);
    int code =
        swr_alloc_set_opts2(&reader->resampler, &mono, AV_SAMPLE_FMT_FLT, reader->audio->rate, from,
                            frame->format, frame->sample_rate, 0, NULL);
    if (code >= 0)
        code = av_opt_set_double(reader->resampler, "rematrix_maxval", 1, 0);
    if (code >= 0)
        code = swr_init(reader->resampler);
    reader->in_rate = frame->sample_rate;
    reader->in_format = frame->format;
    reader->in_channels = frame->ch_layout.nb_channels;
    av_channel_layout_uninit(&layout);
    FfmpegReason reason;
    return code < 0 ? error_set(error, "cannot convert the sound: %s", ffmpeg_reason(code, &reason))
                    : 0;
}

/* Converts the frame, or with NULL what the resampler still holds. */
static int convert(Reader *reader, const AVFrame *frame, Error *error) {
    if (!reader->resampler && !frame)
        return 0;
    if (frame && set_up_resampler(reader, error))
        return -1;
    int most = swr_get_out_samples(reader->resampler, frame ? frame->nb_samples : 0);
    if (most <= 0 || reserve(reader, (size_t)most, error))
        return most <= 0 ? 0 : -1;
    uint8_t *out = (uint8_t *)(reader->audio->samples + reader->audio->count);
    int got = swr_convert(reader->resampler, &out, most,
                          frame ? (const uint8_t **)frame->extended_data : NULL,
                          frame ? frame->nb_samples : 0);
    if (got > 0)
        reader->audio->count += got;
    return 0;
}

/* Decodes the next packet of the stream into the samples: 1, 0 at the end, -1. */
static int decode_packet(Reader *reader, Error *error) {
    int code = av_read_frame(reader->file, reader->packet);
    bool end = code < 0;
    if (!end && reader->packet->stream_index != reader->stream) {
        av_packet_unref(reader->packet);
        return 1;
    }
    avcodec_send_packet(reader->decoder, end ? NULL : reader->packet);
    av_packet_unref(reader->packet);
    int status = 0;
    while (!status && avcodec_receive_frame(reader->decoder, reader->frame) >= 0) {
        if (reader->frame->sample_rate > 0 && reader->frame->ch_layout.nb_channels > 0)
            status = convert(reader, reader->frame, error);
        av_frame_unref(reader->frame);
    }
    if (status)
        return -1;
    return end ? convert(reader, NULL, error) : 1;
}

/* Decodes up to `seconds` from where the file stands, as another segment. */
static int read_segment(Reader *reader, double seconds, Error *error) {
    Audio *audio = reader->audio;
    int start = audio->count, status = 1;
    double limit = fmin(seconds * audio->rate, 1e9);
    while (status == 1 && audio->count - start < (int)limit)
        status = decode_packet(reader, error);
    if (status < 0)
        return -1;
    if (audio->count - start > (int)limit)
        audio->count = start + (int)limit;
    if (audio->count > start)
        audio->segments[audio->n_segments++] = start;
    return 0;
}

static int seek(Reader *reader, double seconds) {
    const AVStream *stream = reader->file->streams[reader->stream];
    int64_t start = stream->start_time == AV_NOPTS_VALUE ? 0 : stream->start_time;
    int64_t at = start + (int64_t)(seconds / av_q2d(stream->time_base));
    if (av_seek_frame(reader->file, reader->stream, at, AVSEEK_FLAG_BACKWARD) < 0)
        return -1;
    avcodec_flush_buffers(reader->decoder);
    swr_free(&reader->resampler);
    return 0;
}

static int read_samples(Reader *reader, const AudioSettings *settings, Error *error) {
    double length = reader->audio->seconds;
    int excerpts = settings->excerpts < AUDIO_SEGMENTS ? settings->excerpts : AUDIO_SEGMENTS;
    double gap = length - excerpts * settings->excerpt_seconds;
    if (!excerpts || gap <= 0)
        return read_segment(reader,
                            excerpts ? fmax(excerpts * settings->excerpt_seconds, length)
                                     : settings->longest_seconds,
                            error);
    for (int i = 0; i < excerpts; i++) {
        double from = i * settings->excerpt_seconds + gap * (i + 0.5) / excerpts;
        if (seek(reader, from) && i)
            break;
        if (read_segment(reader, settings->excerpt_seconds, error))
            return -1;
    }
    return 0;
}

int audio_read(const char *path, const AudioSettings *settings, Audio *audio, Error *error) {
    *audio = (Audio){.rate = settings->rate, .tags = {.tempo = NAN, .gain = NAN}};
    Reader reader = {.audio = audio};
    FILE *regular = file_open(path, error);
    if (!regular)
        return -1;
    fclose(regular);
    int status = open_file(&reader, path, error);
    if (!status) {
        take_tags(reader.file->metadata, &audio->tags);
        take_tags(reader.file->streams[reader.stream]->metadata, &audio->tags);
        audio->seconds = length_of(&reader, path);
        status = read_samples(&reader, settings, error);
    }
    if (!status && !audio->count)
        status = error_set(error, "%s: no sound could be decoded", path);
    audio->seconds =
        fmax(audio->seconds, audio->n_segments == 1 ? (double)audio->count / audio->rate : 0);
    close_reader(&reader);
    if (status)
        audio_free(audio);
    return status;
}

#else

int audio_read(const char *path, const AudioSettings *settings, Audio *audio, Error *error) {
    (void)settings;
    *audio = (Audio){0};
    return error_set(error,
                     "%s: this build cannot read audio; install libavcodec-dev, libavformat-dev, "
                     "libswscale-dev and libswresample-dev and build again",
                     path);
}

#endif
