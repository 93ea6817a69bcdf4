/* Folders of pictures, and the choice among readers. */
#include "datasets/faces/face_folder.h"
#include "datasets/faces/face_input.h"
#include "datasets/faces/face_load.h"
#include "datasets/media/ffmpeg.h"
#include "datasets/media/picture.h"
#include "datasets/media/png_file.h"
#include "nn/io/file.h"
#include "tests/support/data.h"
#include "tests/support/files.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <omp.h>
#include <stdlib.h>

/* Writes a picture of one shade at a path inside the scratch directory. */
static void put(const char *folder, const char *name, int side, ImageChannels channels,
                uint8_t shade) {
    Image image;
    ck_assert_int_eq(directory_create(scratch_path(folder), NULL), 0);
    ck_assert_int_eq(image_create(&image, side, side + 3, channels, NULL), 0);
    memset(image.pixels, shade, (size_t)side * (size_t)(side + 3) * channels);
    for (int i = 3; channels == IMAGE_RGBA && i < side * (side + 3) * 4; i += 4)
        image.pixels[i] = 255;
    ck_assert_int_eq(png_file_write(scratch_path(text_format("%s/%s", folder, name)), &image, NULL),
                     0);
    image_free(&image);
}

static void assert_face(const FaceSet *set, uint32_t index, uint8_t shade, Emotion label,
                        FaceSplit split) {
    ck_assert_uint_lt(index, set->count);
    ck_assert_int_eq(set->labels[index], label);
    ck_assert_int_eq(set->splits[index], split);
    for (int i = 0; i < FACE_PIXELS; i++)
        ck_assert_int_eq(face_set_face(set, index)[i], shade);
}

static FaceSet *load(FaceSplit unsplit) {
    Error error = {""};
    FaceSet *set = face_folder_load(scratch_path("data"), unsplit, NULL, &error);
    ck_assert_msg(set, "%s", error.message);
    return set;
}

START_TEST(splits_and_emotions_come_from_folder_names_whatever_their_spelling) {
    put("data/train/happy", "a.png", 48, IMAGE_GREY, 10);
    put("data/train/Anger", "b.png", 100, IMAGE_RGB, 20);
    put("data/validation/surprised", "c.png", 20, IMAGE_RGBA, 30);
    put("data/PrivateTest/6", "d.png", 48, IMAGE_GREY, 40);
    FaceSet *set = load(FACE_TRAINING);
    ck_assert_uint_eq(set->count, 4);
    ck_assert(!set->unsplit);
    assert_face(set, 0, 40, EMOTION_NEUTRAL,
                FACE_PRIVATE_TEST); /* in the order of the paths' bytes */
    assert_face(set, 1, 20, EMOTION_ANGRY, FACE_TRAINING);
    assert_face(set, 2, 10, EMOTION_HAPPY, FACE_TRAINING);
    assert_face(set, 3, 30, EMOTION_SURPRISE, FACE_PUBLIC_TEST);
    face_set_destroy(set);
}
END_TEST

START_TEST(folders_without_splits_belong_to_the_split_asked_for) {
    put("data/sad", "x.png", 60, IMAGE_GREY, 7);
    for (int split = 0; split < FACE_SPLIT_COUNT; split++) {
        FaceSet *set = load((FaceSplit)split);
        ck_assert_uint_eq(set->count, 1);
        ck_assert(set->unsplit);
        assert_face(set, 0, 7, EMOTION_SAD, (FaceSplit)split);
        face_set_destroy(set);
    }
}
END_TEST

START_TEST(hidden_names_and_files_beside_the_folders_are_passed_over) {
    put("data/sad", "x.png", 48, IMAGE_GREY, 7);
    put("data/.cache", "y.png", 48, IMAGE_GREY, 8);
    scratch_write("data/README.md", "notes");
    scratch_write("data/sad/.hidden", "no picture");
    scratch_write("data/sad/Thumbs.db", "of Windows");
    scratch_write("data/sad/desktop.ini", "of Windows");
    put("data/__MACOSX", "z.png", 48, IMAGE_GREY, 8);
    FaceSet *set = load(FACE_TRAINING);
    ck_assert_uint_eq(set->count, 1);
    face_set_destroy(set);
}
END_TEST

