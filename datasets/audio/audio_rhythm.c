#include "datasets/audio/audio_rhythm.h"

#include <math.h>

static const double slowest = 40, fastest = 240, usual = 120;

static int end_of(const int *segments, int n, int i, int count) {
    return i + 1 < n ? segments[i + 1] : count;
}

static double mean_of(const float *rises, int first, int end) {
    double sum = 0;
    for (int i = first; i < end; i++)
        sum += (double)rises[i];
    return end > first ? sum / (end - first) : 0;
}

/* Over all segments, at a lag in frames. */
static double autocorrelation(const float *rises, int count, const int *segments, int n, int lag) {
    double sum = 0;
    for (int s = 0; s < n; s++) {
        int first = segments[s], end = end_of(segments, n, s, count);
        double mean = mean_of(rises, first, end);
        for (int i = first; i + lag < end; i++)
            sum += ((double)rises[i] - mean) * ((double)rises[i + lag] - mean);
    }
    return sum;
}

/* A frame is an onset that rises more than those within 70 ms and clearly more than its
 * neighbourhood of a second does. */
static int onsets_in(const float *rises, int first, int end, double rate) {
    int near = (int)fmax(0.07 * rate, 1), wide = (int)(0.5 * rate), onsets = 0;
    for (int i = first; i < end; i++) {
        int from = i - near > first ? i - near : first,
            to = i + near < end - 1 ? i + near : end - 1;
        int greatest = 1;
        for (int j = from; j <= to && greatest; j++)
            greatest = rises[j] < rises[i] || j >= i;
        for (int j = i + 1; j <= to && greatest; j++)
            greatest = rises[j] <= rises[i];
        from = i - wide > first ? i - wide : first;
        to = i + wide < end ? i + wide : end;
        onsets += greatest && (double)rises[i] > 1.5 * mean_of(rises, from, to) + 0.5;
    }
    return onsets;
}

AudioRhythm audio_rhythm(const float *rises, int count, double rate, const int *segments, int n) {
    AudioRhythm rhythm = {.tempo = usual};
    for (int s = 0; s < n; s++)
        rhythm.onset_rate += onsets_in(rises, segments[s], end_of(segments, n, s, count), rate);
    rhythm.onset_rate /= fmax(count / rate, 1);
    double energy = autocorrelation(rises, count, segments, n, 0), most = 0;
    int best = 0;
    for (int lag = (int)(60 * rate / fastest); lag <= (int)(60 * rate / slowest); lag++) {
        double octaves = log2(60 * rate / lag / usual);
        double value =
            autocorrelation(rises, count, segments, n, lag) * exp(-0.5 * octaves * octaves);
        if (value > most) {
            most = value;
            best = lag;
        }
    }
    if (!best || energy <= 0)
        return rhythm;
    double at = autocorrelation(rises, count, segments, n, best);
    double before = autocorrelation(rises, count, segments, n, best - 1),
           after = autocorrelation(rises, count, segments, n, best + 1);
    double bend = before - 2 * at + after;
    double exact = best + (bend < 0 ? fmin(fmax(0.5 * (before - after) / bend, -0.5), 0.5) : 0);
    rhythm.tempo = 60 * rate / exact;
    rhythm.strength = fmin(fmax(at / energy, 0), 1);
    double half = autocorrelation(rises, count, segments, n, 2 * best),
           twice = autocorrelation(rises, count, segments, n, best / 2);
    rhythm.doubt = at > 0 ? fmin(fmax(fmax(half, twice) / at, 0), 4) : 0;
    return rhythm;
}
