#include "datasets/music_features.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Notes that begin together. */
typedef struct Onset {
    int first, count; /* of the sorted notes */
} Onset;

typedef struct Notes {
    const SongNote **note; /* pitched ones, by onset and pitch */
    int count;
    Onset *onsets;
    int n_onsets;
    int tonic;
    bool minor;
    double seconds; /* from the first onset to the last release */
    double *values; /* (count) scratch */
    float *next;    /* where the next feature goes */
} Notes;

static int collect(Notes *notes, const Song *song, Error *error) {
    size_t room = (size_t)song->n_notes + 1;
    notes->note = malloc(room * sizeof *notes->note);
    notes->onsets = malloc(room * sizeof *notes->onsets);
    notes->values = malloc(room * sizeof *notes->values);
    if (!notes->note || !notes->onsets || !notes->values)
        return error_memory(error, "the features of a piece", room * sizeof *notes->onsets);
    double end = 0;
    for (int i = 0; i < song->n_notes; i++) {
        const SongNote *note = &song->notes[i];
        if (note->drum)
            continue;
        int n = notes->count++;
        notes->note[n] = note;
        end = fmax(end, note->sound_end);
        if (!n || note->onset != notes->note[n - 1]->onset)
            notes->onsets[notes->n_onsets++] = (Onset){.first = n};
        notes->onsets[notes->n_onsets - 1].count++;
    }
    if (!notes->count)
        return error_set(error, "a piece without pitched notes has no features");
    SongKey key = song_estimate_key(song);
    notes->tonic = key.tonic;
    notes->minor = key.minor;
    notes->seconds = fmax(end - notes->note[0]->start, 0.1);
    return 0;
}

static void put(Notes *notes, double feature) {
    *notes->next++ = (float)feature;
}

static double length_of(const SongNote *note) {
    return note->sound_end - note->start;
}

/* The degree of the chromatic scale, 0 = the tonic. */
static int degree_of(const Notes *notes, int pitch) {
    return (pitch - notes->tonic + 12) % 12;
}

/* ------------------------------------------------------------------ spreads */

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Quantiles, mean and deviation of the first n scratch values. */
static void put_spread(Notes *notes, int n) {
    static const double quantiles[] = {0.1, 0.25, 0.5, 0.75, 0.9};
    double *values = notes->values, sum = 0, squares = 0;
    if (!n)
        values[n++] = 0;
    qsort(values, (size_t)n, sizeof *values, compare);
    for (int i = 0; i < 5; i++)
        put(notes, values[(int)lround(quantiles[i] * (n - 1))]);
    for (int i = 0; i < n; i++)
        sum += values[i];
    for (int i = 0; i < n; i++)
        squares += (values[i] - sum / n) * (values[i] - sum / n);
    put(notes, sum / n);
    put(notes, sqrt(squares / n));
}

static void put_spreads(Notes *notes) {
    const double shortest = 0.02; /* seconds, before the logarithm */
    for (int i = 0; i < notes->count; i++)
        notes->values[i] = notes->note[i]->pitch;
    put_spread(notes, notes->count);
    for (int i = 0; i < notes->count; i++)
        notes->values[i] = log(fmax(length_of(notes->note[i]), shortest));
    put_spread(notes, notes->count);
    for (int i = 0; i < notes->count; i++)
        notes->values[i] = notes->note[i]->velocity;
    put_spread(notes, notes->count);
    for (int i = 0; i + 1 < notes->n_onsets; i++) {
        double step = notes->note[notes->onsets[i + 1].first]->start -
                      notes->note[notes->onsets[i].first]->start;
        notes->values[i] = log(fmax(step, shortest));
    }
    put_spread(notes, notes->n_onsets - 1);
    for (int i = 0; i < notes->n_onsets; i++)
        notes->values[i] = notes->onsets[i].count;
    put_spread(notes, notes->n_onsets);
}

/* ------------------------------------------------------------------ histograms */

/* Square roots of the shares: small ones count for more than in the shares themselves. */
static void put_histogram(Notes *notes, const double *counts, int n) {
    double total = 0;
    for (int i = 0; i < n; i++)
        total += counts[i];
    for (int i = 0; i < n; i++)
        put(notes, total > 0 ? sqrt(counts[i] / total) : 0);
}

