/* Any bytes taken as tokens decode or are refused; any bytes taken as choices among the allowed
 * tokens make a piece that encodes to itself. */
#include "datasets/music/music_encode.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Takes the bytes as choices; returns the number of tokens, 0 when no end came. */
static int choose(const uint8_t *bytes, size_t size, uint16_t *tokens) {
    MusicState state;
    uint8_t allowed[MUSIC_VOCABULARY];
    int count = 0;
    music_state_begin(&state);
    for (size_t i = 0; i + 1 < size && count < LONGEST && !state.ended; i += 2) {
        int may = music_grammar_mask(&state, allowed), choice, token = -1;
        if (!may)
            abort();
        choice = (bytes[i] << 8 | bytes[i + 1]) % may;
        while (choice >= 0)
            choice -= allowed[++token];
        if (!music_grammar_step(&state, token))
            abort();
        tokens[count++] = (uint16_t)token;
    }
    return state.ended ? count : 0;
}

static void check_identity(const uint16_t *tokens, int count) {
    const MusicEncodeSettings settings = {0};
    Error error;
    uint16_t *again;
    int again_count;
    Song *song = music_decode(tokens, count, 0, &error);
    if (!song)
        abort();
    if (!music_encode(song, &settings, &again, &again_count, &error)) {
        if (again_count != count || memcmp(again, tokens, (size_t)count * sizeof *tokens))
            abort();
        free(again);
    }
    song_free(song);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    uint16_t tokens[LONGEST];
    Error error;
    size_t words = size / 2 < LONGEST ? size / 2 : LONGEST;
    memcpy(tokens, bytes, words * 2);
    song_free(music_decode(tokens, (int)words, 0, &error));
    int count = choose(bytes, size, tokens);
    if (count)
        check_identity(tokens, count);
    return 0;
}
