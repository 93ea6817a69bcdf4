/* sound_thread.h: passes sound to an output in time, on a separate thread. */
#ifndef COMPOSE_PLAY_SOUND_THREAD_H
#define COMPOSE_PLAY_SOUND_THREAD_H

#include "compose/sound/sound_output.h"

typedef struct SoundThread SoundThread;

/* Writes the next samples (frames, 2), stereo of SOUND_RATE. */
typedef void SoundSource(void *context, float *samples, int frames);

/* The context and the output must outlive it. */
SoundThread *sound_thread_start(SoundSource *source, void *context, SoundOutput *output,
                                Error *error);

/* 0, or -1 with the message of what has failed: the output, or a card that has taken nothing for
 * five seconds. */
int sound_thread_check(SoundThread *thread, Error *error) MUST_CHECK;

void sound_thread_stop(SoundThread *thread);

#endif
