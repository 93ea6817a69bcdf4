/* Whatever the bytes: read as a MIDI file or refused, and what is read can be tokenised and told
 * again. */
#include "datasets/music/midi.h"
#include "datasets/music/music_encode.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    Error error;
    Song *song = midi_parse(bytes, size, "fuzz", &error);
    for (int trim = 0; song && trim < 2; trim++) {
        const MusicEncodeSettings settings = {.trim = trim, .excerpt = size % 2};
        uint16_t *tokens;
        int count;
        if (music_encode(song, &settings, &tokens, &count, &error))
            break;
        Song *told = music_decode(tokens, count, 0, &error);
        if (!told)
            abort(); /* the tokeniser broke its own grammar, or made a piece that cannot be told */
        song_free(told);
        free(tokens);
    }
    song_free(song);
    return 0;
}
