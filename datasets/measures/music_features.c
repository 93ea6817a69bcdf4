#include "datasets/measures/music_features.h"

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
    MusicHarmony harmony;
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
    notes->seconds = fmax(end - notes->note[0]->start, 0.1);
    return music_harmony(song, &notes->harmony, error);
}

static void put(Notes *notes, double feature) {
    *notes->next++ = (float)feature;
}

static const double shortest = 0.02; /* seconds, before a logarithm */
static const double pulse_step = 0.02;

static double length_of(const SongNote *note) {
    return note->sound_end - note->start;
}

/* Seconds from the onset before, i ≥ 1. */
static double step_to(const Notes *notes, int i) {
    const Onset *onset = &notes->onsets[i];
    return fmax(notes->note[onset->first]->start - notes->note[onset[-1].first]->start, shortest);
}

static int highest(const Notes *notes, int i) {
    return notes->note[notes->onsets[i].first + notes->onsets[i].count - 1]->pitch;
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
    for (int i = 0; i < notes->count; i++)
        notes->values[i] = notes->note[i]->pitch;
    put_spread(notes, notes->count);
    for (int i = 0; i < notes->count; i++)
        notes->values[i] = log(fmax(length_of(notes->note[i]), shortest));
    put_spread(notes, notes->count);
    for (int i = 0; i < notes->count; i++)
        notes->values[i] = notes->note[i]->velocity;
    put_spread(notes, notes->count);
    for (int i = 1; i < notes->n_onsets; i++)
        notes->values[i - 1] = log(step_to(notes, i));
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

/* How long each degree of the key sounds, from its tonic up. */
static void put_degrees(Notes *notes) {
    double sounding[12] = {0};
    for (int i = 0; i < notes->count; i++) {
        const SongNote *note = notes->note[i];
        sounding[(note->pitch - notes->harmony.key.tonic + 12) % 12] += length_of(note);
    }
    put_histogram(notes, sounding, 12);
}

/* Steps of the highest voice, 13 and more together. */
static void put_melody(Notes *notes) {
    double steps[14] = {0};
    for (int i = 1; i < notes->n_onsets; i++) {
        int step = abs(highest(notes, i) - highest(notes, i - 1));
        steps[step < 13 ? step : 13]++;
    }
    put_histogram(notes, steps, 14);
}

/* Each time between onsets against the one before it, in half octaves from an eighth to eight times
 * as long. */
static void put_ratios(Notes *notes) {
    double ratios[12] = {0};
    for (int i = 2; i < notes->n_onsets; i++) {
        double ratio = log2(step_to(notes, i) / step_to(notes, i - 1));
        ratios[(int)fmin(fmax(2 * (ratio + 3), 0), 11)]++;
    }
    put_histogram(notes, ratios, 12);
}

/* ------------------------------------------------------------------ pulse */

/* Loudness of the onsets in steps of 20 ms, a little spread out, around its mean; sets the count.
 * The caller frees. */
static double *onset_curve(const Notes *notes, int *count, Error *error) {
    static const double spread[] = {0.25, 0.5, 1, 0.5, 0.25};
    double origin = notes->note[0]->start, mean = 0;
    int n = (int)((notes->note[notes->count - 1]->start - origin) / pulse_step) + 1;
    double *curve = calloc((size_t)n, sizeof *curve);
    if (!curve) {
        error_memory(error, "the pulse of a piece", (size_t)n * sizeof *curve);
        return NULL;
    }
    for (int i = 0; i < notes->count; i++) {
        int at = (int)((notes->note[i]->start - origin) / pulse_step);
        for (int s = -2; s <= 2; s++)
            if (at + s >= 0 && at + s < n)
                curve[at + s] += spread[s + 2] * notes->note[i]->velocity;
    }
    for (int i = 0; i < n; i++)
        mean += curve[i] / n;
    for (int i = 0; i < n; i++)
        curve[i] -= mean;
    *count = n;
    return curve;
}

static double autocorrelation(const double *curve, int n, int lag) {
    double sum = 0;
    for (int i = lag; i < n; i++)
        sum += curve[i] * curve[i - lag];
    return sum;
}

/* How much the onsets recur: the greatest autocorrelation in bands of the period from 120 ms to
 * 2 s, and the period at which it is greatest. */
static int put_pulse(Notes *notes, Error *error) {
    static const int bands[MUSIC_FEATURE_BANDS + 1] = {6, 9, 12, 16, 21, 28, 36, 47, 61, 80, 104};
    const int shortest_period = 8;
    int n, period = shortest_period;
    double *curve = onset_curve(notes, &n, error), most = -1;
    if (!curve)
        return -1;
    double power = autocorrelation(curve, n, 0) + 1e-9;
    for (int band = 0; band < MUSIC_FEATURE_BANDS; band++) {
        double best = -1;
        for (int lag = bands[band]; lag < bands[band + 1]; lag++) {
            double recurs = autocorrelation(curve, n, lag) / power;
            best = fmax(best, recurs);
            if (lag >= shortest_period && recurs > most) {
                most = recurs;
                period = lag;
            }
        }
        put(notes, best);
    }
    put(notes, most);
    put(notes, period);
    free(curve);
    return 0;
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
    put(notes, notes->harmony.key.minor);
    put(notes, sounding / notes->seconds);
    put(notes, change / notes->count);
    put(notes, entropy);
}

/* Loudness, pitch and notes a second of each quarter of the notes. */
static void put_quarters(Notes *notes) {
    for (int quarter = 0; quarter < 4; quarter++) {
        int first = quarter * notes->count / 4;
        int count = (quarter + 1) * notes->count / 4 - first;
        double velocity = 0, pitch = 0;
        count = count > 0 ? count : 1;
        for (int i = first; i < first + count; i++) {
            velocity += notes->note[i]->velocity;
            pitch += notes->note[i]->pitch;
        }
        double seconds = notes->note[first + count - 1]->start - notes->note[first]->start;
        put(notes, velocity / count);
        put(notes, pitch / count);
        put(notes, count / fmax(seconds, 0.5));
    }
}

static void put_degree(Notes *notes, int degree) {
    for (int i = 0; i < 12; i++)
        put(notes, i == degree);
}

static void put_harmony(Notes *notes) {
    const MusicHarmony *harmony = &notes->harmony;
    put(notes, harmony->mode);
    put(notes, harmony->major_fit);
    put(notes, harmony->minor_fit);
    put(notes, harmony->mode_at_home);
    put(notes, harmony->mode_on_tonic);
    put(notes, harmony->triad_mean);
    put(notes, harmony->triad_deviation);
    put(notes, harmony->triad_share);
    put_histogram(notes, harmony->qualities, HARMONY_QUALITIES);
    put_histogram(notes, harmony->motions, 12);
    put(notes, harmony->change_rate);
    put_degree(notes, harmony->first_bass);
    put_degree(notes, harmony->last_bass);
}

/* In the order of music_features: the mean change between notes, the spread, and the quarters'. */
bool music_feature_is_loudness(int feature) {
    enum { RATES = 6, CHANGE = 4, SPREAD = 7, VELOCITIES = 2, QUARTER = 3, QUARTERS = 4 };
    const int spread = RATES + SPREAD * VELOCITIES;
    const int quarters = RATES + SPREAD * MUSIC_FEATURE_SPREADS;
    bool of_quarter = feature >= quarters && feature < quarters + QUARTERS * QUARTER;
    return feature == CHANGE || (feature >= spread && feature < spread + SPREAD) ||
           (of_quarter && (feature - quarters) % QUARTER == 0);
}

int music_features(const Song *song, float *features, Error *error) {
    Notes notes = {.next = features};
    int status = collect(&notes, song, error);
    if (!status) {
        put_rates(&notes);
        put_spreads(&notes);
        put_quarters(&notes);
        put_degrees(&notes);
        put_melody(&notes);
        put_ratios(&notes);
        put_harmony(&notes);
        status = put_pulse(&notes, error);
    }
    free(notes.note);
    free(notes.onsets);
    free(notes.values);
    return status;
}
