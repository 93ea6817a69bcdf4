/* `affekt show` on model files: whole, damaged, and made to mislead a terminal. */
#include "datasets/media/picture.h"
#include "infer/models/shipped.h"
#include "nn/models/sequence_lstm.h"
#include "nn/trees/forest.h"
#include "tests/support/midi_bytes.h"
#include "tests/support/networks.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

#include <math.h>
#include <sys/stat.h>

START_TEST(a_model_file_is_described) {
    ImageClassifierInfo info = network_info("vgg");
    Program run = affekt("show", network_save(&info, 1, "model.safetensors"));
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "vgg");
    assert_contains(run.output, "1.76 M");
    assert_contains(run.output, "angry, disgust, fear, happy, sad, surprise, neutral");
    assert_contains(run.output, "features.0.weight");
    assert_contains(run.output, "(32, 1, 3, 3)");
    program_free(&run);
}
END_TEST

START_TEST(json_describes_network_metadata_and_tensors) {
    ImageClassifierInfo info = network_info("mini");
    ImageClassifier *network = network_create(&info, 1);
    Tensor *bias = parameters_find(image_classifier_parameters(network), "classifier.1.bias");
    for (int i = 0; i < 7; i++)
        bias->data[i] = i < 6 ? (float)i : NAN;
    const char *path = scratch_path("model.safetensors");
    json_t *extra = json_pack("{s:s}", "seed", "42");
    ck_assert_int_eq(image_classifier_save(network, path, extra, NULL), 0);
    Program run = affekt("show", path, "--json");
    program_assert(&run, EXIT_DONE);
    json_t *json = json_loads(run.output, 0, NULL), *tensor = NULL;
    ck_assert_ptr_nonnull(json);
    const char *seed;
    int parameters;
    ck_assert_int_eq(json_unpack(json, "{s:{s:s}, s:{s:i}}", "metadata", "seed", &seed, "network",
                                 "parameters", &parameters),
                     0);
    ck_assert_str_eq(seed, "42");
    ck_assert_int_le(parameters, 300000);
    size_t i;
    json_array_foreach(json_object_get(json, "tensors"), i, tensor) {
        if (!strcmp(json_string_value(json_object_get(tensor, "name")), "classifier.1.bias"))
            break;
    }
    double mean, deviation, minimum, maximum;
    int not_finite;
    ck_assert_int_eq(json_unpack(tensor, "{s:F, s:F, s:F, s:F, s:i}", "mean", &mean, "deviation",
                                 &deviation, "minimum", &minimum, "maximum", &maximum, "not_finite",
                                 &not_finite),
                     0);
    ck_assert_double_eq_tol(mean, 2.5, 1e-6);
    ck_assert_double_eq_tol(deviation, sqrt(35.0 / 12), 1e-6);
    ck_assert_double_eq(minimum, 0);
    ck_assert_double_eq(maximum, 5);
    ck_assert_int_eq(not_finite, 1);
    json_decref(json);
    json_decref(extra);
    image_classifier_destroy(network);
    program_free(&run);
}
END_TEST

START_TEST(an_lstm_is_described) {
    SequenceLstmInfo info = {
        .vocabulary = 11, .conditions = 3, .embedding = 5, .hidden = 8, .layers = 2};
    SequenceLstm *network = sequence_lstm_create(&info, rng_seed(1), NULL);
    const char *path = scratch_path("music.safetensors");
    ck_assert_int_eq(sequence_lstm_save(network, path, NULL, NULL), 0);
    Program run = affekt("show", path);
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "LSTM of 2 layers, 8 wide, over 11 tokens");
    program_free(&run);
    run = affekt("show", path, "--json");
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "\"hidden\": 8");
    program_free(&run);
    sequence_lstm_destroy(network);
}
END_TEST

START_TEST(every_shipped_model_is_described) {
    static const struct {
        ShippedModel model;
        const char *text, *json;
    } shipped[] = {
        {SHIPPED_FACE, "48×48 grey", "\"arch\": \"resnet\""},
        {SHIPPED_DETECTOR, "multiply-adds per picture of 640×480", "\"arch\": \"box_network\""},
        {SHIPPED_LANDMARKS, "68 landmarks", "\"points\": 68"},
        {SHIPPED_LEAD, "LSTM of 2 layers, 192 wide", "\"hidden\": 192"},
        {SHIPPED_MOOD, "mood from notes: kernel regression over",
         "\"arch\": \"kernel_regression\""},
    };
    for (size_t i = 0; i < sizeof shipped / sizeof *shipped; i++) {
        char path[SHIPPED_PATH];
        Error error;
        ck_assert_msg(!shipped_find(shipped[i].model, path, &error), "%s", error.message);
        Program run = affekt("show", path);
        program_assert(&run, EXIT_DONE);
        assert_contains(run.output, shipped[i].text);
        program_free(&run);
        run = affekt("show", "--json", path);
        program_assert(&run, EXIT_DONE);
        assert_contains(run.output, shipped[i].json);
        program_free(&run);
    }
}
END_TEST

