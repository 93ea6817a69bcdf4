/* `affekt train face` as a user runs it: files, resume after Ctrl-C and kill -9, threads, mistakes.
 */
#include "nn/io/file.h"
#include "nn/io/safetensors.h"
#include "tests/support/data.h"
#include "tests/support/faces.h"
#include "tests/support/files.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

#include <check.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* A small file of drawn faces. */
static const char *write_csv(void) {
    return faces_write(56, 14, 3);
}

#define TRAIN(csv, out, ...)                                                                       \
    affekt("train", "face", "--data", csv, "--arch", "mini", "--size", "16", "--batch", "16",      \
           "--epochs", "3", "--average", "0.9", "--mixup", "0.4", "--out", out, __VA_ARGS__)

START_TEST(any_number_of_threads_trains_the_same_bits) {
    const char *csv = write_csv(), *one = scratch_path("one.safetensors");
    Program run = TRAIN(csv, one, "--threads", "1");
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "best epoch");
    assert_contains(run.diagnostics, "56 faces to train on, 14 to validate on");
    assert_contains(run.diagnostics, "epoch 3/3");
    program_free(&run);
    for (int threads = 2; threads <= 3; threads++) {
        const char *more = scratch_path(text_format("t%d.safetensors", threads));
        run = TRAIN(csv, more, "--threads", text_format("%d", threads), "--quiet");
        program_assert(&run, EXIT_DONE);
        ck_assert_str_eq(run.diagnostics, "");
        program_free(&run);
        assert_same_weights(one, more);
        assert_same_weights(scratch_path("one.checkpoint.safetensors"),
                            scratch_path(text_format("t%d.checkpoint.safetensors", threads)));
    }
}
END_TEST

START_TEST(faces_from_a_cache_train_the_same_weights) {
    const char *csv = write_csv(), *read = scratch_path("read.safetensors"),
               *mapped = scratch_path("mapped.safetensors"), *cache = scratch_path("faces.cache");
    Program run = TRAIN(csv, read, "--quiet");
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    for (int i = 0; i < 2; i++) { /* written, then read */
        run = TRAIN(csv, mapped, "--cache", cache, "--overwrite");
        program_assert(&run, EXIT_DONE);
        assert_contains(run.diagnostics, "56 faces to train on, 14 to validate on");
        program_free(&run);
        assert_same_weights(read, mapped);
    }
}
END_TEST

static const int endings[] = {SIGINT, SIGTERM, SIGKILL};

START_TEST(a_run_ended_by_a_signal_tells_so_and_resumes_to_the_same_bits) {
    const char *csv = write_csv(), *whole = scratch_path("whole.safetensors"),
               *cut = scratch_path("cut.safetensors");
    Program run = TRAIN(csv, whole, "--threads", "2");
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    run = affekt_start("train", "face", "--data", csv, "--arch", "mini", "--size", "16", "--batch",
                       "16", "--epochs", "3", "--average", "0.9", "--mixup", "0.4", "--out", cut,
                       "--threads", "2", "--json");
    ck_assert(program_wait_for(&run, false, "epoch 1/3: ", 60));
    program_signal(&run, endings[_i]);
    program_wait(&run);
    program_assert(&run, 128 + endings[_i]);
    if (endings[_i] != SIGKILL) {
        assert_contains(run.diagnostics, "--resume");
        assert_contains(run.output, "\"interrupted\": true");
    }
    program_free(&run);
    run = TRAIN(csv, cut, "--threads", "2", "--resume");
    program_assert(&run, EXIT_DONE);
    assert_contains(run.diagnostics, "resumed from");
    program_free(&run);
    assert_same_weights(whole, cut);
    assert_same_weights(scratch_path("whole.checkpoint.safetensors"),
                        scratch_path("cut.checkpoint.safetensors"));
}
END_TEST

START_TEST(going_on_for_longer_tells_what_becomes_of_the_rate) {
    const char *csv = write_csv(), *out = scratch_path("m.safetensors");
    Program run = TRAIN(csv, out, "--quiet");
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    run = TRAIN(csv, out, "--epochs", "6", "--resume");
    program_assert(&run, EXIT_DONE);
    assert_contains(run.diagnostics,
                    "began with --epochs 3: over 6, cosine continues from a learning rate");
    program_free(&run);
}
END_TEST

