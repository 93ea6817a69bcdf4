/* sound_format.h: the format of all sound that is played or rendered: samples (frames,
 * SOUND_CHANNELS) about [-1, 1], SOUND_RATE frames per second. */
#ifndef COMPOSE_SOUND_SOUND_FORMAT_H
#define COMPOSE_SOUND_SOUND_FORMAT_H

enum { SOUND_RATE = 44100, SOUND_CHANNELS = 2 };

#endif
