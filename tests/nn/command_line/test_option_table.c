#include "nn/command_line/options.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct Settings {
    CommonSettings common;
    int epochs;
    float rate;
    uint64_t seed;
    bool flip;
    const char *weights;
    const char *out, *log, *data, *arch;
} Settings;

static const char *const archs[] = {"vgg", "mini", NULL};

static const Option table[] = {
    OPTION_INTEGER(Settings, epochs, "epochs", "N", 1, 1000000, "passes over the data"),
    OPTION_FLOAT(Settings, rate, "lr", "F", 0, 10, "learning rate"),
    OPTION_SEED(Settings, seed, "seed", "of all chance"),
    OPTION_FLAG(Settings, flip, "flip", "mirroring"),
    OPTION_OUTPUT(Settings, out, "out", 'o', "FILE", "where to write"),
    OPTION_OUTPUT(Settings, log, "log", 0, "FILE", "what to write too"),
    OPTION_INPUT(Settings, data, "data", 0, "FILE,…", "what to read"),
    OPTION_STRING(Settings, weights, "weights", 0, "NAME=F,…",
                  "how often an epoch takes each of many corpora; 1 where one is not named, …"),
    OPTION_CHOICE(Settings, arch, "arch", "NAME", archs, "network"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static Usage usage = {"affekt train face", "FILE…", "trains", "See also eval.\n"};

static const Settings defaults = {.epochs = 10, .rate = 0.05f, .flip = true, .arch = "vgg"};

static Settings settings;
static char *words[16];
static int positionals;

/* Parses the words; what is printed goes to the files "out" and "err". */
#define PARSE(...) parse((const char *[]){"train face", __VA_ARGS__, NULL})

static int parse(const char *const *arguments) {
    int n = 0;
    while (arguments[n]) {
        words[n] = (char *)arguments[n];
        n++;
    }
    settings = defaults;
    positionals = -1;
    ck_assert_ptr_nonnull(freopen(scratch_path("out"), "w", stdout));
    ck_assert_ptr_nonnull(freopen(scratch_path("err"), "w", stderr));
    int outcome = options_parse(&usage, table, &settings, n, words, &positionals);
    fflush(stdout);
    fflush(stderr);
    return outcome;
}

static const char *printed(const char *name) {
    static char text[8192];
    FILE *stream = fopen(scratch_path(name), "r");
    ck_assert_ptr_nonnull(stream);
    text[fread(text, 1, sizeof text - 1, stream)] = 0;
    fclose(stream);
    return text;
}

START_TEST(each_kind_takes_its_value) {
    ck_assert_int_eq(PARSE("--epochs", "7", "--lr=0.5", "--seed", "18446744073709551615", "-o",
                           "model", "--arch", "mini", "--no-flip", "--quiet", "--threads", "3"),
                     OPTIONS_RUN);
    ck_assert_int_eq(settings.epochs, 7);
    ck_assert_float_eq(settings.rate, 0.5f);
    ck_assert_uint_eq(settings.seed, UINT64_MAX);
    ck_assert_str_eq(settings.out, "model");
    ck_assert_str_eq(settings.arch, "mini");
    ck_assert(!settings.flip);
    ck_assert(settings.common.quiet);
    ck_assert_int_eq(settings.common.threads, 3);
    ck_assert_int_eq(positionals, 0);
}
END_TEST

START_TEST(what_is_not_given_keeps_its_default) {
    ck_assert_int_eq(PARSE("a.png"), OPTIONS_RUN);
    ck_assert_int_eq(settings.epochs, 10);
    ck_assert(settings.flip);
    ck_assert_ptr_null(settings.out);
}
END_TEST

START_TEST(positionals_are_gathered_in_order) {
    ck_assert_int_eq(PARSE("a", "--epochs", "2", "-", "b", "--", "--lr"), OPTIONS_RUN);
    ck_assert_int_eq(positionals, 4);
    ck_assert_str_eq(words[0], "a");
    ck_assert_str_eq(words[1], "-");
    ck_assert_str_eq(words[2], "b");
    ck_assert_str_eq(words[3], "--lr");
}
END_TEST

START_TEST(a_positional_is_a_mistake_where_none_is_taken) {
    usage.positionals = "";
    ck_assert_int_eq(PARSE("--epochs", "2", "a"), EXIT_USAGE);
    assert_contains(printed("err"), "unexpected 'a'");
    ck_assert_int_eq(PARSE("--epochs", "2"), OPTIONS_RUN);
    ck_assert_int_eq(positionals, 0);
}
END_TEST

START_TEST(mistakes_are_named) {
    static const struct {
        const char *first, *second, *message;
    } wrong[] = {
        {"--epochs", "0", "outside 1"},
        {"--epochs", "1000001", "outside 1 … 1000000"},
        {"--epochs", "99999999999999999999", "outside 1"},
        {"--epochs", "5x", "not a whole number"},
        {"--epochs", "", "not a whole number"},
        {"--lr", "nan", "not a number"},
        {"--lr", "-1", "outside 0"},
        {"--seed", "-1", "not a whole number"},
        {"--seed", " -1", "not a whole number"},
        {"--seed", "18446744073709551616", "not a whole number"},
        {"--arch", "alexnet", "vgg, mini"},
        {"--epoch", "5", "did you mean '--epochs'"},
        {"--epoch=5", "", "unknown option '--epoch'; did you mean '--epochs'"},
        {"--nonsense", "5", "unknown option"},
        {"--flip=yes", "", "takes no value"},
        {"-x", "", "unknown option '-x'"},
        {"-arch", "vgg", "unknown option '-arch'; did you mean '--arch'"},
        {"--quiet", "--out", "needs a value"},
        {"--no-epochs", "", "unknown option"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ck_assert_int_eq(PARSE(wrong[i].first, wrong[i].second), EXIT_USAGE);
        assert_contains(printed("err"), wrong[i].message);
        assert_contains(printed("err"), "--help");
    }
}
END_TEST

static const char *touched(const char *name) {
    static char paths[2][4096];
    static int next;
    char *path = paths[next++ % 2];
    snprintf(path, sizeof paths[0], "%s", scratch_path(name));
    fclose(fopen(path, "w"));
    return path;
}

START_TEST(what_was_given_is_not_written_over) {
    const char *file = touched("data.csv"), *other = touched("b.csv");
    const char *link = text_format("%s", scratch_path("link.csv"));
    ck_assert_int_eq(symlink(file, link), 0);
    ck_assert_int_eq(PARSE(file, "--out", link), EXIT_USAGE);
    assert_contains(printed("err"), "would take the place of");
    ck_assert_int_eq(PARSE("--out", file, "--data", file), EXIT_USAGE);
    assert_contains(printed("err"), "what --data names");
    ck_assert_int_eq(PARSE("--out", file, "--weights", file), OPTIONS_RUN);
    ck_assert_int_eq(PARSE("--data", text_format("%s,%s", other, file), "--log", file), EXIT_USAGE);
    ck_assert_int_eq(PARSE("--out", "new", "--log", "new"), EXIT_USAGE);
    ck_assert_int_eq(PARSE("--out", ""), EXIT_USAGE);
    assert_contains(printed("err"), "a file needs a name");
    ck_assert_int_eq(PARSE(file, "--out", other), OPTIONS_RUN);
    ck_assert_int_eq(PARSE("/dev/null", "--out", "/dev/null", "--log", "/dev/null"), OPTIONS_RUN);
    ck_assert_int_eq(PARSE(scratch_path(""), "--out", scratch_path("")), OPTIONS_RUN);
}
END_TEST

START_TEST(help_shows_every_option_with_its_default) {
    ck_assert_int_eq(PARSE("--epochs", "5", "--help"), EXIT_DONE);
    const char *help = printed("out");
    for (const Option *option = table; option->name; option++)
        assert_contains(help, option->name);
    assert_contains(help, "passes over the data [10]");
    assert_contains(help, "--no-flip");
    assert_contains(help, "vgg, mini [vgg]");
    assert_contains(help, "-o, --out FILE");
    assert_contains(help, "FILE…");
    assert_contains(help, "See also eval.");
}
END_TEST

START_TEST(help_is_laid_out_in_two_columns) {
    ck_assert_int_eq(PARSE("--help"), EXIT_DONE);
    const char *help = printed("out");
    assert_contains(help, "      --no-flip               without mirroring\n");
    assert_contains(help, "      --weights NAME=F,…      how often an epoch takes each of many "
                          "corpora; 1 where one is\n"
                          "                              not named, …\n");
    assert_lacks(help, " \n");
}
END_TEST

START_TEST(values_become_text_for_logs) {
    char text[64];
    Settings some = defaults;
    some.seed = 5;
    const char *const expected[] = {"10", "0.05", "5", "true", "", "", "", "", "vgg", "0", "false"};
    for (int i = 0; table[i].name; i++) {
        option_value(&table[i], &some, text, sizeof text);
        ck_assert_str_eq(text, expected[i]);
    }
}
END_TEST

START_TEST(a_float_as_text_is_read_back_to_the_bit) {
    static const float rates[] = {0.05f, 0.1f, 1e-7f, 0.01234567f, 1.0f / 3, 16777217, 3e38f};
    char text[64];
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        Settings some = defaults;
        some.rate = rates[i];
        option_value(&table[1], &some, text, sizeof text);
        ck_assert_float_eq(strtof(text, NULL), rates[i]);
    }
}
END_TEST

Suite *option_table_suite(void) {
    Suite *suite = suite_create("option_table");
    TCase *tests = tcase_create("command line");
    tcase_add_checked_fixture(tests, scratch_create, scratch_remove);
    tcase_add_test(tests, each_kind_takes_its_value);
    tcase_add_test(tests, what_is_not_given_keeps_its_default);
    tcase_add_test(tests, positionals_are_gathered_in_order);
    tcase_add_test(tests, a_positional_is_a_mistake_where_none_is_taken);
    tcase_add_test(tests, mistakes_are_named);
    tcase_add_test(tests, what_was_given_is_not_written_over);
    tcase_add_test(tests, help_shows_every_option_with_its_default);
    tcase_add_test(tests, help_is_laid_out_in_two_columns);
    tcase_add_test(tests, values_become_text_for_logs);
    tcase_add_test(tests, a_float_as_text_is_read_back_to_the_bit);
    suite_add_tcase(suite, tests);
    return suite;
}
