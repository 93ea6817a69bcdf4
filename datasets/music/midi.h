/* midi.h: reads and writes Standard MIDI Files.
 *
 * Reading: the bytes pass through datasets/media/midi_check.h, then libsmf splits the clean file
 * into events, which become a Song: notes paired first-on first-off within a track, channel and
 * pitch (so that overlapping notes of one pitch both survive), note-on with velocity 0 taken as
 * note-off, hanging notes ended with their track, programs and sustain pedal tracked per channel
 * across tracks, times computed from the tempo map by binary search.
 *
 * Writing: format 1, a first track with tempo, meter and key, then the song's tracks, each with
 * name, programs (which tracks of one channel share) and notes, held as long as they sound (the
 * pedal is written into the lengths); every note is released and no note starts while another of
 * the same track, channel and pitch sounds. The file is written completely or not at all. */
#ifndef DATASETS_MUSIC_MIDI_H
#define DATASETS_MUSIC_MIDI_H

#include "datasets/music/song.h"

#include <stddef.h>

/* Returns the song (free with song_free) or NULL. `name` is used in messages. */
Song *midi_parse(const uint8_t *bytes, size_t size, const char *name, Error *error);
Song *midi_read(const char *path, Error *error);

/* Whether the path has a suffix of MIDI files that we write: .mid or .midi; and of those that we
 * read: also .kar (with lyrics), .rmi (in a RIFF container) or .smf. Case is ignored. */
bool midi_is_name(const char *path);
bool midi_is_name_to_read(const char *path);

/* Writes a finished song in time linear in its notes and changes (except for sorting them), so that
 * hours of music are saved quickly. Fails on a silence of 2^28 ticks, more than the format allows,
 * and on write errors. */
int midi_write(const Song *song, const char *path, Error *error) MUST_CHECK;

/* The same into memory, which the caller frees. */
int midi_encode(const Song *song, unsigned char **bytes, size_t *size, Error *error) MUST_CHECK;

/* Whether a file is MIDI by its first bytes, or by its name, so that a broken one is complained of
 * as MIDI. */
bool midi_is_file(const char *path);

#endif
