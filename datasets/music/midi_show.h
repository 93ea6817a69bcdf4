/* midi_show.h: `affekt show FILE.mid`: the contents of a MIDI file, as text or JSON. */
#ifndef DATASETS_MUSIC_MIDI_SHOW_H
#define DATASETS_MUSIC_MIDI_SHOW_H

#include "nn/base/error.h"

#include <stdbool.h>
#include <stdio.h>

/* Prints format, division, tracks, tempo and meter map, keys, notes, seconds and repairs; with
 * `tokens` the token sequence too (names, or in JSON names and ids). JSON keys: file, format,
 * division, seconds, notes, drum_notes, key, key_source, grid, n_tokens, tempo_changes, tracks
 * [{name, program, notes}], tempos [{tick, seconds, bpm}], meters [{tick, seconds, numerator,
 * denominator}], keys [{tick, seconds, key}] (those in the file; `key` is the first, or estimated),
 * repairs, tokens. Text shows the first eight tempos, meters and keys. */
int midi_show(const char *path, bool json, bool tokens, FILE *out, Error *error) MUST_CHECK;

#endif