static void put_degrees(Notes *notes) {
    const int low = 55; /* G3: below lies the bass */
    double sounding[12] = {0}, counted[12] = {0}, lowest[12] = {0}, bass[12] = {0};
    for (int i = 0; i < notes->count; i++) {
        const SongNote *note = notes->note[i];
        int degree = degree_of(notes, note->pitch);
        sounding[degree] += length_of(note);
        counted[degree]++;
    }
    for (int i = 0; i < notes->n_onsets; i++) {
        int pitch = notes->note[notes->onsets[i].first]->pitch, degree = degree_of(notes, pitch);
        lowest[degree]++;
        bass[degree] += pitch < low;
    }
    put_histogram(notes, sounding, 12);
    put_histogram(notes, counted, 12);
    put_histogram(notes, lowest, 12);
    put_histogram(notes, bass, 12);
}

/* Steps of the highest voice (13 and more together) and the intervals that sound as one. */
static void put_intervals(Notes *notes) {
    double melodic[14] = {0}, harmonic[12] = {0};
    int before = -1;
    for (int i = 0; i < notes->n_onsets; i++) {
        const SongNote *const *chord = notes->note + notes->onsets[i].first;
        int count = notes->onsets[i].count, top = chord[count - 1]->pitch;
        if (before >= 0)
            melodic[abs(top - before) < 13 ? abs(top - before) : 13]++;
        before = top;
        for (int a = 0; a < count; a++)
            for (int b = a + 1; b < count; b++)
                harmonic[(chord[b]->pitch - chord[a]->pitch) % 12]++;
    }
    put_histogram(notes, melodic, 14);
    put_histogram(notes, harmonic, 12);
}

/* Twelve major and twelve minor triads by degree: in each half second, the one whose notes sound
 * most. */
static void put_triads(Notes *notes) {
    const double window = 0.5;
    double triads[24] = {0}, origin = notes->note[0]->start;
    int first = 0;
    for (double from = origin; from < origin + notes->seconds; from += window) {
        double chroma[12] = {0}, best = 0;
        int chosen = -1;
        while (first < notes->count && notes->note[first]->start < from - 10)
            first++; /* longer than 10 seconds nothing is heard */
        for (int i = first; i < notes->count && notes->note[i]->start < from + window; i++) {
            double sounds =
                fmin(notes->note[i]->sound_end, from + window) - fmax(notes->note[i]->start, from);
            if (sounds > 0)
                chroma[degree_of(notes, notes->note[i]->pitch)] += sounds;
        }
        for (int t = 0; t < 24; t++) {
            int root = t % 12, third = t < 12 ? 4 : 3;
            double sum = chroma[root] + chroma[(root + third) % 12] + chroma[(root + 7) % 12];
            if (sum > best) {
                best = sum;
                chosen = t;
            }
        }
        if (chosen >= 0)
            triads[chosen]++;
    }
    put_histogram(notes, triads, 24);
}

/* ------------------------------------------------------------------ all */

static void put_rates(Notes *notes) {
    double sounding = 0, change = 0, entropy = 0, counts[12] = {0};
    for (int i = 0; i < notes->count; i++) {
        sounding += length_of(notes->note[i]);
        counts[notes->note[i]->pitch % 12]++;
        if (i)
            change += abs(notes->note[i]->velocity - notes->note[i - 1]->velocity);
    }
    for (int c = 0; c < 12; c++) {
        double share = counts[c] / notes->count;
        entropy -= share > 0 ? share * log2(share) : 0;
    }
    put(notes, notes->count / notes->seconds);
    put(notes, notes->n_onsets / notes->seconds);
    put(notes, notes->minor);
    put(notes, sounding / notes->seconds);
    put(notes, change / notes->count);
    put(notes, entropy);
}

int music_features(const Song *song, float *features, Error *error) {
    Notes notes = {.next = features};
    int status = collect(&notes, song, error);
    if (!status) {
        put_rates(&notes);
        put_spreads(&notes);
        put_degrees(&notes);
        put_intervals(&notes);
        put_triads(&notes);
    }
    free(notes.note);
    free(notes.onsets);
    free(notes.values);
    return status;
}
