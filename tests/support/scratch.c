#include "tests/support/scratch.h"

#include "nn/io/file.h"
#include "tests/support/text.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char home[1000], directory[1024];

/* A test that gives up its rights must still reach its directory. */
bool scratch_begin(void) {
    const char *parent = getenv("TMPDIR");
    snprintf(home, sizeof home, "%s/affekt-XXXXXX", parent && *parent ? parent : "/tmp");
    return mkdtemp(home) && !chmod(home, 0711) && !setenv("TMPDIR", home, 1);
}

void scratch_create(void) {
    snprintf(directory, sizeof directory, "%s/XXXXXX", home);
    ck_assert_ptr_nonnull(mkdtemp(directory));
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place) {
    (void)info, (void)kind, (void)place;
    return remove(path);
}

static void remove_tree(char *path) {
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    path[0] = 0;
}

void scratch_remove(void) {
    remove_tree(directory);
}

void scratch_end(void) {
    remove_tree(home);
}

const char *scratch_path(const char *name) {
    ck_assert_msg(directory[0], "scratch_path without the fixture scratch_create");
    return text_format("%s/%s", directory, name);
}

int scratch_count(void) {
    DIR *stream = opendir(directory);
    ck_assert_ptr_nonnull(stream);
    int n = -2; /* . and .. */
    while (readdir(stream))
        n++;
    closedir(stream);
    return n;
}

bool scratch_has_nameless_files(void) {
    FileWriter writer;
    ck_assert_int_eq(file_begin(&writer, scratch_path("nameless"), NULL), 0);
    bool nameless = writer.nameless;
    file_abandon(&writer);
    if (!nameless)
        fprintf(stderr, "skipped: %s lies where files cannot be without a name\n", directory);
    return nameless;
}

const char *scratch_write(const char *name, const char *text) {
    return scratch_write_bytes(name, text, strlen(text));
}

const char *scratch_write_bytes(const char *name, const void *bytes, size_t size) {
    const char *path = scratch_path(name);
    FILE *stream = fopen(path, "wb");
    ck_assert_ptr_nonnull(stream);
    ck_assert_uint_eq(fwrite(bytes, 1, size, stream), size);
    ck_assert_int_eq(fclose(stream), 0);
    return path;
}
