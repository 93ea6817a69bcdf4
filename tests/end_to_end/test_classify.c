/* `affekt classify --no-detect`: pictures that are one face as a whole. */
#include "datasets/faces/face_set.h"
#include "datasets/media/picture.h"
#include "datasets/media/png_file.h"
#include "infer/faces/face_model.h"
#include "nn/io/file.h"
#include "tests/support/files.h"
#include "tests/support/networks.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

#include <jansson.h>

static const char *model;

static void set_up(void) {
    scratch_create();
    ImageClassifierInfo info = network_info("mini");
    model = network_save(&info, 4, "model.safetensors");
}

/* A picture of that size and kind, of bands that no two channels share. */
static const char *write_picture(const char *name, int width, int height, ImageChannels channels) {
    Image image;
    ck_assert_int_eq(image_create(&image, width, height, channels, NULL), 0);
    for (int i = 0; i < width * height * (int)channels; i++)
        image.pixels[i] = (uint8_t)(i / width * 5 + i % 7 * 20);
    const char *path = scratch_path(name);
    const char *folder = text_format("%.*s", (int)(strrchr(path, '/') - path), path);
    ck_assert_int_eq(directory_create(folder, NULL), 0);
    ck_assert_int_eq(png_file_write(path, &image, NULL), 0);
    image_free(&image);
    return path;
}

/* Checks one line of JSON against what the model says of the picture. */
static void assert_line(const char *line, const char *path, int width, int height) {
    json_t *json = json_loads(line, JSON_DISABLE_EOF_CHECK, NULL);
    ck_assert_msg(json, "no JSON: %s", line);
    ck_assert_str_eq(json_string_value(json_object_get(json, "file")), path);
    const json_t *faces = json_object_get(json, "faces"), *face = json_array_get(faces, 0);
    ck_assert_uint_eq(json_array_size(faces), 1);
    int x, y, w, h;
    const char *emotion;
    double confidence;
    const json_t *probabilities;
    ck_assert_int_eq(json_unpack((json_t *)face, "{s:[iiii], s:s, s:F, s:o}", "box", &x, &y, &w, &h,
                                 "emotion", &emotion, "confidence", &confidence, "probabilities",
                                 &probabilities),
                     0);
    ck_assert(x == 0 && y == 0 && w == width && h == height);
    Image grey;
    float expected[EMOTION_COUNT];
    ck_assert_int_eq(picture_read(path, IMAGE_GREY, &grey, NULL), 0);
    FaceModel *asked = face_model_load(model, NULL);
    ck_assert_int_eq(face_model_look(asked, image_view(&grey), FACE_VIEWS_FLIP, expected, NULL), 0);
    for (int i = 0; i < EMOTION_COUNT; i++)
        ck_assert_double_eq_tol(json_number_value(json_object_get(probabilities, emotions[i].name)),
                                (double)expected[i], 1e-4);
    Emotion best = emotion_most_probable(expected);
    ck_assert_str_eq(emotion, emotions[best].name);
    ck_assert_double_eq_tol(confidence, (double)expected[best], 1e-4);
    face_model_destroy(asked);
    image_free(&grey);
    json_decref(json);
}

START_TEST(each_file_gives_one_line_of_json) {
    const char *grey = write_picture("grey.png", 48, 48, IMAGE_GREY);
    const char *colour = write_picture("colour.png", 201, 133, IMAGE_RGB);
    const char *clear = write_picture("clear.png", 20, 31, IMAGE_RGBA);
    Program run =
        affekt("classify", "--no-detect", "--json", "--model", model, grey, colour, clear);
    program_assert(&run, EXIT_DONE);
    const char *second = strchr(run.output, '\n') + 1, *third = strchr(second, '\n') + 1;
    assert_line(run.output, grey, 48, 48);
    assert_line(second, colour, 201, 133);
    assert_line(third, clear, 20, 31);
    ck_assert_str_eq(strchr(third, '\n'), "\n");
    program_free(&run);
}
END_TEST

START_TEST(text_shows_a_bar_for_each_emotion) {
    const char *path = write_picture("face.png", 60, 60, IMAGE_GREY);
    Program run = affekt("classify", "--no-detect", "--model", model, path);
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "face.png");
    for (int i = 0; i < EMOTION_COUNT; i++)
        assert_contains(run.output, emotions[i].name);
    program_free(&run);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_does_not_keep_the_others_back) {
    const char *bad = scratch_write("bad.png", "\x89PNG\r\n\x1a\nand then nothing of the kind");
    const char *good = write_picture("good.png", 48, 48, IMAGE_GREY);
    Program run = affekt("classify", "--no-detect", "--json", "--model", model, bad,
                         scratch_path("absent.png"), good);
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "bad.png");
    assert_contains(run.diagnostics, "absent.png");
    assert_line(run.output, good, 48, 48);
    program_free(&run);
}
END_TEST

START_TEST(a_name_that_is_no_utf_8_still_gives_json) {
    const char *path = write_picture("caf\xe9.png", 48, 48, IMAGE_GREY);
    Program run = affekt("classify", "--no-detect", "--json", "--model", model, path);
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "caf\xEF\xBF\xBD.png");
    assert_contains(run.output, "caf%E9.png\""); /* the name's own bytes */
    program_free(&run);
}
END_TEST

