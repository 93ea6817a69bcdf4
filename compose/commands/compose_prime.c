#include "compose/commands/compose_prime.h"

#include "datasets/music/midi.h"
#include "datasets/music/music_encode.h"
#include "datasets/music/song_beginning.h"

#include <math.h>

int compose_prime_read(const ComposePrime *prime, uint16_t **tokens, int *count, Error *error) {
    const MusicEncodeSettings settings = {.trim = true, .excerpt = true};
    if (!prime->file)
        return 0;
    Song *song = midi_read(prime->file, error), *part = song;
    if (!song)
        return -1;
    if (prime->bars)
        part = song_first_bars(song, prime->bars, error);
    else if (!isnan(prime->seconds))
        part = song_first_seconds(song, (double)prime->seconds, error);
    int status = part ? music_encode(part, &settings, tokens, count, error) : -1;
    if (status)
        error_context(error, "%s", prime->file);
    if (part != song)
        song_free(part);
    song_free(song);
    return status;
}
