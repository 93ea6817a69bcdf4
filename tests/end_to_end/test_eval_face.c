/* `affekt eval face` and `affekt calibrate` on small files, with an untrained network. */
#include "datasets/faces/fer2013.h"
#include "datasets/media/csv.h"
#include "datasets/media/picture.h"
#include "infer/faces/face_model.h"
#include "nn/io/file.h"
#include "nn/io/safetensors.h"
#include "tests/support/files.h"
#include "tests/support/networks.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *model;

static void set_up(void) {
    scratch_create();
    ImageClassifierInfo info = network_info("mini");
    model = network_save(&info, 4, "model.safetensors");
}

static void write_row(FILE *stream, int label, int picture, const char *usage) {
    uint8_t face[FACE_PIXELS];
    network_faces(face, 1, (uint64_t)picture);
    fprintf(stream, "%d,", label);
    for (int i = 0; i < FACE_PIXELS; i++)
        fprintf(stream, "%s%d", i ? " " : "", face[i]);
    fprintf(stream, ",%s\n", usage);
}

/* Fourteen faces in PrivateTest, two of them in Training too; seven in PublicTest. */
static const char *write_csv(void) {
    const char *path = scratch_path("faces.csv");
    FILE *stream = fopen(path, "w");
    fprintf(stream, "emotion,pixels,Usage\n");
    for (int i = 0; i < 14; i++)
        write_row(stream, i % 7, 100 + i, "PrivateTest");
    for (int i = 0; i < 7; i++)
        write_row(stream, i, 200 + i, "PublicTest");
    write_row(stream, 0, 103, "Training");
    write_row(stream, 3, 110, "Training");
    fclose(stream);
    return path;
}

static json_t *parse(const char *text) {
    json_error_t problem;
    json_t *json = json_loads(text, 0, &problem);
    ck_assert_msg(json, "%s in:\n%s", problem.text, text);
    return json;
}

static double number(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    ck_assert_msg(json_is_number(value), "no number '%s'", key);
    return json_number_value(value);
}

static void assert_class(const json_t *class, int code) {
    ck_assert_str_eq(json_string_value(json_object_get(class, "name")), emotions[code].name);
    ck_assert_double_eq(number(class, "support"), 2);
    ck_assert_double_le(number(class, "precision"), 1);
    ck_assert_double_le(number(class, "recall"), 1);
    ck_assert_double_le(number(class, "f1"), 1);
}

START_TEST(json_holds_every_figure_under_its_key) {
    Program run = affekt("eval", "face", "--model", model, "--data", write_csv(), "--json");
    program_assert(&run, EXIT_DONE);
    json_t *json = parse(run.output);
    ck_assert_double_eq(number(json, "n"), 14);
    ck_assert_double_eq(number(json, "n_deduplicated"), 12);
    double accuracy = number(json, "accuracy"), right = 0, total = 0;
    const json_t *interval = json_object_get(json, "accuracy_ci95");
    ck_assert_uint_eq(json_array_size(interval), 2);
    ck_assert_double_le(json_number_value(json_array_get(interval, 0)), accuracy);
    ck_assert_double_ge(json_number_value(json_array_get(interval, 1)), accuracy);
    ck_assert_double_le(number(json, "accuracy_deduplicated"), 1);
    ck_assert_double_le(number(json, "macro_f1"), 1);
    ck_assert_double_le(number(json, "ece"), 1);
    const json_t *classes = json_object_get(json, "classes"),
                 *confusion = json_object_get(json, "confusion");
    ck_assert_uint_eq(json_array_size(classes), EMOTION_COUNT);
    ck_assert_uint_eq(json_array_size(confusion), EMOTION_COUNT);
    for (int truth = 0; truth < EMOTION_COUNT; truth++) {
        const json_t *row = json_array_get(confusion, (size_t)truth);
        assert_class(json_array_get(classes, (size_t)truth), truth);
        ck_assert_uint_eq(json_array_size(row), EMOTION_COUNT);
        for (int called = 0; called < EMOTION_COUNT; called++)
            total += json_number_value(json_array_get(row, (size_t)called));
        right += json_number_value(json_array_get(row, (size_t)truth));
    }
    ck_assert_double_eq(total, 14);
    ck_assert_double_eq_tol(accuracy, right / 14, 1e-6);
    json_decref(json);
    program_free(&run);
}
END_TEST

