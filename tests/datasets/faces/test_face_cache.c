/* Decoded faces in a file: the same faces, and never those of other data. */
#include "datasets/faces/face_cache.h"

#include "datasets/faces/face_load.h"
#include "nn/io/file.h"
#include "nn/io/file_lock.h"
#include "tests/support/files.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* A path to be kept while further ones are made. */
#define KEPT(name, path)                                                                           \
    char name[1024];                                                                               \
    snprintf(name, sizeof name, "%s", path)

static const FaceLoadOptions plain = {.unsplit = FACE_PRIVATE_TEST};

/* A table of `rows` faces, each of one shade. */
static const char *write_table(const char *name, int rows, int shade) {
    size_t room = (size_t)rows * FACE_PIXELS * 4 + 100, used;
    char *text = malloc(room);
    used = (size_t)snprintf(text, room, "emotion,pixels,Usage\n");
    for (int row = 0; row < rows; row++) {
        used += (size_t)snprintf(text + used, room - used, "%d,", row % EMOTION_COUNT);
        for (int i = 0; i < FACE_PIXELS; i++)
            used += (size_t)snprintf(text + used, room - used, "%d ", shade + row);
        used += (size_t)snprintf(text + used - 1, room - used, ",%s\n",
                                 row % 2 ? "Training" : "PrivateTest") -
                1;
    }
    const char *path = scratch_write(name, text);
    free(text);
    return path;
}

static int key_for(const char *source, const FaceLoadOptions *options, uint64_t *key,
                   Error *error) {
    char *sources[] = {(char *)source};
    return face_cache_key(sources, 1, options->skip_bad, options->unsplit, options->seed, key,
                          error);
}

static uint64_t key_of(const char *source, const FaceLoadOptions *options) {
    Error error;
    uint64_t key;
    ck_assert_msg(!key_for(source, options, &key, &error), "%s", error.message);
    return key;
}

static FaceSet *load(const char *sources, const char *cache) {
    Error error;
    FaceLoadOptions options = plain;
    options.cache = cache;
    FaceSet *set = face_load(sources, options, &error);
    ck_assert_msg(set != NULL, "%s", error.message);
    return set;
}

static void assert_same(const FaceSet *a, const FaceSet *b) {
    ck_assert_uint_eq(a->count, b->count);
    ck_assert_uint_eq(a->skipped, b->skipped);
    ck_assert_int_eq(a->unsplit, b->unsplit);
    ck_assert_uint_eq(face_set_checksum(a), face_set_checksum(b));
}

START_TEST(faces_from_a_cache_are_those_of_the_data) {
    KEPT(data, write_table("faces.csv", 5, 10));
    KEPT(cache, scratch_path("faces.cache"));
    const char *const sources[] = {data, "synthetic"};
    for (int i = 0; i < 2; i++) {
        FaceSet *read = load(sources[i], NULL), *written = load(sources[i], cache),
                *cached = load(sources[i], cache);
        ck_assert_ptr_null(read->map.bytes);
        ck_assert_ptr_nonnull(written->map.bytes);
        ck_assert_ptr_nonnull(cached->map.bytes);
        assert_same(read, written);
        assert_same(read, cached);
        face_set_destroy(read);
        face_set_destroy(written);
        face_set_destroy(cached);
    }
}
END_TEST

START_TEST(a_cache_of_other_data_is_written_again) {
    KEPT(data, write_table("faces.csv", 5, 10));
    KEPT(cache, scratch_path("faces.cache"));
    face_set_destroy(load(data, cache));
    write_table("faces.csv", 6, 20);
    FaceSet *now = load(data, cache), *read = load(data, NULL);
    ck_assert_uint_eq(now->count, 6);
    assert_same(now, read);
    face_set_destroy(now);
    face_set_destroy(read);
    KEPT(list, text_format("%s,%s", data, write_table("more.csv", 2, 90)));
    now = load(list, cache);
    ck_assert_uint_eq(now->count, 8);
    ck_assert_int_eq(face_set_face(now, 7)[FACE_PIXELS - 1], 91);
    face_set_destroy(now);
}
END_TEST

START_TEST(a_cut_damaged_or_foreign_file_is_no_cache) {
    KEPT(data, write_table("faces.csv", 5, 10));
    uint64_t key = key_of(data, &plain);
    face_set_destroy(load(data, scratch_path("whole.cache")));
    size_t size;
    unsigned char *bytes = file_bytes(scratch_path("whole.cache"), &size);
    FaceSet *set;
    Error error;
    ck_assert_int_eq(face_cache_open(scratch_path("whole.cache"), key, &set, &error), 1);
    face_set_destroy(set);
    ck_assert_int_eq(face_cache_open(scratch_path("whole.cache"), key + 1, &set, &error), 0);
    for (size_t cut = 0; cut < size; cut += cut < 64 ? 1 : 1000) {
        const char *path = scratch_write_bytes("cut.cache", (char *)bytes, cut);
        ck_assert_int_eq(face_cache_open(path, key, &set, &error), 0);
        ck_assert_ptr_null(set);
    }
    for (size_t at = 0; at < size; at += at < 64 ? 1 : 997) {
        bytes[at] ^= 4;
        const char *path = scratch_write_bytes("bad.cache", (char *)bytes, size);
        ck_assert_msg(face_cache_open(path, key, &set, &error) == 0, "byte %zu", at);
        bytes[at] ^= 4;
    }
    ck_assert_int_eq(face_cache_open(data, key, &set, &error), 0);
    ck_assert_int_eq(face_cache_open(scratch_path("absent"), key, &set, &error), 0);
    ck_assert_int_eq(face_cache_open(scratch_path(""), key, &set, &error), 0);
    free(bytes);
}
END_TEST

