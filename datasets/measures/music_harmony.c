#include "datasets/measures/music_harmony.h"

#include <math.h>
#include <stdlib.h>

/* Longer than so many seconds no note of a piano is heard. */
static const double longest_sound = 10;

/* What sounds in a second. */
typedef struct Second {
    double chroma[12]; /* seconds of each pitch class */
    int lowest;        /* pitch */
} Second;

typedef struct Quality {
    int notes[4], count; /* above the root */
    bool minor;          /* has the minor third */
} Quality;

static const Quality qualities[HARMONY_QUALITIES] = {
    {{0, 4, 7}, 3, false},     {{0, 3, 7}, 3, true},     {{0, 3, 6}, 3, true},
    {{0, 4, 8}, 3, false},     {{0, 5, 7}, 3, false},    {{0, 2, 7}, 3, false},
    {{0, 4, 7, 11}, 4, false}, {{0, 3, 7, 10}, 4, true}, {{0, 4, 7, 10}, 4, false},
    {{0, 3, 6, 10}, 4, true},  {{0, 7}, 2, false},
};
enum { MAJOR_TRIAD, MINOR_TRIAD };

typedef struct Chord {
    int quality, root;
} Chord;

/* ------------------------------------------------------------------ seconds */

static int last_sound(const Song *song, double *first, double *last) {
    int count = 0;
    for (int i = 0; i < song->n_notes; i++) {
        const SongNote *note = &song->notes[i];
        if (note->drum)
            continue;
        if (!count++)
            *first = *last = note->start;
        *last = fmax(*last, fmin(note->sound_end, note->start + longest_sound));
    }
    return count;
}

static void add_note(Second *seconds, const SongNote *note, double origin) {
    double from = note->start - origin;
    double to = fmin(note->sound_end - origin, from + longest_sound);
    for (int s = (int)from; s < to; s++) {
        seconds[s].chroma[note->pitch % 12] += fmin(to, s + 1) - fmax(from, s);
        if (note->pitch < seconds[s].lowest)
            seconds[s].lowest = note->pitch;
    }
}

/* The seconds in which something sounds; sets the count. The caller frees. */
static Second *listen(const Song *song, int *count, Error *error) {
    double first, last;
    if (!last_sound(song, &first, &last)) {
        error_set(error, "a piece without pitched notes has no harmony");
        return NULL;
    }
    int n = (int)(last - first) + 1;
    Second *seconds = calloc((size_t)n, sizeof *seconds);
    if (!seconds) {
        error_memory(error, "the seconds of a piece", (size_t)n * sizeof *seconds);
        return NULL;
    }
    for (int s = 0; s < n; s++)
        seconds[s].lowest = 128;
    for (int i = 0; i < song->n_notes; i++)
        if (!song->notes[i].drum)
            add_note(seconds, &song->notes[i], first);
    *count = 0;
    for (int s = 0; s < n; s++)
        if (seconds[s].lowest < 128)
            seconds[(*count)++] = seconds[s];
    return seconds;
}

/* ------------------------------------------------------------------ keys */

static double greatest(const double fits[12]) {
    double best = fits[0];
    for (int i = 1; i < 12; i++)
        best = fmax(best, fits[i]);
    return best;
}

static void tell_key(const Song *song, MusicHarmony *harmony) {
    double chroma[12], fits[2][12];
    harmony->key = song_estimate_key(song);
    song_chroma(song, chroma);
    song_key_fits(chroma, fits);
    int tonic = harmony->key.tonic, home = harmony->key.minor ? (tonic + 3) % 12 : tonic;
    harmony->home = home;
    harmony->major_fit = greatest(fits[0]);
    harmony->minor_fit = greatest(fits[1]);
    harmony->mode = harmony->major_fit - harmony->minor_fit;
    harmony->mode_at_home = fits[0][home] - fits[1][(home + 9) % 12];
    harmony->mode_on_tonic = fits[0][tonic] - fits[1][tonic];
}

/* ------------------------------------------------------------------ chords */

static double likeness(const double roots[12], double norm, const Quality *quality, int root) {
    double sum = 0;
    for (int i = 0; i < quality->count; i++)
        sum += roots[(root + quality->notes[i]) % 12];
    return sum / (norm * sqrt(quality->count));
}

/* The chord of a second, and by how much the major triads come nearer than the minor ones. */
static Chord name_chord(const Second *second, double *triad) {
    const double root_in_bass = 0.1;
    double roots[12], squares = 0, best = -1, triads[2] = {0};
    Chord chord = {0};
    for (int c = 0; c < 12; c++) {
        roots[c] = sqrt(second->chroma[c]);
        squares += second->chroma[c];
    }
    for (int q = 0; q < HARMONY_QUALITIES; q++)
        for (int root = 0; root < 12; root++) {
            double like = likeness(roots, sqrt(squares), &qualities[q], root);
            if (q == MAJOR_TRIAD || q == MINOR_TRIAD)
                triads[q] = fmax(triads[q], like);
            like += second->lowest % 12 == root ? root_in_bass : 0;
            if (like > best) {
                best = like;
                chord = (Chord){q, root};
            }
        }
    *triad = triads[MAJOR_TRIAD] - triads[MINOR_TRIAD];
    return chord;
}

static void follow_chords(const Second *seconds, int n, MusicHarmony *harmony) {
    double sum = 0, squares = 0;
    int major = 0, changes = 0;
    Chord before = {0};
    for (int s = 0; s < n; s++) {
        double triad;
        Chord chord = name_chord(&seconds[s], &triad);
        sum += triad;
        squares += triad * triad;
        major += triad > 0;
        harmony->qualities[chord.quality]++;
        if (s && (chord.root != before.root ||
                  qualities[chord.quality].minor != qualities[before.quality].minor)) {
            harmony->motions[(chord.root - before.root + 12) % 12]++;
            changes++;
        }
        before = chord;
    }
    harmony->triad_mean = sum / n;
    harmony->triad_deviation = sqrt(fmax(squares / n - harmony->triad_mean * sum / n, 0));
    harmony->triad_share = (double)major / n;
    harmony->change_rate = (double)changes / n;
    harmony->first_bass = (seconds[0].lowest - harmony->home + 12) % 12;
    harmony->last_bass = (seconds[n - 1].lowest - harmony->home + 12) % 12;
}

int music_harmony(const Song *song, MusicHarmony *harmony, Error *error) {
    int n;
    Second *seconds = listen(song, &n, error);
    if (!seconds)
        return -1;
    *harmony = (MusicHarmony){0};
    tell_key(song, harmony);
    follow_chords(seconds, n, harmony);
    free(seconds);
    return 0;
}
