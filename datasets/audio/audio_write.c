#include "datasets/audio/audio_write.h"

#include "datasets/audio/wav_file.h"
#include "datasets/media/ffmpeg.h"
#include "nn/io/file.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAV, FORMATS = 8, CHANNELS = 2, BIT_RATE = 192000 };

const char *const audio_write_formats[FORMATS + 1] = {"wav", "flac", "ogg",  "opus", "mp3",
                                                      "m4a", "aac",  "aiff", NULL};

/* The format's index, or -1. */
static int format_of(const char *path) {
    for (int i = 0; i < FORMATS; i++) {
        char suffix[8];
        snprintf(suffix, sizeof suffix, ".%s", audio_write_formats[i]);
        if (file_has_suffix(path, suffix))
            return i;
    }
    return -1;
}

bool audio_write_is_name(const char *path) {
    return format_of(path) >= 0;
}

/* ------------------------------------------------------------------ WAV */

static int write_wav(const StereoSound *sound, FILE *stream, Error *error) {
    enum { BLOCK = 1024, FRAME = 2 * CHANNELS };
    unsigned char header[WAV_HEADER], bytes[BLOCK * FRAME];
    if ((uint64_t)sound->frames * FRAME > INT32_MAX)
        return error_set(error, "%.0f seconds are too long for a WAV file",
                         (double)sound->frames / sound->rate);
    wav_header(header, sound->rate, (uint32_t)sound->frames * FRAME);
    fwrite(header, 1, sizeof header, stream);
    for (long done = 0; done < sound->frames; done += BLOCK) {
        int frames = sound->frames - done < BLOCK ? (int)(sound->frames - done) : BLOCK;
        wav_samples(sound->samples + done * CHANNELS, frames, bytes);
        fwrite(bytes, FRAME, (size_t)frames, stream);
    }
    return 0;
}

/* ------------------------------------------------------------------ FFmpeg's encoders */

#if defined HAVE_FFMPEG && defined HAVE_LIBSWRESAMPLE

#    include <libavutil/opt.h>
#    include <libswresample/swresample.h>

/* The encoders that a format is written with, the best first, and its container. */
static const struct {
    const char *container, *encoders[3];
    int rate; /* that it must have, 0: any */
} ways[FORMATS] = {
    {"wav", {NULL}, 0},           {"flac", {"flac"}, 0},      {"ogg", {"libvorbis"}, 0},
    {"opus", {"libopus"}, 48000}, {"mp3", {"libmp3lame"}, 0}, {"ipod", {"aac"}, 0},
    {"adts", {"aac"}, 0},         {"aiff", {"pcm_s16be"}, 0},
};

typedef struct Encoding {
    AVFormatContext *file;
    AVCodecContext *encoder;
    AVStream *stream;
    AVPacket *packet;
    AVFrame *frame;
    SwrContext *converter;
    FILE *out;
} Encoding;

static const AVCodec *find_encoder(int format) {
    const AVCodec *codec = NULL;
    for (int i = 0; !codec && i < 3 && ways[format].encoders[i]; i++)
        codec = avcodec_find_encoder_by_name(ways[format].encoders[i]);
    return av_guess_format(ways[format].container, NULL, NULL) ? codec : NULL;
}

static bool can_encode(int format) {
    return format == WAV || find_encoder(format);
}

static int refuse(Error *error, int code) {
    FfmpegReason reason;
    return error_set(error, "cannot encode the sound: %s", ffmpeg_reason(code, &reason));
}

static int write_bytes(void *user, uint8_t *bytes, int size) {
    FILE *stream = user;
    return fwrite(bytes, 1, (size_t)size, stream) == (size_t)size ? size : AVERROR(EIO);
}

static int64_t seek_bytes(void *user, int64_t offset, int whence) {
    FILE *stream = user;
    if (whence & AVSEEK_SIZE || fseek(stream, (long)offset, whence & 3))
        return AVERROR(EIO);
    return ftell(stream);
}