START_TEST(a_cache_of_labels_and_splits_that_there_are_not_is_none) {
    KEPT(data, write_table("faces.csv", 5, 10));
    KEPT(cache, scratch_path("forged.cache"));
    FaceSet *set = load(data, NULL), *found;
    Error error;
    for (int i = 0; i < 3; i++) {
        set->labels[4] = i == 1 ? EMOTION_COUNT : 0;
        set->splits[4] = i == 2 ? FACE_SPLIT_COUNT : 0;
        ck_assert_int_eq(face_cache_write(cache, 7, set, &error), 0);
        ck_assert_int_eq(face_cache_open(cache, 7, &found, &error), i == 0);
        face_set_destroy(found);
    }
    face_set_destroy(set);
}
END_TEST

START_TEST(the_key_tells_files_and_options_apart) {
    KEPT(folder, scratch_path("data"));
    ck_assert(!directory_create(scratch_path("data/happy"), NULL));
    scratch_write("data/happy/a.png", "one");
    uint64_t one = key_of(folder, &plain);
    ck_assert_uint_eq(key_of(folder, &plain), one);
    scratch_write("data/happy/b.png", "two");
    uint64_t two = key_of(folder, &plain);
    ck_assert_uint_ne(one, two);
    scratch_write("data/happy/b.png", "other");
    ck_assert_uint_ne(key_of(folder, &plain), two);
    FaceLoadOptions other = plain;
    other.seed = 7; /* of built-in faces only */
    ck_assert_uint_eq(key_of(folder, &other), key_of(folder, &plain));
    ck_assert_uint_ne(key_of("synthetic", &other), key_of("synthetic", &plain));
    other.skip_bad = true;
    ck_assert_uint_ne(key_of(folder, &other), key_of(folder, &plain));
    Error error;
    ck_assert_int_eq(key_for(scratch_path("absent"), &plain, &one, &error), -1);
    assert_contains(error.message, "absent");
}
END_TEST

START_TEST(what_cannot_be_read_or_written_is_said) {
    Error error;
    FaceLoadOptions options = plain;
    KEPT(nowhere, scratch_path("no/such/folder/faces.cache"));
    KEPT(cache, scratch_path("faces.cache"));
    KEPT(data, write_table("faces.csv", 2, 1));
    options.cache = nowhere;
    ck_assert_ptr_null(face_load(data, options, &error));
    assert_contains(error.message, "no/such/folder");
    options.cache = cache;
    ck_assert_ptr_null(face_load(scratch_write("bad.csv", "no header\n"), options, &error));
    ck_assert(!file_exists(options.cache));
    FaceSet *set = load(data, cache);
    uint8_t pixels[FACE_PIXELS] = {0};
    ck_assert_int_eq(face_set_append(set, pixels, EMOTION_SAD, FACE_TRAINING, &error), -1);
    ck_assert_uint_eq(set->count, 2);
    face_set_destroy(set);
}
END_TEST

START_TEST(of_several_processes_one_makes_the_cache) {
    Error error;
    KEPT(cache, scratch_path("faces.cache"));
    KEPT(data, write_table("faces.csv", 4, 1));
    KEPT(other, write_table("other.csv", 3, 9));
    FaceSet *made = load(other, NULL);
    FileLock lock;
    ck_assert_int_eq(file_lock_to_make(&lock, cache, &error), 0);
    pid_t child = fork();
    if (!child) {
        FaceSet *found = load(data, cache);
        _exit(found->count == made->count ? 0 : 1);
    }
    usleep(100000); /* in which a child that does not wait would read the data */
    ck_assert_int_eq(face_cache_write(cache, key_of(data, &plain), made, &error), 0);
    file_unlock(&lock);
    int status;
    waitpid(child, &status, 0);
    ck_assert_int_eq(status, 0);
    face_set_destroy(made);
}
END_TEST

Suite *face_cache_suite(void) {
    Suite *suite = suite_create("face_cache");
    TCase *tcase = tcase_create("cache");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, faces_from_a_cache_are_those_of_the_data);
    tcase_add_test(tcase, a_cache_of_other_data_is_written_again);
    tcase_add_test(tcase, a_cut_damaged_or_foreign_file_is_no_cache);
    tcase_add_test(tcase, a_cache_of_labels_and_splits_that_there_are_not_is_none);
    tcase_add_test(tcase, the_key_tells_files_and_options_apart);
    tcase_add_test(tcase, what_cannot_be_read_or_written_is_said);
    tcase_add_test(tcase, of_several_processes_one_makes_the_cache);
    suite_add_tcase(suite, tcase);
    return suite;
}