/* Takes a setting's name from a checkpoint, as runs wrote it that did not have it. */
static void forget_setting(const char *path, const char *name) {
    size_t size;
    unsigned char *bytes = file_bytes(path, &size);
    const char *quoted = text_format("\"%s\\\":", name);
    unsigned char *found = memmem(bytes, size, quoted, strlen(quoted));
    ck_assert_msg(found != NULL, "no %s in %s", quoted, path);
    found[1] = '_';
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
    free(bytes);
}

START_TEST(a_run_from_before_a_setting_continues) {
    static const char *const later[] = {"shards", "reduce", "lr-batch",       "sync-norm", "wire",
                                        "recipe", "votes",  "share-teachers", "bfloat16"};
    const char *csv = write_csv(), *out = scratch_path("m.safetensors"),
               *checkpoint = scratch_path("m.checkpoint.safetensors");
    Program run = TRAIN(csv, out, "--quiet");
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        forget_setting(checkpoint, later[i]);
    run = TRAIN(csv, out, "--epochs", "4", "--resume");
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    forget_setting(checkpoint, "bfloat16");
    run = TRAIN(csv, out, "--epochs", "5", "--resume", "--bfloat16");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "--bfloat16");
    program_free(&run);
}
END_TEST

START_TEST(a_run_continues_only_with_the_teachers_that_it_began_with) {
    const char *csv = write_csv(), *out = scratch_path("m.safetensors"),
               *one = scratch_path("one.safetensors"), *two = scratch_path("two.safetensors");
    Program runs[] = {TRAIN(csv, one, "--quiet"), TRAIN(csv, two, "--quiet", "--seed", "2"),
                      TRAIN(csv, out, "--quiet", "--teacher", text_format("%s,%s", one, two)),
                      TRAIN(csv, out, "--resume", "--teacher", text_format("%s,%s", two, two))};
    for (int i = 0; i < 4; i++)
        program_assert(&runs[i], i < 3 ? EXIT_DONE : EXIT_FAILED);
    assert_contains(runs[3].diagnostics, "--teacher one.safetensors,two.safetensors; it cannot");
    for (int i = 0; i < 4; i++)
        program_free(&runs[i]);
    Program retrained = TRAIN(csv, one, "--quiet", "--seed", "3", "--overwrite");
    program_assert(&retrained, EXIT_DONE);
    program_free(&retrained);
    Program other = TRAIN(csv, out, "--resume", "--teacher", text_format("%s,%s", one, two));
    program_assert(&other, EXIT_FAILED);
    assert_contains(other.diagnostics, "the run began with other teachers");
    program_free(&other);
}
END_TEST

START_TEST(a_run_continues_only_from_the_weights_that_it_began_with) {
    const char *csv = write_csv(), *out = scratch_path("m.safetensors"),
               *first = scratch_path("first.safetensors");
    Program runs[] = {TRAIN(csv, first, "--quiet"), TRAIN(csv, out, "--quiet", "--start", first),
                      TRAIN(csv, out, "--epochs", "4", "--resume", "--start", first),
                      TRAIN(csv, first, "--quiet", "--seed", "2", "--overwrite"),
                      TRAIN(csv, out, "--epochs", "5", "--resume", "--start", first)};
    for (int i = 0; i < 5; i++)
        program_assert(&runs[i], i < 4 ? EXIT_DONE : EXIT_FAILED);
    assert_contains(runs[4].diagnostics, "the run began with other weights in --start");
    for (int i = 0; i < 5; i++)
        program_free(&runs[i]);
}
END_TEST

START_TEST(a_student_learns_the_same_from_its_teacher_on_any_number_of_threads) {
    const char *csv = write_csv(), *teacher = scratch_path("teacher.safetensors"),
               *alone = scratch_path("alone.safetensors"), *one = scratch_path("one.safetensors"),
               *two = scratch_path("two.safetensors");
    Program runs[] = {
        TRAIN(csv, teacher, "--seed", "2"), TRAIN(csv, alone, "--block-dropout", "0.1"),
        TRAIN(csv, one, "--block-dropout", "0.1", "--teacher", teacher, "--threads", "1"),
        TRAIN(csv, two, "--block-dropout", "0.1", "--teacher", teacher, "--threads", "2")};
    for (int i = 0; i < 4; i++) {
        program_assert(&runs[i], EXIT_DONE);
        program_free(&runs[i]);
    }
    assert_same_weights(one, two);
    size_t size;
    unsigned char *taught = file_bytes(one, &size), *untaught = file_bytes(alone, &size);
    ck_assert_int_ne(memcmp(taught + size - 4096, untaught + size - 4096, 4096), 0);
    free(taught);
    free(untaught);
}
END_TEST