#ifdef HAVE_FFMPEG
START_TEST(a_jpeg_is_read_as_classify_reads_it) {
    static const char fixture[] = "tests/fixtures/gradient_32x24.jpg";
    unsigned char *bytes;
    size_t size;
    Image picture;
    uint8_t expected[FACE_PIXELS];
    put("data/sad", "a.png", 48, IMAGE_GREY, 1);
    ck_assert_int_eq(file_read(fixture, 1 << 20, &bytes, &size, NULL), 0);
    scratch_write_bytes("data/sad/b.jpg", bytes, size);
    FaceSet *set = load(FACE_TRAINING);
    ck_assert_uint_eq(set->count, 2);
    ck_assert_int_eq(picture_read(fixture, IMAGE_GREY, &picture, NULL), 0);
    face_input_fit(image_view(&picture), expected);
    ck_assert_mem_eq(face_set_face(set, 1), expected, FACE_PIXELS);
    scratch_write_bytes("data/sad/c.jpeg", bytes, 40);
    Error error = {""};
    ck_assert_ptr_null(face_folder_load(scratch_path("data"), FACE_TRAINING, NULL, &error));
    assert_contains(error.message, "sad/c.jpeg: ");
    face_set_destroy(set);
    image_free(&picture);
    free(bytes);
}
END_TEST
#else
START_TEST(a_jpeg_is_told_with_the_packages_that_read_it) {
    put("data/sad", "a.png", 48, IMAGE_GREY, 1);
    scratch_write("data/sad/b.jpg", "\xff\xd8\xff\xe0 and a picture");
    Error error = {""};
    ck_assert_ptr_null(face_folder_load(scratch_path("data"), FACE_TRAINING, NULL, &error));
    assert_contains(error.message, "sad/b.jpg: not a PNG; this build reads PNG only; install");
}
END_TEST
#endif

START_TEST(a_jpeg_beside_the_png_made_of_it_is_passed_over) {
    put("data/sad", "x.png", 48, IMAGE_GREY, 7);
    scratch_write("data/sad/x.jpg", "the picture as it was");
    FaceSet *set = load(FACE_TRAINING);
    ck_assert_uint_eq(set->count, 1);
    assert_face(set, 0, 7, EMOTION_SAD, FACE_TRAINING);
    face_set_destroy(set);
}
END_TEST

START_TEST(an_unknown_folder_or_a_bad_picture_is_named_or_skipped) {
    static const char *const parts[] = {"train/contempt: the folder's name is not a known emotion",
                                        "more: the folder's name is not a known split",
                                        "sad/b.png: not a "};
    put("data/train/sad", "a.png", 48, IMAGE_GREY, 1);
    put("data/train/sad", "c.png", 48, IMAGE_GREY, 3);
    if (_i == 0)
        put("data/train/contempt", "x.png", 48, IMAGE_GREY, 9);
    else if (_i == 1)
        put("data/more", "x.png", 48, IMAGE_GREY, 9);
    else
        scratch_write("data/train/sad/b.png", "JFIF");
    Error error = {""};
    ck_assert_ptr_null(face_folder_load(scratch_path("data"), FACE_TRAINING, NULL, &error));
    assert_contains(error.message, parts[_i]);
    FaceSet *set =
        face_folder_load(scratch_path("data"), FACE_TRAINING, &(BadInputs){.skip = true}, &error);
    ck_assert_uint_eq(set->count, 2);
    ck_assert_uint_eq(set->skipped, 1);
    assert_face(set, 0, 1, EMOTION_SAD, FACE_TRAINING);
    assert_face(set, 1, 3, EMOTION_SAD, FACE_TRAINING);
    face_set_destroy(set);
}
END_TEST

START_TEST(every_picture_that_is_left_out_is_counted_and_listed) {
    put("data/train/sad", "a.png", 48, IMAGE_GREY, 1);
    scratch_write("data/train/sad/b.png", "JFIF");
    put("data/train/contempt", "x.png", 48, IMAGE_GREY, 9);
    put("data/train/contempt/deep", "y.png", 48, IMAGE_GREY, 9);
    put("data/more", "z\n.png", 48, IMAGE_GREY, 9);
    ck_assert_int_eq(directory_create(scratch_path("data/empty"), NULL), 0);
    const char *list = scratch_path("bad.txt");
    Error error = {""};
    FaceLoadOptions options = {.skip_bad = true, .list_bad = list};
    FaceSet *set = face_load(scratch_path("data"), options, &error);
    ck_assert_msg(set, "%s", error.message);
    ck_assert_uint_eq(set->count, 1);
    ck_assert_uint_eq(set->skipped, 4);
    face_set_destroy(set);
    char *text = (char *)file_bytes(list, NULL);
    assert_contains(text,
                    "data/more/z\\n.png: the name of its folder is not a known split or emotion\n");
    assert_contains(text, "train/contempt/x.png: the name of its folder is not a known emotion\n");
    assert_contains(text,
                    "train/contempt/deep/y.png: the name of its folder is not a known emotion\n");
    assert_contains(text, "sad/b.png: not a ");
    free(text);
}
END_TEST

START_TEST(an_empty_folder_says_what_was_expected) {
    Error error = {""};
    ck_assert_int_eq(directory_create(scratch_path("data"), NULL), 0);
    ck_assert_ptr_null(
        face_folder_load(scratch_path("data"), FACE_TRAINING, &(BadInputs){.skip = true}, &error));
    assert_contains(error.message, "train/happy/*.png");
}
END_TEST

