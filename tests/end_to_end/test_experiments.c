/* The quick studies of faces on a few built-in faces and an untrained network. */
#include "nn/io/file.h"
#include "tests/support/faces.h"
#include "tests/support/files.h"
#include "tests/support/networks.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void set_up(void) {
    scratch_create();
    faces_write(70, 35, 1);
    ImageClassifierInfo info = network_info("mini");
    network_save(&info, 1, "model.safetensors");
}

/* Whether what the studies are made with is here; says so when it is not. */
static bool tools_are_here(void) {
    if (!system("for tool in gnuplot jq cmark-gfm; do command -v $tool || exit 1; done >/dev/null"))
        return true;
    fprintf(stderr, "skipped: the experiments need gnuplot, jq and cmark-gfm\n");
    return false;
}

/* Runs a script of experiments/; returns its exit status, what it says being in "said". */
static int run(const char *command) {
    const char *line = text_format("experiments/%s >%s 2>&1", command, scratch_path("said"));
    int status = system(line);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static char *contents(const char *name) {
    return (char *)file_bytes(scratch_path(name), NULL);
}

static void assert_file_has(const char *name, const char *part) {
    char *text = contents(name);
    assert_contains(text, part);
    free(text);
}

/* The options of every run here. */
static const char *quick(const char *studies) {
    return text_format("run --quick --threads 1 --affekt %s --data %s --out %s %s", program_path(),
                       scratch_path(""), scratch_path("out"), studies);
}

static void make_shipped(const char *studies) {
    int status = run(quick(studies));
    char *said = contents("said");
    ck_assert_msg(status == 0, "%s", said);
    free(said);
}

/* Runs a script of experiments/ and interrupts all of its processes, as Ctrl-C does, once it has
 * made the file `name`; returns its exit status. */
static int run_until_it_makes(const char *name, const char *command) {
    const char *line = text_format("exec experiments/%s >%s 2>&1", command, scratch_path("said"));
    const char *made = scratch_path(name); /* once, for the caller's texts are of this kind, too */
    pid_t process = fork();
    ck_assert_int_ge(process, 0);
    if (!process) {
        setpgid(0, 0);
        execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    while (access(made, F_OK)) {
        ck_assert_msg(!waitpid(process, &status, WNOHANG), "the run ended without %s", name);
        usleep(10000);
    }
    kill(-process, SIGINT);
    ck_assert_int_eq(waitpid(process, &status, 0), process);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Studies of the untrained network. */
static void make_studies(const char *studies) {
    make_shipped(text_format("%s --model %s", studies, scratch_path("model.safetensors")));
}

START_TEST(the_report_has_every_study_with_its_numbers_and_figures) {
    if (!tools_are_here())
        return;
    make_studies("face-accuracy face-confusion face-attention");
    char *report = contents("out/report/report.md");
    assert_contains(report, "## How accurate are the networks of the zoo?");
    assert_contains(report, "| mini |");
    assert_contains(report, "[V]");
    assert_contains(report, "of 35 faces");
    assert_contains(report, "![Confusion matrix](face-confusion-confusion.png)");
    assert_contains(report, "*Not made yet: `experiments/run speed`.*");
    assert_contains(report, "commit ");
    assert_lacks(report, "null");
    free(report);
    char *page = contents("out/report/report.html");
    assert_contains(page, "<!DOCTYPE html>");
    assert_contains(page, "<table>");
    assert_contains(page, "src=\"data:image/png;base64,iVBOR");
    assert_lacks(page, "src=\"face");
    free(page);
}
END_TEST

START_TEST(a_changed_result_changes_the_table) {
    if (!tools_are_here())
        return;
    make_studies("face-confusion");
    const char *result = scratch_path("out/quick/face-confusion/result.json");
    ck_assert_int_eq(
        system(text_format("jq '.numbers.accuracy = 0.4321' %s >%s && mv %s %s", result,
                           scratch_path("changed"), scratch_path("changed"), result)),
        0);
    make_studies("--report");
    assert_file_has("out/report/report.md", "**43.21 %**");
    assert_file_has("out/report/report.html", "<strong>43.21 %</strong>");
}
END_TEST

START_TEST(a_finished_study_is_made_again_only_when_asked) {
    if (!tools_are_here())
        return;
    make_studies("face-confusion");
    make_studies("face-confusion");
    assert_file_has("said", "finished before");
    make_studies("face-confusion --again");
    char *said = contents("said");
    assert_lacks(said, "finished before");
    free(said);
}
END_TEST

START_TEST(other_weights_are_measured_anew_and_leave_nothing_of_the_former) {
    if (!tools_are_here())
        return;
    make_studies("face-confusion");
    scratch_write("out/quick/face-confusion/left-over", "");
    ImageClassifierInfo info = network_info("mini");
    network_save(&info, 2, "model.safetensors");
    make_studies("face-confusion");
    char *said = contents("said");
    assert_lacks(said, "finished before");
    free(said);
    ck_assert_int_ne(access(scratch_path("out/quick/face-confusion/left-over"), F_OK), 0);
}
END_TEST

START_TEST(again_also_clears_what_the_studies_share) {
    if (!tools_are_here())
        return;
    make_studies("face-confusion");
    scratch_write("out/quick/face/left-over", "");
    make_studies("face-confusion");
    ck_assert_int_eq(access(scratch_path("out/quick/face/left-over"), F_OK), 0);
    make_studies("face-confusion --again");
    ck_assert_int_ne(access(scratch_path("out/quick/face/left-over"), F_OK), 0);
}
END_TEST

/* Where the studies and the report would be, a folder that somebody else uses. */
START_TEST(folders_of_others_are_refused_and_left) {
    if (!tools_are_here())
        return;
    ck_assert_int_eq(directory_create(scratch_path("out/quick/face-confusion"), NULL), 0);
    scratch_write("out/quick/face-confusion/mine", "");
    ck_assert_int_eq(run(quick("face-confusion")), 2);
    assert_file_has("said", "face-confusion has files that are not results");
    ck_assert_int_eq(access(scratch_path("out/quick/face-confusion/mine"), F_OK), 0);
    ck_assert_int_eq(directory_create(scratch_path("out/report"), NULL), 0);
    scratch_write("out/report/report.md", "# Mine\n");
    ck_assert_int_eq(run(quick("--report")), 2);
    assert_file_has("said", "report has files, but no report of ours");
    assert_file_has("out/report/report.md", "# Mine\n");
}
END_TEST

/* A result of the shipped weights on the built-in faces, made by a program that measures nothing;
 * then FER2013 is there. */
START_TEST(built_in_faces_are_not_taken_for_real_ones) {
    if (!tools_are_here())
        return;
    const char *program = scratch_write("elsewhere", "#!/bin/sh\n");
    const char *study = text_format("face-attention --model infer/models/face.safetensors "
                                    "--affekt %s",
                                    program);
    const char *result = scratch_path("out/quick/face-attention/result.json");
    ck_assert_int_eq(chmod(program, 0700), 0);
    ck_assert_int_eq(unlink(scratch_path("fer2013.csv")), 0);
    make_shipped(study);
    ck_assert_int_eq(system(text_format("sed -i 's/\"skipped\"/\"done\"/' %s", result)), 0);
    make_shipped(study);
    assert_file_has("said", "finished before");
    ck_assert_int_eq(run(text_format("record face-attention --quick --out %s --results %s",
                                     scratch_path("out"), scratch_path("results"))),
                     1);
    assert_file_has("said", "-synthetic");
    faces_write(70, 35, 1);
    make_shipped(study);
    char *said = contents("said");
    assert_lacks(said, "finished before");
    free(said);
}
END_TEST

START_TEST(a_stopped_study_goes_on_where_it_was) {
    if (!tools_are_here())
        return;
    const char *ablation = quick("face-ablation");
    if (run_until_it_makes("out/quick/face-ablation/weights", ablation)) /* else all was done */
        assert_file_has("said", "stopped; the same command goes on where it was");
    /* A fast machine may have come to the result, but none has half of one. */
    const char *result = scratch_path("out/quick/face-ablation/result.json");
    if (!access(result, F_OK))
        ck_assert_int_eq(system(text_format("jq -e .numbers %s >/dev/null", result)), 0);
    scratch_write("out/quick/face-ablation/kept", "");
    ck_assert_int_eq(run(ablation), 0);
    ck_assert_int_eq(access(scratch_path("out/quick/face-ablation/kept"), F_OK), 0);
    assert_file_has("out/report/report.md", "| Adam instead of SGD |");
}
END_TEST

/* _i: the signal that ends the program in the middle of a training, which has to be gone on with.
 */
START_TEST(a_program_that_was_stopped_stops_its_study) {
    if (!tools_are_here())
        return;
    const char *program = scratch_write("stopped", text_format("#!/bin/sh\nkill -%d $$\n", _i));
    ck_assert_int_eq(chmod(program, 0700), 0);
    ck_assert_int_eq(run(quick(text_format("face-ablation --affekt %s", program))), 130);
    assert_file_has("said", "stopped; the same command goes on where it was");
    ck_assert(access(scratch_path("out/quick/face-ablation/result.json"), F_OK));
}
END_TEST

START_TEST(a_full_run_says_beforehand_how_long_it_takes) {
    if (!tools_are_here())
        return;
    ck_assert_int_eq(run("run --list --seeds 90"), 0);
    /* The table has "60*seeds", of which awk takes the minutes. */
    const char *expected = "awk '$1 == \"face-ablation\" { printf \"full %.1f h\", $4 * 90 / 60 }' "
                           "experiments/studies";
    ck_assert_int_eq(system(text_format("grep -q \"^face-ablation .*$(%s)\" %s", expected,
                                        scratch_path("said"))),
                     0);
}
END_TEST

START_TEST(a_study_says_why_it_was_skipped) {
    if (!tools_are_here())
        return;
    make_studies("music-quality live");
    assert_file_has("said", "skipped: there is no folder midi in");
    assert_file_has("out/report/report.md", "*Skipped: there are no pictures in");
}
END_TEST

START_TEST(a_study_whose_program_is_not_built_is_skipped) {
    if (!tools_are_here())
        return;
    const char *program = scratch_write("elsewhere", "#!/bin/sh\n");
    ck_assert_int_eq(chmod(program, 0700), 0);
    make_studies(text_format("face-attention --affekt %s", program));
    assert_file_has("said", "experiments/face-attention/attention is not built");
    assert_file_has("out/report/report.md", "is not built (make builds it).*");
}
END_TEST

/* FER+'s file for the faces of set_up: all voters say the label, but for the first three faces of
 * PrivateTest: another emotion, no face, and five against five. */
static void write_votes(void) {
    ck_assert_int_eq(
        system(text_format(
            "awk -F , 'BEGIN { split(\"5 6 7 2 4 3 1\", column, \" \")\n"
            "  print \"Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,\""
            "        \"contempt,unknown,NF\" }\n"
            "  NR > 1 { for (i = 1; i <= 10; i++) votes[i] = 0\n"
            "    mine = column[$1 + 1]; row = $3 == \"PrivateTest\" ? ++private : 0\n"
            "    if (row == 1) votes[mine %% 7 + 1] = 10; else if (row == 2) votes[10] = 9\n"
            "    else if (row == 3) votes[mine] = votes[mine %% 7 + 1] = 5\n"
            "    else votes[mine] = 10\n"
            "    printf \"%%s,x.png\", $3\n"
            "    for (i = 1; i <= 10; i++) printf \",%%d\", votes[i]; print \"\" }' %s >%s",
            scratch_path("fer2013.csv"), scratch_path("fer2013new.csv"))),
        0);
}

START_TEST(labels_are_compared_with_votes) {
    if (!tools_are_here())
        return;
    write_votes();
    make_studies("face-labels");
    ck_assert_int_eq(
        system(text_format("jq -c '.numbers.networks[0].groups | [.all, .same, .other, "
                           ".no_emotion, .no_majority, .nine, .fewer] | map(.faces)' %s >%s",
                           scratch_path("out/quick/face-labels/result.json"),
                           scratch_path("counts"))),
        0);
    assert_file_has("counts", "[35,32,1,1,1,33,0]");
    assert_file_has("out/report/report.md",
                    "33 have a majority for one of the seven emotions; the columns with");
    const char *votes = scratch_path("fer2013new.csv");
    ck_assert_int_eq(system(text_format("sed -i '2s/Training/PrivateTest/' %s", votes)), 0);
    ck_assert_int_eq(run(text_format("%s --model %s --again", quick("face-labels"),
                                     scratch_path("model.safetensors"))),
                     1);
    assert_file_has("said",
                    "fer2013new.csv:2: usage 'PrivateTest', but face 1 of the data is of Training");
}
END_TEST

START_TEST(several_models_are_measured_together) {
    if (!tools_are_here())
        return;
    ImageClassifierInfo info = network_info("mini");
    network_save(&info, 2, "my model.safetensors");
    make_shipped(text_format("face-confusion --model '%s,%s'", scratch_path("model.safetensors"),
                             scratch_path("my model.safetensors")));
    assert_file_has("out/report/report.md", "of 35 faces");
    ck_assert_int_eq(system(text_format("jq -e '.weights != \"none\"' %s >/dev/null",
                                        scratch_path("out/quick/face-confusion/result.json"))),
                     0);
}
END_TEST

START_TEST(wrong_options_of_a_run_are_told_before_it_begins) {
    static const char *const slips[][2] = {
        {"run --seeds three", "--seeds: 'three' is not a whole number"},
        {"run --threads 2x", "--threads: '2x' is not a whole number"},
        {"run --seeds 0", "--seeds: there must be one at least"},
        {"run --data /nowhere", "--data: there is no folder /nowhere"},
        {"run --model README.md,/nowhere", "--model: there is no file /nowhere"},
        {"run --music /nowhere", "--music: there is no file /nowhere"},
        {"run --out", "--out needs a value"},
    };
    ck_assert_int_eq(run(slips[_i][0]), 2);
    assert_file_has("said", slips[_i][1]);
}
END_TEST

START_TEST(what_is_no_study_is_refused) {
    if (!tools_are_here())
        return;
    ck_assert_int_eq(run(quick("face-accurate")), 2);
    assert_file_has("said", "there is no study 'face-accurate'");
}
END_TEST

START_TEST(the_readme_says_what_was_recorded_and_check_sees_when_not) {
    if (!tools_are_here())
        return;
    make_shipped("face-confusion");
    scratch_write("README.md", "# Mine\n\n<!-- results:face-confusion -->\nold\n"
                               "<!-- end of results -->\n\nThe end.\n");
    const char *where = text_format("--quick --out %s --page %s --results %s", scratch_path("out"),
                                    scratch_path("README.md"), scratch_path("results"));
    ck_assert_int_eq(run(text_format("record face-confusion %s", where)), 0);
    char *readme = contents("README.md");
    assert_contains(readme, "# Mine\n");
    assert_contains(readme, "| emotion | precision |");
    assert_contains(readme, "The end.\n");
    assert_lacks(readme, "old");
    assert_lacks(readme, "![");
    free(readme);
    ck_assert_int_eq(run(text_format("record --check %s", where)), 0);
    ck_assert_int_eq(system(text_format("sed -i 's/| happy | [0-9.]*/| happy | 0.999/' %s",
                                        scratch_path("README.md"))),
                     0);
    ck_assert_int_eq(run(text_format("record --check %s", where)), 1);
    assert_file_has("said", "0.999");
}
END_TEST

START_TEST(a_figure_is_shown_and_renewed_once_a_copy_lies_with_the_results) {
    if (!tools_are_here())
        return;
    make_shipped("face-confusion");
    ck_assert_int_eq(directory_create(scratch_path("results/face-confusion"), NULL), 0);
    scratch_write("results/face-confusion/confusion.png", "an old picture");
    scratch_write("README.md", "<!-- results:face-confusion -->\n<!-- end of results -->\n");
    ck_assert_int_eq(
        run(text_format("record face-confusion --quick --out %s --page %s --results %s",
                        scratch_path("out"), scratch_path("README.md"), scratch_path("results"))),
        0);
    char *readme = contents("README.md");
    assert_contains(readme, "![Confusion matrix](results/face-confusion/confusion.png)");
    assert_lacks(readme, "reliability.png");
    free(readme);
    ck_assert_int_eq(
        system(text_format("cmp %s %s", scratch_path("results/face-confusion/confusion.png"),
                           scratch_path("out/quick/face-confusion/confusion.png"))),
        0);
}
END_TEST

START_TEST(a_readme_without_an_end_of_results_is_left_as_it_is) {
    if (!tools_are_here())
        return;
    static const char mine[] = "<!-- results:face-confusion -->\nold\n\nThe end.\n";
    make_shipped("face-confusion");
    scratch_write("README.md", mine);
    ck_assert_int_eq(
        run(text_format("record face-confusion --quick --out %s --page %s "
                        "--results %s",
                        scratch_path("out"), scratch_path("README.md"), scratch_path("results"))),
        1);
    assert_file_has("said", "the results of face-confusion have no end");
    char *readme = contents("README.md");
    ck_assert_str_eq(readme, mine);
    free(readme);
}
END_TEST

START_TEST(a_page_may_have_spaces_in_its_name) {
    if (!tools_are_here())
        return;
    ck_assert_int_eq(directory_create(scratch_path("results"), NULL), 0);
    ck_assert_int_eq(system(text_format("cp experiments/results/feedback.json %s",
                                        scratch_path("results/feedback.json"))),
                     0);
    scratch_write("my page.md", "<!-- results:feedback -->\nold\n<!-- end of results -->\n");
    ck_assert_int_eq(run(text_format("record --page '%s' --results %s", scratch_path("my page.md"),
                                     scratch_path("results"))),
                     0);
    assert_file_has("my page.md", "commit ");
    ck_assert_int_eq(run("record --page /nowhere.md"), 2);
    assert_file_has("said", "--page: there is no file /nowhere.md");
}
END_TEST

START_TEST(a_result_without_its_table_leaves_the_page_as_it_is) {
    if (!tools_are_here())
        return;
    static const char mine[] = "<!-- results:feedback -->\nold\n<!-- end of results -->\n";
    ck_assert_int_eq(directory_create(scratch_path("results"), NULL), 0);
    scratch_write("results/feedback.json",
                  "{\"study\": \"feedback\", \"weights\": \"none\", \"numbers\": \"none\"}");
    scratch_write("README.md", mine);
    const char *where =
        text_format("--page %s --results %s", scratch_path("README.md"), scratch_path("results"));
    ck_assert_int_ne(run(text_format("record %s", where)), 0);
    char *readme = contents("README.md");
    ck_assert_str_eq(readme, mine);
    free(readme);
    ck_assert_int_ne(run(text_format("record --check %s", where)), 0);
    char *said = contents("said");
    assert_lacks(said, "differs from");
    free(said);
}
END_TEST

START_TEST(what_was_measured_with_other_weights_is_not_recorded) {
    if (!tools_are_here())
        return;
    make_studies("face-confusion");
    scratch_write("README.md", "");
    const char *where = text_format("--quick --out %s --page %s --results %s", scratch_path("out"),
                                    scratch_path("README.md"), scratch_path("results"));
    ck_assert_int_eq(run(text_format("record face-confusion %s", where)), 1);
    assert_file_has("said", "is not of the shipped weights");
}
END_TEST

START_TEST(paths_of_a_machine_are_not_recorded) {
    if (!tools_are_here())
        return;
    make_shipped("face-confusion");
    scratch_write("README.md", "");
    const char *where = text_format("--quick --out %s --page %s --results %s", scratch_path("out"),
                                    scratch_path("README.md"), scratch_path("results"));
    const char *result = scratch_path("out/quick/face-confusion/result.json");
    ck_assert_int_eq(system(text_format("jq '.numbers.folders = [{folder: \"/home/me/midi\"}]' %s "
                                        ">%s.new && mv %s.new %s",
                                        result, result, result, result)),
                     0);
    ck_assert_int_eq(run(text_format("record face-confusion %s", where)), 1);
    assert_file_has("said", "has paths of one machine: /home/me/midi");
}
END_TEST

START_TEST(every_study_has_a_page_that_tells_what_it_is) {
    static const char *const headings[] = {"Question", "Method", "Command", "Result", "Time"};
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
        const char *lacking =
            text_format("for study in $(sed '/^#/d;s/ .*//' experiments/studies); do "
                        "grep -qx '## %s' experiments/$study/README.md || exit 1; done",
                        headings[i]);
        ck_assert_msg(system(lacking) == 0, "a study's README lacks '%s'", headings[i]);
    }
}
END_TEST

START_TEST(a_name_with_markup_stays_text) {
    if (!tools_are_here())
        return;
    const char *line = text_format("jq -rn -L experiments/report 'include \"markdown\"; "
                                   "table([\"corpus\"]; [[\"<b>|x\"]])' | cmark-gfm -e table >%s",
                                   scratch_path("said"));
    ck_assert_int_eq(system(line), 0);
    assert_file_has("said", "<td align=\"left\">&lt;b&gt;|x</td>");
}
END_TEST

START_TEST(the_projects_readme_says_what_was_recorded) {
    if (!tools_are_here())
        return;
    int status = run("record --check");
    char *said = contents("said");
    ck_assert_msg(status == 0, "%s", said);
    free(said);
}
END_TEST

START_TEST(the_headlines_do_without_programs_that_were_not_there) {
    if (!tools_are_here())
        return;
    ck_assert_int_eq(
        system(text_format("jq 'if .study == \"detector\" then .numbers.dlib = null else . end' "
                           "experiments/results/*.json | "
                           "jq -rs -L experiments/report -f experiments/report/headline.jq >%s",
                           scratch_path("rows"))),
        0);
    assert_file_has("rows", "| OpenCV's best cascade 0.");
    char *rows = contents("rows");
    ck_assert_ptr_null(strstr(rows, "dlib's HOG"));
    free(rows);
}
END_TEST

Suite *experiments_suite(void) {
    Suite *suite = suite_create("experiments");
    TCase *tcase = tcase_create("experiments");
    tcase_add_checked_fixture(tcase, set_up, scratch_remove);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, the_report_has_every_study_with_its_numbers_and_figures);
    tcase_add_test(tcase, a_changed_result_changes_the_table);
    tcase_add_test(tcase, a_finished_study_is_made_again_only_when_asked);
    tcase_add_test(tcase, other_weights_are_measured_anew_and_leave_nothing_of_the_former);
    tcase_add_test(tcase, again_also_clears_what_the_studies_share);
    tcase_add_test(tcase, folders_of_others_are_refused_and_left);
    tcase_add_test(tcase, built_in_faces_are_not_taken_for_real_ones);
    tcase_add_test(tcase, a_stopped_study_goes_on_where_it_was);
    tcase_add_loop_test(tcase, a_program_that_was_stopped_stops_its_study, SIGINT, SIGINT + 1);
    tcase_add_loop_test(tcase, a_program_that_was_stopped_stops_its_study, SIGTERM, SIGTERM + 1);
    tcase_add_test(tcase, a_full_run_says_beforehand_how_long_it_takes);
    tcase_add_test(tcase, a_study_says_why_it_was_skipped);
    tcase_add_test(tcase, a_study_whose_program_is_not_built_is_skipped);
    tcase_add_test(tcase, labels_are_compared_with_votes);
    tcase_add_test(tcase, several_models_are_measured_together);
    tcase_add_loop_test(tcase, wrong_options_of_a_run_are_told_before_it_begins, 0, 7);
    tcase_add_test(tcase, what_is_no_study_is_refused);
    tcase_add_test(tcase, the_readme_says_what_was_recorded_and_check_sees_when_not);
    tcase_add_test(tcase, a_figure_is_shown_and_renewed_once_a_copy_lies_with_the_results);
    tcase_add_test(tcase, a_readme_without_an_end_of_results_is_left_as_it_is);
    tcase_add_test(tcase, a_page_may_have_spaces_in_its_name);
    tcase_add_test(tcase, a_result_without_its_table_leaves_the_page_as_it_is);
    tcase_add_test(tcase, what_was_measured_with_other_weights_is_not_recorded);
    tcase_add_test(tcase, paths_of_a_machine_are_not_recorded);
    tcase_add_test(tcase, every_study_has_a_page_that_tells_what_it_is);
    tcase_add_test(tcase, a_name_with_markup_stays_text);
    tcase_add_test(tcase, the_projects_readme_says_what_was_recorded);
    tcase_add_test(tcase, the_headlines_do_without_programs_that_were_not_there);
    suite_add_tcase(suite, tcase);
    return suite;
}
