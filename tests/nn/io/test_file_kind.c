/* Files named for what they are. */
#include "nn/io/file_kind.h"

#include "tests/support/text.h"

#include <check.h>
#include <string.h>

static void assert_kind(const char *bytes, size_t size, const char *kind) {
    const char *found = file_kind((const unsigned char *)bytes, size);
    ck_assert_msg(found && strstr(found, kind), "'%s', expected '%s'", found ? found : "nothing",
                  kind);
}

START_TEST(common_files_are_known_by_their_first_bytes) {
    assert_kind("\x89PNG\r\n\x1a\n", 8, "PNG");
    assert_kind("\x89HDF\r\n\x1a\n", 8, "HDF5");
    assert_kind("PK\3\4\0\0", 6, "PyTorch");
    assert_kind("RIFF\0\0\0\0RMID", 12, "MIDI file in a RIFF");
    assert_kind("\0\0\0\x20"
                "ftypavif",
                12, "AVIF");
    assert_kind("words,\tand\r\nmore", 15, "a text");
}
END_TEST

START_TEST(bytes_that_say_nothing_have_no_kind) {
    ck_assert_ptr_null(file_kind((const unsigned char *)"", 0));
    ck_assert_ptr_null(file_kind((const unsigned char *)"\1\2\3\4\5", 5));
    ck_assert_ptr_null(file_kind((const unsigned char *)"\x89PN", 3)); /* cut within its sign */
}
END_TEST

Suite *file_kind_suite(void) {
    Suite *suite = suite_create("file_kind");
    TCase *tcase = tcase_create("file_kind");
    tcase_add_test(tcase, common_files_are_known_by_their_first_bytes);
    tcase_add_test(tcase, bytes_that_say_nothing_have_no_kind);
    suite_add_tcase(suite, tcase);
    return suite;
}
