/* A piano roll shows each note where and how loud it is. */
#include "datasets/draw/piano_roll.h"
#include "datasets/media/picture.h"
#include "tests/support/scratch.h"

#include <check.h>
#include <stdlib.h>

enum { WIDTH = 800, HEIGHT = 400 };

/* A soft low note in the first half of four seconds, a loud high one in the second. */
static Song *two_notes(void) {
    Error error;
    Song *song = song_create(480);
    ck_assert_int_eq(song_add_track(song, "piano", &error), 0);
    const SongNote notes[2] = {
        {.onset = 0, .release = 1920, .pitch = 48, .velocity = 20},
        {.onset = 1920, .release = 3840, .pitch = 84, .velocity = 120},
    };
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(song_add_note(song, notes[i], &error), 0);
    ck_assert_int_eq(song_finish(song, &error), 0);
    return song;
}

static Image drawn(const PianoRoll *roll) {
    Error error;
    Image image = {0};
    Song *song = two_notes();
    const char *path = scratch_path("roll.png");
    ck_assert_msg(!piano_roll_write(song, roll, path, &error), "%s", error.message);
    ck_assert_msg(!picture_read(path, IMAGE_RGB, &image, &error), "%s", error.message);
    song_free(song);
    return image;
}

/* The pixels in that quarter of the roll, below its title and key to the colours, that are clearly
 * `channel` (0 red, 2 blue). */
static int coloured(const Image *image, bool right, bool low, int channel) {
    int count = 0;
    for (int y = low ? HEIGHT / 2 : 35; y < (low ? HEIGHT - 20 : HEIGHT / 2); y++)
        for (int x = right ? WIDTH / 2 + 30 : 30; x < (right ? WIDTH - 10 : WIDTH / 2 - 10); x++) {
            const uint8_t *pixel = image->pixels + 3 * ((size_t)y * WIDTH + x);
            count += pixel[channel] > pixel[2 - channel] + 80;
        }
    return count;
}

START_TEST(notes_lie_at_their_time_and_pitch_in_the_colour_of_their_loudness) {
    Image image = drawn(&(PianoRoll){.width = WIDTH, .height = HEIGHT});
    ck_assert_int_eq(image.width, WIDTH);
    ck_assert_int_eq(image.height, HEIGHT);
    ck_assert_int_gt(coloured(&image, false, true, 2), 300);
    ck_assert_int_gt(coloured(&image, true, false, 0), 300);
    ck_assert_int_eq(coloured(&image, true, true, 2), 0);
    ck_assert_int_eq(coloured(&image, false, false, 0), 0);
    image_free(&image);
}
END_TEST

START_TEST(a_part_of_the_time_is_drawn_alone) {
    Image image = drawn(&(PianoRoll){.width = WIDTH, .height = HEIGHT, .from = 2, .until = 4});
    ck_assert_int_gt(coloured(&image, false, false, 0) + coloured(&image, false, true, 0), 300);
    ck_assert_int_eq(coloured(&image, false, true, 2) + coloured(&image, true, true, 2), 0);
    image_free(&image);
}
END_TEST

START_TEST(the_usual_size_is_sixteen_hundred_by_five_hundred) {
    Image image = drawn(NULL);
    ck_assert_int_eq(image.width, 1600);
    ck_assert_int_eq(image.height, 500);
    image_free(&image);
}
END_TEST

START_TEST(a_song_without_notes_is_drawn_too) {
    Error error;
    Song *song = song_create(480);
    ck_assert_int_eq(song_finish(song, &error), 0);
    ck_assert_int_eq(piano_roll_write(song, NULL, scratch_path("empty.png"), &error), 0);
    song_free(song);
}
END_TEST

Suite *piano_roll_suite(void) {
    Suite *suite = suite_create("piano roll");
    TCase *tests = tcase_create("notes as bars");
    tcase_add_checked_fixture(tests, scratch_create, scratch_remove);
    tcase_add_test(tests, notes_lie_at_their_time_and_pitch_in_the_colour_of_their_loudness);
    tcase_add_test(tests, a_part_of_the_time_is_drawn_alone);
    tcase_add_test(tests, the_usual_size_is_sixteen_hundred_by_five_hundred);
    tcase_add_test(tests, a_song_without_notes_is_drawn_too);
    suite_add_tcase(suite, tests);
    return suite;
}
