/* feedback.h: the listener's feedback, stored as append-only events.
 *
 * Each event contains all that learning from it needs, so it outlives its song. The listener's
 * model (compose/library/listener.h) is the replay of the events: "take-back" revokes the last
 * verdict that was said before it (not how a song ended), "reset" all before it, and a CSV of
 * events transfers a listener to another machine. */
#ifndef COMPOSE_LIBRARY_FEEDBACK_H
#define COMPOSE_LIBRARY_FEEDBACK_H

#include "compose/library/listener.h"

/* Adds a verdict on a song played while the wanted mood was `wanted` (valence NAN if it was played
 * for no mood). Saved when it returns 0. */
int feedback_add(Library *library, const LibrarySong *song, Mood wanted, Verdict verdict,
                 double now, Error *error) MUST_CHECK;

/* Records that a song was played, for recency. */
int feedback_played(Library *library, const LibrarySong *song, double now, Error *error) MUST_CHECK;

/* Revokes the last valid verdict but skips and finishes; `*undone` is whether there was one. */
int feedback_undo(Library *library, double now, bool *undone, Error *error) MUST_CHECK;
/* Starts over; the events stay in the file. */
int feedback_reset(Library *library, double now, Error *error) MUST_CHECK;

/* Replays the events. */
int feedback_learn(Library *library, Listener *listener, Error *error) MUST_CHECK;

/* How moods should sound to the listener of a library's file, for composing; NULL for the user's
 * own, and plain where that is not there. Creates nothing. */
int feedback_taste(const char *file, MoodTaste *taste, Error *error) MUST_CHECK;

/* Exports all events as a table; and appends those of a table, in its order. */
int feedback_export(Library *library, const char *csv, int *count, Error *error) MUST_CHECK;
int feedback_import(Library *library, const char *csv, int *count, Error *error) MUST_CHECK;

#endif
