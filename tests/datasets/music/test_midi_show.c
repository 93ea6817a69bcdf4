/* `affekt show FILE.mid` and the piano roll. */
#include "datasets/music/midi_show.h"

#include "datasets/corpus/synthetic_music.h"
#include "datasets/draw/piano_roll.h"
#include "datasets/music/midi.h"
#include "nn/io/file.h"
#include "tests/support/midi_bytes.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <cairo.h>
#include <jansson.h>
#include <stdlib.h>

static const char *write_piece(void) {
    const char *path = scratch_path("piece.mid");
    Song *song = synthetic_music_compose(0.8f, 0.5f, 2, rng_seed(1), NULL);
    ck_assert_int_eq(midi_write(song, path, NULL), 0);
    song_free(song);
    return path;
}

static char *show(const char *path, bool json, bool tokens) {
    char *text;
    size_t size;
    Error error;
    FILE *out = open_memstream(&text, &size);
    ck_assert_msg(!midi_show(path, json, tokens, out, &error), "%s", error.message);
    fclose(out);
    return text;
}

START_TEST(text_tells_what_a_file_holds) {
    char *text = show(write_piece(), false, true);
    assert_contains(text, "format    1, 480 ticks a quarter note, 2 tracks");
    assert_contains(text, "major (in the file)");
    assert_contains(text, "grid metric");
    assert_contains(text, "Piano");
    assert_contains(text, "start grid:metric mode:major");
    assert_contains(text, "last-bars:1");
    free(text);
}
END_TEST

START_TEST(json_tells_the_same_to_machines) {
    const char *path = write_piece();
    Song *song = midi_read(path, NULL);
    char *text = show(path, true, true);
    json_t *object = json_loads(text, 0, NULL);
    ck_assert_ptr_nonnull(object);
    ck_assert_int_eq(json_integer_value(json_object_get(object, "format")), 1);
    ck_assert_int_eq(json_integer_value(json_object_get(object, "division")), 480);
    ck_assert_int_eq(json_integer_value(json_object_get(object, "notes")), song->n_notes);
    ck_assert_double_eq_tol(json_real_value(json_object_get(object, "seconds")), song->seconds,
                            1e-6);
    ck_assert_uint_eq(json_array_size(json_object_get(object, "tracks")), 2);
    ck_assert_uint_eq(json_array_size(json_object_get(object, "tempos")), 1);
    ck_assert_uint_eq(json_array_size(json_object_get(object, "meters")), 1);
    json_t *track = json_array_get(json_object_get(object, "tracks"), 1);
    ck_assert_int_eq(json_integer_value(json_object_get(track, "notes")), song->n_notes);
    ck_assert_int_eq(json_integer_value(json_object_get(object, "n_tokens")),
                     (json_int_t)json_array_size(json_object_get(object, "tokens")));
    json_decref(object);
    song_free(song);
    free(text);
}
END_TEST

START_TEST(a_change_of_key_is_told) {
    MidiBytes file = midi_bytes(0, 1, 480);
    midi_track(&file);
    midi_event(&file, 0, "\xff\x59\x02\xfb\x01", 5); /* five flats, minor */
    midi_note(&file, 0, 480, 60, 80);
    midi_event(&file, 0, "\xff\x59\x02\xfe\x00", 5); /* two flats, major */
    midi_note(&file, 0, 480, 62, 80);
    midi_track_end(&file);
    const char *path = scratch_write_bytes("keys.mid", file.bytes, file.size);
    char *text = show(path, false, false), *json = show(path, true, false);
    assert_contains(text, "key       Bb minor, Bb major (in the file)");
    json_t *object = json_loads(json, 0, NULL), *keys = json_object_get(object, "keys");
    ck_assert_uint_eq(json_array_size(keys), 2);
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(keys, 1), "key")),
                     "Bb major");
    ck_assert_str_eq(json_string_value(json_object_get(object, "key")), "Bb minor");
    json_decref(object);
    free(text);
    free(json);
    midi_bytes_free(&file);
}
END_TEST

START_TEST(a_file_without_music_and_with_an_odd_name_is_shown) {
    MidiBytes file = midi_bytes(0, 1, 480);
    midi_track(&file);
    midi_event(&file, 0,
               "\xff\x03\x04"
               "a\xff"
               "b\x01",
               7);
    midi_track_close(&file); /* and without its end */
    const char *path = scratch_write_bytes("empty.mid", file.bytes, file.size);
    char *text = show(path, false, true), *json = show(path, true, true);
    assert_contains(text, "0 notes");
    assert_contains(text, "tokens    none: no pitched note");
    assert_contains(text, "repaired  1 fault,");
    json_t *object = json_loads(json, 0, NULL);
    ck_assert_ptr_nonnull(object);
    ck_assert_int_eq(json_integer_value(json_object_get(object, "repairs")), 1);
    json_decref(object);
    free(text);
    free(json);
    midi_bytes_free(&file);
}
END_TEST

START_TEST(what_cannot_be_read_is_told) {
    Error error;
    ck_assert_int_eq(midi_show(scratch_path("none.mid"), false, false, stdout, &error), -1);
    assert_contains(error.message, "none.mid");
}
END_TEST

