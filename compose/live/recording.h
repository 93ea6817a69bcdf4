/* recording.h: records what was played, for saving as a MIDI file.
 *
 * Events are stored as played, to the millisecond; a note takes 12 bytes of memory. Events after
 * SONG_LONGEST_SECONDS are dropped. */
#ifndef COMPOSE_LIVE_RECORDING_H
#define COMPOSE_LIVE_RECORDING_H

#include "compose/sound/note_queue.h"

typedef struct Recording Recording;

/* `program` is a General MIDI instrument. Free with recording_destroy. */
Recording *recording_create(int program, Error *error);
void recording_destroy(Recording *recording);

/* An independent copy, for saving while the original continues. */
Recording *recording_copy(const Recording *recording, Error *error);

/* Adds events in order of time, each key released before it is struck again. */
int recording_add(Recording *recording, NoteEvent event, Error *error) MUST_CHECK;

/* Writes what was played so far; held keys are released at `end` seconds in the file. */
int recording_save(const Recording *recording, double end, const char *path,
                   Error *error) MUST_CHECK;

/* The same into memory, which the caller frees. */
int recording_encode(const Recording *recording, double end, unsigned char **bytes, size_t *size,
                     Error *error) MUST_CHECK;

#endif
