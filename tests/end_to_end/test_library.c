/* What the guides say: the README's examples of Python and C do what it says, and files that are
 * named are there. */
#include "tests/support/locale.h"
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

/* The library of this build in place of an installed one. */
static const char *build(void) {
    return printed_by(text_format("dirname %s | tr -d '\\n'", program_path()));
}

static const char *compiled(const char *compiler, const char *source, const char *name,
                            const char *how) {
    const char *program = scratch_path(name);
    char folder[4096];
    snprintf(folder, sizeof folder, "%s", build());
    printed_by(text_format("%s -Wall -Wextra -Werror %s -o %s $(PKG_CONFIG_PATH=%s pkg-config "
                           "--define-variable=libdir=%s --define-variable=includedir=. "
                           "--cflags --libs affekt) %s -Wl,-rpath,%s 2>&1",
                           compiler, source, program, folder, folder, how, folder));
    return program;
}

/* An archive becomes part of a program that lies anywhere; its models do not lie beside it. */
static const char *shipped_models(void) {
    const char *folder = scratch_path("models");
    printed_by(text_format("mkdir %s && ln -s \"$PWD\"/*/models/*.safetensors %s", folder, folder));
    return folder;
}

START_TEST(the_example_prints_what_the_guide_says) {
    const char *program = compiled("${CC:-cc}", example("c", "faces.c"), "faces", "");
    assert_contains(printed_by(text_format("%s experiments/demo/collins.png 2>&1", program)),
                    "happy 0.96");
}
END_TEST

/* In C and C++, linked with the shared library, with names of its own that are ours within, under a
 * decimal comma. */
START_TEST(a_host_gets_the_programs_answers_in_any_locale) {
    static const char *const compilers[] = {"${CC:-cc}", "${CXX:-c++} -x c++"};
    if (!locale_with_a_decimal_comma())
        return;
    const char *program = compiled(compilers[_i], "tests/fixtures/host.c -x none", "host", "");
    const char *said =
        printed_by(text_format("LC_ALL=de_DE.UTF-8 %s experiments/demo/collins.png %s 2>&1",
                               program, scratch_path("host.mid")));
    assert_contains(said, "happy 0,96");
    assert_contains(said, "0,5, version 1.");
    printed_by(text_format("%s compose --emotion sad --seconds 5 --seed 3 --quiet -o %s 2>&1 && "
                           "cmp %s %s 2>&1",
                           program_path(), scratch_path("ours.mid"), scratch_path("ours.mid"),
                           scratch_path("host.mid")));
}
END_TEST

/* The archive in place of the shared library, whose own needs pkg-config lists. */
START_TEST(a_host_can_link_the_archive) {
    char folder[4096];
    snprintf(folder, sizeof folder, "%s", build());
    printed_by(text_format(
        "export PKG_CONFIG_PATH=%s && ${CC:-cc} -I. %s -o %s %s/libaffekt.a $(pkg-config --libs "
        "$(pkg-config --print-requires-private affekt)) $(sed -n 's/^Libs.private: //p;s/^Libs:.*"
        "-laffekt//p' %s/affekt.pc) 2>&1",
        folder, example("c", "faces.c"), scratch_path("faces"), folder, folder));
    assert_contains(printed_by(text_format("AFFEKT_MODELS=%s %s experiments/demo/collins.png 2>&1",
                                           shipped_models(), scratch_path("faces"))),
                    "happy 0.96");
}
END_TEST

/* Nor do several threads that each have objects of their own disturb one another. */
START_TEST(a_host_finds_its_process_as_it_was) {
    const char *program =
        compiled("${CC:-cc} -D_GNU_SOURCE", "tests/fixtures/quiet_host.c", "quiet", "-pthread -lm");
    static const char *const threads[] = {"", "OMP_NUM_THREADS=1", "OMP_NUM_THREADS=3"};
    const char *said =
        printed_by(text_format("%s %s experiments/demo/collins.png 2>&1", threads[_i], program));
    ck_assert_str_eq(said, "");
}
END_TEST

/* What only a program may call is not even in the library. */
START_TEST(the_library_cannot_change_its_host) {
    ck_assert_str_eq(
        printed_by(text_format(
            "nm -D --undefined-only %s/libaffekt.so | awk '{ sub(\"@.*\", \"\", $2); print $2 }' | "
            "grep -xE 'signal|sigaction|sigprocmask|pthread_sigmask|setlocale|av_log_set_.*|"
            "openblas_set_.*|setenv|putenv|unsetenv|umask|chdir|srand|exit|_exit|abort|"
            "atexit|fork|system|popen|printf|puts|putchar|perror|socket|connect' || true",
            build())),
        "");
}
END_TEST

START_TEST(the_library_shows_only_names_of_its_own) {
    static const char *const files[] = {"-D --defined-only %s/libaffekt.so",
                                        "-g --defined-only %s/libaffekt.a"};
    char listing[256];
    snprintf(listing, sizeof listing, _i ? files[1] : files[0], build());
    const char *others = printed_by(text_format(
        "nm %s | awk 'NF == 3 && $2 ~ /[A-Z]/ { print $3 }' | grep -v '^affekt_\\|^AFFEKT_1$\\|"
        "^\\.gomp_critical_user_affekt_' || true",
        listing));
    ck_assert_str_eq(others, "");
    assert_contains(printed_by(text_format("nm %s", listing)), "affekt_watcher_create");
}
END_TEST

Suite *library_suite(void) {
    Suite *suite = suite_create("library");
    TCase *tcase = tcase_create("examples of the README");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, numpy_reads_the_weights);
    tcase_add_test(tcase, the_example_prints_what_the_guide_says);
    tcase_add_loop_test(tcase, a_host_gets_the_programs_answers_in_any_locale, 0, 2);
    tcase_add_test(tcase, a_host_can_link_the_archive);
    tcase_add_loop_test(tcase, a_host_finds_its_process_as_it_was, 0, 3);
    tcase_add_test(tcase, the_library_cannot_change_its_host);
    tcase_add_loop_test(tcase, the_library_shows_only_names_of_its_own, 0, 2);
    tcase_add_loop_test(tcase, guides_name_files_that_are_there, 0, 7);
    suite_add_tcase(suite, tcase);
    return suite;
}