START_TEST(teachers_who_share_batches_are_in_the_record) {
    const char *csv = write_csv(), *teacher = scratch_path("teacher.safetensors"),
               *student = scratch_path("student.safetensors"),
               *both = text_format("%s,%s", teacher, teacher);
    Program runs[] = {
        TRAIN(csv, teacher, "--seed", "2"),
        TRAIN(csv, student, "--teacher", both, "--share-teachers"),
        TRAIN(csv, scratch_path("no.safetensors"), "--teacher", teacher, "--share-teachers")};
    program_assert(&runs[0], EXIT_DONE);
    program_assert(&runs[1], EXIT_DONE);
    program_assert(&runs[2], EXIT_USAGE);
    assert_contains(runs[2].diagnostics, "--share-teachers requires several models");
    for (int i = 0; i < 3; i++)
        program_free(&runs[i]);
    Error error;
    SafetensorsFile *model = safetensors_open(student, &error);
    ck_assert_msg(model != NULL, "%s", error.message);
    assert_contains(safetensors_metadata(model, "training.settings"),
                    "\"share-teachers\":\"true\"");
    safetensors_close(model);
}
END_TEST

static const char *const ways[] = {"--sam=0.1", "--bfloat16"};

START_TEST(another_way_to_train_is_the_same_on_any_number_of_threads) {
    const char *csv = write_csv(), *plain = scratch_path("plain.safetensors"),
               *one = scratch_path("one.safetensors"), *two = scratch_path("two.safetensors");
    Program runs[] = {TRAIN(csv, plain, "--quiet"), TRAIN(csv, one, ways[_i], "--threads", "1"),
                      TRAIN(csv, two, ways[_i], "--threads", "2")};
    for (int i = 0; i < 3; i++) {
        program_assert(&runs[i], EXIT_DONE);
        program_free(&runs[i]);
    }
    assert_same_weights(one, two);
    size_t size;
    unsigned char *flat = file_bytes(one, &size), *other = file_bytes(plain, &size);
    ck_assert_int_ne(memcmp(flat + size - 4096, other + size - 4096, 4096), 0);
    free(flat);
    free(other);
}
END_TEST

static double number_in(const Program *run, const char *key) {
    json_t *object = json_loads(run->output, 0, NULL);
    double value = json_number_value(json_object_get(object, key));
    json_decref(object);
    return value;
}

/* As the model will be used, whatever it was trained with. */
START_TEST(validation_is_in_full_precision) {
    const char *csv = write_csv(), *out = scratch_path("m.safetensors");
    Program run = TRAIN(csv, out, "--bfloat16", "--json", "--quiet");
    program_assert(&run, EXIT_DONE);
    Program evaluation = affekt("eval", "face", "--model", out, "--data", csv, "--split",
                                "PublicTest", "--json", "--quiet");
    program_assert(&evaluation, EXIT_DONE);
    double said = number_in(&run, "validation_loss"), found = number_in(&evaluation, "nll");
    ck_assert_double_gt(said, 0);
    ck_assert_double_eq_tol(said, found, 1e-5 * found);
    program_free(&run);
    program_free(&evaluation);
}
END_TEST

START_TEST(several_sources_are_trained_on_and_votes_belong_to_the_first) {
    const char *csv = write_csv(), *both = text_format("%s,synthetic", csv);
    char votes[4096] = "usage,happy,sad\n";
    for (int i = 0; i < 56; i++)
        strcat(votes, "Training,3,1\n");
    Program run = TRAIN(both, scratch_path("m.safetensors"), "--votes",
                        scratch_write("votes.csv", votes), "--epochs", "1");
    program_assert(&run, EXIT_DONE);
    assert_contains(run.diagnostics, "7056 faces to train on, 1414 to validate on");
    program_free(&run);
    run = TRAIN(csv, scratch_path("n.safetensors"), "--votes",
                scratch_write("votes.csv", "usage,happy\nPrivateTest,1\n"));
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "votes.csv:2: usage 'PrivateTest', but face 1 of the data");
    program_free(&run);
}
END_TEST

