/* `affekt play`: without a sound card, reproducibly; and on a terminal, by its keys. */
#include "datasets/media/csv.h"
#include "nn/base/clock.h"
#include "tests/support/clips.h"
#include "tests/support/files.h"
#include "tests/support/music_folder.h"
#include "tests/support/music_models.h"
#include "tests/support/networks.h"
#include "tests/support/played_songs.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

#include <poll.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *library;

static void set_up(void) {
    static const char *const names[] = {"happy/a.mid", "sad/b.mid", "happy/c.mid", "sad/d.mid"};
    scratch_create();
    for (int i = 0; i < 4; i++)
        music_folder_add(names[i], 20 + i, i);
    library = scratch_path("songs.db");
    Program run = affekt("library", "add", music_folder(), "--library", library, "--quiet");
    program_assert(&run, EXIT_DONE);
    program_free(&run);
}

#define play(...) affekt("play", "--library", library, __VA_ARGS__)

START_TEST(wrong_combinations_are_wrong_usage) {
    static const char *const wrong[][4] = {
        {"--fast", "--emotion=sad", NULL},
        {"--fast", "--duration=3", NULL},
        {"--camera=0", "--input=a.mp4", NULL},
        {"--no-audio", "--wav=a.wav", NULL},
        {"--wav=a.mp3", NULL},
        {"--mix", "--compose", NULL},
        {"--emotion=sad", "--valence=1", NULL},
        {"--valence=1", NULL},
        {"--valence=1", "--arousal=1", "--camera=0", NULL},
        {"--emotion=cheesy", NULL},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        Program run = play(wrong[i][0], wrong[i][1], wrong[i][2]);
        program_assert(&run, EXIT_USAGE);
        program_free(&run);
    }
}
END_TEST

START_TEST(what_is_missing_is_named) {
    Program run = play("--input", scratch_path("no.mp4"), "--fast");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "cannot open");
    program_free(&run);
    run = affekt("play", "--library", scratch_path("empty.db"), "--emotion", "sad", "--no-audio");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "affekt library add FOLDER");
    program_free(&run);
    run = play("--emotion", "sad", "--audio-driver", "no-such-driver", "--duration", "1");
    program_assert(&run, EXIT_FAILED);
    program_free(&run);
}
END_TEST

/* The column of the rows whose event is `what`, in order; returns how many. */
static int column_of(const char *path, const char *what, const char *column, Arena *arena,
                     const char *cells[], int most) {
    CsvTable table;
    Error error;
    int count = 0;
    ck_assert_msg(!csv_read(path, arena, &table, &error), "%s", error.message);
    for (int row = 0; row < table.n_rows && count < most; row++)
        if (!strcmp(csv_cell(&table, row, csv_column(&table, "event")), what))
            cells[count++] = csv_cell(&table, row, csv_column(&table, column));
    return count;
}

START_TEST(a_mood_by_hand_plays_its_songs_the_same_each_time) {
    for (int run = 0; run < 2; run++) {
        Program program = play("--emotion", "happy", "--fast", "--duration", "20", "--record",
                               scratch_path(run ? "b.csv" : "a.csv"), "--wav",
                               scratch_path(run ? "b.wav" : "a.wav"));
        program_assert(&program, EXIT_DONE);
        assert_contains(program.diagnostics, "2 songs");
        ck_assert_str_eq(program.output, "");
        program_free(&program);
    }
    assert_same_file(scratch_path("a.csv"), scratch_path("b.csv"));
    assert_same_file(scratch_path("a.wav"), scratch_path("b.wav"));
    Arena *arena = arena_create();
    const char *songs[8];
    ck_assert_int_eq(column_of(scratch_path("a.csv"), "play", "song", arena, songs, 8), 2);
    assert_contains(songs[0], "/happy/");
    ck_assert_str_ne(songs[0], songs[1]);
    arena_destroy(arena);
    size_t size;
    free(file_bytes(scratch_path("a.wav"), &size));
    double seconds = (double)size / (44100 * 4);
    ck_assert_msg(seconds > 20 && seconds < 23, "%.1f s", seconds);
}
END_TEST

START_TEST(a_face_is_followed) {
    ImageClassifierInfo info = network_info("mini");
    const char *model = network_save(&info, 4, "model.safetensors"),
               *clip = clip_write("clip.y4m", 64, 48, 250);
    Program program =
        play("--no-detect", "--model", model, "--input", clip, "--fast", "--record", "-", "--bend");
    program_assert(&program, EXIT_DONE);
    assert_contains(program.output, "\"event\": \"felt\"");
    assert_contains(program.output, "\"event\": \"play\"");
    assert_contains(program.diagnostics, "250 frames, 1 song,");
    program_free(&program);
}
END_TEST

