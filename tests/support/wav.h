/* wav.h: small WAV files for tests. */
#ifndef TESTS_SUPPORT_WAV_H
#define TESTS_SUPPORT_WAV_H

/* Writes `count` samples of each of `channels`, interleaved, in [-1, 1], at 44,100 Hz and 16 bits
 * to the scratch directory; returns the path. */
const char *wav_write(const char *name, const float *samples, int count, int channels);

/* One channel of a tone; or with `clicks` per minute above 0, of clicks. */
const char *wav_write_tone(const char *name, double seconds, double hertz, double clicks);

#endif
