#include "compose/evaluate/music_report.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Music off the beat has no tempo: its mean is not a number. */
static MusicEvaluation without_tempo(void) {
    MusicEvaluation evaluation = {.n_generated = 4, .n_held_out = 8};
    for (int q = 0; q < MUSIC_QUADRANTS; q++)
        evaluation.generated[q][MEASURE_TEMPO] = evaluation.real[q][MEASURE_TEMPO] = NAN;
    evaluation.generated_all[MEASURE_TEMPO] = evaluation.real_all[MEASURE_TEMPO] = NAN;
    return evaluation;
}

START_TEST(text_has_a_dash_for_what_no_clip_has) {
    MusicEvaluation evaluation = without_tempo();
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    music_report_print(&evaluation, NULL, stream);
    fclose(stream);
    ck_assert_ptr_null(strstr(text, "nan"));
    const char *tempo = strstr(text, "tempo");
    ck_assert_ptr_nonnull(tempo);
    ck_assert_int_eq(strcspn(tempo, "-"), strlen("tempo") + 15 + 2 + 6);
    free(text);
}
END_TEST

START_TEST(json_has_null_for_what_no_clip_has) {
    MusicEvaluation evaluation = without_tempo();
    json_t *report = music_report_json(&evaluation, NULL);
    const json_t *all =
        json_object_get(json_object_get(json_object_get(report, "measures"), "real"), "all");
    ck_assert(json_is_null(json_object_get(all, "tempo")));
    ck_assert(json_is_real(json_object_get(all, "note_density")));
    json_decref(report);
}
END_TEST

Suite *music_report_suite(void) {
    Suite *suite = suite_create("music_report");
    TCase *reports = tcase_create("reports");
    tcase_add_test(reports, text_has_a_dash_for_what_no_clip_has);
    tcase_add_test(reports, json_has_null_for_what_no_clip_has);
    suite_add_tcase(suite, reports);
    return suite;
}
