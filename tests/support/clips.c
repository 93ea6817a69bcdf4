#include "tests/support/clips.h"

#include "tests/support/scratch.h"

#include <check.h>
#include <stdio.h>

const char *clip_write(const char *name, int width, int height, int frames) {
    const char *path = scratch_path(name);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    fprintf(file, "YUV4MPEG2 W%d H%d F25:1 Ip A1:1 Cmono\n", width, height);
    for (int i = 0; i < frames; i++) {
        fprintf(file, "FRAME\n");
        for (int p = 0; p < width * height; p++)
            fputc(10 * i + 20, file);
    }
    ck_assert_int_eq(fclose(file), 0);
    return path;
}
