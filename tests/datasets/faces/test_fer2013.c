/* The FER2013 reader: both spellings, good and bad rows, plain and gzip, and the real file. */
#include "datasets/faces/face_load.h"
#include "datasets/faces/fer2013.h"
#include "tests/support/data.h"
#include "tests/support/files.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

static const char HEADER[] = "emotion,pixels,Usage\n";

/* A CSV file being put together. */
typedef struct Csv {
    char *text;
    size_t size;
    FILE *stream;
} Csv;

static void csv_begin(Csv *csv, const char *header) {
    csv->stream = open_memstream(&csv->text, &csv->size);
    fputs(header, csv->stream);
}

static int pixel(int seed, int index) {
    return (seed * 31 + index * 7) % 256;
}

static void csv_pixels(Csv *csv, int seed, int count) {
    for (int i = 0; i < count; i++)
        fprintf(csv->stream, "%s%d", i ? " " : "", pixel(seed, i));
}

static void csv_row(Csv *csv, const char *emotion, int seed, int count, const char *rest) {
    fprintf(csv->stream, "%s,", emotion);
    csv_pixels(csv, seed, count);
    fprintf(csv->stream, ",%s", rest);
}

/* Writes it into the scratch directory; the text stays for csv_end. */
static const char *csv_write(Csv *csv, const char *name) {
    fflush(csv->stream);
    return scratch_write_bytes(name, csv->text, csv->size);
}

static void csv_end(Csv *csv) {
    fclose(csv->stream);
    free(csv->text);
}

static const char *write_gzip(const char *name, const char *text, size_t size) {
    const char *path = scratch_path(name);
    gzFile stream = gzopen(path, "wb");
    ck_assert_int_eq(gzwrite(stream, text, (unsigned)size), (int)size);
    ck_assert_int_eq(gzclose(stream), Z_OK);
    return path;
}

static void assert_face(const FaceSet *set, uint32_t index, int seed, Emotion label,
                        FaceSplit split) {
    ck_assert_uint_lt(index, set->count);
    ck_assert_int_eq(set->labels[index], label);
    ck_assert_int_eq(set->splits[index], split);
    for (int i = 0; i < FACE_PIXELS; i++)
        ck_assert_int_eq(face_set_face(set, index)[i], pixel(seed, i));
}

static FaceSet *load(const char *path) {
    Error error = {""};
    FaceSet *set = fer2013_load(path, FACE_TRAINING, NULL, &error);
    ck_assert_msg(set, "%s", error.message);
    return set;
}

/* The file must fail with a message that holds all the parts. */
static void assert_refused(const char *path, const char *part, const char *other_part) {
    Error error = {""};
    FaceSet *set = fer2013_load(path, FACE_TRAINING, NULL, &error);
    ck_assert_ptr_null(set);
    assert_contains(error.message, part);
    assert_contains(error.message, other_part);
}

/* ----------------------------------------------------------------------------- good files */

START_TEST(rows_become_faces_in_order) {
    Csv csv;
    csv_begin(&csv, HEADER);
    csv_row(&csv, "0", 1, FACE_PIXELS, "Training\n");
    csv_row(&csv, "3", 2, FACE_PIXELS, "PublicTest\n");
    csv_row(&csv, "6", 3, FACE_PIXELS, "PrivateTest\n");
    FaceSet *set = load(csv_write(&csv, "fer2013.csv"));
    ck_assert_uint_eq(set->count, 3);
    ck_assert_uint_eq(set->skipped, 0);
    assert_face(set, 0, 1, EMOTION_ANGRY, FACE_TRAINING);
    assert_face(set, 1, 2, EMOTION_HAPPY, FACE_PUBLIC_TEST);
    assert_face(set, 2, 3, EMOTION_NEUTRAL, FACE_PRIVATE_TEST);
    face_set_destroy(set);
    csv_end(&csv);
}
END_TEST

START_TEST(the_other_header_and_column_order_are_read) {
    Csv csv;
    csv_begin(&csv, "emotion, Usage, pixels\n");
    fputs("4, PrivateTest, ", csv.stream);
    csv_pixels(&csv, 9, FACE_PIXELS);
    FaceSet *set = load(csv_write(&csv, "icml_face_data.csv"));
    assert_face(set, 0, 9, EMOTION_SAD, FACE_PRIVATE_TEST);
    face_set_destroy(set);
    csv_end(&csv);
}
END_TEST

