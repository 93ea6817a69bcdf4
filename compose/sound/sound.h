/* sound.h: renders a whole song through FluidSynth and a General MIDI soundfont, in memory or to a
 * file in any format of datasets/audio/audio_write.h.
 *
 * Files are normalised in loudness, whatever the instruments: SOUND_LUFS (EBU R 128) for a piece of
 * medium velocity, and up to SOUND_LEVELS less or more for softer and louder ones, so that soft
 * pieces stay soft. A build without libavfilter does not normalise.
 *
 * Built without FluidSynth, every function here fails and names the missing package. */
#ifndef COMPOSE_SOUND_SOUND_H
#define COMPOSE_SOUND_SOUND_H

#include "datasets/audio/audio_write.h"
#include "datasets/music/song.h"

#define SOUND_LUFS   (-16.0)
#define SOUND_LEVELS 4.0 /* LU */

typedef struct SoundSettings {
    const char *soundfont; /* as for soundfont_find */
    const char *title;     /* the file's tag, NULL for none */
    double loop; /* seconds after which the song repeats: the sound has exactly this length, and its
                    decay continues at the beginning; 0: the last notes decay */
} SoundSettings;

/* Renders a song into memory by FluidSynth, with the notes' own programs. The caller frees
 * sound->samples. */
int sound_play(const Song *song, const SoundSettings *settings, StereoSound *sound,
               Error *error) MUST_CHECK;

/* The loudness of a song's file, LUFS, from the mean velocity of its notes. */
double sound_level(const Song *song);

/* Renders a song into a file, which appears under its name only when complete. */
int sound_render(const Song *song, const char *path, const SoundSettings *settings,
                 Error *error) MUST_CHECK;

/* The same into memory, which the caller frees; only the suffix of `name` matters. */
int sound_encode(const Song *song, const char *name, const SoundSettings *settings,
                 unsigned char **bytes, size_t *size, Error *error) MUST_CHECK;

#endif
