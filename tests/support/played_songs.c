#include "tests/support/played_songs.h"

#include "compose/sound/soundfont.h"

#include <check.h>
#include <stdio.h>

bool songs_can_be_played(void) {
    char soundfont[SOUNDFONT_PATH];
    Error missing;
#ifdef HAVE_FLUIDSYNTH
    if (!soundfont_find(NULL, soundfont, &missing))
        return true;
#else
    (void)soundfont, (void)missing;
#endif
    fprintf(stderr, "skipped: there is nothing to hear MIDI with\n");
    return false;
}

Song *played_song(int quarters, int pitch, int velocity, int rests) {
    Error error;
    Song *song = song_create(480);
    ck_assert(song && song_add_track(song, "Piano", &error) >= 0);
    for (int i = 0; i < quarters; i++) {
        SongNote note = {.onset = 480 * (uint32_t)i,
                         .release = 480 * (uint32_t)i + 450,
                         .pitch = (uint8_t)pitch,
                         .velocity = (uint8_t)velocity};
        if (i % 4 < 4 - rests)
            ck_assert(!song_add_note(song, note, &error));
    }
    ck_assert_msg(!song_finish(song, &error), "%s", error.message);
    return song;
}

Song *struck_again_song(int overlap) {
    enum { ORGAN = 19 };
    Error error;
    Song *song = song_create(480);
    ck_assert(song && song_add_track(song, "Organ", &error) >= 0);
    SongNote note = {
        .release = 480 + (uint32_t)overlap, .pitch = 60, .velocity = 90, .program = ORGAN};
    ck_assert(!song_add_note(song, note, &error));
    note.onset = 480;
    note.release = 1920;
    ck_assert(!song_add_note(song, note, &error));
    ck_assert_msg(!song_finish(song, &error), "%s", error.message);
    return song;
}

double mean_square(const float *samples, int frames) {
    double sum = 0;
    for (int i = 0; i < 2 * frames; i++)
        sum += (double)samples[i] * (double)samples[i];
    return sum / (2 * frames);
}