START_TEST(a_forest_is_described) {
    const float x[] = {0, 1, 2, 3, 4, 5, 6, 7};
    const int labels[] = {0, 0, 0, 0, 1, 1, 1, 1};
    const ForestTable table = {.x = x, .labels = labels, .rows = 8, .inputs = 1, .classes = 2};
    const ForestSettings settings = {.trees = 3, .leaf = 1, .seed = 1};
    const char *path = scratch_path("forest.safetensors");
    Error error;
    Forest *forest = forest_fit(&table, &settings, &error);
    ck_assert_ptr_nonnull(forest);
    ck_assert_int_eq(forest_name(forest, (const char *const[]){"width"},
                                 (const char *const[]){"low", "high"}, &error),
                     0);
    ck_assert_int_eq(forest_save(forest, path, NULL, &error), 0);
    forest_destroy(forest);
    Program run = affekt("show", path);
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "random forest: 3 trees");
    assert_contains(run.output, "low, high");
    program_free(&run);
}
END_TEST

START_TEST(a_file_of_another_kind_shows_its_tensors_alone) {
    Parameters *parameters = parameters_create();
    parameters_add(parameters, "moment", "weight", shape(3), PARAMETER_BUFFER);
    const char *path = scratch_path("checkpoint.safetensors");
    ck_assert_int_eq(safetensors_save(path, SAFETENSORS_FULL, 1,
                                      (const Parameters *const[]){parameters}, NULL, NULL),
                     0);
    Program run = affekt("show", path);
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "moment.weight");
    assert_lacks(run.output, "network");
    parameters_destroy(parameters);
    program_free(&run);
}
END_TEST

START_TEST(settings_are_listed_and_wrapped) {
    json_t *metadata =
        json_pack("{s:s}", "training.settings",
                  "{\"data\": \"faces.csv\", \"start\": \"\", \"lr\": \"0.05\", "
                  "\"long\": \"a-name-that-reaches-over-a-whole-line-of-the-terminal-"
                  "all-by-itself\", \"seed\": \"1\"}");
    const char *path = scratch_path("model.safetensors");
    ck_assert_int_eq(safetensors_save(path, SAFETENSORS_FULL, 0, NULL, metadata, NULL), 0);
    Program run = affekt("show", path);
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output,
                    "  training.settings:\n    data=faces.csv  lr=0.05\n    long=a-name");
    assert_contains(run.output, "itself  seed=1\n");
    json_decref(metadata);
    program_free(&run);
}
END_TEST

START_TEST(metadata_cannot_drive_the_terminal) {
    json_t *metadata = json_pack("{s:s}", "note",
                                 "\033[2Jgone\a\xc2\x9b"
                                 "1m");
    const char *path = scratch_path("model.safetensors");
    ck_assert_int_eq(safetensors_save(path, SAFETENSORS_FULL, 0, NULL, metadata, NULL), 0);
    Program run = affekt("show", path);
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "note = \\x1B[2Jgone\\x07\\u{9B}1m");
    json_decref(metadata);
    program_free(&run);
}
END_TEST

START_TEST(a_song_is_drawn_where_it_is_asked_for) {
    MidiBytes midi = midi_bytes(0, 1, 480);
    midi_track(&midi);
    midi_note(&midi, 0, 960, 60, 80);
    midi_track_end(&midi);
    const char *song = scratch_write_bytes("song.mid", midi.bytes, midi.size),
               *picture = scratch_path("song.png");
    midi_bytes_free(&midi);
    Program run = affekt("show", song, "--out", picture);
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "1 note (");
    program_free(&run);
    Image drawn = {0};
    ck_assert_int_eq(picture_read(picture, IMAGE_RGB, &drawn, NULL), 0);
    ck_assert_int_gt(drawn.width, 1000);
    image_free(&drawn);
    run = affekt("show", song, "--out", scratch_path("song.jpg"));
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "must end in .png");
    program_free(&run);
    ImageClassifierInfo info = network_info("mini");
    run = affekt("show", network_save(&info, 1, "model.safetensors"), "--out", picture);
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "is not a MIDI file");
    program_free(&run);
}
END_TEST

START_TEST(what_cannot_be_shown_is_refused_with_the_reason) {
    const char *pipe = scratch_path("pipe.mid"); /* into which nobody writes */
    ck_assert_int_eq(mkfifo(pipe, 0600), 0);
    Program silent = affekt("show", pipe);
    program_assert(&silent, EXIT_FAILED);
    assert_contains(silent.diagnostics, "pipe.mid is not a regular file");
    program_free(&silent);
    Program run = affekt("show");
    program_assert(&run, EXIT_USAGE);
    program_free(&run);
    run = affekt("show", scratch_path("absent"));
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "absent");
    program_free(&run);
    run = affekt("show", scratch_write("text", "no model file at all, only words"));
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "this is a text, not a safetensors file");
    program_free(&run);
    run = affekt("show", scratch_write("song.mid", "neither is this a song"));
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "song.mid");
    program_free(&run);
}
END_TEST

Suite *show_suite(void) {
    Suite *suite = suite_create("show");
    TCase *tcase = tcase_create("show");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_model_file_is_described);
    tcase_add_test(tcase, json_describes_network_metadata_and_tensors);
    tcase_add_test(tcase, an_lstm_is_described);
    tcase_add_test(tcase, every_shipped_model_is_described);
    tcase_add_test(tcase, a_forest_is_described);
    tcase_add_test(tcase, a_file_of_another_kind_shows_its_tensors_alone);
    tcase_add_test(tcase, settings_are_listed_and_wrapped);
    tcase_add_test(tcase, metadata_cannot_drive_the_terminal);
    tcase_add_test(tcase, a_song_is_drawn_where_it_is_asked_for);
    tcase_add_test(tcase, what_cannot_be_shown_is_refused_with_the_reason);
    suite_add_tcase(suite, tcase);
    return suite;
}
