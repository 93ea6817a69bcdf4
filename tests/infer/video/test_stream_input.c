/* Bytes of a pipe, for which nobody has to wait to the end. */
#include "infer/video/stream_input.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>

#ifdef HAVE_FFMPEG

#    include <fcntl.h>
#    include <sys/stat.h>
#    include <unistd.h>

static Error error;

/* A named pipe with a writer that keeps it open; the writer's descriptor. */
static int open_pipe(const char *path) {
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    int writer = open(path, O_RDWR);
    ck_assert_int_ge(writer, 0);
    return writer;
}

START_TEST(pipes_and_standard_input_are_meant_and_files_are_not) {
    const char *path = scratch_path("pipe");
    close(open_pipe(path));
    ck_assert(stream_input_is_meant(path));
    ck_assert(stream_input_is_meant("-"));
    ck_assert(stream_input_is_meant("/dev/null"));
    ck_assert(!stream_input_is_meant(scratch_write("file", "")));
    ck_assert(!stream_input_is_meant(scratch_path("absent")));
}
END_TEST

START_TEST(what_is_written_is_read) {
    const char *path = scratch_path("pipe");
    int writer = open_pipe(path);
    AVIOContext *input = stream_input_open(path, NULL, &error);
    ck_assert_ptr_nonnull(input);
    unsigned char bytes[8] = {0};
    ck_assert_int_eq(write(writer, "a video", 7), 7);
    ck_assert_int_eq(avio_read(input, bytes, 7), 7);
    ck_assert_mem_eq(bytes, "a video", 7);
    stream_input_close(&input);
    ck_assert_ptr_null(input);
    close(writer);
}
END_TEST

START_TEST(a_silent_pipe_is_left_when_it_is_time_to_stop) {
    const char *path = scratch_path("pipe");
    int writer = open_pipe(path);
    atomic_bool stop = true;
    AVIOContext *input = stream_input_open(path, &stop, &error);
    ck_assert_ptr_nonnull(input);
    unsigned char byte;
    ck_assert_int_le(avio_read(input, &byte, 1), 0);
    ck_assert_int_eq(input->error, AVERROR_EXIT);
    stream_input_close(&input);
    close(writer);
}
END_TEST

/* By its reason: video.h names the source. */
START_TEST(a_source_that_is_not_there_is_refused) {
    ck_assert_ptr_null(stream_input_open(scratch_path("absent"), NULL, &error));
    assert_contains(error.message, "No such file");
}
END_TEST

#endif

Suite *stream_input_suite(void) {
    Suite *suite = suite_create("stream input");
    TCase *tests = tcase_create("pipes");
    tcase_add_checked_fixture(tests, scratch_create, scratch_remove);
#ifdef HAVE_FFMPEG
    tcase_add_test(tests, pipes_and_standard_input_are_meant_and_files_are_not);
    tcase_add_test(tests, what_is_written_is_read);
    tcase_add_test(tests, a_silent_pipe_is_left_when_it_is_time_to_stop);
    tcase_add_test(tests, a_source_that_is_not_there_is_refused);
#endif
    suite_add_tcase(suite, tests);
    return suite;
}
