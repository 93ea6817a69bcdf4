/* wav.h: small WAV files for tests. */
#ifndef TESTS_SUPPORT_WAV_H
#define TESTS_SUPPORT_WAV_H

/* Writes `count` samples of each of `channels`, one after the other, in [-1, 1], at 44,100 a second
 * and 16 bits into the scratch directory; returns the path. */
const char *wav_write(const char *name, const float *samples, int count, int channels);

/* One channel of a tone; with `clicks` a minute above 0, of clicks instead. */
const char *wav_write_tone(const char *name, double seconds, double hertz, double clicks);

#endif
