/* feedback.h: what the listener said, kept as events that are only ever appended.
 *
 * Each event holds what it needs to be learnt from later, so it survives its song. The listener's
 * model (compose/library/listener.h) is the replay of the events: "undo" takes the verdict before
 * it back, "reset" all before it, and a CSV of events carries a listener to another machine. */
#ifndef COMPOSE_LIBRARY_FEEDBACK_H
#define COMPOSE_LIBRARY_FEEDBACK_H

#include "compose/library/listener.h"

/* A verdict on a song that was played when the music was to sound like `wanted` (valence NAN where
 * it was played for no mood). Saved when it returns 0. */
int feedback_add(Library *library, const LibrarySong *song, Mood wanted, Verdict verdict,
                 double now, Error *error) MUST_CHECK;

/* That a song was played: for recency. */
int feedback_played(Library *library, const LibrarySong *song, double now, Error *error) MUST_CHECK;

/* Takes back the last verdict that counts; `*undone` is whether there was one. */
int feedback_undo(Library *library, double now, bool *undone, Error *error) MUST_CHECK;
/* Starts anew; the events stay in the file. */
int feedback_reset(Library *library, double now, Error *error) MUST_CHECK;

/* Replays the events. */
int feedback_learn(Library *library, Listener *listener, Error *error) MUST_CHECK;

/* All events as a table; and those of a table, in its order, after those that are here. */
int feedback_export(Library *library, const char *csv, int *count, Error *error) MUST_CHECK;
int feedback_import(Library *library, const char *csv, int *count, Error *error) MUST_CHECK;

#endif