START_TEST(pieces_are_composed_too) {
    music_model_destroy(music_model_untrained(11));
    Program program = affekt("play", "--compose", "--emotion", "sad", "--piece-seconds", "10",
                             "--openings", "1", "--music-model", scratch_path("music.safetensors"),
                             "--fast", "--duration", "15", "--record", "-");
    program_assert(&program, EXIT_DONE);
    assert_contains(program.output, "composed for valence -");
    assert_contains(program.output, "heard to its end");
    program_free(&program);
}
END_TEST

/* A camera is tried again every second; without a screen that is told once. */
START_TEST(a_missing_camera_is_told_once) {
    ImageClassifierInfo info = network_info("mini");
    const char *model = network_save(&info, 4, "model.safetensors");
    Program run = play("--no-detect", "--model", model, "--camera", "/dev/no-such-camera",
                       "--duration", "6", "--wav", scratch_path("a.wav"));
    program_assert(&run, EXIT_DONE);
    const char *at = strstr(run.diagnostics, "there is no such camera");
    ck_assert_ptr_nonnull(at);
    ck_assert_ptr_null(strstr(at + 1, "there is no such camera"));
    program_free(&run);
}
END_TEST

/* Reads what comes on a terminal until `text` was seen. */
static bool read_until(int terminal, char **output, size_t *size, const char *text) {
    for (double until = clock_seconds() + 15; clock_seconds() < until;) {
        if (text && *output && strstr(*output, text))
            return true;
        struct pollfd input = {.fd = terminal, .events = POLLIN};
        if (!poll(&input, 1, 100))
            continue;
        *output = realloc(*output, *size + 65537);
        ssize_t got = read(terminal, *output + *size, 65536);
        if (got <= 0)
            return false;
        *size += (size_t)got;
        (*output)[*size] = 0;
    }
    return false;
}

START_TEST(keys_do_what_the_screen_says) {
    static const char *const keys[][2] = {
        {"l", "like: noted"}, {"p", ", paused"},  {"p-", "volume 95 %"},
        {"1", "angry"},       {"o", "regulate:"}, {"u", "taken back"},
    };
    char *output = NULL;
    size_t size = 0;
    int terminal, state;
    const struct winsize window = {.ws_row = 40, .ws_col = 100};
    pid_t process = forkpty(&terminal, NULL, NULL, &window);
    ck_assert_int_ge(process, 0);
    if (!process) {
        setenv("TERM", "xterm-256color", 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        execl(program_path(), "affekt", "play", "--library", library, "--no-audio", "--no-remote",
              "--emotion", "happy", NULL);
        _exit(127);
    }
    ck_assert_msg(read_until(terminal, &output, &size, "by its folder"), "%s", output);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        ssize_t count = (ssize_t)strlen(keys[i][0]);
        ck_assert_int_eq(write(terminal, keys[i][0], (size_t)count), count);
        ck_assert_msg(read_until(terminal, &output, &size, keys[i][1]), "after %s: no '%s'",
                      keys[i][0], keys[i][1]);
    }
    ck_assert_int_eq(write(terminal, "q", 1), 1);
    read_until(terminal, &output, &size, NULL);
    ck_assert_int_eq(waitpid(process, &state, 0), process);
    ck_assert(WIFEXITED(state) && !WEXITSTATUS(state));
    assert_contains(output, "\033[?1049l");
    free(output);
    close(terminal);
}
END_TEST

Suite *play_suite(void) {
    Suite *suite = suite_create("play");
    TCase *tcase = tcase_create("play");
    int terminals[2];
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, set_up, scratch_remove);
    tcase_add_test(tcase, wrong_combinations_are_wrong_usage);
    tcase_add_test(tcase, what_is_missing_is_named);
    if (songs_can_be_played()) {
        tcase_add_test(tcase, a_mood_by_hand_plays_its_songs_the_same_each_time);
        tcase_add_test(tcase, a_face_is_followed);
        tcase_add_test(tcase, pieces_are_composed_too);
        tcase_add_test(tcase, a_missing_camera_is_told_once);
        if (!openpty(&terminals[0], &terminals[1], NULL, NULL, NULL)) {
            close(terminals[0]);
            close(terminals[1]);
            tcase_add_test(tcase, keys_do_what_the_screen_says);
        }
    }
    suite_add_tcase(suite, tcase);
    return suite;
}
