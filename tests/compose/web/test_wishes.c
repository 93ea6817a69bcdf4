#include "compose/web/wishes.h"

#include "compose/write/style.h"
#include "tests/support/text.h"

#include <check.h>
#include <string.h>

static const char *const genres[] = {"pop", "folk", NULL};
static Error error;

START_TEST(a_control_takes_what_it_names_and_nothing_else) {
    const char *body = "{\"policy\": \"regulate\", \"mood\": {\"valence\": -0.5, \"arousal\": 1}, "
                       "\"genre\": \"folk\", \"program\": 48, \"pause\": true, \"lead\": 2}";
    ControlWishes wishes;
    ck_assert_int_eq(wishes_control(body, strlen(body), genres, &wishes, &error), 0);
    ck_assert(wishes.has_policy && wishes.policy == MOOD_REGULATE);
    ck_assert(wishes.mood == MOOD_WISH_POINT && wishes.valence == -0.5f && wishes.arousal == 1);
    ck_assert(wishes.has_genre && wishes.genre == 2);
    ck_assert(wishes.has_program && wishes.program == 48);
    ck_assert(wishes.has_pause && wishes.pause && wishes.has_lead && wishes.lead == 2);
    ck_assert(!wishes.has_speed && !wishes.next);
    ck_assert_int_eq(wishes_control("{\"mood\": null}", 14, genres, &wishes, &error), 0);
    ck_assert(wishes.mood == MOOD_WISH_FACE && !wishes.has_policy);
}
END_TEST

START_TEST(songs_are_wished_for_and_judged) {
    const char *body = "{\"source\": \"mix\", \"languages\": [\"ta\", \"hi\"], \"songs_genre\": "
                       "\"Carnatic\", \"say\": \"too-sad\", \"undo\": true, \"ended\": \"0123\", "
                       "\"strict\": true, \"seek\": 12.5, \"volume\": 0.25}";
    ControlWishes wishes;
    ck_assert_int_eq(wishes_control(body, strlen(body), genres, &wishes, &error), 0);
    ck_assert(wishes.has_source && wishes.songs.source == QUEUE_MIX);
    ck_assert(wishes.has_languages && wishes.has_songs_genre && wishes.undo);
    ck_assert(wishes.has_strict && wishes.songs.strict);
    ck_assert(wishes.has_seek && wishes.seek == 12.5 && wishes.has_volume && wishes.volume == 0.25);
    ck_assert_str_eq(wishes.songs.languages, "ta,hi");
    ck_assert_str_eq(wishes.songs.genre, "Carnatic");
    ck_assert(wishes.has_verdict && wishes.verdict == VERDICT_TOO_SAD);
    ck_assert_str_eq(wishes.ended, "0123");
    ck_assert_str_eq(wishes.failed, "");
    body = "{\"languages\": null, \"songs_genre\": null}";
    ck_assert_int_eq(wishes_control(body, strlen(body), genres, &wishes, &error), 0);
    ck_assert(wishes.has_languages && !*wishes.songs.languages);
    ck_assert(wishes.has_songs_genre && !*wishes.songs.genre);
}
END_TEST

