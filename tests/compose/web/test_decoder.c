#include "compose/web/decoder.h"

#include "datasets/media/ffmpeg.h"
#include "datasets/media/picture.h"
#include "nn/base/clock.h"
#include "tests/support/files.h"
#include "tests/support/text.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

static Error error;

START_TEST(the_size_is_read_from_the_frame_header) {
    static const unsigned char good[] = {0xff, 0xd8, 0xff, 0xe0, 0, 4,    1, 2,    0xff,
                                         0xff, 0xc2, 0,    11,   8, 0x01, 2, 0x03, 4};
    int width, height;
    ck_assert_int_eq(decoder_jpeg_size(good, sizeof good, &width, &height, &error), 0);
    ck_assert_int_eq(width, 0x304);
    ck_assert_int_eq(height, 0x102);
    for (size_t size = 0; size < sizeof good; size++)
        ck_assert_int_eq(decoder_jpeg_size(good, size, &width, &height, &error), -1);
    ck_assert_int_eq(
        decoder_jpeg_size((const unsigned char *)"\x89PNG\r\n\x1a\n", 8, &width, &height, &error),
        -1);
}
END_TEST

#ifdef HAVE_FFMPEG

static Decoder *decoder;
static unsigned char *jpeg;
static size_t size;

static void set_up(void) {
    decoder = decoder_start(&error);
    ck_assert_msg(decoder != NULL, "%s", error.message);
    jpeg = file_bytes("tests/fixtures/gradient_32x24.jpg", &size);
}

static void tear_down(void) {
    free(jpeg);
    decoder_stop(decoder);
}

static void decode_well(void) {
    Image image = {0};
    ck_assert_msg(!decoder_decode(decoder, jpeg, size, &image, &error), "%s", error.message);
    ck_assert_int_eq(image.width, 32);
    ck_assert_int_eq(image.height, 24);
    image_free(&image);
}

START_TEST(the_pixels_are_those_that_a_picture_has) {
    Image here = {0}, there = {0};
    ck_assert(!picture_decode("a", jpeg, size, IMAGE_GREY, &here, &error));
    ck_assert(!decoder_decode(decoder, jpeg, size, &there, &error));
    ck_assert_mem_eq(here.pixels, there.pixels, 32 * 24);
    image_free(&here);
    image_free(&there);
}
END_TEST

START_TEST(another_process_takes_the_place_of_one_that_dies) {
    decode_well();
    int process = decoder_process(decoder);
    ck_assert_int_gt(process, 0);
    ck_assert_int_eq(kill(process, SIGSEGV), 0);
    while (decoder_process(decoder) == process)
        clock_sleep(0.01);
    decode_well();
}
END_TEST

static volatile sig_atomic_t interruptions;

static void interrupt(int signal) {
    (void)signal;
    interruptions++;
}

START_TEST(a_wait_that_is_interrupted_goes_on) {
    const struct itimerval often = {{0, 1000}, {0, 1000}}, never = {{0, 0}, {0, 0}};
    const struct sigaction action = {.sa_handler = interrupt};
    ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
    ck_assert_int_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
    for (int i = 0; i < 50 || interruptions < 20; i++)
        decode_well();
    ck_assert_int_eq(setitimer(ITIMER_REAL, &never, NULL), 0);
}
END_TEST

START_TEST(damaged_pictures_fail_and_the_next_one_is_decoded) {
    Image image = {0};
    for (size_t at = 2; at < size; at += 7) {
        unsigned char kept = jpeg[at];
        jpeg[at] ^= 0xff;
        if (!decoder_decode(decoder, jpeg, size, &image, &error))
            image_free(&image);
        jpeg[at] = kept;
    }
    ck_assert_int_eq(decoder_decode(decoder, jpeg, 40, &image, &error), -1);
    decode_well();
}
END_TEST

/* The header's word alone decides: nothing of that size is ever allocated. */
START_TEST(too_many_pixels_or_bytes_are_refused_before_they_are_decoded) {
    Image image = {0};
    size_t at = 2;
    while (jpeg[at + 1] != 0xc0 && jpeg[at + 1] != 0xc2)
        at += 2 + (size_t)(jpeg[at + 2] << 8 | jpeg[at + 3]);
    jpeg[at + 5] = jpeg[at + 7] = 0x7f;
    ck_assert_int_eq(decoder_decode(decoder, jpeg, size, &image, &error), -1);
    assert_contains(error.message, "pixels");
    unsigned char *large = calloc(1, DECODER_MOST_BYTES + 1);
    ck_assert_int_eq(decoder_decode(decoder, large, DECODER_MOST_BYTES + 1, &image, &error), -1);
    assert_contains(error.message, "bytes");
    free(large);
}
END_TEST

#endif

Suite *decoder_suite(void) {
    Suite *suite = suite_create("decoder");
    TCase *header = tcase_create("header");
    tcase_add_test(header, the_size_is_read_from_the_frame_header);
    suite_add_tcase(suite, header);
#ifdef HAVE_FFMPEG
    TCase *process = tcase_create("process");
    tcase_add_checked_fixture(process, set_up, tear_down);
    tcase_add_test(process, the_pixels_are_those_that_a_picture_has);
    tcase_add_test(process, another_process_takes_the_place_of_one_that_dies);
    tcase_add_test(process, a_wait_that_is_interrupted_goes_on);
    tcase_add_test(process, damaged_pictures_fail_and_the_next_one_is_decoded);
    tcase_add_test(process, too_many_pixels_or_bytes_are_refused_before_they_are_decoded);
    suite_add_tcase(suite, process);
#endif
    return suite;
}
