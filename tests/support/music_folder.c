#include "tests/support/music_folder.h"

#include "datasets/music/midi.h"
#include "nn/io/file.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

static void make_folder_of(const char *path) {
    const char *folder = text_format("%.*s", (int)(strrchr(path, '/') - path), path);
    ck_assert_int_eq(directory_create(folder, NULL), 0);
}

const char *music_folder(void) {
    return scratch_path("music");
}

void music_folder_write(const char *name, const char *text) {
    make_folder_of(scratch_path(text_format("music/%s", name)));
    scratch_write(text_format("music/%s", name), text);
}

void music_folder_add(const char *name, int notes, int key) {
    const char *path = scratch_path(text_format("music/%s", name));
    Song *song = song_create(480);
    ck_assert_int_eq(song_add_track(song, "", NULL), 0);
    for (int i = 0; i < notes; i++) {
        SongNote note = {.onset = (uint32_t)i * 480,
                         .release = (uint32_t)i * 480 + 480,
                         .pitch = (uint8_t)(48 + key + i * 7 % 12),
                         .velocity = 80};
        ck_assert_int_eq(song_add_note(song, note, NULL), 0);
    }
    ck_assert_int_eq(song_finish(song, NULL), 0);
    make_folder_of(path);
    ck_assert_int_eq(midi_write(song, path, NULL), 0);
    song_free(song);
}