START_TEST(without_usage_the_faces_belong_to_the_split_asked_for) {
    Csv csv;
    csv_begin(&csv, "pixels,emotion\n");
    csv_pixels(&csv, 4, FACE_PIXELS);
    fputs(",3\n", csv.stream);
    const char *path = csv_write(&csv, "train.csv");
    for (int split = 0; split < FACE_SPLIT_COUNT; split++) {
        FaceSet *set = fer2013_load(path, (FaceSplit)split, NULL, NULL);
        ck_assert_uint_eq(set->count, 1);
        ck_assert(set->unsplit);
        assert_face(set, 0, 4, EMOTION_HAPPY, (FaceSplit)split);
        face_set_destroy(set);
    }
    fputs("x,3,Training\n", csv.stream);
    assert_refused(csv_write(&csv, "train.csv"), "train.csv:3", "3 fields, expected 2");
    csv_end(&csv);
}
END_TEST

START_TEST(line_ends_quotes_blank_lines_and_a_byte_order_mark_do_not_matter) {
    Csv csv;
    csv_begin(&csv, "\xEF\xBB\xBF\"emotion\",\"pixels\",\"Usage\"\r\n");
    fputs("\"2\",\"", csv.stream);
    csv_pixels(&csv, 5, FACE_PIXELS);
    fputs("\",\"Training\"\r\n\r\n", csv.stream);
    csv_row(&csv, " 1 ", 6, FACE_PIXELS, " PublicTest \r\n");
    csv_row(&csv, "5", 7, FACE_PIXELS, "PrivateTest"); /* no newline at the end */
    FaceSet *set = load(csv_write(&csv, "windows.csv"));
    ck_assert_uint_eq(set->count, 3);
    assert_face(set, 0, 5, EMOTION_FEAR, FACE_TRAINING);
    assert_face(set, 1, 6, EMOTION_DISGUST, FACE_PUBLIC_TEST);
    assert_face(set, 2, 7, EMOTION_SURPRISE, FACE_PRIVATE_TEST);
    face_set_destroy(set);
    csv_end(&csv);
}
END_TEST

/* More than two blocks of 4 MiB, so that rows lie across block ends. */
START_TEST(any_number_of_threads_and_gzip_give_the_same_set) {
    enum { ROWS = 1100 };
    Csv csv;
    csv_begin(&csv, HEADER);
    for (int i = 0; i < ROWS; i++)
        csv_row(&csv, text_format("%d", i % 7), i, FACE_PIXELS,
                i % 3 ? "Training\n" : "PrivateTest\n");
    const char *plain = csv_write(&csv, "large.csv"),
               *gzip = write_gzip("large.csv.gz", csv.text, csv.size);
    FaceSet *expected = load(plain);
    ck_assert_uint_eq(expected->count, ROWS);
    for (uint32_t i = 0; i < ROWS; i++)
        assert_face(expected, i, (int)i, (Emotion)(i % 7),
                    i % 3 ? FACE_TRAINING : FACE_PRIVATE_TEST);
    for (int threads = 1; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        FaceSet *sets[] = {load(plain), load(gzip)};
        for (int i = 0; i < 2; i++) {
            ck_assert(face_set_checksum(sets[i]) == face_set_checksum(expected));
            face_set_destroy(sets[i]);
        }
    }
    face_set_destroy(expected);
    csv_end(&csv);
}
END_TEST

/* ------------------------------------------------------------------------------ bad files */

START_TEST(a_bad_row_is_named_by_line_and_reason) {
    static const struct {
        const char *emotion, *rest, *reason;
        int pixels;
    } cases[] = {
        {"0", "Training\n", "2303 pixels, expected 2304", 2303},
        {"0", "Training\n", "2305 pixels, expected 2304", 2305},
        {"0", "Training\n", "0 pixels, expected 2304", 0},
        {"7", "Training\n", "emotion '7', expected 0 to 6", 2304},
        {"-1", "Training\n", "emotion '-1', expected 0 to 6", 2304},
        {"", "Training\n", "emotion '', expected 0 to 6", 2304},
        {"0", "Test2\n", "usage 'Test2', expected Training, PublicTest or PrivateTest", 2304},
        {"0", "Training,x\n", "4 fields, expected 3", 2304},
    };
    Csv csv;
    csv_begin(&csv, HEADER);
    csv_row(&csv, "0", 1, FACE_PIXELS, "Training\n\n");
    csv_row(&csv, cases[_i].emotion, 2, cases[_i].pixels, cases[_i].rest);
    csv_row(&csv, "9", 3, FACE_PIXELS, "Training\n");
    const char *path = csv_write(&csv, "fer2013.csv");
    assert_refused(path, "fer2013.csv:4: ", cases[_i].reason);
    FaceSet *set = fer2013_load(path, FACE_TRAINING, &(BadInputs){.skip = true}, NULL);
    ck_assert_uint_eq(set->count, 1);
    ck_assert_uint_eq(set->skipped, 2);
    assert_face(set, 0, 1, EMOTION_ANGRY, FACE_TRAINING);
    face_set_destroy(set);
    csv_end(&csv);
}
END_TEST

