/* note_queue.h: notes in, strikes and releases out, in order of time.
 *
 * Whatever is put in, what comes out can be played on a keyboard for each channel: every strike is
 * released, and a key that is struck while it is down is released first. */
#ifndef COMPOSE_SOUND_NOTE_QUEUE_H
#define COMPOSE_SOUND_NOTE_QUEUE_H

#include "compose/write/composer.h"

#include <stdbool.h>

enum { NOTE_PITCHES = 128, NOTE_CHANNELS = 16, NOTE_KEYS = NOTE_CHANNELS * NOTE_PITCHES };

typedef struct NoteEvent {
    double time; /* seconds */
    uint8_t pitch;
    uint8_t velocity;         /* 1 … 127, or 0 for a release */
    uint8_t channel, program; /* as ComposerNote has them */
} NoteEvent;

typedef struct NoteQueue {
    ComposerNote *waiting; /* (room), from `first` on, by start */
    int first, count, room;
    double release[NOTE_KEYS]; /* when a key (of channel and pitch) that is down comes up */
    bool down[NOTE_KEYS];
    int sounding; /* keys that are down */
} NoteQueue;

/* A zeroed queue is empty. */
void note_queue_free(NoteQueue *queue);

/* Adds a note that begins no earlier than those added before. */
int note_queue_add(NoteQueue *queue, ComposerNote note, Error *error) MUST_CHECK;

/* Takes out the next event that is not later than `until`; returns false when there is none. */
bool note_queue_next(NoteQueue *queue, double until, NoteEvent *event);

/* Sets which pitches sound, but for drums. */
void note_queue_pitches(const NoteQueue *queue, bool down[NOTE_PITCHES]);

/* The keys that are down come up at `time` at the latest. */
void note_queue_damp(NoteQueue *queue, double time);

/* Forgets the notes that have not begun. */
void note_queue_clear(NoteQueue *queue);

#endif