START_TEST(tables_name_the_classes_and_the_interval) {
    Program run = affekt("eval", "face", "--model", model, "--data", write_csv(), "--split",
                         "PublicTest", "--tta", "ten-crop", "--threads", "1");
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "accuracy");
    assert_contains(run.output, "95 % interval");
    assert_contains(run.output, "7 faces");
    assert_contains(run.output, "ten-crop");
    for (int i = 0; i < EMOTION_COUNT; i++)
        assert_contains(run.output, emotions[i].name);
    assert_lacks(run.output, "deduplicated"); /* no face is shared */
    program_free(&run);
}
END_TEST

/* The text of a file in the scratch directory; the caller frees it. */
static char *read_text(const char *path) {
    char *text = calloc(1, 1 << 16);
    FILE *stream = fopen(path, "r");
    ck_assert_msg(stream, "%s is missing", path);
    ck_assert_uint_gt(fread(text, 1, (1 << 16) - 1, stream), 0);
    fclose(stream);
    return text;
}

START_TEST(out_gets_json_csv_and_pictures) {
    const char *out = scratch_path("new/directory");
    Program run =
        affekt("eval", "face", "--model", model, "--data", write_csv(), "--out", out, "--json");
    program_assert(&run, EXIT_DONE);
    assert_contains(run.diagnostics, "new/directory: wrote metrics.json, confusion.csv and");
    char *json = read_text(scratch_path("new/directory/metrics.json"));
    ck_assert_str_eq(json, run.output);
    char *csv = read_text(scratch_path("new/directory/confusion.csv"));
    ck_assert_msg(!strncmp(csv, "truth,angry,disgust,fear,happy,sad,surprise,neutral\nangry,", 58),
                  "%s", csv);
    static const char *const figures[] = {"confusion", "confusion-normalised", "reliability"};
    for (int i = 0; i < 3; i++) {
        Image image;
        Error error;
        const char *path = text_format("%s/%s.png", out, figures[i]);
        ck_assert_msg(!picture_read(path, IMAGE_RGB, &image, &error), "%s", error.message);
        ck_assert_int_gt(image.width, 400);
        ck_assert_int_gt(image.height, 400);
        image_free(&image);
        char *svg = read_text(text_format("%s/%s.svg", out, figures[i])),
             *pdf = read_text(text_format("%s/%s.pdf", out, figures[i]));
        ck_assert_msg(!strncmp(svg, "<?xml", 5) && strstr(svg, "<svg"), "%s", svg);
        ck_assert_msg(!strncmp(pdf, "%PDF-", 5), "%s", pdf);
        free(svg);
        free(pdf);
    }
    free(json);
    free(csv);
    program_free(&run);
}
END_TEST

/* Bytes that are no UTF-8, or a letter cut in the middle, would leave the figures blank. */
START_TEST(figures_are_drawn_whatever_the_datas_name) {
    char letters[2 * 40 + sizeof ".csv"] = "";
    for (int i = 0; i < 40; i++)
        strcat(letters, "\xc3\xa9");
    strcat(letters, ".csv");
    const char *const names[] = {"\xe9.csv", letters};
    for (int i = 0; i < 2; i++) {
        char data[4096];
        snprintf(data, sizeof data, "%s", scratch_path(names[i]));
        ck_assert_int_eq(rename(write_csv(), data), 0);
        Program run = affekt("eval", "face", "--model", model, "--data", data, "--out",
                             scratch_path("figures"), "--quiet");
        program_assert(&run, EXIT_DONE);
        Error error;
        Image image;
        ck_assert_msg(
            !picture_read(scratch_path("figures/confusion.png"), IMAGE_GREY, &image, &error), "%s",
            error.message);
        int dark = 0;
        for (int at = 0; at < image.width * image.height; at++)
            dark += image.pixels[at] < 128;
        ck_assert_int_gt(dark, 1000);
        image_free(&image);
        program_free(&run);
    }
}
END_TEST

