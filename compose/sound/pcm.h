/* pcm.h: renders notes to samples in memory, block by block, for streams.
 *
 * Stereo, 16 bits, PCM_RATE frames per second, left and right alternating. Built without
 * FluidSynth, pcm_open fails and names the missing package. */
#ifndef COMPOSE_SOUND_PCM_H
#define COMPOSE_SOUND_PCM_H

#include "compose/sound/note_queue.h"

enum { PCM_RATE = 44100, PCM_CHANNELS = 2 };

typedef struct Pcm Pcm;

/* `soundfont` as for soundfont_find, `program` of General MIDI. Free with pcm_close. */
Pcm *pcm_open(const char *soundfont, int program, Error *error);
void pcm_close(Pcm *pcm);

/* Later events are played on this instrument. */
void pcm_set_program(Pcm *pcm, int program);

/* Strikes or releases a key now, between two blocks. */
void pcm_play(Pcm *pcm, NoteEvent event);
/* Releases all keys. */
void pcm_release(Pcm *pcm);

/* Writes the next `frames` into `samples` (frames, PCM_CHANNELS). */
void pcm_render(Pcm *pcm, int16_t *samples, int frames);

#endif
