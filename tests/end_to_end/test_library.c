/* What the guides say: the README's examples of Python and C do what it says, and files that are
 * named are there. */
#include "tests/support/cascades.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

#include <stdlib.h>

static char *printed_by(const char *command) {
    static char text[4096];
    FILE *stream = popen(command, "r");
    ck_assert_ptr_nonnull(stream);
    text[fread(text, 1, sizeof text - 1, stream)] = 0;
    int status = pclose(stream);
    ck_assert_msg(status == 0, "%s\ngave status %d and\n%s", command, status, text);
    return text;
}

/* The README's block of code in that language, as a file. */
static const char *example(const char *language, const char *name) {
    const char *path = scratch_path(name);
    printed_by(
        text_format("sed -n '/^```%s$/,/^```$/p' README.md | sed '/^```/d' >%s", language, path));
    return path;
}

START_TEST(numpy_reads_the_weights) {
    if (system("/usr/bin/python3 -c 'import numpy' 2>/dev/null")) {
        fprintf(stderr, "skipped: no NumPy for /usr/bin/python3\n");
        return;
    }
    const char *script = example("python", "weights.py");
    assert_contains(printed_by(text_format("/usr/bin/python3 %s 2>&1", script)), "(32, 1, 3, 3)");
}
END_TEST

/* A guide stands in its room; a path in it is from the root, or ends that of a file of the room. */
START_TEST(guides_name_files_that_are_there) {
    static const char *const rooms[] = {".",     "nn",      "datasets", "train",
                                        "infer", "compose", "tests"};
    const char *missing = printed_by(
        text_format("grep -o '[`(][a-z0-9_/-]*[a-z0-9_]\\.\\(h\\|c\\|py\\|md\\|png\\)[`)]' "
                    "%s/README.md | tr -d '`()' |"
                    "while read -r file; do [ -f $file ] || "
                    "[ \"$(find %s -path ./build -prune -o -path \"*/$file\" -print -quit)\" ] ||"
                    "echo $file; done",
                    rooms[_i], rooms[_i]));
    ck_assert_str_eq(missing, "");
}
END_TEST

/* With the library of this build in place of an installed one. */
START_TEST(a_c_program_links_with_the_library) {
    if (!usual_cascade_is_here())
        return;
    const char *source = example("c", "tell.c"), *program = scratch_path("tell");
    const char *build = printed_by(text_format("dirname %s | tr -d '\\n'", program_path()));
    printed_by(text_format("${CC:-cc} -Wall -Werror %s -o %s $(PKG_CONFIG_PATH=%s "
                           "pkg-config --define-variable=libdir=%s --define-variable=headers=. "
                           "--cflags --libs affekt) 2>&1",
                           source, program, build, build));
    const char *said = printed_by(
        text_format("%s infer/models/face.safetensors experiments/demo/collins.png 2>&1", program));
    assert_contains(said, "happy 0.92");
}
END_TEST

Suite *library_suite(void) {
    Suite *suite = suite_create("library");
    TCase *tcase = tcase_create("examples of the README");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, numpy_reads_the_weights);
    tcase_add_test(tcase, a_c_program_links_with_the_library);
    tcase_add_loop_test(tcase, guides_name_files_that_are_there, 0, 7);
    suite_add_tcase(suite, tcase);
    return suite;
}