START_TEST(any_number_of_threads_gives_the_same_set) {
    for (int i = 0; i < 70; i++)
        put("data/test/fear", text_format("%03d.png", i), 20 + i, IMAGE_GREY, (uint8_t)i);
    for (int threads = 1; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        FaceSet *set = load(FACE_TRAINING);
        ck_assert_uint_eq(set->count, 70);
        for (uint32_t i = 0; i < 70; i++)
            assert_face(set, i, (uint8_t)i, EMOTION_FEAR, FACE_PRIVATE_TEST);
        face_set_destroy(set);
    }
}
END_TEST

START_TEST(the_reader_is_chosen_by_looking) {
    Error error = {""};
    put("data/sad", "x.png", 48, IMAGE_GREY, 7);
    FaceSet *folder =
        face_load(scratch_path("data"), (FaceLoadOptions){.unsplit = FACE_PUBLIC_TEST}, &error);
    ck_assert_msg(folder, "%s", error.message);
    assert_face(folder, 0, 7, EMOTION_SAD, FACE_PUBLIC_TEST);
    face_set_destroy(folder);
    ck_assert_ptr_null(
        face_load(scratch_write("x.csv", "no header\n"), (FaceLoadOptions){0}, &error));
    assert_contains(error.message, "x.csv:1: header 'no header'");
    ck_assert_ptr_null(face_load(scratch_path("absent"), (FaceLoadOptions){0}, &error));
    assert_contains(error.message, "cannot open");
}
END_TEST

START_TEST(several_sources_make_one_set_in_their_order) {
    Error error = {""};
    put("one/sad", "x.png", 48, IMAGE_GREY, 7);
    put("two/test/happy", "x.png", 48, IMAGE_GREY, 9);
    put("with,comma/fear", "x.png", 48, IMAGE_GREY, 11);
    char sources[8192];
    snprintf(sources, sizeof sources, "%s,", scratch_path("two"));
    strcat(sources, scratch_path("one"));
    FaceSet *set = face_load(sources, (FaceLoadOptions){.unsplit = FACE_TRAINING}, &error);
    ck_assert_msg(set, "%s", error.message);
    ck_assert_uint_eq(set->count, 2);
    ck_assert(!set->unsplit);
    assert_face(set, 0, 9, EMOTION_HAPPY, FACE_PRIVATE_TEST);
    assert_face(set, 1, 7, EMOTION_SAD, FACE_TRAINING);
    face_set_destroy(set);
    set = face_load(scratch_path("with,comma"), (FaceLoadOptions){0}, &error);
    ck_assert_msg(set, "%s", error.message);
    assert_face(set, 0, 11, EMOTION_FEAR, FACE_TRAINING);
    face_set_destroy(set);
    snprintf(sources, sizeof sources, "%s,", scratch_path("one"));
    strcat(sources, scratch_path("absent"));
    ck_assert_ptr_null(face_load(sources, (FaceLoadOptions){0}, &error));
    assert_contains(error.message, "absent");
    ck_assert_ptr_null(face_load("synthetic,", (FaceLoadOptions){0}, &error));
    assert_contains(error.message, "item 2 of the list is empty");
}
END_TEST

START_TEST(the_yale_pictures_are_read) {
    const char *path = data_path("faces/yale");
    if (!path)
        return;
    Error error = {""};
    FaceSet *set = face_load(path, (FaceLoadOptions){.unsplit = FACE_PRIVATE_TEST}, &error);
    ck_assert_msg(set, "%s", error.message);
    ck_assert_uint_eq(set->count, 59);
    face_set_destroy(set);
}
END_TEST

Suite *face_folder_suite(void) {
    Suite *suite = suite_create("face_folder");
    TCase *tcase = tcase_create("folders");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, splits_and_emotions_come_from_folder_names_whatever_their_spelling);
    tcase_add_test(tcase, folders_without_splits_belong_to_the_split_asked_for);
    tcase_add_test(tcase, hidden_names_and_files_beside_the_folders_are_passed_over);
#ifdef HAVE_FFMPEG
    tcase_add_test(tcase, a_jpeg_is_read_as_classify_reads_it);
#else
    tcase_add_test(tcase, a_jpeg_is_told_with_the_packages_that_read_it);
#endif
    tcase_add_test(tcase, a_jpeg_beside_the_png_made_of_it_is_passed_over);
    tcase_add_loop_test(tcase, an_unknown_folder_or_a_bad_picture_is_named_or_skipped, 0, 3);
    tcase_add_test(tcase, every_picture_that_is_left_out_is_counted_and_listed);
    tcase_add_test(tcase, an_empty_folder_says_what_was_expected);
    tcase_add_test(tcase, any_number_of_threads_gives_the_same_set);
    tcase_add_test(tcase, the_reader_is_chosen_by_looking);
    tcase_add_test(tcase, several_sources_make_one_set_in_their_order);
    tcase_add_test(tcase, the_yale_pictures_are_read);
    suite_add_tcase(suite, tcase);
    return suite;
}