static const struct {
    const char *body, *told;
} wrong_controls[] = {
    {"", "JSON"},
    {"[1]", "object"},
    {"{\"policy\": \"mirror\"", "JSON"},
    {"{\"policy\": \"mirror\"} x", "JSON"},
    {"{\"policy\": 1}", "policy"},
    {"{\"policy\": \"dance\"}", "mirror"},
    {"{\"genre\": \"polka\"}", "genre"},
    {"{\"genre\": 3}", "genre"},
    {"{\"program\": 128}", "program"},
    {"{\"program\": 1.5}", "program"},
    {"{\"speed\": 3}", "speed"},
    {"{\"pause\": 1}", "pause"},
    {"{\"hidden\": null}", "hidden"},
    {"{\"lead\": 0}", "lead"},
    {"{\"mood\": 1}", "valence"},
    {"{\"mood\": {\"valence\": 2, \"arousal\": 0}}", "valence"},
    {"{\"mood\": {\"valence\": 0}}", "arousal"},
    {"{\"next\": true, \"next\": false}", "JSON"},
    {"{\"file\": \"/etc/passwd\"}", "file"},
    {"{\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxä\": 1}",
     "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'"},
    {"{\"source\": \"radio\"}", "mix"},
    {"{\"languages\": \"ta\"}", "list"},
    {"{\"languages\": [1]}", "languages"},
    {"{\"languages\": [\"\"]}", "empty"},
    {"{\"languages\": [\"a\\u0000b\"]}", "JSON"},
    {"{\"languages\": [\"aaaaaaa\",\"bbbbbbb\",\"ccccccc\",\"ddddddd\",\"eeeeeee\",\"fffffff\","
     "\"ggggggg\",\"hhhhhhh\",\"iiiiiii\"]}",
     "fewer"},
    {"{\"say\": \"skip\"}", "too-wild"},
    {"{\"undo\": 1}", "undo"},
    {"{\"ended\": \"0123456789012345678901234567890123456789\"}", "ended"},
    {"{\"failed\": 3}", "failed"},
};

START_TEST(a_wrong_control_is_refused_by_name) {
    ControlWishes wishes;
    const char *body = wrong_controls[_i].body;
    ck_assert_int_eq(wishes_control(body, strlen(body), genres, &wishes, &error), -1);
    assert_contains(error.message, wrong_controls[_i].told);
}
END_TEST

START_TEST(a_piece_has_defaults_and_limits) {
    PieceWishes wishes;
    const PieceSettings *settings = &wishes.piece;
    const char *body = "{\"emotion\": \"sad\", \"seconds\": 30, \"tonic\": 9, \"minor\": true, "
                       "\"tempo\": 80, \"program\": 46, \"seed\": 5, \"policy\": \"regulate\", "
                       "\"style\": \"arranged\", \"ensemble\": \"strings\"}";
    ck_assert_int_eq(wishes_piece("{}", 2, genres, &wishes, &error), 0);
    ck_assert(settings->composer.seconds == 20 && settings->composer.mode == COMPOSER_FREE);
    ck_assert_int_eq(wishes.style, -1);
    ck_assert_int_eq(wishes_piece(body, strlen(body), genres, &wishes, &error), 0);
    ck_assert(settings->felt.valence == mood_of_emotion(EMOTION_SAD).valence);
    ck_assert(settings->composer.seconds == 30 && settings->composer.tonic == 9);
    ck_assert(settings->composer.mode == 1 && settings->composer.tempo == 80);
    ck_assert(settings->program == 46 && settings->composer.seed == 5);
    ck_assert(settings->policy == MOOD_REGULATE);
    ck_assert(wishes.style == STYLE_ARRANGED && wishes.ensemble == ENSEMBLE_STRINGS &&
              wishes.has_program);
    ck_assert_int_eq(wishes.emotion, EMOTION_SAD);
    static const char *const wrong[] = {
        "{\"style\": \"jazz\"}",    "{\"style\": 1}",   "{\"ensemble\": \"choir\"}",
        "{\"seconds\": 1e9}",       "{\"seconds\": 4}", "{\"tempo\": 0}",
        "{\"emotion\": \"bored\"}", "{\"emotion\": 3}", "{\"tonic\": 12}",
        "{\"seed\": -1}",           "{\"minor\": 1}"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(wishes_piece(wrong[i], strlen(wrong[i]), genres, &wishes, &error) == -1, "%s",
                      wrong[i]);
}
END_TEST

Suite *wishes_suite(void) {
    Suite *suite = suite_create("wishes");
    TCase *tcase = tcase_create("wishes");
    tcase_add_test(tcase, a_control_takes_what_it_names_and_nothing_else);
    tcase_add_test(tcase, songs_are_wished_for_and_judged);
    tcase_add_loop_test(tcase, a_wrong_control_is_refused_by_name, 0,
                        (int)(sizeof wrong_controls / sizeof *wrong_controls));
    tcase_add_test(tcase, a_piece_has_defaults_and_limits);
    suite_add_tcase(suite, tcase);
    return suite;
}
