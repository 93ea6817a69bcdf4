/* Options that would have no effect beside others are refused, unless they say what holds anyway.
 */
#include "tests/support/program.h"

#include <check.h>

typedef struct Case {
    const char *words[12]; /* up to a NULL */
    int status;
    const char *said;
} Case;

static const Case cases[] = {
    {{"classify", "--no-detect", "--detector", "net", "a.png"}, EXIT_USAGE, "--detector"},
    {{"classify", "--no-detect", "--cascade", "a.xml", "a.png"}, EXIT_USAGE, "--cascade"},
    {{"classify", "--no-detect", "--min-face", "40", "a.png"}, EXIT_USAGE, "--min-face"},
    {{"classify", "--no-detect", "--min-score", "1", "a.png"}, EXIT_USAGE, "--min-score"},
    {{"classify", "--no-detect", "--min-face", "30", "--min-score", "0", "none.png"},
     EXIT_FAILED,
     "none.png"},
    {{"classify", "--min-face", "40", "none.png"}, EXIT_FAILED, "none.png"},
    {{"eval", "landmarks", "--data", "none.csv", "--detector", "net", "--shift", "0.1"},
     EXIT_USAGE,
     "--detector"},
    {{"eval", "landmarks", "--data", "none.csv", "--detector", "net", "--scale", "0"},
     EXIT_USAGE,
     "--detector"},
    {{"eval", "landmarks", "--data", "none.csv", "--detector", "net", "--seed", "2"},
     EXIT_USAGE,
     "--detector"},
    {{"eval", "landmarks", "--data", "none.csv", "--detector", "net", "--shift", "0.05", "--seed",
      "1"},
     EXIT_FAILED,
     "none.csv"},
    {{"eval", "landmarks", "--data", "none.csv", "--shift", "0.1"}, EXIT_FAILED, "none.csv"},
    {{"live", "--no-detect", "--detector", "haar"}, EXIT_USAGE, "--detector"},
    {{"play", "--no-detect", "--cascade", "a.xml"}, EXIT_USAGE, "--cascade"},
    {{"serve", "--no-detect", "--detector", "net"}, EXIT_USAGE, "--detector"},
    {{"train", "face", "--data", "a.csv", "--out", "a", "--lr-every", "3"},
     EXIT_USAGE,
     "--lr-every"},
    {{"train", "face", "--data", "a.csv", "--out", "a", "--lr-factor", "0.1"},
     EXIT_USAGE,
     "--lr-factor"},
    {{"train", "face", "--data", "a.csv", "--out", "a", "--schedule", "step", "--lr-patience", "3"},
     EXIT_USAGE,
     "--lr-patience"},
    {{"train", "face", "--data", "a.csv", "--out", "a", "--schedule", "step", "--final-lr", "0.01"},
     EXIT_USAGE,
     "--final-lr"},
    {{"train", "landmarks", "--data", "a.csv", "--out", "a", "--schedule", "constant"},
     EXIT_FAILED,
     "a.csv"},
    {{"train", "face", "--data", "a.csv", "--out", "a", "--beta2", "0.9"}, EXIT_USAGE, "--beta2"},
    {{"train", "face", "--data", "a.csv", "--out", "a", "--erase", "0", "--erase-area", "0.3"},
     EXIT_USAGE,
     "--erase-area"},
    {{"train", "face", "--data", "a.csv", "--out", "a", "--degrade", "0.3"},
     EXIT_USAGE,
     "--degrade"},
    {{"classify", "--csv", "--landmarks", "a.png"}, EXIT_USAGE, "--landmarks"},
    {{"eval", "forest", "--data", "a.csv", "--model", "a.safetensors", "--json", "--predictions",
      "p.csv"},
     EXIT_USAGE,
     "--json"},
    {{"compose", "happy", "--guidance", "5"}, EXIT_USAGE, "--guidance is for --style performed"},
    {{"compose", "happy", "--openings", "2"}, EXIT_USAGE, "--openings is for --style performed"},
    {{"live", "--guidance", "5"}, EXIT_USAGE, "--guidance is for --style performed"},
    {{"live", "--style", "arranged", "--openings", "3"},
     EXIT_USAGE,
     "--openings is for --style performed"},
    {{"live", "--style", "performed", "--guidance", "5", "--input", "none.mp4"},
     EXIT_FAILED,
     "none.mp4"},
    {{"play", "-e", "sad", "--guidance", "5"}, EXIT_USAGE, "--guidance is for --style performed"},
    {{"compose", "happy", "--style", "performed", "--candidates", "3"},
     EXIT_USAGE,
     "--candidates is for --style arranged"},
    {{"play", "-e", "sad", "--style", "performed", "--ensemble", "strings"},
     EXIT_USAGE,
     "--ensemble is for --style arranged"},
    {{"play", "-e", "sad", "--music-model", "compose/models/music.safetensors", "--ensemble",
      "strings"},
     EXIT_USAGE,
     "music.safetensors is a model of performed music"},
    {{"bend", "README.md", "-o", "a.wav", "-e", "sad", "--strength", "1", "--preset", "strong"},
     EXIT_USAGE,
     "--strength and --preset"},
    {{"bend", "experiments/demo/collins.png", "-o", "a.wav", "-e", "sad", "--program", "5"},
     EXIT_USAGE,
     "--program requires a MIDI file"},
    {{"compose", "happy", "--bars", "4", "--seconds", "9"}, EXIT_USAGE, "--bars and --seconds"},
    {{"play", "-e", "sad", "--strength", "0.9"}, EXIT_USAGE, "--strength requires --bend"},
    {{"play", "-e", "sad", "--strict"}, EXIT_USAGE, "--strict requires --language"},
    {{"playlist", "-e", "sad", "--strict"}, EXIT_USAGE, "--strict requires --language"},
    {{"playlist", "-e", "sad", "--absolute"}, EXIT_USAGE, "--absolute requires --out"},
    {{"eval", "music", "--form", "a", "--apart", "a"}, EXIT_USAGE, "mutually exclusive"},
    {{"serve", "--audio-driver", "alsa"}, EXIT_USAGE, "--sound here"},
    {{"show", "infer/models/mini.safetensors", "--tokens"}, EXIT_FAILED, "--tokens"},
};
enum { CASES = sizeof cases / sizeof *cases };

START_TEST(an_option_without_effect_is_refused) {
    Program run = program_run(cases[_i].words);
    program_assert(&run, cases[_i].status);
    assert_contains(run.diagnostics, cases[_i].said);
    program_free(&run);
}
END_TEST

Suite *idle_options_suite(void) {
    Suite *suite = suite_create("idle_options");
    TCase *tcase = tcase_create("idle options");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, an_option_without_effect_is_refused, 0, CASES);
    suite_add_tcase(suite, tcase);
    return suite;
}
