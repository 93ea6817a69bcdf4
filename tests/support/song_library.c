#include "tests/support/song_library.h"

#include "nn/base/arena.h"
#include "nn/base/rng.h"
#include "tests/support/music_folder.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <math.h>
#include <stdlib.h>

Library *song_library_open(void) {
    Error error;
    Library *library = library_open(scratch_path("library.db"), &error);
    ck_assert_msg(library != NULL, "%s", error.message);
    return library;
}

ScanReport song_library_scan(Library *library) {
    Error error;
    ScanReport report;
    Progress progress = progress_start(true, 0);
    MoodModel *model = mood_model_load(NULL, &error);
    ck_assert_msg(model != NULL, "%s", error.message);
    ScanSettings settings = {.model = model, .children = 2, .progress = &progress};
    ck_assert_msg(!library_scan(library, &settings, &report, &error), "%s", error.message);
    mood_model_destroy(model);
    return report;
}

ScanReport song_library_add(Library *library) {
    Error error;
    ck_assert_msg(!library_add_folder(library, music_folder(), &error), "%s", error.message);
    return song_library_scan(library);
}

void song_library_draw(LibrarySongs *songs, int count, uint64_t seed) {
    Rng rng = rng_seed(seed);
    *songs = (LibrarySongs){.list = calloc((size_t)count, sizeof *songs->list),
                            .count = count,
                            .arena = arena_create()};
    ck_assert(songs->list && songs->arena);
    for (int i = 0; i < count; i++) {
        uint64_t at = 4 * (uint64_t)i;
        songs->list[i] = (LibrarySong){
            .id = i + 1,
            .hash = i,
            .path = arena_strdup(songs->arena, text_format("/music/%d.mid", i)),
            .title = "",
            .artist = arena_strdup(songs->arena, text_format("artist %d", i % 97)),
            .album = "",
            .genre = "",
            .language = "",
            .failure = "",
            .present = true,
            .has_mood = true,
            .origin = ORIGIN_USER,
            .mood = {rng_between(rng, at, -1, 1), rng_between(rng, at + 1, -1, 1), 0.1f, 0.1f},
            .seconds = 180,
            .tempo = rng_between(rng, at + 2, 60, 180),
            .loudness = NAN,
            .gain = NAN,
            .tonic = (int)rng_below(rng, at + 3, 12)};
    }
}
