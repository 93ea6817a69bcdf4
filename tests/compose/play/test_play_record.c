/* The timeline of what was felt, played and said. */
#include "compose/play/play_record.h"

#include "datasets/media/csv.h"
#include "tests/support/files.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

static const LibrarySong song = {.path = "/music/a \"b\", c\n.mid", .title = "T", .artist = "Ü"};

static PlayEvent felt(void) {
    return (PlayEvent){.time = 1.25,
                       .what = "felt",
                       .emotion = "happy",
                       .valence = 0.5f,
                       .arousal = -0.25f,
                       .wanted = {.valence = 1, .arousal = NAN}};
}

static PlayEvent played(void) {
    return (PlayEvent){.time = 2,
                       .what = "play",
                       .valence = NAN,
                       .arousal = NAN,
                       .wanted = {.valence = NAN, .arousal = NAN},
                       .song = &song,
                       .detail = "why, because"};
}

static const char *write_record(const char *name) {
    const char *path = scratch_path(name);
    Error error;
    PlayRecord *record = play_record_open(path, &error);
    ck_assert_msg(record != NULL, "%s", error.message);
    PlayEvent events[] = {felt(), played()};
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(play_record_add(record, &events[i], &error), 0);
    ck_assert_int_eq(play_record_close(record, &error), 0);
    return path;
}

START_TEST(as_a_table) {
    Arena *arena = arena_create();
    CsvTable table;
    ck_assert_int_eq(csv_read(write_record("r.csv"), arena, &table, NULL), 0);
    ck_assert_int_eq(table.n_rows, 2);
    ck_assert_str_eq(csv_cell(&table, 0, csv_column(&table, "time")), "1.25");
    ck_assert_str_eq(csv_cell(&table, 0, csv_column(&table, "emotion")), "happy");
    ck_assert_str_eq(csv_cell(&table, 0, csv_column(&table, "wanted_valence")), "1");
    ck_assert_str_eq(csv_cell(&table, 0, csv_column(&table, "wanted_arousal")), "");
    ck_assert_str_eq(csv_cell(&table, 1, csv_column(&table, "song")), song.path);
    ck_assert_str_eq(csv_cell(&table, 1, csv_column(&table, "detail")), "why, because");
    arena_destroy(arena);
}
END_TEST

START_TEST(as_objects_one_a_line) {
    char *text = (char *)file_bytes(write_record("r.jsonl"), NULL);
    char *end = strchr(text, '\n');
    json_t *first = json_loadb(text, (size_t)(end - text), 0, NULL),
           *second = json_loads(end + 1, 0, NULL);
    ck_assert_double_eq(json_number_value(json_object_get(first, "valence")), 0.5);
    ck_assert_ptr_null(json_object_get(first, "wanted_arousal"));
    ck_assert_ptr_null(json_object_get(first, "song"));
    ck_assert_str_eq(json_string_value(json_object_get(second, "song")), song.path);
    ck_assert_ptr_null(json_object_get(second, "valence"));
    json_decref(first);
    json_decref(second);
    free(text);
}
END_TEST

START_TEST(a_full_disk_is_told) {
    Error error;
    PlayRecord *record = play_record_open("/dev/full", &error);
    ck_assert_ptr_nonnull(record);
    PlayEvent event = felt();
    ck_assert_int_eq(play_record_add(record, &event, &error), -1);
    assert_contains(error.message, "cannot write the timeline");
    (void)!play_record_close(record, &error);
    ck_assert_ptr_null(play_record_open(scratch_path("no/r.csv"), &error));
}
END_TEST

Suite *play_record_suite(void) {
    Suite *suite = suite_create("play_record");
    TCase *tcase = tcase_create("play_record");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, as_a_table);
    tcase_add_test(tcase, as_objects_one_a_line);
    tcase_add_test(tcase, a_full_disk_is_told);
    suite_add_tcase(suite, tcase);
    return suite;
}