START_TEST(a_pixel_that_is_no_number_to_255_is_named) {
    static const struct {
        const char *written, *reason;
    } cases[] = {{"256", "pixel 12 is '256'"},
                 {"x1", "pixel 12 is 'x1'"},
                 {"-3", "pixel 12 is '-3'"},
                 {"1.5", "pixel 12 is '1.5'"},
                 {"4294967297", "pixel 12 is '4294967297'"},
                 {"7\t8", "pixel 12 is '7?8'"}};
    Csv csv;
    csv_begin(&csv, HEADER);
    fputs("0,", csv.stream);
    csv_pixels(&csv, 1, 11);
    fprintf(csv.stream, " %s ", cases[_i].written);
    csv_pixels(&csv, 1, FACE_PIXELS - 12);
    fputs(",Training\n", csv.stream);
    assert_refused(csv_write(&csv, "fer2013.csv"), "fer2013.csv:2: ", cases[_i].reason);
    csv_end(&csv);
}
END_TEST

START_TEST(the_first_bad_row_is_the_one_reported) {
    Csv csv;
    csv_begin(&csv, HEADER);
    for (int i = 2; i < 200; i++)
        csv_row(&csv, i >= 90 ? "8" : "1", i, i >= 150 ? 3 : FACE_PIXELS, "Training\n");
    const char *path = csv_write(&csv, "fer2013.csv");
    for (int threads = 1; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        assert_refused(path, "fer2013.csv:90: ", "emotion '8'");
    }
    csv_end(&csv);
}
END_TEST

START_TEST(tables_that_other_programs_wrote_back_are_read) {
    Csv csv;
    csv_begin(&csv, ",emotion,pixels,note,Usage\n"); /* an index without a name */
    static const char *const written[] = {"3", "3.0", "happy", "Happy", "\"3.00\"", "joy"};
    for (int i = 0; i < 6; i++) {
        fprintf(csv.stream, "%d,%s,\"", i, written[i]);
        csv_pixels(&csv, i, FACE_PIXELS);
        fputs("\",\"one, two\",PublicTest\n", csv.stream);
    }
    FaceSet *set = load(csv_write(&csv, "table.csv"));
    ck_assert_uint_eq(set->count, 6);
    for (uint32_t i = 0; i < 6; i++)
        assert_face(set, i, (int)i, EMOTION_HAPPY, FACE_PUBLIC_TEST);
    face_set_destroy(set);
    csv_end(&csv);
}
END_TEST

START_TEST(a_label_between_two_emotions_is_refused) {
    static const char *const written[] = {"3.5", "7.0", "-1.0", "3.0e0", "3.0.0", "nan"};
    Csv csv;
    csv_begin(&csv, HEADER);
    csv_row(&csv, written[_i], 1, FACE_PIXELS, "Training\n");
    assert_refused(csv_write(&csv, "table.csv"), "table.csv:2: emotion '", written[_i]);
    csv_end(&csv);
}
END_TEST

/* Bad rows of every kind, over several of the blocks that a file is read in. */
START_TEST(a_list_names_every_bad_row_in_order) {
    Csv csv;
    Error error = {""};
    csv_begin(&csv, HEADER);
    for (int i = 2; i < 1200; i++)
        csv_row(&csv, i % 4 == 1 ? "bad" : "5", i, i % 4 == 2 ? 9 : FACE_PIXELS, "Training\n");
    char *path = strdup(csv_write(&csv, "fer2013.csv")), *list = strdup(scratch_path("bad.txt"));
    FaceLoadOptions options = {.list_bad = list};
    for (int skip = 0; skip < 2; skip++) {
        options.skip_bad = skip;
        FaceSet *set = face_load(path, options, &error);
        ck_assert_msg((set != NULL) == skip, "%s", error.message);
        face_set_destroy(set);
        char *text = (char *)file_bytes(list, NULL), *line = strtok(text, "\n");
        for (int i = 2; i < 1200; i++)
            if (i % 4 == 1 || i % 4 == 2) {
                ck_assert_ptr_nonnull(line);
                assert_contains(line, text_format("fer2013.csv:%d: ", i));
                assert_contains(line, i % 4 == 1 ? "emotion 'bad'" : "9 pixels");
                line = strtok(NULL, "\n");
            }
        ck_assert_ptr_null(line);
        free(text);
    }
    assert_contains(error.message, "fer2013.csv:2: 9 pixels");
    assert_contains(error.message, "(599 bad rows or files in all, listed in ");
    free(path);
    free(list);
    csv_end(&csv);
}
END_TEST

