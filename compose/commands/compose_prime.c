#include "compose/commands/compose_prime.h"

#include "datasets/music/midi.h"
#include "datasets/music/music_encode.h"
#include "datasets/music/song_beginning.h"

#include <math.h>

Song *compose_prime_song(const ComposePrime *prime, Error *error) {
    Song *song = midi_read(prime->file, error), *part = song;
    if (!song)
        return NULL;
    if (prime->bars)
        part = song_first_bars(song, prime->bars, error);
    else if (!isnan(prime->seconds))
        part = song_first_seconds(song, (double)prime->seconds, error);
    if (!part)
        error_context(error, "%s", prime->file);
    if (part != song)
        song_free(song);
    return part;
}

int compose_prime_read(const ComposePrime *prime, uint16_t **tokens, int *count, Error *error) {
    const MusicEncodeSettings settings = {.trim = true, .excerpt = true};
    if (!prime->file)
        return 0;
    Song *song = compose_prime_song(prime, error);
    if (!song)
        return -1;
    int status = music_encode(song, &settings, tokens, count, error);
    if (status)
        error_context(error, "%s", prime->file);
    song_free(song);
    return status;
}