START_TEST(every_setting_goes_where_it_belongs) {
    static const char *const settings[] = {"arch=mini",
                                           "size=17",
                                           "dropout=0.11",
                                           "block-dropout=0.12",
                                           "teacher-weight=0.1",
                                           "rotate=3",
                                           "scale=0.13",
                                           "label-smoothing=0.14",
                                           "shear=4",
                                           "shift=0.15",
                                           "crop=2",
                                           "brightness=0.16",
                                           "contrast=0.17",
                                           "flip=0.18",
                                           "erase=0.19",
                                           "erase-area=0.21",
                                           "framing=0.04",
                                           "degrade=0.6",
                                           "gamma=0.7",
                                           "side-light=0.33",
                                           "blur=0.9",
                                           "coarse=1.1",
                                           "jpeg=61",
                                           "sam=0.05",
                                           "skip-geometry=0.35",
                                           "mixup=0.22",
                                           "cutmix=0.23",
                                           "epochs=1",
                                           "batch=15",
                                           "lr=0.001",
                                           "schedule=plateau",
                                           "final-lr=0.0001",
                                           "warmup=0.24",
                                           "lr-every=10", /* of another schedule */
                                           "lr-patience=7",
                                           "lr-factor=0.25",
                                           "optimizer=adamw",
                                           "momentum=0.8",
                                           "beta2=0.99",
                                           "average=0.26",
                                           "weight-decay=0.002",
                                           "clip=9",
                                           "patience=12",
                                           "keep=13",
                                           "seed=14"};
    enum { SETTINGS = sizeof settings / sizeof *settings };
    const char *csv = write_csv(), *teacher = scratch_path("teacher.safetensors");
    Program run = TRAIN(csv, teacher, "--size", "17", "--epochs", "1");
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    const char *words[SETTINGS + 16] = {"train",      "face",
                                        "--data",     csv,
                                        "--out",      scratch_path("all.safetensors"),
                                        "--quiet",    "--class-weights",
                                        "--skip-bad", "--drop-leaks",
                                        "--bfloat16", "--teacher",
                                        teacher};
    int n = 0;
    while (words[n])
        n++;
    for (int i = 0; i < SETTINGS; i++)
        words[n++] = text_format("--%s", settings[i]);
    run = program_run(words);
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    Error error;
    SafetensorsFile *model = safetensors_open(scratch_path("all.safetensors"), &error);
    ck_assert_msg(model != NULL, "%s", error.message);
    const char *record = safetensors_metadata(model, "training.settings");
    for (int i = 0; i < SETTINGS; i++) {
        int name = (int)strcspn(settings[i], "=");
        assert_contains(record,
                        text_format("\"%.*s\":\"%s\"", name, settings[i], settings[i] + name + 1));
    }
    assert_contains(record, "\"class-weights\":\"true\"");
    assert_contains(record, "\"drop-leaks\":\"true\"");
    assert_contains(record, "\"bfloat16\":\"true\"");
    assert_contains(record, "\"overfit-batch\":\"false\"");
    ck_assert(file_exists(scratch_path("all.epoch-001.safetensors")));
    ck_assert(file_exists(scratch_path("all.curve.png")));
    safetensors_close(model);
}
END_TEST

