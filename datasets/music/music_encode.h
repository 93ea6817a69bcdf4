/* music_encode.h: songs to tokens and back (the language is in datasets/music/music_tokens.h).
 *
 * A song is metric when its onsets follow the twelfths of its quarter notes (mean resultant length
 * of the onsets' phases on that grid at least .7), else performed. Metric onsets then move by at
 * most half a twelfth of a quarter note and tempo is kept bar by bar within 3 %; performed onsets
 * move by at most 10 ms. Every pitch is kept; simultaneous onsets at one pitch are merged. */
#ifndef DATASETS_MUSIC_MUSIC_ENCODE_H
#define DATASETS_MUSIC_MUSIC_ENCODE_H

#include "datasets/music/music_tokens.h"
#include "datasets/music/song.h"

enum {
    MUSIC_METRIC_TICKS = 480,    /* a quarter note in decoded metric songs */
    MUSIC_PERFORMED_TICKS = 500, /* and in performed ones: at 120 per minute one tick is 1 ms */
    MUSIC_BAR_LIMIT = 100000,
    MUSIC_STEP_LIMIT = INT32_MAX / MUSIC_METRIC_TICKS, /* from a piece's start to a note */
    /* Changes whenever a song is encoded differently than before: part of cache keys. */
    MUSIC_ENCODING = 3,
};

typedef struct MusicEncodeSettings {
    /* Removes silence at the start (to the first bar line, or the first note) and, in metric songs,
     * a constant lag behind the grid. For training; without it times are unchanged. */
    bool trim;
    /* The piece is cut from a longer one: it has no ending, so neither countdown nor `end`. */
    bool excerpt;
} MusicEncodeSettings;

/* The grid of the song's notes: from the mark in Affekt's own files, else determined as above.
 * Never unknown. Fills `lag` with what the notes are behind it, in steps; 0 in Affekt's own files.
 */
SongGrid music_grid(const Song *song, double *lag);

/* Writes the tokens into `*tokens` (caller frees) and their number into `*count`. Fails on a song
 * without pitched notes, and on one of more than MUSIC_BAR_LIMIT bars or of nearly a day. */
int music_encode(const Song *song, const MusicEncodeSettings *settings, uint16_t **tokens,
                 int *count, Error *error) MUST_CHECK;

/* Returns the finished song (free with song_free), or NULL when the tokens break the grammar or
 * memory runs out. An incomplete sequence is decoded as far as it goes. */
Song *music_decode(const uint16_t *tokens, int count, int program, Error *error);

/* The same piece faster (factor > 1) or slower: in metric pieces it changes the tempo tokens to the
 * nearest in the table, in performed ones shifts and durations. */
int music_stretch(const uint16_t *tokens, int count, double factor, uint16_t **stretched,
                  int *stretched_count, Error *error) MUST_CHECK;

/* Whether every note stays within MIDI's pitches when the tonic token becomes `tonic`. */
bool music_can_transpose(const uint16_t *tokens, int count, int tonic);

#endif
