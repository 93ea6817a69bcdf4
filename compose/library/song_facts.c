#include "compose/library/song_facts.h"

#include "datasets/measures/music_measures.h"
#include "datasets/music/midi.h"
#include "nn/base/fnv1a.h"
#include "nn/io/file.h"

#include <math.h>
#include <string.h>

_Static_assert((int)AUDIO_FEATURES <= (int)MUSIC_FEATURES, "features of sound have room");

bool song_is_name(const char *path, MoodSource *kind) {
    *kind = midi_is_name(path) ? MOOD_FROM_NOTES : MOOD_FROM_SOUND;
    return *kind == MOOD_FROM_NOTES || audio_is_name(path);
}

static int read_notes(const char *path, SongFacts *facts, Error *error) {
    Song *song = midi_read(path, error);
    if (!song)
        return -1;
    double measures[MUSIC_MEASURES];
    facts->seconds = song->seconds;
    if (!music_measure(song, measures, NULL) && !music_features(song, facts->features, NULL)) {
        SongKey key = song->n_keys ? song->keys[0] : song_estimate_key(song);
        facts->tempo = (float)measures[MEASURE_TEMPO];
        facts->tonic = key.tonic;
        facts->minor = key.minor;
        facts->n_features = MUSIC_FEATURES;
    }
    song_free(song);
    return 0;
}

static int read_sound(const char *path, SongFacts *facts, Error *error) {
    static const AudioSettings excerpts = AUDIO_EXCERPTS;
    Audio audio;
    if (audio_read(path, &excerpts, &audio, error))
        return -1;
    facts->seconds = audio.seconds;
    facts->tags = audio.tags;
    if (!audio_features(&audio, facts->features, &facts->tonic, NULL)) {
        facts->n_features = AUDIO_FEATURES;
        facts->minor = facts->features[AUDIO_MODE] < 0;
        facts->loudness = facts->features[AUDIO_LOUDNESS];
        facts->tempo = isnan(audio.tags.tempo) ? facts->features[AUDIO_TEMPO] : audio.tags.tempo;
    }
    audio_free(&audio);
    return 0;
}

/* The message without the path that it begins with, which whoever shows it names. */
static const char *without_path(const char *message, const char *path) {
    size_t length = strlen(path);
    return !strncmp(message, path, length) && !strncmp(message + length, ": ", 2)
               ? message + length + 2
               : message;
}

void song_facts_clear(const char *path, SongFacts *facts) {
    memset(facts, 0, sizeof *facts);
    facts->tempo = facts->loudness = facts->tags.tempo = facts->tags.gain = NAN;
    song_is_name(path, &facts->kind);
}

static void end_texts(SongFacts *facts) {
    char *const tags[] = {facts->tags.title, facts->tags.artist,   facts->tags.album,
                          facts->tags.genre, facts->tags.language, facts->tags.mood};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        tags[i][AUDIO_TAG - 1] = 0;
    facts->failure[SONG_FAILURE - 1] = 0;
}

void song_facts_check(const char *path, SongFacts *facts) {
    MoodSource kind;
    unsigned char minor; /* a bool that may hold any byte */
    memcpy(&minor, &facts->minor, 1);
    song_is_name(path, &kind);
    int features = kind == MOOD_FROM_NOTES ? MUSIC_FEATURES : AUDIO_FEATURES;
    end_texts(facts);
    if (facts->kind == kind && minor <= 1 && (!facts->n_features || facts->n_features == features))
        return;
    song_facts_clear(path, facts);
    snprintf(facts->failure, sizeof facts->failure, "its decoder damaged what it had read");
}

void song_facts_read(const char *path, SongFacts *facts) {
    Error error;
    song_facts_clear(path, facts);
    if (facts->kind == MOOD_FROM_NOTES ? read_notes(path, facts, &error)
                                       : read_sound(path, facts, &error))
        snprintf(facts->failure, sizeof facts->failure, "%.*s", SONG_FAILURE - 1,
                 without_path(error.message, path));
}

int song_hash(const char *path, int64_t *hash, Error *error) {
    enum { PART = 65536 };
    unsigned char bytes[PART];
    uint64_t value = FNV1A_START;
    FILE *stream = file_open(path, error);
    if (!stream)
        return -1;
    for (int part = 0; part < 2; part++) {
        size_t got = fread(bytes, 1, PART, stream);
        value = fnv1a(value, bytes, got);
        if (fseek(stream, -PART, SEEK_END) || ftell(stream) < PART)
            break;
    }
    bool failed = ferror(stream);
    fclose(stream);
    memcpy(hash, &value, sizeof *hash);
    return failed ? error_set(error, "%s: cannot be read", path) : 0;
}
