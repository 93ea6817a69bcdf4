#include "nn/base/fnv1a.h"

#include <check.h>
#include <string.h>

/* From the authors' table of test vectors. */
START_TEST(hashes_are_those_of_the_authors) {
    static const struct {
        const char *text;
        uint64_t hash;
    } known[] = {
        {"", 0xcbf29ce484222325},
        {"a", 0xaf63dc4c8601ec8c},
        {"foobar", 0x85944171f73967e8},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        ck_assert_uint_eq(fnv1a(FNV1A_START, known[i].text, strlen(known[i].text)), known[i].hash);
}
END_TEST

START_TEST(pieces_hash_as_their_whole) {
    uint64_t hash = fnv1a(FNV1A_START, "foo", 3);
    ck_assert_uint_eq(fnv1a(hash, "bar", 3), fnv1a(FNV1A_START, "foobar", 6));
}
END_TEST

Suite *fnv1a_suite(void) {
    Suite *suite = suite_create("fnv1a");
    TCase *tests = tcase_create("hash");
    tcase_add_test(tests, hashes_are_those_of_the_authors);
    tcase_add_test(tests, pieces_hash_as_their_whole);
    suite_add_tcase(suite, tests);
    return suite;
}
