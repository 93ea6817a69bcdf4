#include "compose/web/song_file.h"

#include "compose/sound/limiter.h"
#include "compose/sound/song_sound.h"
#include "compose/sound/sound_format.h"
#include "datasets/audio/wav_file.h"
#include "datasets/music/midi.h"
#include "nn/io/file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The status for a part, or for all. */
static int status_of(int part) {
    return part == BYTE_RANGE_PART ? 206 : part == BYTE_RANGE_NONE ? 200 : 416;
}

static WebReply refuse_range(const ByteRange *range) {
    WebReply reply = refuse(416, "the song has no such part (Range)");
    reply.has_range = true;
    reply.range = *range;
    return reply;
}

/* ------------------------------------------------------------------ recordings */

static const char *type_of(const char *path) {
    static const char *const types[][2] = {
        {".mp3", "audio/mpeg"}, {".flac", "audio/flac"}, {".ogg", "audio/ogg"},
        {".oga", "audio/ogg"},  {".opus", "audio/ogg"},  {".m4a", "audio/mp4"},
        {".mp4", "audio/mp4"},  {".aac", "audio/aac"},   {".wav", "audio/wav"},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (file_has_suffix(path, types[i][0]))
            return types[i][1];
    return "application/octet-stream";
}

static WebReply reply_recording(const char *path, const char *range) {
    struct stat facts;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0 || fstat(file, &facts) || !S_ISREG(facts.st_mode) || facts.st_size < 1) {
        if (file >= 0)
            close(file);
        return refuse(404, "the song's file is not there any more");
    }
    WebReply reply = {.type = type_of(path), .from_file = true, .file = file, .has_range = true};
    int part = byte_range_read(range, (uint64_t)facts.st_size, &reply.range);
    reply.status = status_of(part);
    if (part != BYTE_RANGE_OUTSIDE)
        return reply;
    close(file);
    return refuse_range(&reply.range);
}

/* ------------------------------------------------------------------ notes */

enum { FRAME_BYTES = 2 * SOUND_CHANNELS, BLOCK = 1024 };

typedef struct Rendering {
    Song *song;
    SongSound *sound;
    float gain;       /* factor */
    uint64_t at, end; /* bytes of the WAV file: the next one to send, and behind the last */
    unsigned char header[WAV_HEADER], block[BLOCK * FRAME_BYTES];
    size_t used, filled; /* of the block */
} Rendering;

static void end_rendering(void *user) {
    Rendering *rendering = user;
    song_sound_close(rendering->sound);
    song_free(rendering->song);
    free(rendering);
}

/* Renders the next block; after the song's end it is silence. */
static void render(Rendering *rendering) {
    float samples[BLOCK * SOUND_CHANNELS];
    int count = song_sound_read(rendering->sound, samples, BLOCK);
    memset(samples + count * SOUND_CHANNELS, 0,
           (size_t)(BLOCK - count) * SOUND_CHANNELS * sizeof *samples);
    for (int i = 0; i < count * SOUND_CHANNELS; i++)
        samples[i] = limiter_bend(rendering->gain * samples[i]);
    wav_samples(samples, BLOCK, rendering->block);
    rendering->used = 0;
    rendering->filled = sizeof rendering->block;
}

/* What can be sent at once: the rest of the header, or of the block. */
static const unsigned char *ready_bytes(Rendering *rendering, size_t *size) {
    if (rendering->at < WAV_HEADER) {
        *size = (size_t)(WAV_HEADER - rendering->at);
        return rendering->header + rendering->at;
    }
    if (rendering->used == rendering->filled)
        render(rendering);
    *size = rendering->filled - rendering->used;
    return rendering->block + rendering->used;
}

static ssize_t stream_notes(void *user, char *bytes, size_t room) {
    Rendering *rendering = user;
    uint64_t left = rendering->end - rendering->at;
    size_t size;
    if (!left)
        return 0;
    const unsigned char *from = ready_bytes(rendering, &size);
    size = size < room ? size : room;
    size = size < left ? size : (size_t)left;
    memcpy(bytes, from, size);
    if (rendering->at >= WAV_HEADER)
        rendering->used += size;
    rendering->at += size;
    return (ssize_t)size;
}

/* Begins at a byte of the file: in its header, or at a frame, of which what lies before the byte is
 * passed over. */
static void begin_at(Rendering *rendering, const ByteRange *range) {
    rendering->at = range->first;
    rendering->end = range->first + range->size;
    if (rendering->at <= WAV_HEADER)
        return;
    uint64_t sound = rendering->at - WAV_HEADER;
    song_sound_seek(rendering->sound, (double)(sound / FRAME_BYTES) / SOUND_RATE);
    render(rendering);
    rendering->used = sound % FRAME_BYTES;
}

static Rendering *open_rendering(const char *path, const char *soundfont, Error *error) {
    Rendering *rendering = calloc(1, sizeof *rendering);
    if (!rendering) {
        error_memory(error, "a song's sound", sizeof *rendering);
        return NULL;
    }
    if ((rendering->song = midi_read(path, error)) &&
        (rendering->sound = song_sound_open(rendering->song, soundfont, error))) {
        rendering->gain = song_sound_gain(rendering->sound, LIBRARY_LEVEL);
        return rendering;
    }
    end_rendering(rendering);
    return NULL;
}

static WebReply reply_notes(const char *path, const char *soundfont, const char *range) {
    Error error;
    Rendering *rendering = open_rendering(path, soundfont, &error);
    if (!rendering)
        return refuse(404, error.message);
    uint64_t sound = (uint64_t)(song_sound_seconds(rendering->sound) * SOUND_RATE) * FRAME_BYTES;
    WebReply reply = {.type = "audio/wav",
                      .stream = stream_notes,
                      .stream_end = end_rendering,
                      .user = rendering,
                      .has_range = true};
    int part = sound + WAV_HEADER > UINT32_MAX
                   ? BYTE_RANGE_OUTSIDE
                   : byte_range_read(range, sound + WAV_HEADER, &reply.range);
    reply.status = status_of(part);
    reply.size = reply.range.size;
    if (part == BYTE_RANGE_OUTSIDE) {
        end_rendering(rendering);
        return refuse_range(&reply.range);
    }
    wav_header(rendering->header, SOUND_RATE, (uint32_t)sound);
    begin_at(rendering, &reply.range);
    return reply;
}

WebReply song_file_reply(const char *path, MoodSource kind, const char *soundfont,
                         const char *range) {
    return kind == MOOD_FROM_NOTES ? reply_notes(path, soundfont, range)
                                   : reply_recording(path, range);
}