START_TEST(predictions_are_a_row_for_each_face_with_its_place_in_the_data) {
    const char *path = scratch_path("predictions.csv");
    Program run = affekt("eval", "face", "--model", model, "--data", write_csv(), "--split",
                         "PublicTest", "--predictions", path, "--json", "--quiet");
    program_assert(&run, EXIT_DONE);
    Error error;
    Arena *arena = arena_create();
    CsvTable table;
    ck_assert_msg(!csv_read(path, arena, &table, &error), "%s", error.message);
    ck_assert_int_eq(table.n_rows, 7);
    FaceSet *set = fer2013_load(scratch_path("faces.csv"), FACE_TRAINING, NULL, &error);
    ck_assert_msg(set != NULL, "%s", error.message);
    for (int row = 0; row < table.n_rows; row++) {
        int face = atoi(csv_cell(&table, row, csv_column(&table, "face")));
        ck_assert_int_lt(face, (int)set->count);
        ck_assert_int_eq(set->splits[face], FACE_PUBLIC_TEST);
        ck_assert_str_eq(csv_cell(&table, row, csv_column(&table, "label")),
                         emotions[set->labels[face]].name);
        double sum = 0, most = 0, called = 0;
        for (int e = 0; e < EMOTION_COUNT; e++) {
            double p = atof(csv_cell(&table, row, csv_column(&table, emotions[e].name)));
            most = p > most ? p : most;
            sum += p;
        }
        const char *name = csv_cell(&table, row, csv_column(&table, "called"));
        called = atof(csv_cell(&table, row, csv_column(&table, name)));
        ck_assert_double_eq(called, most);
        ck_assert_double_eq_tol(sum, 1, 1e-5);
    }
    face_set_destroy(set);
    arena_destroy(arena);
    program_free(&run);
}
END_TEST

START_TEST(the_same_figures_come_whatever_the_batch_and_the_threads) {
    const char *csv = write_csv();
    Program one =
        affekt("eval", "face", "--model", model, "--data", csv, "--batch", "3", "--threads", "1");
    Program other =
        affekt("eval", "face", "--model", model, "--data", csv, "--batch", "64", "--threads", "3");
    program_assert(&one, EXIT_DONE);
    ck_assert_str_eq(one.output, other.output);
    program_free(&one);
    program_free(&other);
}
END_TEST

START_TEST(synthetic_faces_can_be_scored_without_any_data) {
    Program run = affekt("eval", "face", "--model", model, "--data", "synthetic", "--json", "-q");
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "\"n\": 1400");
    ck_assert_str_eq(run.diagnostics, "");
    program_free(&run);
}
END_TEST

/* Votes on the first 22 faces of write_csv, all for the emotion after the label, but for the first
 * face of PrivateTest and of PublicTest, where half see another, and the second of PrivateTest,
 * which most find to be none. */
static const char *write_votes(void) {
    static const char *const usages[] = {"PrivateTest", "PublicTest", "Training"};
    const char *path = scratch_path("votes.csv");
    FILE *stream = fopen(path, "w");
    fprintf(stream, "usage,angry,disgust,fear,happy,sad,surprise,neutral,contempt,unknown,NF\n");
    for (int i = 0; i < 22; i++) {
        int voters[EMOTION_COUNT] = {0}, label = i % 7;
        voters[(label + 1) % EMOTION_COUNT] = i == 1 ? 2 : 5;
        voters[(label + 2) % EMOTION_COUNT] = i == 0 || i == 14 ? 5 : 0;
        fprintf(stream, "%s", usages[i < 14 ? 0 : i < 21 ? 1 : 2]);
        for (int e = 0; e < EMOTION_COUNT; e++)
            fprintf(stream, ",%d", voters[e]);
        fprintf(stream, ",0,0,%d\n", i == 1 ? 8 : 0);
    }
    fclose(stream);
    return path;
}

START_TEST(votes_take_the_place_of_labels) {
    Program run = affekt("eval", "face", "--model", model, "--data", write_csv(), "--votes",
                         write_votes(), "--predictions", scratch_path("p.csv"), "--json");
    program_assert(&run, EXIT_DONE);
    json_t *json = parse(run.output);
    ck_assert_double_eq(number(json, "n"), 12);
    ck_assert_double_eq(number(json, "n_deduplicated"), 10);
    assert_contains(json_string_value(json_object_get(json, "votes")), "votes.csv");
    for (int e = 0; e < EMOTION_COUNT; e++)
        ck_assert_double_eq(
            number(json_array_get(json_object_get(json, "classes"), (size_t)e), "support"),
            e == 1 || e == 2 ? 1 : 2);
    json_decref(json);
    char *rows = (char *)file_bytes(scratch_path("p.csv"), NULL);
    assert_contains(rows, "\n2,happy,"); /* the face's own row, and its voters' word */
    free(rows);
    program_free(&run);
    run = affekt("eval", "face", "--model", model, "--data", write_csv(), "--votes", write_votes());
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, ", by the votes of ");
    assert_contains(run.diagnostics, "2 of 14 faces left out");
    program_free(&run);
    run = affekt("calibrate", model, "--data", write_csv(), "--votes", write_votes());
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "from 6 faces, split PublicTest, by votes");
    program_free(&run);
    SafetensorsFile *file = safetensors_open(model, NULL);
    ck_assert_str_eq(safetensors_metadata(file, "temperature_fitted_on"), "PublicTest, by votes");
    safetensors_close(file);
    run = affekt("eval", "face", "--model", model, "--data", write_csv(), "--split", "Training",
                 "--votes", scratch_write("v.csv", "usage,happy\nPrivateTest,5\n"));
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "no face of Training has a majority");
    program_free(&run);
}
END_TEST