static int open_file(Encoding *encoding, int format, Error *error) {
    enum { BUFFER = 1 << 15 };
    int code = avformat_alloc_output_context2(&encoding->file, NULL, ways[format].container, NULL);
    if (code < 0)
        return refuse(error, code);
    uint8_t *buffer = av_malloc(BUFFER);
    encoding->file->pb =
        buffer ? avio_alloc_context(buffer, BUFFER, 1, encoding->out, NULL, write_bytes, seek_bytes)
               : NULL;
    encoding->stream = avformat_new_stream(encoding->file, NULL);
    encoding->packet = av_packet_alloc();
    encoding->frame = av_frame_alloc();
    if (!encoding->file->pb || !encoding->stream || !encoding->packet || !encoding->frame)
        return error_memory(error, "an encoder", BUFFER);
    encoding->file->flags |= AVFMT_FLAG_BITEXACT | AVFMT_FLAG_CUSTOM_IO;
    return 0;
}

/* Planar floats where the encoder takes them, else what it likes best. */
static enum AVSampleFormat sample_format(const AVCodec *codec) {
    for (int i = 0; codec->sample_fmts[i] != AV_SAMPLE_FMT_NONE; i++)
        if (codec->sample_fmts[i] == AV_SAMPLE_FMT_FLTP)
            return AV_SAMPLE_FMT_FLTP;
    return codec->sample_fmts[0];
}

static int open_encoder(Encoding *encoding, int format, int rate, Error *error) {
    const AVCodec *codec = find_encoder(format);
    AVCodecContext *encoder = encoding->encoder = avcodec_alloc_context3(codec);
    if (!encoder)
        return error_memory(error, "an encoder", sizeof *encoder);
    encoder->sample_fmt = sample_format(codec);
    encoder->sample_rate = ways[format].rate ? ways[format].rate : rate;
    encoder->ch_layout = (AVChannelLayout)AV_CHANNEL_LAYOUT_STEREO;
    encoder->bit_rate = BIT_RATE;
    encoder->time_base = (AVRational){1, encoder->sample_rate};
    encoder->thread_count = 1;
    encoder->flags |= AV_CODEC_FLAG_BITEXACT;
    if (encoding->file->oformat->flags & AVFMT_GLOBALHEADER)
        encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    int code = avcodec_open2(encoder, codec, NULL);
    if (code >= 0)
        code = avcodec_parameters_from_context(encoding->stream->codecpar, encoder);
    encoding->stream->time_base = encoder->time_base;
    AVChannelLayout stereo = AV_CHANNEL_LAYOUT_STEREO;
    if (code >= 0)
        code = swr_alloc_set_opts2(&encoding->converter, &stereo, encoder->sample_fmt,
                                   encoder->sample_rate, &stereo, AV_SAMPLE_FMT_FLT, rate, 0, NULL);
    if (code >= 0)
        code = swr_init(encoding->converter);
    return code < 0 ? refuse(error, code) : 0;
}

/* Sends a frame, or with NULL the end, and writes the packets that are ready. */
static int send(Encoding *encoding, AVFrame *frame) {
    int code = avcodec_send_frame(encoding->encoder, frame);
    while (code >= 0 && (code = avcodec_receive_packet(encoding->encoder, encoding->packet)) >= 0) {
        av_packet_rescale_ts(encoding->packet, encoding->encoder->time_base,
                             encoding->stream->time_base);
        encoding->packet->stream_index = 0;
        code = av_interleaved_write_frame(encoding->file, encoding->packet);
    }
    return code == AVERROR(EAGAIN) || code == AVERROR_EOF ? 0 : code;
}

static int encode_samples(Encoding *encoding, const StereoSound *sound) {
    enum { USUAL = 4096 };
    AVCodecContext *encoder = encoding->encoder;
    AVFrame *frame = encoding->frame;
    int size = encoder->frame_size > 0 ? encoder->frame_size : USUAL, code = 0;
    const uint8_t *in = (const uint8_t *)sound->samples;
    int waiting = (int)sound->frames; /* the converter takes all at once and gives frames */
    for (int64_t written = 0; code >= 0;) {
        frame->format = encoder->sample_fmt;
        frame->sample_rate = encoder->sample_rate;
        frame->ch_layout = encoder->ch_layout;
        frame->nb_samples = size;
        if ((code = av_frame_get_buffer(frame, 0)) < 0)
            break;
        code = swr_convert(encoding->converter, frame->extended_data, size, waiting ? &in : NULL,
                           waiting);
        waiting = 0;
        if (code <= 0)
            break;
        frame->nb_samples = code;
        frame->pts = written;
        written += code;
        code = send(encoding, frame);
        av_frame_unref(frame);
    }
    return code < 0 ? code : send(encoding, NULL);
}

