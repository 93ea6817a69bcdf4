/* musicxml.h: writes a song as MusicXML 3.1, for MuseScore and other notation programs.
 *
 * A part for each track (see datasets/music/notation.h for how notes are written), with its General
 * MIDI sound; above the first part chord symbols, section names as rehearsal marks, and tempo. The
 * velocity of each note is kept for playback. */
#ifndef DATASETS_MUSIC_MUSICXML_H
#define DATASETS_MUSIC_MUSICXML_H

#include "datasets/music/song.h"

#include <stddef.h>

/* Whether the name ends in .musicxml or .xml, ignoring case. */
bool musicxml_is_name(const char *path);

/* Writes a finished song, completely or not at all; `title` may be NULL. Fails where notation_make
 * does. */
int musicxml_write(const Song *song, const char *path, const char *title, Error *error) MUST_CHECK;

/* The same as text in memory (0-terminated, `*size` bytes before that), which the caller frees. */
int musicxml_encode(const Song *song, const char *title, char **text, size_t *size,
                    Error *error) MUST_CHECK;

#endif