START_TEST(bad_rows_are_reported_with_their_line_or_skipped_and_counted) {
    const char *path = write_csv();
    FILE *stream = fopen(path, "a");
    fprintf(stream, "3,1 2 3,PrivateTest\n");
    fclose(stream);
    Program run = affekt("eval", "face", "--model", model, "--data", path);
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "faces.csv:25:");
    ck_assert_str_eq(run.output, "");
    program_free(&run);
    run = affekt("eval", "face", "--model", model, "--data", path, "--skip-bad", "--json");
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "\"n\": 14");
    assert_contains(run.diagnostics, "1 bad row");
    program_free(&run);
    const char *predictions = scratch_path("predictions.csv");
    run = affekt("eval", "face", "--model", model, "--data", path, "--skip-bad", "--predictions",
                 predictions);
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "would not be its row's");
    ck_assert(!file_exists(predictions));
    program_free(&run);
}
END_TEST

/* It colours the terminal, unless it is shown as escapes. */
START_TEST(names_are_printed_as_plain_text) {
    const char *path = scratch_path("\x1b[31mfaces.csv"), *out = scratch_path("\x1b[31mout");
    ck_assert(!rename(write_csv(), path));
    FILE *stream = fopen(path, "a");
    fprintf(stream, "3,1 2 3,PrivateTest\n");
    fclose(stream);
    Program run =
        affekt("eval", "face", "--model", model, "--data", path, "--skip-bad", "--out", out);
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "\\x1B[31mfaces.csv, split");
    assert_contains(run.diagnostics, "\\x1B[31mfaces.csv: 1 bad row");
    assert_contains(run.diagnostics, "\\x1B[31mout: wrote");
    ck_assert(!strchr(run.output, '\x1b') && !strchr(run.diagnostics, '\x1b'));
    program_free(&run);
}
END_TEST

START_TEST(what_is_missing_or_wrong_is_named) {
    const char *csv = write_csv();
    Program run = affekt("eval", "face", "--model", model);
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "--data");
    program_free(&run);
    run = affekt("eval", "face", "--model", model, "--data", csv, "--split", "Thursday");
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "'Thursday'");
    program_free(&run);
    run = affekt("eval", "face", "--model", model, "--data", csv, "--tta", "many");
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "ten-crop");
    program_free(&run);
    run = affekt("eval", "face", "--model", model, "--data", scratch_path("absent.csv"));
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "absent.csv");
    program_free(&run);
    run = affekt("eval", "face", "--model", csv, "--data", csv);
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "this is a text, not a safetensors file");
    program_free(&run);
    run = affekt("eval", "face", "--model", model, "--data", csv, "--out", csv);
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "would take the place of what --data names");
    program_free(&run);
    const char *file = scratch_path("file");
    fclose(fopen(file, "w"));
    run = affekt("eval", "face", "--model", model, "--data", csv, "--out", file);
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "not a directory");
    program_free(&run);
}
END_TEST

START_TEST(a_split_without_faces_is_refused_with_what_there_is) {
    const char *path = scratch_path("few.csv");
    FILE *stream = fopen(path, "w");
    fprintf(stream, "emotion,pixels,Usage\n");
    write_row(stream, 3, 1, "Training");
    fclose(stream);
    Program run = affekt("eval", "face", "--model", model, "--data", path);
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "no faces of PrivateTest");
    assert_contains(run.diagnostics, "1 of Training");
    program_free(&run);
}
END_TEST

