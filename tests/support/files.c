#include "tests/support/files.h"

#include "nn/io/file.h"

#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 1 << 26 };

unsigned char *file_bytes(const char *path, size_t *size) {
    unsigned char *bytes;
    size_t count;
    Error error;
    ck_assert_msg(!file_read(path, LARGEST, &bytes, &count, &error), "%s", error.message);
    if (size)
        *size = count;
    return bytes;
}

/* Asserts that two files are the same from `start` of each on. */
static void assert_same_from(const char *const paths[2], size_t (*start)(const unsigned char *)) {
    unsigned char *bytes[2];
    size_t size[2], from[2];
    for (int i = 0; i < 2; i++) {
        bytes[i] = file_bytes(paths[i], &size[i]);
        from[i] = start(bytes[i]);
        ck_assert_uint_le(from[i], size[i]);
    }
    bool same = size[0] - from[0] == size[1] - from[1] &&
                !memcmp(bytes[0] + from[0], bytes[1] + from[1], size[0] - from[0]);
    ck_assert_msg(same, "%s and %s differ", paths[0], paths[1]);
    free(bytes[0]);
    free(bytes[1]);
}

static size_t whole(const unsigned char *bytes) {
    (void)bytes;
    return 0;
}

/* A safetensors file begins with the length of its header, after which its tensors stand. */
static size_t after_header(const unsigned char *bytes) {
    uint64_t header;
    memcpy(&header, bytes, sizeof header);
    return sizeof header + header;
}

void assert_same_file(const char *a, const char *b) {
    assert_same_from((const char *const[]){a, b}, whole);
}

void assert_same_weights(const char *a, const char *b) {
    assert_same_from((const char *const[]){a, b}, after_header);
}
