/* Any bytes as a song's file: what is read of it, tags included, is text that ends and numbers in
 * their ranges. FFmpeg itself is not instrumented. */
#include "compose/library/song_facts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static char path[] = "/tmp/affekt-fuzz-XXXXXX.mp3";

static void clear(void) {
    unlink(path);
}

static void check_text(const char *text, size_t room) {
    if (strnlen(text, room) == room)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static int file = -1;
    SongFacts facts;
    if (file < 0) {
        file = mkstemps(path, 4);
        if (file < 0)
            abort();
        atexit(clear);
    }
    if (ftruncate(file, 0) || pwrite(file, bytes, size, 0) != (ssize_t)size)
        abort();
    song_facts_read(path, &facts);
    const char *const texts[] = {facts.tags.title, facts.tags.artist,   facts.tags.album,
                                 facts.tags.genre, facts.tags.language, facts.tags.mood};
    for (int i = 0; i < 6; i++)
        check_text(texts[i], AUDIO_TAG);
    check_text(facts.failure, sizeof facts.failure);
    if (!isnan(facts.tags.tempo) && !(facts.tags.tempo >= 20 && facts.tags.tempo <= 400))
        abort();
    if (!isnan(facts.tags.gain) && !(fabsf(facts.tags.gain) <= 60))
        abort();
    if (facts.tonic < 0 || facts.tonic > 11 || facts.n_features > MUSIC_FEATURES)
        abort();
    return 0;
}
