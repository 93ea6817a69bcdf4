#include "datasets/music/song.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRACKS, TEMPOS, METERS, KEYS, NOTES, MARKERS };

Song *song_create(int ticks_per_quarter) {
    Song *song = calloc(1, sizeof *song);
    if (song) {
        song->format = 1;
        song->ticks_per_quarter = ticks_per_quarter;
    }
    return song;
}

void song_free(Song *song) {
    if (!song)
        return;
    free(song->tracks);
    free(song->tempos);
    free(song->meters);
    free(song->keys);
    free(song->notes);
    free(song->markers);
    free(song);
}

/* Makes room for one more element of `size` bytes after `count`; returns the array, maybe moved. */
static void *grown(void *array, int *room, int count, size_t size, Error *error) {
    if (count < *room)
        return array;
    int more = *room ? *room * 2 : 16;
    void *moved = count < 1 << 28 ? realloc(array, (size_t)more * size) : NULL;
    if (!moved) {
        error_memory(error, "a song", (size_t)more * size);
        return NULL;
    }
    *room = more;
    return moved;
}

#define APPEND(song, array, count, kind, value, error)                                             \
    do {                                                                                           \
        void *moved = grown((song)->array, &(song)->room[kind], (song)->count,                     \
                            sizeof *(song)->array, error);                                         \
        if (!moved)                                                                                \
            return -1;                                                                             \
        (song)->array = moved;                                                                     \
        (song)->array[(song)->count++] = (value);                                                  \
    } while (0)

int song_add_track(Song *song, const char *name, Error *error) {
    SongTrack track = {0};
    snprintf(track.name, sizeof track.name, "%s", name);
    APPEND(song, tracks, n_tracks, TRACKS, track, error);
    return 0;
}

int song_add_tempo(Song *song, uint32_t tick, uint32_t microseconds, Error *error) {
    SongTempo tempo = {.at = {tick, song->n_tempos}, .microseconds = microseconds};
    APPEND(song, tempos, n_tempos, TEMPOS, tempo, error);
    return 0;
}

int song_add_meter(Song *song, uint32_t tick, int numerator, int denominator, Error *error) {
    SongMeter meter = {{tick, song->n_meters}, numerator, denominator};
    APPEND(song, meters, n_meters, METERS, meter, error);
    return 0;
}

int song_add_key(Song *song, uint32_t tick, int tonic, bool minor, Error *error) {
    SongKey key = {{tick, song->n_keys}, tonic, minor};
    APPEND(song, keys, n_keys, KEYS, key, error);
    return 0;
}

static int add_marker(Song *song, uint32_t tick, bool chord, const char *text, Error *error) {
    SongMarker marker = {.at = {tick, song->n_markers}, .chord = chord};
    snprintf(marker.text, sizeof marker.text, "%s", text);
    APPEND(song, markers, n_markers, MARKERS, marker, error);
    return 0;
}

int song_add_marker(Song *song, uint32_t tick, const char *text, Error *error) {
    return add_marker(song, tick, false, text, error);
}

int song_add_chord(Song *song, uint32_t tick, const char *name, Error *error) {
    return add_marker(song, tick, true, name, error);
}

int song_add_note(Song *song, SongNote note, Error *error) {
    note.release = note.release > note.onset ? note.release : note.onset + 1;
    note.sounding = note.sounding > note.release ? note.sounding : note.release;
    note.drum = note.channel == SONG_DRUM_CHANNEL;
    APPEND(song, notes, n_notes, NOTES, note, error);
    return 0;
}

/* ------------------------------------------------------------------ order and time */

static int compare_moments(const void *a, const void *b) {
    const SongMoment *first = a, *second = b;
    if (first->tick != second->tick)
        return first->tick < second->tick ? -1 : 1;
    return (first->order > second->order) - (first->order < second->order);
}

static int compare_notes(const void *a, const void *b) {
    const SongNote *first = a, *second = b;
    if (first->onset != second->onset)
        return first->onset < second->onset ? -1 : 1;
    if (first->pitch != second->pitch)
        return first->pitch < second->pitch ? -1 : 1;
    if (first->release != second->release)
        return first->release < second->release ? -1 : 1;
    if (first->velocity != second->velocity)
        return first->velocity < second->velocity ? -1 : 1;
    return first->track - second->track;
}