START_TEST(skipping_keeps_the_good_rows_in_order) {
    Csv csv;
    csv_begin(&csv, HEADER);
    for (int i = 0; i < 60; i++)
        csv_row(&csv, i % 4 == 1 ? "bad" : "5", i, i % 4 == 2 ? 9 : FACE_PIXELS, "Training\n");
    FaceSet *set = fer2013_load(csv_write(&csv, "fer2013.csv"), FACE_TRAINING,
                                &(BadInputs){.skip = true}, NULL);
    ck_assert_uint_eq(set->count, 30);
    ck_assert_uint_eq(set->skipped, 30);
    for (uint32_t i = 0; i < 30; i++)
        assert_face(set, i, (int)(i / 2 * 4 + i % 2 * 3), EMOTION_SURPRISE, FACE_TRAINING);
    face_set_destroy(set);
    csv_end(&csv);
}
END_TEST

START_TEST(what_is_no_such_file_is_refused) {
    assert_refused(scratch_path("missing.csv"), "missing.csv", "No such file");
    assert_refused(scratch_write("empty.csv", ""), "empty.csv:1",
                   "expected emotion,pixels,Usage; is the file empty?");
    assert_refused(scratch_write("other.csv", "file,valence,arousal\n1,2,3\n"), "other.csv:1",
                   "'file,valence,arousal', expected emotion,pixels,Usage");
    static const char *const headers[] = {"emotion,emotion,Usage\n", "emotion,pixels,pixels\n",
                                          "emotion,Usage\n", "pixels\n",
                                          "emotion,pixels,Usage,Usage\n"};
    for (int i = 0; i < 5; i++)
        assert_refused(scratch_write("other.csv", headers[i]), "other.csv:1", "expected emotion");
    assert_refused(scratch_write("header.csv", HEADER), "header.csv", "no faces");
    assert_refused(scratch_path("."), "is a folder", "not a file");
}
END_TEST

START_TEST(a_pipe_is_refused_without_waiting) {
    const char *pipe = scratch_path("pipe.csv");
    ck_assert_int_eq(mkfifo(pipe, 0600), 0);
    Error error;
    ck_assert_ptr_null(fer2013_load(pipe, FACE_TRAINING, NULL, &error));
    assert_contains(error.message, "pipe.csv is not a regular file");
}
END_TEST

START_TEST(a_line_without_end_is_refused_without_reading_it_all_into_memory) {
    Csv csv;
    csv_begin(&csv, HEADER);
    for (int i = 0; i < 9 << 20; i++)
        fputc('1', csv.stream);
    assert_refused(csv_write(&csv, "long.csv"), "long.csv:2: ", "a line of more than");
    csv_end(&csv);
}
END_TEST

START_TEST(gzip_cut_at_any_byte_is_refused) {
    Csv csv;
    csv_begin(&csv, HEADER);
    for (int i = 0; i < 3; i++)
        csv_row(&csv, "1", i, FACE_PIXELS, "Training\n");
    fflush(csv.stream);
    const char *path = write_gzip("whole.csv.gz", csv.text, csv.size);
    char bytes[1 << 16];
    FILE *stream = fopen(path, "rb");
    size_t size = fread(bytes, 1, sizeof bytes, stream);
    fclose(stream);
    ck_assert_uint_lt(size, sizeof bytes);
    for (size_t cut = 2; cut < size; cut += cut < 64 || cut + 64 > size ? 1 : 13) {
        Error error = {""};
        ck_assert_ptr_null(fer2013_load(scratch_write_bytes("cut.csv.gz", bytes, cut),
                                        FACE_TRAINING, NULL, &error));
        ck_assert_msg(strstr(error.message, "cut.csv.gz: the compressed data ends early"),
                      "cut at %zu of %zu: %s", cut, size, error.message);
        ck_assert_ptr_null(fer2013_load(scratch_path("cut.csv.gz"), FACE_TRAINING,
                                        &(BadInputs){.skip = true}, &error));
    }
    csv_end(&csv);
}
END_TEST

