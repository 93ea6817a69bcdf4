/* audio_stream.h: decodes a recorded song while it plays, through FFmpeg's filters.
 *
 * Built without FFmpeg's libraries, audio_stream_open fails and names the missing packages. Files
 * are untrusted: those that crash a decoder were already found when the library was scanned, in a
 * separate process (compose/library/analyst.h). */
#ifndef COMPOSE_SOUND_AUDIO_STREAM_H
#define COMPOSE_SOUND_AUDIO_STREAM_H

#include "nn/base/error.h"

typedef struct AudioStream AudioStream;

/* Opens the file's first audio stream; `filters` is a chain in FFmpeg's syntax, or NULL. Free with
 * audio_stream_close. */
AudioStream *audio_stream_open(const char *path, const char *filters, Error *error);
void audio_stream_close(AudioStream *stream);

/* Writes the next frames, as stereo of SOUND_RATE (compose/sound/sound_format.h), into `samples`
 * (frames, 2). Returns how many there were, fewer only at the end; or -1. */
int audio_stream_read(AudioStream *stream, float *samples, int frames, Error *error) MUST_CHECK;

/* Continues at that second of the file, as near as its format allows; does nothing where it cannot.
 */
void audio_stream_seek(AudioStream *stream, double seconds);

/* Changes an option of the filters of that name ("rubberband", "tempo") from now on. */
void audio_stream_set(AudioStream *stream, const char *filter, const char *option, double value);

/* Writes a number in FFmpeg's syntax, independent of the locale, with three decimals. */
enum { FILTER_NUMBER = 24 };
const char *filter_number(double value, char text[FILTER_NUMBER]);

#endif
