#include "compose/evaluate/overlap.h"

#include <math.h>
#include <stdlib.h>

const char *const overlap_names[OVERLAP_FEATURES] = {
    "pitch_count",    "pitch_class_histogram", "pitch_class_transitions",
    "pitch_range",    "pitch_interval",        "note_count",
    "onset_interval", "note_lengths",          "note_length_transitions",
};

/* ------------------------------------------------------------------ features */

enum { LENGTHS = 12 };
static const int sizes[OVERLAP_FEATURES] = {1, 12, 144, 1, 1, 1, 1, LENGTHS, LENGTHS *LENGTHS};

/* Where each feature begins in the row of a clip. */
static int place_of(int feature) {
    int place = 0;
    for (int f = 0; f < feature; f++)
        place += sizes[f];
    return place;
}

/* The nearest, in ratio, of twelve note values: from the whole note to the sixteenth, plain, dotted
 * and as triplets (the paper's list), for a quarter note of half a second off the beat. */
static int length_class(const Song *song, const SongNote *note) {
    static const int values[LENGTHS] = {96, 48, 24, 12, 6, 72, 36, 18, 9, 32, 16, 8};
    double quarters = (double)(note->sounding - note->onset) / song->ticks_per_quarter;
    double wanted = log(fmax(24 * quarters, 1)), best = INFINITY;
    int chosen = 0;
    for (int i = 0; i < LENGTHS; i++)
        if (fabs(log(values[i]) - wanted) < best) {
            best = fabs(log(values[i]) - wanted);
            chosen = i;
        }
    return chosen;
}

static void normalise(float *counts, int n) {
    float total = 0;
    for (int i = 0; i < n; i++)
        total += counts[i];
    for (int i = 0; i < n && total > 0; i++)
        counts[i] /= total;
}

static void fill_row(const Clip *clip, float *row) {
    float *part[OVERLAP_FEATURES];
    for (int f = 0; f < OVERLAP_FEATURES; f++)
        part[f] = row + place_of(f);
    const Song *song = clip->song;
    *part[0] = (float)clip->measures[MEASURE_PITCHES];
    *part[3] = (float)clip->measures[MEASURE_PITCH_RANGE];
    *part[4] = (float)clip->measures[MEASURE_INTERVAL];
    *part[5] = (float)song->n_notes;
    *part[6] = (float)clip->measures[MEASURE_ONSET_INTERVAL];
    for (int i = 0, before = -1; i < song->n_notes; i++) {
        int pitch = song->notes[i].pitch % 12, length = length_class(song, &song->notes[i]);
        part[1][pitch]++;
        part[7][length]++;
        if (i)
            part[2][12 * (song->notes[i - 1].pitch % 12) + pitch]++;
        if (i)
            part[8][LENGTHS * before + length]++;
        before = length;
    }
    normalise(part[1], 12);
    normalise(part[2], 144);
    normalise(part[7], LENGTHS);
    normalise(part[8], LENGTHS * LENGTHS);
}

/* ------------------------------------------------------------------ densities */

static void measure(const float *x, int n, double *mean, double *deviation) {
    double sum = 0, squares = 0;
    for (int i = 0; i < n; i++)
        sum += (double)x[i];
    *mean = sum / n;
    for (int i = 0; i < n; i++)
        squares += ((double)x[i] - *mean) * ((double)x[i] - *mean);
    *deviation = sqrt(squares / (n - 1));
}

/* The kernels reach so many bandwidths; the densities are added up at so many points. */
enum { REACH = 5, POINTS = 2000 };

/* Adds the kernel density of x at POINTS points from `low`, `step` apart. */
static void add_density(const float *x, int n, double bandwidth, double low, double step,
                        double *density) {
    double height = 1 / (n * bandwidth * sqrt(2 * M_PI));
    for (int i = 0; i < n; i++) {
        double centre = ((double)x[i] - low) / step, reach = REACH * bandwidth / step;
        int first = (int)fmax(ceil(centre - reach), 0),
            last = (int)fmin(floor(centre + reach), POINTS - 1);
        for (int p = first; p <= last; p++) {
            double off = (p - centre) * step / bandwidth;
            density[p] += height * exp(-0.5 * off * off);
        }
    }
}

double overlap_of_samples(const float *x, int n, const float *y, int m) {
    double mean[2], deviation[2], density[2][POINTS] = {{0}};
    measure(x, n, &mean[0], &deviation[0]);
    measure(y, m, &mean[1], &deviation[1]);
    double bandwidth[2] = {deviation[0] * pow(n, -0.2), deviation[1] * pow(m, -0.2)};
    if (bandwidth[0] <= 0 || bandwidth[1] <= 0) /* a spike: overlaps with its own kind alone */
        return bandwidth[0] == bandwidth[1] && mean[0] == mean[1];
    double low = INFINITY, high = -INFINITY;
    for (int i = 0; i < n + m; i++) {
        double value = (double)(i < n ? x[i] : y[i - n]), reach = REACH * bandwidth[i >= n];
        low = fmin(low, value - reach);
        high = fmax(high, value + reach);
    }
    double step = (high - low) / (POINTS - 1), area = 0;
    add_density(x, n, bandwidth[0], low, step, density[0]);
    add_density(y, m, bandwidth[1], low, step, density[1]);
    for (int p = 0; p < POINTS; p++)
        area += fmin(density[0][p], density[1][p]) * step;
    return area;
}

/* ------------------------------------------------------------------ areas */

static float distance(const float *a, const float *b, int n) {
    float squares = 0;
    for (int i = 0; i < n; i++)
        squares += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrtf(squares);
}

static float *rows_of(const Clips *clips, int width, Error *error) {
    float *rows = calloc((size_t)clips->count * (size_t)width, sizeof *rows);
    if (!rows)
        error_memory(error, "features", (size_t)clips->count * (size_t)width * sizeof *rows);
    for (int i = 0; rows && i < clips->count; i++)
        fill_row(&clips->list[i], rows + (size_t)i * (size_t)width);
    return rows;
}

int overlap_areas(const Clips *real, const Clips *others, double *areas, Error *error) {
    int width = place_of(OVERLAP_FEATURES), n = real->count, m = others->count;
    float *real_rows = rows_of(real, width, error), *other_rows = rows_of(others, width, error);
    size_t inside = (size_t)n * (size_t)(n - 1) / 2, between = (size_t)n * (size_t)m;
    float *distances = malloc((inside + between) * sizeof *distances);
    int status = real_rows && other_rows && distances
                     ? 0
                     : error_memory(error, "distances", (inside + between) * sizeof *distances);
    for (int f = 0; f < OVERLAP_FEATURES && !status; f++) {
        const float *a = real_rows + place_of(f), *b = other_rows + place_of(f);
        size_t next = 0, w = (size_t)width;
        for (size_t i = 0; i < (size_t)n; i++)
            for (size_t j = i + 1; j < (size_t)n; j++)
                distances[next++] = distance(a + i * w, a + j * w, sizes[f]);
        for (size_t i = 0; i < (size_t)n; i++)
            for (size_t j = 0; j < (size_t)m; j++)
                distances[next++] = distance(a + i * w, b + j * w, sizes[f]);
        areas[f] = overlap_of_samples(distances, (int)inside, distances + inside, (int)between);
    }
    free(real_rows);
    free(other_rows);
    free(distances);
    return status;
}