START_TEST(mistakes_are_told) {
    Program run = affekt("train", "face", "--out", "m.safetensors");
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "--data is missing");
    program_free(&run);
    const char *csv = write_csv();
    run = affekt("train", "face", "--data", csv, "--out", scratch_path("m.safetensors"), "--arch",
                 "vgg99");
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics,
                    "--arch: there is no 'vgg99'; choose from vgg, vgg-wide, mini, resnet");
    program_free(&run);
    run = affekt("train", "face", "--data", csv, "--preview", scratch_path("sheet.jpg"));
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "sheet.jpg' is the picture's name and must end in .png");
    program_free(&run);
    run = TRAIN(csv, scratch_path("no/such/folder/m.safetensors"), "--quiet");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "no/such/folder");
    program_free(&run);
    run = TRAIN(csv, scratch_path("m.safetensors"), "--resume");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "there is no checkpoint");
    program_free(&run);
    run = TRAIN(csv, scratch_path("m.safetensors"), "--wire", "half");
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "--wire half requires several processes, or --shards N");
    program_free(&run);
    run = TRAIN(csv, scratch_path("m.safetensors"), "--teacher-weight", "0.5");
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "--teacher-weight requires --teacher");
    program_free(&run);
    run = TRAIN(csv, scratch_path("m.safetensors"), "--mixup", "0.2", "--batch", "8", "--shards",
                "8");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "without two examples to mix");
    program_free(&run);
    run = TRAIN(csv, scratch_path("m.safetensors"), "--sync-norm", "--mixup", "0", "--batch", "10",
                "--shards", "8");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "--sync-norm: an epoch's last batch");
    program_free(&run);
    ck_assert(!file_exists(scratch_path("m.checkpoint.safetensors")));
    run = TRAIN(csv, scratch_path("start.safetensors"), "--quiet");
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    run = TRAIN(csv, scratch_path("start.safetensors"), "--start",
                scratch_path("start.safetensors"), "--overwrite");
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "would take the place of what --start names");
    program_free(&run);
    run = TRAIN(csv, scratch_path("start.safetensors"), "--keep", "1", "--overwrite");
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    run = TRAIN(csv, scratch_path("start.safetensors"), "--start",
                scratch_path("start.epoch-003.safetensors"), "--overwrite");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "would be removed, which this run reads");
    program_free(&run);
    ck_assert(file_exists(scratch_path("start.epoch-003.safetensors")));
    ck_assert(file_exists(scratch_path("start.checkpoint.safetensors")));
}
END_TEST

START_TEST(without_the_best_model_a_run_does_not_go_on) {
    const char *csv = write_csv(), *out = scratch_path("m.safetensors");
    Program run = TRAIN(csv, out, "--quiet");
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    ck_assert_int_eq(unlink(out), 0);
    run = TRAIN(csv, out, "--epochs", "4", "--resume");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "m.safetensors, the best model so far, is missing");
    program_free(&run);
}
END_TEST

START_TEST(a_run_that_fails_before_its_first_checkpoint_offers_none) {
    const char *csv = write_csv(), *out = scratch_path("m.safetensors");
    Program run =
        TRAIN(csv, out, "--lr", "1000", "--weight-decay", "10", "--clip", "0", "--batch", "4");
    program_assert(&run, EXIT_FAILED);
    assert_lacks(run.diagnostics, "checkpoint");
    program_free(&run);
    run = TRAIN(csv, out, "--quiet");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "m.csv already exists: --overwrite replaces it");
    program_free(&run);
}
END_TEST

START_TEST(a_warm_up_leaves_half_of_the_run) {
    const char *csv = write_csv(), *out = scratch_path("m.safetensors");
    Program run = TRAIN(csv, out, "--epochs", "1", "--warmup", "5", "--final-lr", "0.001");
    program_assert(&run, EXIT_DONE);
    assert_contains(run.diagnostics, "rate 0.0");
    const char *rate = strstr(run.diagnostics, "rate ");
    ck_assert_double_lt(strtod(rate + strlen("rate "), NULL), 0.03);
    program_free(&run);
}
END_TEST

START_TEST(a_preview_is_drawn_without_training) {
    Program run =
        affekt("train", "face", "--data", write_csv(), "--preview", scratch_path("sheet.png"));
    program_assert(&run, EXIT_DONE);
    ck_assert(file_exists(scratch_path("sheet.png")));
    assert_contains(run.diagnostics, "sheet.png: a row for each face");
    ck_assert(!file_exists(scratch_path("sheet.csv")));
    program_free(&run);
}
END_TEST

