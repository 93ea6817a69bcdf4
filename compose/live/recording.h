/* recording.h: keeps what was played, to be saved as a MIDI file.
 *
 * Events are kept as they were played, to the millisecond; a note takes 12 bytes of memory. What
 * comes after SONG_LONGEST_SECONDS is not kept. */
#ifndef COMPOSE_LIVE_RECORDING_H
#define COMPOSE_LIVE_RECORDING_H

#include "compose/sound/note_queue.h"

typedef struct Recording Recording;

/* `program` is a General MIDI instrument. Free with recording_destroy. */
Recording *recording_create(int program, Error *error);
void recording_destroy(Recording *recording);

/* A recording of its own, to be saved while the other one goes on. */
Recording *recording_copy(const Recording *recording, Error *error);

/* Takes events in order of time, each key released before it is struck again. */
int recording_add(Recording *recording, NoteEvent event, Error *error) MUST_CHECK;

/* Writes what was played so far; keys that are down come up at `end` seconds in the file. */
int recording_save(const Recording *recording, double end, const char *path,
                   Error *error) MUST_CHECK;

#endif
