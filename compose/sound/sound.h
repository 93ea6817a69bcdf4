/* sound.h: a whole song as sound, through FluidSynth and a General MIDI soundfont, and into a file
 * of any format of datasets/media/audio_write.h.
 *
 * Files are evenly loud, whoever plays: SOUND_LUFS (EBU R 128) for a piece of middling velocity,
 * and softer or louder ones at some distance from it, SOUND_LEVELS at most, so that a soft piece
 * still is one. A build without libavfilter leaves them as FluidSynth plays them.
 *
 * Built without FluidSynth, every function here fails and names the missing package. */
#ifndef COMPOSE_SOUND_SOUND_H
#define COMPOSE_SOUND_SOUND_H

#include "datasets/media/audio_write.h"
#include "datasets/music/song.h"

#define SOUND_LUFS   (-16.0)
#define SOUND_LEVELS 4.0 /* LU */

typedef struct SoundSettings {
    const char *soundfont; /* as soundfont_find takes it */
    const char *title;     /* the file's tag, NULL for none */
    double loop; /* seconds after which the song begins again: the sound is just so long, and what
                    rings at its end rings on at its beginning; 0: the last notes decay */
} SoundSettings;

/* Plays a song into memory as FluidSynth does, the programs being its notes' own. The caller frees
 * sound->samples. */
int sound_play(const Song *song, const SoundSettings *settings, StereoSound *sound,
               Error *error) MUST_CHECK;

/* How loud a song's file is made, LUFS: by the mean velocity of its notes. */
double sound_level(const Song *song);

/* Renders a song into a file, which appears under its name only when it is complete. */
int sound_render(const Song *song, const char *path, const SoundSettings *settings,
                 Error *error) MUST_CHECK;

/* The same as bytes in memory, which the caller frees; of `name` only the ending counts. */
int sound_encode(const Song *song, const char *name, const SoundSettings *settings,
                 unsigned char **bytes, size_t *size, Error *error) MUST_CHECK;

#endif
