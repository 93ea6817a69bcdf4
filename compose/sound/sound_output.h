/* sound_output.h: the destination of samples: a sound card, a WAV file, or nowhere, each in real
 * time.
 *
 *     while (sound_output_room(output) >= frames)
 *         sound_output_write(output, samples, frames, &error);
 *
 * A card takes its samples from a buffer of SOUND_OUTPUT_AHEAD frames, on a separate thread; a file
 * and nowhere take them as time passes. All are stereo at SOUND_RATE. Built without FluidSynth
 * there are no cards. */
#ifndef COMPOSE_SOUND_SOUND_OUTPUT_H
#define COMPOSE_SOUND_SOUND_OUTPUT_H

#include "compose/sound/sound_format.h"
#include "datasets/audio/wav_file.h"

enum { SOUND_OUTPUT_AHEAD = 8192 }; /* 0.19 s */

typedef struct SoundOutputSettings {
    bool card;                   /* false: a file, or nowhere */
    const char *driver, *advice; /* of the card, as for audio_device_open */
    const char *wav;             /* the file, NULL for nowhere */
} SoundOutputSettings;

typedef struct SoundOutput SoundOutput;

SoundOutput *sound_output_open(const SoundOutputSettings *settings, Error *error);
/* Stops at once, dropping buffered samples. An unfinished file does not appear. */
void sound_output_close(SoundOutput *output);

/* "pulseaudio", the file's name, or NULL for nowhere. */
const char *sound_output_name(const SoundOutput *output);

/* How many frames may be written now. */
int sound_output_room(SoundOutput *output);

/* Writes samples (frames, 2): in real time no more than there is room for; a file takes any number.
 */
int sound_output_write(SoundOutput *output, const float *samples, int frames,
                       Error *error) MUST_CHECK;

/* How often the card ran out of samples after the first. */
long sound_output_gaps(const SoundOutput *output);

/* Completes the file; waits until the card has played its buffer. */
int sound_output_finish(SoundOutput *output, Error *error) MUST_CHECK;

#endif