START_TEST(gzip_with_a_damaged_byte_is_refused) {
    Csv csv;
    csv_begin(&csv, HEADER);
    csv_row(&csv, "1", 1, FACE_PIXELS, "Training\n");
    fflush(csv.stream);
    const char *path = write_gzip("whole.csv.gz", csv.text, csv.size);
    char bytes[1 << 16];
    FILE *stream = fopen(path, "rb");
    size_t size = fread(bytes, 1, sizeof bytes, stream);
    fclose(stream);
    enum { GZIP_HEADER = 10 };
    for (size_t at = GZIP_HEADER; at < size; at += 7) {
        bytes[at] ^= 0x10;
        ck_assert_ptr_null(fer2013_load(scratch_write_bytes("damaged.csv.gz", bytes, size),
                                        FACE_TRAINING, NULL, NULL));
        bytes[at] ^= 0x10;
    }
    csv_end(&csv);
}
END_TEST

/* ------------------------------------------------------------------------------- real file */

START_TEST(the_real_file_has_its_official_counts_and_known_copies) {
    static const int official[FACE_SPLIT_COUNT][EMOTION_COUNT] = {
        {3995, 436, 4097, 7215, 4830, 3171, 4965},
        {467, 56, 496, 895, 653, 415, 607},
        {491, 55, 528, 879, 594, 416, 626}};
    const char *path = data_path("fer2013.csv.gz");
    if (!path)
        return;
    FaceSet *set = load(path);
    int counts[FACE_SPLIT_COUNT][EMOTION_COUNT] = {0};
    uint8_t *occurrence = malloc(set->count);
    ck_assert_int_eq(face_set_occurrence(set, occurrence, NULL), 0);
    int in_training = 0, only_in_public_test = 0;
    for (uint32_t i = 0; i < set->count; i++) {
        counts[set->splits[i]][set->labels[i]]++;
        if (set->splits[i] != FACE_PRIVATE_TEST)
            continue;
        bool training = occurrence[i] & 1 << FACE_TRAINING;
        in_training += training;
        only_in_public_test += !training && occurrence[i] & 1 << FACE_PUBLIC_TEST;
    }
    ck_assert_mem_eq(counts, official, sizeof counts);
    ck_assert_int_eq(in_training, 288);
    ck_assert_int_eq(only_in_public_test, 26);
    uint32_t unshared,
        *indices = face_set_indices(set, FACE_PRIVATE_TEST, FACE_UNSHARED, &unshared, NULL);
    ck_assert_uint_eq(unshared, 3589 - 288 - 26);
    free(indices);
    free(occurrence);
    face_set_destroy(set);
}
END_TEST

Suite *fer2013_suite(void) {
    Suite *suite = suite_create("fer2013");
    TCase *tcase = tcase_create("reader");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, rows_become_faces_in_order);
    tcase_add_test(tcase, without_usage_the_faces_belong_to_the_split_asked_for);
    tcase_add_test(tcase, the_other_header_and_column_order_are_read);
    tcase_add_test(tcase, line_ends_quotes_blank_lines_and_a_byte_order_mark_do_not_matter);
    tcase_add_test(tcase, any_number_of_threads_and_gzip_give_the_same_set);
    tcase_add_loop_test(tcase, a_bad_row_is_named_by_line_and_reason, 0, 8);
    tcase_add_loop_test(tcase, a_pixel_that_is_no_number_to_255_is_named, 0, 6);
    tcase_add_test(tcase, the_first_bad_row_is_the_one_reported);
    tcase_add_test(tcase, tables_that_other_programs_wrote_back_are_read);
    tcase_add_loop_test(tcase, a_label_between_two_emotions_is_refused, 0, 6);
    tcase_add_test(tcase, a_list_names_every_bad_row_in_order);
    tcase_add_test(tcase, skipping_keeps_the_good_rows_in_order);
    tcase_add_test(tcase, what_is_no_such_file_is_refused);
    tcase_add_test(tcase, a_pipe_is_refused_without_waiting);
    tcase_add_test(tcase, a_line_without_end_is_refused_without_reading_it_all_into_memory);
    tcase_add_test(tcase, gzip_cut_at_any_byte_is_refused);
    tcase_add_test(tcase, gzip_with_a_damaged_byte_is_refused);
    tcase_add_test(tcase, the_real_file_has_its_official_counts_and_known_copies);
    suite_add_tcase(suite, tcase);
    return suite;
}
