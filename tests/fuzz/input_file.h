/* input_file.h: a fuzzer's bytes as a file in memory, for readers that open one. */
#ifndef TESTS_FUZZ_INPUT_FILE_H
#define TESTS_FUZZ_INPUT_FILE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct InputFile {
    int file;
    char path[64];
} InputFile;

/* Close with input_file_close. */
static inline InputFile input_file_open(const uint8_t *bytes, size_t size) {
    InputFile input = {.file = memfd_create("fuzz", 0)};
    if (input.file < 0)
        abort();
    for (size_t at = 0; at < size;) {
        ssize_t written = write(input.file, bytes + at, size - at);
        if (written <= 0)
            abort();
        at += (size_t)written;
    }
    snprintf(input.path, sizeof input.path, "/proc/self/fd/%d", input.file);
    return input;
}

static inline void input_file_close(const InputFile *input) {
    close(input->file);
}

#endif