/* Sorts by tick; of several changes at one tick the last stays. Returns how many stay. */
static int settle(void *array, int count, size_t size) {
    unsigned char *bytes = array;
    int kept = 0;
    if (count)
        qsort(array, (size_t)count, size, compare_moments);
    for (int i = 0; i < count; i++) {
        unsigned char *change = bytes + (size_t)i * size;
        bool same_tick =
            kept && ((SongMoment *)(change - size))->tick == ((SongMoment *)change)->tick;
        kept += !same_tick;
        memmove(bytes + (size_t)(kept - 1) * size, change, size);
    }
    return kept;
}

/* Drops changes that change nothing and gives each tempo its time. */
static void settle_tempos(Song *song) {
    int kept = 1;
    for (int i = 1; i < song->n_tempos; i++)
        if (song->tempos[i].microseconds != song->tempos[kept - 1].microseconds)
            song->tempos[kept++] = song->tempos[i];
    song->n_tempos = kept;
    double rate = 1e-6 / song->ticks_per_quarter;
    song->tempos[0].seconds = 0;
    for (int i = 1; i < kept; i++) {
        SongTempo *tempo = &song->tempos[i], *before = tempo - 1;
        tempo->seconds =
            before->seconds + (tempo->at.tick - before->at.tick) * rate * before->microseconds;
    }
}

static void settle_meters(Song *song) {
    int kept = 0;
    for (int i = 0; i < song->n_meters; i++) {
        const SongMeter *meter = &song->meters[i], *before = kept ? &song->meters[kept - 1] : NULL;
        if (!before || meter->numerator != before->numerator ||
            meter->denominator != before->denominator)
            song->meters[kept++] = *meter;
    }
    song->n_meters = kept;
}

double song_seconds(const Song *song, double tick) {
    int low = 0, high = song->n_tempos - 1;
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (song->tempos[middle].at.tick <= tick)
            low = middle;
        else
            high = middle - 1;
    }
    const SongTempo *tempo = &song->tempos[low];
    return tempo->seconds +
           (tick - tempo->at.tick) * 1e-6 * tempo->microseconds / song->ticks_per_quarter;
}

double song_ticks(const Song *song, double seconds) {
    int low = 0, high = song->n_tempos - 1;
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (song->tempos[middle].seconds <= seconds)
            low = middle;
        else
            high = middle - 1;
    }
    const SongTempo *tempo = &song->tempos[low];
    return tempo->at.tick +
           (seconds - tempo->seconds) * 1e6 * song->ticks_per_quarter / tempo->microseconds;
}

/* A sound ends at the latest where the same key is struck again; of notes that begin at once, all
 * do. */
static void cut_struck_again(Song *song) {
    typedef struct Strikes {
        uint32_t next,
            later; /* of the notes after this one: the first onset, and the one after that */
    } Strikes;
    Strikes keys[16][128];
    for (int i = 0; i < 16 * 128; i++)
        keys[i / 128][i % 128] = (Strikes){UINT32_MAX, UINT32_MAX};
    for (int i = song->n_notes - 1; i >= 0; i--) {
        SongNote *note = &song->notes[i];
        Strikes *key = &keys[note->channel & 15][note->pitch & 127];
        if (note->onset != key->next)
            *key = (Strikes){note->onset, key->next};
        if (note->sounding > key->later)
            note->sounding = key->later > note->release ? key->later : note->release;
    }
}

static int settle_notes(Song *song, Error *error) {
    if (song->n_notes)
        qsort(song->notes, (size_t)song->n_notes, sizeof *song->notes, compare_notes);
    cut_struck_again(song);
    song->ticks = 0;
    for (int i = 0; i < song->n_notes; i++) {
        SongNote *note = &song->notes[i];
        if (note->track >= song->n_tracks)
            return error_set(error, "a note of track %d, the song has %d", note->track,
                             song->n_tracks);
        SongTrack *track = &song->tracks[note->track];
        if (!track->notes++)
            track->program = note->program;
        track->drum_notes += note->drum;
        note->start = song_seconds(song, note->onset);
        note->end = song_seconds(song, note->release);
        note->sound_end = song_seconds(song, note->sounding);
        song->ticks = note->release > song->ticks ? note->release : song->ticks;
    }
    song->seconds = song_seconds(song, song->ticks);
    if (song->seconds > SONG_LONGEST_SECONDS)
        return error_set(error, "%.0f seconds of music, the limit is %d", song->seconds,
                         SONG_LONGEST_SECONDS);
    return 0;
}