START_TEST(faces_of_no_split_are_not_called_by_one) {
    const char *path = scratch_path("mine.csv");
    FILE *stream = fopen(path, "w");
    fprintf(stream, "emotion,pixels\n");
    for (int i = 0; i < 7; i++) {
        uint8_t face[FACE_PIXELS];
        network_faces(face, 1, (uint64_t)i);
        fprintf(stream, "%d,", i);
        for (int k = 0; k < FACE_PIXELS; k++)
            fprintf(stream, "%d%c", face[k], k < FACE_PIXELS - 1 ? ' ' : '\n');
    }
    fclose(stream);
    Program run = affekt("eval", "face", "--model", model, "--data", path);
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "split all,");
    program_free(&run);
}
END_TEST

START_TEST(without_shipped_weights_the_message_says_what_to_do) {
    setenv("AFFEKT_MODELS", scratch_path("nowhere"), 1);
    Program run = affekt("eval", "face", "--data", "synthetic");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "AFFEKT_MODELS");
    program_free(&run);
}
END_TEST

/* ------------------------------------------------------------------ calibrate */

/* Forty faces whose labels are what the model says, but for every fourth: there is a confidence
 * that suits it. */
static const char *write_half_right_csv(void) {
    const char *path = scratch_path("half_right.csv");
    FaceModel *asked = face_model_load(model, NULL);
    FILE *stream = fopen(path, "w");
    fprintf(stream, "emotion,pixels,Usage\n");
    for (int i = 0; i < 40; i++) {
        uint8_t face[FACE_PIXELS];
        float answer[EMOTION_COUNT];
        network_faces(face, 1, (uint64_t)i);
        ck_assert_int_eq(face_model_look(asked, (GreyView){face, FACE_SIDE, FACE_SIDE, FACE_SIDE},
                                         FACE_VIEWS_ONE, answer, NULL),
                         0);
        int said = (int)emotion_most_probable(answer);
        write_row(stream, i % 4 ? said : (said + 1) % EMOTION_COUNT, i, "PublicTest");
    }
    fclose(stream);
    face_model_destroy(asked);
    return path;
}

START_TEST(calibrate_stores_the_calibration_and_nothing_else) {
    const char *csv = write_half_right_csv();
    SafetensorsFile *before = safetensors_open(model, NULL);
    Program run = affekt("calibrate", model, "--data", csv, "--json");
    program_assert(&run, EXIT_DONE);
    json_t *json = parse(run.output);
    ck_assert_double_eq(number(json, "n"), 40);
    ck_assert_double_le(number(json, "nll"), number(json, "nll_before"));
    SafetensorsFile *after = safetensors_open(model, NULL);
    double stored = strtod(safetensors_metadata(after, "temperature"), NULL);
    ck_assert_double_eq_tol(stored, number(json, "temperature"), 1e-4 * stored);
    ck_assert_double_ne(stored, 1);
    double floor = strtod(safetensors_metadata(after, "floor"), NULL);
    ck_assert_double_eq_tol(floor, number(json, "floor"), 1e-6);
    ck_assert_str_eq(safetensors_metadata(after, "temperature_fitted_on"), "PublicTest");
    ck_assert_int_eq(safetensors_count(after), safetensors_count(before));
    for (int i = 0; i < safetensors_count(after); i++) {
        const SafetensorsEntry *entry = safetensors_at(before, i), *same = safetensors_at(after, i);
        ck_assert_str_eq(entry->name, same->name);
        ck_assert_uint_eq(entry->n_bytes, same->n_bytes);
        ck_assert_mem_eq(entry->bytes, same->bytes, entry->n_bytes);
    }
    json_decref(json);
    safetensors_close(before);
    safetensors_close(after);
    program_free(&run);
    /* Once fitted, there is nothing left to gain. */
    run = affekt("calibrate", model, "--data", csv, "--json");
    json = parse(run.output);
    ck_assert_double_eq_tol(number(json, "temperature"), stored, 1e-3 * stored);
    ck_assert_double_eq_tol(number(json, "floor"), floor, 1e-6);
    ck_assert_double_eq_tol(number(json, "nll"), number(json, "nll_before"), 1e-6);
    json_decref(json);
    program_free(&run);
}
END_TEST

