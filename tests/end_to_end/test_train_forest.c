/* `affekt train forest` and `affekt eval forest`. */
#include "tests/support/program.h"
#include "tests/support/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rows whose kind says whether x and y have the same sign. */
static const char *write_table(const char *name, int first, int rows) {
    size_t size;
    char *text;
    FILE *stream = open_memstream(&text, &size);
    fprintf(stream, "x,name,kind,y\n");
    for (int i = first; i < first + rows; i++) {
        int x = i * 7919 % 101 - 50, y = i * 104729 % 97 - 48;
        fprintf(stream, "%d,row %d,%s,%d\n", x, i, x * y > 0 ? "same" : "other", y);
    }
    fclose(stream);
    const char *path = scratch_write(name, text);
    free(text);
    return path;
}

START_TEST(a_table_is_learnt_and_predicted) {
    const char *table = write_table("t.csv", 1, 400), *model = scratch_path("f.safetensors");
    const char *more = write_table("more.csv", 1000, 100), *out = scratch_path("p.csv");
    Program run = affekt("train", "forest", "--data", table, "--label", "kind", "--drop", "name",
                         "--trees", "40", "-o", model, "--json");
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "\"rows\": 400, \"inputs\": 2, \"classes\": 2, \"trees\": 40");
    assert_contains(run.output, "\"out_of_bag_accuracy\": 0.9");
    program_free(&run);
    run = affekt("eval", "forest", "-m", model, "-d", more, "--label", "kind", "--predictions", out,
                 "--json");
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "\"rows\": 100");
    assert_contains(run.output, "\"unknown_labels\": 0");
    const char *accuracy = strstr(run.output, "\"accuracy\": ");
    ck_assert_double_gt(strtod(accuracy + strlen("\"accuracy\": "), NULL), 0.9);
    program_free(&run);
    run = affekt("show", model);
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "forest");
    program_free(&run);
    FILE *stream = fopen(out, "r");
    char line[200];
    ck_assert_ptr_nonnull(fgets(line, sizeof line, stream));
    ck_assert_str_eq(line, "class,other,same\n");
    int lines = 0;
    while (fgets(line, sizeof line, stream))
        lines++;
    ck_assert_int_eq(lines, 100);
    fclose(stream);
}
END_TEST

START_TEST(boosted_trees_are_learnt_and_asked_alike) {
    const char *table = write_table("t.csv", 1, 400), *model = scratch_path("b.safetensors");
    const char *more = write_table("more.csv", 1000, 100);
    Program run = affekt("train", "forest", "--boosted", "--rate", "0.2", "--rows", "0.8", "--data",
                         table, "--label", "kind", "--drop", "name", "-o", model, "--json");
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "\"held_out_accuracy\": ");
    program_free(&run);
    run = affekt("eval", "forest", "-m", model, "-d", more, "--label", "kind", "--json");
    program_assert(&run, EXIT_DONE);
    const char *accuracy = strstr(run.output, "\"accuracy\": ");
    ck_assert_double_gt(strtod(accuracy + strlen("\"accuracy\": "), NULL), 0.9);
    program_free(&run);
}
END_TEST

START_TEST(mistakes_are_told) {
    const char *table = write_table("t.csv", 1, 50), *model = scratch_path("f.safetensors");
    Program run = affekt("train", "forest", "--data", table, "-o", model);
    program_assert(&run, EXIT_USAGE);
    program_free(&run);
    run = affekt("train", "forest", "--data", table, "--label", "kind", "-o", model, "--l2", "2");
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "--l2 requires --boosted");
    program_free(&run);
    run = affekt("train", "forest", "--data", table, "--label", "kind", "-o", model);
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "t.csv:2: column 'name' holds 'row 1'");
    assert_contains(run.diagnostics, "--drop name");
    program_free(&run);
    run = affekt("eval", "forest", "-m", table, "-d", table, "--label", "kind");
    program_assert(&run, EXIT_FAILED);
    program_free(&run);
}
END_TEST

START_TEST(poor_tables_and_foreign_models_are_told_or_borne) {
    const char *one = scratch_write("one.csv", "a,b,kind\n1,2,x\n3,,x\n,5,x\n");
    const char *poor = scratch_write("poor.csv", "a,b,kind\n1,7,x\n3,7,y\n,7,x\n5,7,y\n");
    const char *model = scratch_path("f.safetensors"), *junk = scratch_write("junk", "no model");
    Program run = affekt("train", "forest", "--data", one, "--label", "kind", "-o", model);
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "column 'kind' holds a single class");
    program_free(&run);
    run =
        affekt("train", "forest", "--data", poor, "--label", "kind", "-o", model); /* b: constant */
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "4 rows, 2 inputs, 2 classes");
    program_free(&run);
    run = affekt("eval", "forest", "-m", model, "-d", poor, "--label", "kind", "--json");
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    run = affekt("eval", "forest", "-m", junk, "-d", poor, "--label", "kind");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "junk");
    program_free(&run);
    run = affekt("eval", "forest", "-m", "infer/models/landmarks.safetensors", "-d", poor,
                 "--label", "kind");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "holds a model of kind 'point_network', expected 'forest'");
    program_free(&run);
}
END_TEST

Suite *train_forest_suite(void) {
    Suite *suite = suite_create("train_forest");
    TCase *tcase = tcase_create("train_forest");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_table_is_learnt_and_predicted);
    tcase_add_test(tcase, boosted_trees_are_learnt_and_asked_alike);
    tcase_add_test(tcase, mistakes_are_told);
    tcase_add_test(tcase, poor_tables_and_foreign_models_are_told_or_borne);
    suite_add_tcase(suite, tcase);
    return suite;
}
