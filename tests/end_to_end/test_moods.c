/* `affekt train mood` and `eval mood` on songs whose mood follows from their sound by a rule. */
#include "nn/base/rng.h"
#include "nn/io/file.h"
#include "nn/io/safetensors.h"
#include "tests/support/music_folder.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <jansson.h>

/* A table of `n` songs: valence falls with loudness, arousal rises with the centroid. */
static const char *songs(const char *name, int n, uint64_t seed) {
    const char *path = scratch_path(name);
    FILE *file = fopen(path, "w");
    Rng rng = rng_seed(seed);
    fprintf(file, "loudness,centroid,valence,arousal\n");
    for (int i = 0; i < n; i++) {
        double a = rng_uniform(rng, 2 * (uint64_t)i), b = rng_uniform(rng, 2 * (uint64_t)i + 1);
        fprintf(file, "%.4f,%.4f,%.4f,%.4f\n", -40 + 30 * a, 500 + 2000 * b, 0.9 - 1.8 * a,
                1.8 * b - 0.9);
    }
    fclose(file);
    return path;
}

static double of_sound(const json_t *report, const char *axis) {
    const json_t *value =
        json_object_get(json_object_get(json_object_get(report, "sound"), axis), "r");
    ck_assert_msg(json_is_number(value), "no sound.%s.r", axis);
    return json_number_value(value);
}

START_TEST(a_rule_is_learnt_and_holds_for_other_songs) {
    const char *model = scratch_path("mood.safetensors");
    Program run =
        affekt("train", "mood", "--data", songs("train.csv", 120, 1), "-o", model, "--json");
    program_assert(&run, EXIT_DONE);
    json_t *report = json_loads(run.output, 0, NULL);
    ck_assert_msg(report != NULL, "%s", run.output);
    ck_assert_double_gt(of_sound(report, "valence"), 0.9);
    ck_assert_double_gt(of_sound(report, "arousal"), 0.9);
    json_decref(report);
    program_free(&run);
    Error error;
    SafetensorsFile *file = safetensors_open(model, &error);
    ck_assert_msg(file != NULL, "%s", error.message);
    ck_assert_str_eq(safetensors_metadata(file, "training.data"), "train.csv");
    safetensors_close(file);
    run = affekt("eval", "mood", "--data", songs("test.csv", 60, 2), "--model", model, "--json");
    program_assert(&run, EXIT_DONE);
    report = json_loads(run.output, 0, NULL);
    ck_assert_double_gt(of_sound(report, "valence"), 0.9);
    ck_assert_double_gt(of_sound(report, "arousal"), 0.9);
    json_decref(report);
    program_free(&run);
}
END_TEST

START_TEST(songs_without_a_mood_are_counted_and_an_unknown_source_prints_nothing) {
    const char *model = scratch_path("mood.safetensors");
    Program run = affekt("train", "mood", "--data", songs("train.csv", 40, 1), "-o", model);
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    const char *table = scratch_write("gaps.csv", "loudness,centroid,valence,arousal\n"
                                                  "-20,900,0.1,0.2\n-30,800,,\n-10,700,1,0\n");
    run = affekt("eval", "mood", "--data", table, "--model", model);
    program_assert(&run, EXIT_DONE);
    assert_contains(run.diagnostics, "1 songs without a mood, or that cannot be read, passed over");
    program_free(&run);
    music_folder_add("a.mid", 16, 0);
    music_folder_write("labels.csv", "file,valence,arousal\na.mid,0.5,-1\n");
    run = affekt("eval", "mood", "--json", "--data", text_format("%s,%s", table, music_folder()),
                 "--model", model);
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "does not support notes");
    ck_assert_str_eq(run.output, "");
    program_free(&run);
}
END_TEST

START_TEST(what_is_missing_is_named) {
    Program run = affekt("train", "mood", "-o", scratch_path("x.safetensors"));
    program_assert(&run, EXIT_USAGE);
    program_free(&run);
    run = affekt("train", "mood", "--data", scratch_path("none.csv"), "-o",
                 scratch_path("x.safetensors"));
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "none.csv");
    program_free(&run);
    run = affekt("eval", "mood", "--data", songs("test.csv", 9, 1), "--model",
                 "infer/models/mini.safetensors");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "mini.safetensors");
    program_free(&run);
    ck_assert(!file_exists(scratch_path("x.safetensors")));
}
END_TEST

Suite *moods_suite(void) {
    Suite *suite = suite_create("moods");
    TCase *tcase = tcase_create("moods");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_rule_is_learnt_and_holds_for_other_songs);
    tcase_add_test(tcase, songs_without_a_mood_are_counted_and_an_unknown_source_prints_nothing);
    tcase_add_test(tcase, what_is_missing_is_named);
    suite_add_tcase(suite, tcase);
    return suite;
}