int song_finish(Song *song, Error *error) {
    for (int i = 0; i < song->n_tracks; i++)
        song->tracks[i].notes = song->tracks[i].drum_notes = song->tracks[i].program = 0;
    song->n_tempos = settle(song->tempos, song->n_tempos, sizeof *song->tempos);
    if (!song->n_tempos || song->tempos[0].at.tick > 0) {
        if (song_add_tempo(song, 0, SONG_DEFAULT_TEMPO, error))
            return -1;
        song->n_tempos = settle(song->tempos, song->n_tempos, sizeof *song->tempos);
    }
    settle_tempos(song);
    song->n_meters = settle(song->meters, song->n_meters, sizeof *song->meters);
    settle_meters(song);
    song->n_keys = settle(song->keys, song->n_keys, sizeof *song->keys);
    if (song->n_markers)
        qsort(song->markers, (size_t)song->n_markers, sizeof *song->markers, compare_moments);
    return settle_notes(song, error);
}

/* ------------------------------------------------------------------ keys */

const char *song_key_name(int tonic, bool minor) {
    static const char *const names[2][12] = {
        {"C major", "Db major", "D major", "Eb major", "E major", "F major", "F# major", "G major",
         "Ab major", "A major", "Bb major", "B major"},
        {"C minor", "C# minor", "D minor", "Eb minor", "E minor", "F minor", "F# minor", "G minor",
         "G# minor", "A minor", "Bb minor", "B minor"},
    };
    return names[minor][(unsigned)tonic % 12];
}

/* Albrecht and Shanahan, "The use of large corpora to train a new type of key-finding algorithm",
 * Music Perception 31 (2013): how much of a major and a minor piece falls on each scale degree. On
 * the corpora at hand they find the key of 94 % of nottingham (Temperley's profiles 91 %,
 * Krumhansl's 87 %), and of the four tried their modes go best with emopia's valence (r = .49; .35,
 * .42). */
static const double profiles[2][12] = {
    {0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081},
    {0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052},
};

static double correlation(const double weights[12], const double profile[12], int tonic) {
    double mean_weight = 0, mean_profile = 0, product = 0, weight_square = 0, profile_square = 0;
    for (int i = 0; i < 12; i++) {
        mean_weight += weights[i] / 12;
        mean_profile += profile[i] / 12;
    }
    for (int i = 0; i < 12; i++) {
        double w = weights[(tonic + i) % 12] - mean_weight, p = profile[i] - mean_profile;
        product += w * p;
        weight_square += w * w;
        profile_square += p * p;
    }
    return weight_square > 0 ? product / sqrt(weight_square * profile_square) : 0;
}

void song_chroma(const Song *song, double chroma[12]) {
    const double most = 2.0; /* seconds of a note that count */
    memset(chroma, 0, 12 * sizeof *chroma);
    for (int i = 0; i < song->n_notes; i++)
        if (!song->notes[i].drum)
            chroma[song->notes[i].pitch % 12] +=
                fmin(song->notes[i].end - song->notes[i].start, most);
}

void song_key_fits(const double chroma[12], double fits[2][12]) {
    for (int minor = 0; minor < 2; minor++)
        for (int tonic = 0; tonic < 12; tonic++)
            fits[minor][tonic] = correlation(chroma, profiles[minor], tonic);
}

SongKey song_estimate_key(const Song *song) {
    double chroma[12], fits[2][12], best = 0;
    SongKey key = {0};
    song_chroma(song, chroma);
    song_key_fits(chroma, fits);
    for (int minor = 0; minor < 2; minor++)
        for (int tonic = 0; tonic < 12; tonic++)
            if (fits[minor][tonic] > best + 1e-12) {
                best = fits[minor][tonic];
                key.tonic = tonic;
                key.minor = minor;
            }
    return key;
}
