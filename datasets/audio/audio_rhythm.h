/* audio_rhythm.h: onsets and tempo of recorded music, from the rise in loudness from frame to
 * frame. */
#ifndef DATASETS_AUDIO_AUDIO_RHYTHM_H
#define DATASETS_AUDIO_AUDIO_RHYTHM_H

typedef struct AudioRhythm {
    double onset_rate; /* per second */
    double tempo;      /* beats per minute, 40 … 240 */
    double strength;   /* autocorrelation of the rises at the beat, 0 … 1 */
    double doubt;      /* the greater at half or twice the tempo, relative to that at the tempo */
} AudioRhythm;

/* Analyses rises (count) at `rate` frames per second, in segments that begin at the frames in
 * `segments` (n). The tempo is the lag of the greatest autocorrelation under a log-normal weight
 * around 120 per minute, one octave wide (Ellis, "Beat tracking by dynamic programming", Journal of
 * New Music Research 36 (2007), eq. 7). */
AudioRhythm audio_rhythm(const float *rises, int count, double rate, const int *segments, int n);

#endif
