#include "datasets/measures/music_measures.h"

#include <math.h>
#include <stdlib.h>

const char *const music_measure_names[MUSIC_MEASURES] = {
    [MEASURE_PITCHES] = "pitches",
    [MEASURE_PITCH_CLASSES] = "pitch_classes",
    [MEASURE_PITCH_RANGE] = "pitch_range",
    [MEASURE_MEAN_PITCH] = "mean_pitch",
    [MEASURE_INTERVAL] = "interval",
    [MEASURE_NOTE_DENSITY] = "note_density",
    [MEASURE_ONSET_INTERVAL] = "onset_interval",
    [MEASURE_NOTE_LENGTH] = "note_length",
    [MEASURE_VELOCITY] = "velocity",
    [MEASURE_VELOCITY_SPREAD] = "velocity_spread",
    [MEASURE_POLYPHONY] = "polyphony",
    [MEASURE_PITCH_CLASS_ENTROPY] = "pitch_class_entropy",
    [MEASURE_SCALE_CONSISTENCY] = "scale_consistency",
    [MEASURE_GROOVE_CONSISTENCY] = "groove_consistency",
    [MEASURE_EMPTY_BEATS] = "empty_beats",
    [MEASURE_TEMPO] = "tempo",
    [MEASURE_MAJOR] = "major",
};

/* ------------------------------------------------------------------ pitches */

static void measure_pitches(const Song *song, const int *counts, int n, double *values) {
    int classes[12] = {0}, lowest = 127, highest = 0, pitches = 0, used = 0, best = 0;
    double sum = 0, entropy = 0;
    for (int pitch = 0; pitch < 128; pitch++)
        if (counts[pitch]) {
            pitches++;
            classes[pitch % 12] += counts[pitch];
            lowest = pitch < lowest ? pitch : lowest;
            highest = pitch;
            sum += (double)pitch * counts[pitch];
        }
    for (int c = 0; c < 12; c++) {
        double share = (double)classes[c] / n;
        used += classes[c] > 0;
        entropy -= share > 0 ? share * log2(share) : 0;
        static const int major[] = {0, 2, 4, 5, 7, 9, 11}; /* natural minors have the same notes */
        int inside = 0;
        for (int i = 0; i < 7; i++)
            inside += classes[(c + major[i]) % 12];
        best = inside > best ? inside : best;
    }
    values[MEASURE_PITCHES] = pitches;
    values[MEASURE_PITCH_CLASSES] = used;
    values[MEASURE_PITCH_RANGE] = highest - lowest;
    values[MEASURE_MEAN_PITCH] = sum / n;
    values[MEASURE_PITCH_CLASS_ENTROPY] = entropy;
    values[MEASURE_SCALE_CONSISTENCY] = (double)best / n;
    values[MEASURE_MAJOR] = !song_estimate_key(song).minor;
}

/* ------------------------------------------------------------------ notes in their order */

static void measure_notes(const Song *song, int n, double *values) {
    double interval = 0, length = 0, velocity = 0, squares = 0, covered = 0, until = 0;
    double first = 0, last = 0;
    int onsets = 0, pairs = 0, before = -1;
    for (int i = 0; i < song->n_notes; i++) {
        const SongNote *note = &song->notes[i];
        if (note->drum)
            continue;
        if (before >= 0) {
            interval += abs(note->pitch - song->notes[before].pitch);
            pairs++;
        }
        if (before < 0)
            first = note->start;
        if (before < 0 || note->onset != song->notes[before].onset)
            onsets++;
        last = note->start;
        length += note->sound_end - note->start;
        velocity += note->velocity;
        squares += (double)note->velocity * note->velocity;
        covered += fmax(note->sound_end - fmax(note->start, until), 0);
        until = fmax(until, note->sound_end);
        before = i;
    }
    double mean = velocity / n;
    values[MEASURE_INTERVAL] = pairs ? interval / pairs : 0;
    values[MEASURE_NOTE_DENSITY] = n / fmax(until - first, 1e-3);
    values[MEASURE_ONSET_INTERVAL] = onsets > 1 ? (last - first) / (onsets - 1) : 0;
    values[MEASURE_NOTE_LENGTH] = length / n;
    values[MEASURE_VELOCITY] = mean;
    values[MEASURE_VELOCITY_SPREAD] = sqrt(fmax(squares / n - mean * mean, 0));
    values[MEASURE_POLYPHONY] = length / fmax(covered, 1e-3);
}

/* ------------------------------------------------------------------ bars and beats */

enum { PLACES = 16 }; /* of onsets in a bar */

static uint32_t bar_ticks(const Song *song) {
    const SongMeter meter = song->n_meters ? song->meters[0] : (SongMeter){{0}, 4, 4};
    uint32_t ticks = (uint32_t)(4 * song->ticks_per_quarter * meter.numerator / meter.denominator);
    return ticks ? ticks : 1;
}

static int measure_time(const Song *song, double *values, Error *error) {
    uint32_t bar = bar_ticks(song), beat = (uint32_t)song->ticks_per_quarter;
    size_t bars = song->ticks / bar + 1, beats = (song->ticks + beat - 1) / beat;
    uint8_t *onsets = calloc(bars, PLACES), *sounding = calloc(beats + 1, 1);
    if (!onsets || !sounding) {
        free(onsets);
        free(sounding);
        return error_memory(error, "the bars of a piece", bars * PLACES + beats);
    }
    size_t marked = 0; /* no beat from here on is sounding yet */
    for (int i = 0; i < song->n_notes; i++) {
        const SongNote *note = &song->notes[i];
        if (note->drum)
            continue;
        uint32_t inside = note->onset % bar;
        onsets[note->onset / bar * PLACES + (uint64_t)inside * PLACES / bar] = 1;
        size_t b = note->onset / beat > marked ? note->onset / beat : marked;
        for (; b < beats && b * beat < note->sounding; b++)
            sounding[b] = 1;
        marked = b > marked ? b : marked;
    }
    size_t differences = 0, empty = 0;
    for (size_t i = PLACES; i < bars * PLACES; i++)
        differences += onsets[i] != onsets[i - PLACES];
    for (size_t b = 0; b < beats; b++)
        empty += !sounding[b];
    values[MEASURE_GROOVE_CONSISTENCY] =
        bars > 1 ? 1 - (double)differences / (double)((bars - 1) * PLACES) : 1;
    values[MEASURE_EMPTY_BEATS] = beats ? (double)empty / (double)beats : 0;
    bool metric = song->grid != SONG_GRID_PERFORMED && song->n_tempos > 0;
    values[MEASURE_TEMPO] = metric ? 60e6 / song->tempos[0].microseconds : NAN;
    free(onsets);
    free(sounding);
    return 0;
}

int music_measure(const Song *song, double values[MUSIC_MEASURES], Error *error) {
    int counts[128] = {0}, n = 0;
    for (int i = 0; i < song->n_notes; i++)
        if (!song->notes[i].drum) {
            counts[song->notes[i].pitch]++;
            n++;
        }
    if (!n)
        return error_set(error, "a piece without pitched notes cannot be measured");
    measure_pitches(song, counts, n, values);
    measure_notes(song, n, values);
    return measure_time(song, values, error);
}
