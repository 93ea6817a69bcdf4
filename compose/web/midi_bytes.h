/* midi_bytes.h: a recording as a MIDI file in memory, for replies. */
#ifndef COMPOSE_WEB_MIDI_BYTES_H
#define COMPOSE_WEB_MIDI_BYTES_H

#include "compose/live/recording.h"

#include <stddef.h>

/* The file that recording_save would write, made in a temporary folder. Caller frees `*bytes`. */
int midi_bytes_of_recording(const Recording *recording, double end, unsigned char **bytes,
                            size_t *size, Error *error) MUST_CHECK;

#endif