START_TEST(calibrate_rounds_the_weights_on_request_and_measures_the_rounded_ones) {
    const char *csv = write_half_right_csv();
    Program run = affekt("calibrate", model, "--data", csv, "--half", "--json");
    program_assert(&run, EXIT_DONE);
    json_t *calibrated = parse(run.output);
    program_free(&run);
    SafetensorsFile *after = safetensors_open(model, NULL);
    ck_assert_str_eq(safetensors_find(after, "features.0.weight")->dtype, "F16");
    ck_assert_str_eq(safetensors_find(after, "features.1.weight")->dtype, "F32");
    safetensors_close(after);
    run = affekt("show", model, "--json");
    json_t *shown = parse(run.output);
    json_t *first = json_array_get(json_object_get(shown, "tensors"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(first, "dtype")), "F16");
    ck_assert(json_is_real(json_object_get(first, "mean")));
    json_decref(shown);
    program_free(&run);
    run = affekt("calibrate", model, "--data", csv, "--json");
    json_t *again = parse(run.output);
    ck_assert_double_eq_tol(number(again, "nll_before"), number(calibrated, "nll"), 1e-6);
    json_decref(calibrated);
    json_decref(again);
    program_free(&run);
}
END_TEST

/* Gives the model a weight that is too large for 16 bits. */
static void enlarge_a_weight(void) {
    ImageClassifier *network = image_classifier_load(model, NULL);
    parameters_find(image_classifier_parameters(network), "features.0.weight")->data[0] = 1e5f;
    ck_assert_int_eq(image_classifier_save(network, model, NULL, NULL), 0);
    image_classifier_destroy(network);
}

START_TEST(a_calibration_that_fails_leaves_the_model_as_it_was) {
    bool too_large = _i;
    const char *csv = too_large ? write_half_right_csv() : scratch_path("none.csv");
    if (too_large)
        enlarge_a_weight();
    unsigned char *before, *after;
    size_t size, size_after;
    ck_assert_int_eq(file_read(model, 1 << 26, &before, &size, NULL), 0);
    Program run = affekt("calibrate", model, "--data", csv, "--half");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, too_large ? "'features.0.weight' is not finite" : "none.csv");
    program_free(&run);
    ck_assert_int_eq(file_read(model, 1 << 26, &after, &size_after, NULL), 0);
    ck_assert_uint_eq(size, size_after);
    ck_assert_mem_eq(before, after, size);
    free(before);
    free(after);
}
END_TEST

START_TEST(calibrate_wants_one_model_and_data) {
    Program run = affekt("calibrate", "--data", "synthetic");
    program_assert(&run, EXIT_USAGE);
    program_free(&run);
    run = affekt("calibrate", model);
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "--data");
    program_free(&run);
}
END_TEST

Suite *eval_face_suite(void) {
    Suite *suite = suite_create("eval_face");
    TCase *tcase = tcase_create("eval face");
    tcase_add_checked_fixture(tcase, set_up, scratch_remove);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, json_holds_every_figure_under_its_key);
    tcase_add_test(tcase, tables_name_the_classes_and_the_interval);
    tcase_add_test(tcase, out_gets_json_csv_and_pictures);
    tcase_add_test(tcase, figures_are_drawn_whatever_the_datas_name);
    tcase_add_test(tcase, predictions_are_a_row_for_each_face_with_its_place_in_the_data);
    tcase_add_test(tcase, the_same_figures_come_whatever_the_batch_and_the_threads);
    tcase_add_test(tcase, synthetic_faces_can_be_scored_without_any_data);
    tcase_add_test(tcase, votes_take_the_place_of_labels);
    tcase_add_test(tcase, bad_rows_are_reported_with_their_line_or_skipped_and_counted);
    tcase_add_test(tcase, names_are_printed_as_plain_text);
    tcase_add_test(tcase, what_is_missing_or_wrong_is_named);
    tcase_add_test(tcase, a_split_without_faces_is_refused_with_what_there_is);
    tcase_add_test(tcase, faces_of_no_split_are_not_called_by_one);
    tcase_add_test(tcase, without_shipped_weights_the_message_says_what_to_do);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("calibrate");
    tcase_add_checked_fixture(tcase, set_up, scratch_remove);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, calibrate_stores_the_calibration_and_nothing_else);
    tcase_add_test(tcase, calibrate_rounds_the_weights_on_request_and_measures_the_rounded_ones);
    tcase_add_loop_test(tcase, a_calibration_that_fails_leaves_the_model_as_it_was, 0, 2);
    tcase_add_test(tcase, calibrate_wants_one_model_and_data);
    suite_add_tcase(suite, tcase);
    return suite;
}
