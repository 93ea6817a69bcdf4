#include "tests/support/resumed.h"

#include "tests/support/files.h"
#include "tests/support/scratch.h"

#include <check.h>
#include <signal.h>
#include <string.h>

enum { WORDS = 40, FIRST_EPOCH_SECONDS = 120 };

/* The words with `--out model --threads threads last`, and no last word where it is NULL. */
static Program start(const char *const words[], const char *model, const char *threads,
                     const char *last) {
    const char *all[WORDS];
    int n = 0;
    for (; words[n]; n++) {
        ck_assert_int_lt(n, WORDS - 6);
        all[n] = words[n];
    }
    const char *const more[] = {"--out", model, "--threads", threads, last, NULL};
    memcpy(all + n, more, sizeof more);
    return program_start(all);
}

static void assert_same_checkpoints(const char *a, const char *b) {
    const int stem = (int)strlen("safetensors");
    assert_same_weights(text_format("%.*scheckpoint.safetensors", (int)strlen(a) - stem, a),
                        text_format("%.*scheckpoint.safetensors", (int)strlen(b) - stem, b));
}

Program assert_resumes(const char *const words[], const char *model) {
    const char *cut = scratch_path("cut.safetensors");
    Program whole = start(words, model, "2", NULL);
    program_wait(&whole);
    program_assert(&whole, EXIT_DONE);
    Program run = start(words, cut, "1", NULL);
    ck_assert(program_wait_for(&run, false, "epoch 1/", FIRST_EPOCH_SECONDS));
    program_signal(&run, SIGINT);
    program_wait(&run);
    program_assert(&run, EXIT_STOPPED + SIGINT);
    program_free(&run);
    run = start(words, cut, "3", "--resume");
    program_wait(&run);
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    assert_same_weights(model, cut);
    assert_same_checkpoints(model, cut);
    return whole;
}