START_TEST(a_piano_roll_shows_the_notes_where_they_sound) {
    Song *song = song_create(500);
    ck_assert_int_eq(song_add_track(song, "", NULL), 0);
    SongNote low = {.onset = 0, .release = 5000, .pitch = 48, .velocity = 127};
    SongNote high = {.onset = 5000, .release = 10000, .pitch = 84, .velocity = 10};
    ck_assert_int_eq(song_add_note(song, low, NULL), 0);
    ck_assert_int_eq(song_add_note(song, high, NULL), 0);
    ck_assert_int_eq(song_finish(song, NULL), 0);
    const char *path = scratch_path("roll.png");
    Error error;
    PianoRoll roll = {.width = 400, .height = 300, .title = "two notes"};
    ck_assert_msg(!piano_roll_write(song, &roll, path, &error), "%s", error.message);
    cairo_surface_t *image = cairo_image_surface_create_from_png(path);
    ck_assert_int_eq(cairo_image_surface_get_width(image), 400);
    ck_assert_int_eq(cairo_image_surface_get_height(image), 300);
    const unsigned char *data = cairo_image_surface_get_data(image);
    int stride = cairo_image_surface_get_stride(image), red[3][2] = {{0}}, blue[3][2] = {{0}};
    for (int y = 0; y < 300; y++)
        for (int x = 48; x < 384; x++) {
            const unsigned char *pixel = data + y * stride + 4 * x; /* blue, green, red */
            int part = y < 34 ? 2 : y > 150; /* high notes, low notes, and what is above them */
            red[part][x > 216] += pixel[2] > 180 && pixel[0] < 80;
            blue[part][x > 216] += pixel[0] > 180 && pixel[2] < 80;
        }
    ck_assert_int_gt(red[1][0], 200); /* loud and low in the first half */
    ck_assert_int_gt(blue[0][1], 200);
    ck_assert_int_eq(red[0][0] + red[0][1] + blue[1][0] + blue[1][1], 0);
    ck_assert_int_gt(red[2][1], 100); /* the key to the colours */
    ck_assert_int_gt(blue[2][1], 100);
    cairo_surface_destroy(image);
    roll.width = 10;
    ck_assert_int_eq(piano_roll_write(song, &roll, path, &error), -1);
    song_free(song);
}
END_TEST

/* Columns of the plot whose every pixel beside the notes is darker than paper. */
static int count_upright_lines(const Song *song) {
    enum { WIDTH = 400, HEIGHT = 200 };
    const char *path = scratch_path("roll.png");
    PianoRoll roll = {.width = WIDTH, .height = HEIGHT};
    ck_assert_int_eq(piano_roll_write(song, &roll, path, NULL), 0);
    cairo_surface_t *image = cairo_image_surface_create_from_png(path);
    const unsigned char *data = cairo_image_surface_get_data(image);
    int stride = cairo_image_surface_get_stride(image), lines = 0;
    bool before = false;
    for (int x = 50; x < WIDTH - 26; x++) {
        bool line = true;
        for (int y = 40; y < HEIGHT - 50; y++)
            line = line && data[y * stride + 4 * x] < 245;
        lines += line && !before;
        before = line;
    }
    cairo_surface_destroy(image);
    return lines;
}

START_TEST(lines_stand_at_bars_where_notes_keep_to_them) {
    Song *song = song_create(480);
    ck_assert_int_eq(song_add_track(song, "", NULL), 0);
    ck_assert_int_eq(song_add_meter(song, 0, 3, 4, NULL), 0);
    ck_assert_int_eq(song_add_meter(song, 4 * 1440, 2, 4, NULL), 0);
    SongNote note = {.onset = 0, .release = 4 * 1440 + 4 * 960, .pitch = 60, .velocity = 1};
    ck_assert_int_eq(song_add_note(song, note, NULL), 0);
    ck_assert_int_eq(song_finish(song, NULL), 0);
    song->grid = SONG_GRID_METRIC;
    ck_assert_int_eq(count_upright_lines(song), 3 + 4); /* but for the first, at the edge */
    song->grid = SONG_GRID_PERFORMED;
    ck_assert_int_eq(count_upright_lines(song), 9); /* ten seconds */
    song_free(song);
}
END_TEST

/* 1/128 of a quarter note that has one tick: what a file may say. */
START_TEST(bars_without_number_are_drawn_in_an_instant) {
    Song *song = song_create(1);
    ck_assert_int_eq(song_add_track(song, "", NULL), 0);
    ck_assert_int_eq(song_add_meter(song, 0, 1, 128, NULL), 0);
    ck_assert_int_eq(song_add_meter(song, 80000, 4, 4, NULL), 0);
    ck_assert_int_eq(song_add_meter(song, 150000, 2, 4, NULL), 0); /* after the last note */
    SongNote note = {.onset = 5, .release = 100000, .pitch = 60, .velocity = 1};
    ck_assert_int_eq(song_add_note(song, note, NULL), 0);
    ck_assert_int_eq(song_finish(song, NULL), 0);
    song->grid = SONG_GRID_METRIC;
    ck_assert_int_ge(count_upright_lines(song), 10);
    song_free(song);
}
END_TEST

Suite *midi_show_suite(void) {
    Suite *suite = suite_create("midi_show");
    TCase *tcase = tcase_create("midi_show");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, text_tells_what_a_file_holds);
    tcase_add_test(tcase, json_tells_the_same_to_machines);
    tcase_add_test(tcase, a_change_of_key_is_told);
    tcase_add_test(tcase, a_file_without_music_and_with_an_odd_name_is_shown);
    tcase_add_test(tcase, what_cannot_be_read_is_told);
    tcase_add_test(tcase, a_piano_roll_shows_the_notes_where_they_sound);
    tcase_add_test(tcase, lines_stand_at_bars_where_notes_keep_to_them);
    tcase_add_test(tcase, bars_without_number_are_drawn_in_an_instant);
    suite_add_tcase(suite, tcase);
    return suite;
}