static int write_encoded(const StereoSound *sound, int format, const char *title, FILE *stream,
                         Error *error) {
    Encoding encoding = {.out = stream};
    ffmpeg_quiet();
    int code = 0, status = open_file(&encoding, format, error);
    if (!status)
        status = open_encoder(&encoding, format, sound->rate, error);
    if (!status) {
        if (title)
            av_dict_set(&encoding.file->metadata, "title", title, 0);
        code = avformat_write_header(encoding.file, NULL);
        if (code >= 0)
            code = encode_samples(&encoding, sound);
        if (code >= 0)
            code = av_write_trailer(encoding.file);
        status = code < 0 ? refuse(error, code) : 0;
    }
    swr_free(&encoding.converter);
    av_frame_free(&encoding.frame);
    av_packet_free(&encoding.packet);
    avcodec_free_context(&encoding.encoder);
    if (encoding.file && encoding.file->pb) {
        av_freep(&encoding.file->pb->buffer);
        avio_context_free(&encoding.file->pb);
    }
    avformat_free_context(encoding.file);
    return status;
}

#    define NO_ENCODER "this FFmpeg has no encoder for %s, but writes"

#else

static bool can_encode(int format) {
    return format == WAV;
}

static int write_encoded(const StereoSound *sound, int format, const char *title, FILE *stream,
                         Error *error) {
    (void)sound, (void)format, (void)title, (void)stream;
    return error_set(error, "no encoder");
}

#    define NO_ENCODER                                                                             \
        "%s needs FFmpeg (libavcodec-dev, libavformat-dev, libswresample-dev); this build writes"

#endif

/* ------------------------------------------------------------------ any format */

/* "wav, flac, ogg": those that can be written. */
static void list_formats(char *text, size_t size) {
    size_t used = 0;
    *text = 0;
    for (int i = 0; i < FORMATS && used < size; i++)
        if (can_encode(i))
            used += (size_t)snprintf(text + used, size - used, "%s.%s", used ? ", " : "",
                                     audio_write_formats[i]);
}

int audio_write_check(const char *path, Error *error) {
    char known[128];
    int format = format_of(path);
    if (format >= 0 && can_encode(format))
        return 0;
    list_formats(known, sizeof known);
    if (format < 0)
        return error_set(error, "%s: unknown audio suffix; supported are %s", path, known);
    return error_set(error, NO_ENCODER " %s", audio_write_formats[format], known);
}

static int write_to(const StereoSound *sound, const char *name, const char *title, FILE *stream,
                    Error *error) {
    int format = format_of(name);
    if (audio_write_check(name, error))
        return -1;
    return format == WAV ? write_wav(sound, stream, error)
                         : write_encoded(sound, format, title, stream, error);
}

int audio_write(const StereoSound *sound, const char *path, const char *title, Error *error) {
    FileWriter writer;
    if (file_begin(&writer, path, error))
        return -1;
    if (!write_to(sound, path, title, writer.stream, error))
        return file_commit(&writer, error);
    if (ferror(writer.stream))
        error_errno(error, "cannot write %s", path);
    file_abandon(&writer);
    return -1;
}

/* Reads back what was written into a file without a name. */
static int take_bytes(FILE *stream, unsigned char **bytes, size_t *size, Error *error) {
    long length =
        fflush(stream) || ferror(stream) || fseek(stream, 0, SEEK_END) ? -1 : ftell(stream);
    if (length < 0)
        return error_errno(error, "cannot write a temporary file");
    rewind(stream);
    *size = (size_t)length;
    *bytes = malloc(*size + 1);
    if (!*bytes)
        return error_memory(error, "sound", *size);
    if (fread(*bytes, 1, *size, stream) == *size)
        return 0;
    free(*bytes);
    return error_errno(error, "cannot read a temporary file");
}

int audio_encode(const StereoSound *sound, const char *name, const char *title,
                 unsigned char **bytes, size_t *size, Error *error) {
    FILE *stream = tmpfile(); /* encoders go back to write their heads, which streams in memory do
                                 not take */
    if (!stream)
        return error_errno(error, "cannot make a temporary file");
    int status = write_to(sound, name, title, stream, error);
    if (!status)
        status = take_bytes(stream, bytes, size, error);
    fclose(stream);
    return status;
}