START_TEST(a_recipe_stands_for_the_words_of_the_model_card) {
    const char *csv = write_csv(), *named = scratch_path("named.safetensors"),
               *typed = scratch_path("typed.safetensors"),
               *teachers = "infer/models/mini.safetensors,infer/models/vgg.safetensors";
    Program run = affekt("train", "face", "--epochs", "1", "--data", csv, "--recipe", "mini",
                         "--teacher", teachers, "--batch", "16", "--out", named);
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    run = affekt("train", "face", "--data", csv, "--arch", "mini", "--epochs", "150", "--teacher",
                 teachers, "--share-teachers", "--teacher-weight", "0.8", "--label-smoothing",
                 "0.05", "--dropout", "0.1", "--batch", "128", "--lr", "0.1", "--rotate", "10",
                 "--scale", "0.25", "--shift", "0.2", "--skip-geometry", "0.5", "--brightness", "0",
                 "--contrast", "0", "--erase", "0.5", "--weight-decay", "0.0002", "--average",
                 "0.999", "--drop-leaks", "--seed", "1", "--epochs", "1", "--batch", "16", "--out",
                 typed);
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    assert_same_weights(named, typed);
    run = affekt("show", named);
    assert_contains(run.output, "mini");
    program_free(&run);
}
END_TEST

START_TEST(a_recipe_without_the_networks_it_builds_on_says_where_they_are) {
    Program run = affekt("train", "face", "--data", "synthetic", "--recipe", "taught", "--out",
                         scratch_path("x.safetensors"));
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics,
                    "add --teacher infer/models/vgg.safetensors, which is shipped");
    program_free(&run);
    run = affekt("train", "face", "--data", "synthetic", "--recipe", "continued", "--teacher",
                 "infer/models/mini.safetensors,infer/models/vgg.safetensors", "--out",
                 scratch_path("x.safetensors"));
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "add --start student.safetensors");
    program_free(&run);
    run = affekt("train", "face", "--data", "synthetic", "--recipe", "voted", "--start",
                 "infer/models/face.safetensors", "--out", scratch_path("x.safetensors"));
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "and --votes fer2013new.csv");
    program_free(&run);
}
END_TEST

START_TEST(the_result_is_json_on_request) {
    Program run = TRAIN(write_csv(), scratch_path("\xff.safetensors"), "--json", "--quiet");
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "\xef\xbf\xbd.safetensors\""); /* a name that is not UTF-8 */
    assert_contains(run.output, "\"model_bytes\": \"");
    assert_contains(run.output, "%FF.safetensors\"");
    assert_contains(run.output, "\"validation_accuracy\"");
    assert_contains(run.output, "\"best_epoch\"");
    program_free(&run);
}
END_TEST

Suite *train_face_suite(void) {
    Suite *suite = suite_create("train_face");
    TCase *tcase = tcase_create("train_face");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_set_timeout(tcase, 240);
    tcase_add_test(tcase, faces_from_a_cache_train_the_same_weights);
    tcase_add_test(tcase, any_number_of_threads_trains_the_same_bits);
    tcase_add_loop_test(tcase, a_run_ended_by_a_signal_tells_so_and_resumes_to_the_same_bits, 0,
                        sizeof endings / sizeof *endings);
    tcase_add_test(tcase, going_on_for_longer_tells_what_becomes_of_the_rate);
    tcase_add_test(tcase, a_run_from_before_a_setting_continues);
    tcase_add_test(tcase, a_run_continues_only_with_the_teachers_that_it_began_with);
    tcase_add_test(tcase, a_run_continues_only_from_the_weights_that_it_began_with);
    tcase_add_test(tcase, a_student_learns_the_same_from_its_teacher_on_any_number_of_threads);
    tcase_add_test(tcase, several_sources_are_trained_on_and_votes_belong_to_the_first);
    tcase_add_test(tcase, teachers_who_share_batches_are_in_the_record);
    tcase_add_loop_test(tcase, another_way_to_train_is_the_same_on_any_number_of_threads, 0, 2);
    tcase_add_test(tcase, validation_is_in_full_precision);
    tcase_add_test(tcase, every_setting_goes_where_it_belongs);
    tcase_add_test(tcase, mistakes_are_told);
    tcase_add_test(tcase, without_the_best_model_a_run_does_not_go_on);
    tcase_add_test(tcase, a_run_that_fails_before_its_first_checkpoint_offers_none);
    tcase_add_test(tcase, a_warm_up_leaves_half_of_the_run);
    tcase_add_test(tcase, a_preview_is_drawn_without_training);
    tcase_add_test(tcase, a_recipe_stands_for_the_words_of_the_model_card);
    tcase_add_test(tcase, a_recipe_without_the_networks_it_builds_on_says_where_they_are);
    tcase_add_test(tcase, the_result_is_json_on_request);
    suite_add_tcase(suite, tcase);
    return suite;
}