/* What a name could do to a terminal is shown instead, in results and in messages. */
START_TEST(a_name_drives_no_terminal) {
    const char *path = write_picture("a\x1b[2J\a\nb.png", 48, 48, IMAGE_GREY);
    Program run =
        affekt("classify", "--no-detect", "--model", model, path, scratch_path("absent\x1b.png"));
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.output, "a\\x1B[2J\\x07\\nb.png\n");
    assert_contains(run.diagnostics, "absent\\x1B.png");
    ck_assert(!strpbrk(run.output, "\x1b\a") && !strpbrk(run.diagnostics, "\x1b\a"));
    program_free(&run);
    run = affekt("classify", "--no-detect", "--csv", "--model", model, path);
    assert_contains(run.output,
                    "a\x1b[2J\a\nb.png\","); /* a file: as it is, in quotes (RFC 4180) */
    program_free(&run);
}
END_TEST

START_TEST(a_folder_is_gone_through) {
    write_picture("faces/b.png", 48, 48, IMAGE_GREY);
    scratch_write("faces/notes.txt", "neither a picture nor a video");
    scratch_write("faces/Thumbs.db", "what a system leaves behind");
    write_picture("faces/deep/a.png", 48, 48, IMAGE_GREY);
    Program run =
        affekt("classify", "--no-detect", "--csv", "--model", model, scratch_path("faces"));
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "faces/b.png,");
    assert_contains(run.output, "faces/deep/a.png,");
    assert_lacks(run.output, "Thumbs");
    assert_contains(run.diagnostics, "1 file is skipped: neither picture nor video");
    program_free(&run);
    run = affekt("classify", "--no-detect", "--model", model, "--annotate", scratch_path("marked"),
                 scratch_path("faces"), write_picture("other/b.png", 48, 48, IMAGE_GREY));
    program_assert(&run, EXIT_DONE);
    ck_assert(file_exists(scratch_path("marked/a.png")));
    ck_assert(file_exists(scratch_path("marked/b.png")));
    ck_assert(file_exists(scratch_path("marked/b-2.png"))); /* of the same name, elsewhere */
    program_free(&run);
}
END_TEST

START_TEST(a_marked_copy_takes_no_pictures_place) {
    const char *picture = write_picture("same/a.png", 48, 48, IMAGE_GREY);
    size_t size, after;
    unsigned char *bytes = file_bytes(picture, &size);
    Program run = affekt("classify", "--no-detect", "--model", model, "--annotate",
                         scratch_path("same/../same"), scratch_path("same"));
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    unsigned char *left = file_bytes(picture, &after);
    ck_assert_uint_eq(size, after);
    ck_assert_mem_eq(bytes, left, size);
    ck_assert(file_exists(scratch_path("same/a-2.png")));
    free(bytes);
    free(left);
}
END_TEST

START_TEST(an_address_is_told_the_way_in) {
    Program run = affekt("classify", "--no-detect", "--model", model, "rtsp://camera/1");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "ffmpeg -i 'rtsp://camera/1'");
    program_free(&run);
}
END_TEST

START_TEST(a_marked_picture_is_a_png_by_name_too) {
    const char *picture = write_picture("face.png", 48, 48, IMAGE_GREY);
    const char *copy = scratch_path("marked.jpg");
    Program run = affekt("classify", "--no-detect", "--model", model, "-o", copy, picture);
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "marked.jpg: a picture's copy is a PNG");
    ck_assert_str_eq(run.output, "");
    ck_assert(!file_exists(copy));
    program_free(&run);
}
END_TEST

START_TEST(a_marked_copy_does_not_take_the_pictures_place) {
    const char *picture = write_picture("face.png", 48, 48, IMAGE_GREY);
    Program run = affekt("classify", "--no-detect", "--model", model, "-o", picture, picture);
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "would take the place of");
    ck_assert_str_eq(run.output, "");
    program_free(&run);
}
END_TEST

START_TEST(no_file_is_wrong_usage) {
    Program run = affekt("classify");
    program_assert(&run, EXIT_USAGE);
    program_free(&run);
}
END_TEST

Suite *classify_suite(void) {
    Suite *suite = suite_create("classify");
    TCase *tcase = tcase_create("whole pictures");
    tcase_add_checked_fixture(tcase, set_up, scratch_remove);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, each_file_gives_one_line_of_json);
    tcase_add_test(tcase, text_shows_a_bar_for_each_emotion);
    tcase_add_test(tcase, a_file_that_cannot_be_read_does_not_keep_the_others_back);
    tcase_add_test(tcase, a_name_that_is_no_utf_8_still_gives_json);
    tcase_add_test(tcase, a_name_drives_no_terminal);
    tcase_add_test(tcase, a_folder_is_gone_through);
    tcase_add_test(tcase, a_marked_copy_takes_no_pictures_place);
    tcase_add_test(tcase, an_address_is_told_the_way_in);
    tcase_add_test(tcase, a_marked_picture_is_a_png_by_name_too);
    tcase_add_test(tcase, a_marked_copy_does_not_take_the_pictures_place);
    tcase_add_test(tcase, no_file_is_wrong_usage);
    suite_add_tcase(suite, tcase);
    return suite;
}
