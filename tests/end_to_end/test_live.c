/* `affekt live`: the same bytes each time, what it says of what is missing, and a terminal that is
 * given back. */
#include "compose/sound/soundfont.h"
#include "datasets/media/ffmpeg.h"
#include "datasets/music/midi.h"
#include "infer/video/video_writer.h"
#include "nn/base/clock.h"
#include "nn/io/file.h"
#include "tests/support/clips.h"
#include "tests/support/data.h"
#include "tests/support/files.h"
#include "tests/support/music_models.h"
#include "tests/support/networks.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static const char *model, *music;

static void set_up(void) {
    scratch_create();
    ImageClassifierInfo info = network_info("mini");
    model = network_save(&info, 4, "model.safetensors");
    music_model_destroy(music_model_untrained(11));
    music = scratch_path("music.safetensors");
}

#define live(...)                                                                                  \
    affekt("live", "--no-detect", "--model", model, "--music-model", music, __VA_ARGS__)

START_TEST(wrong_combinations_are_wrong_usage) {
    static const char *const wrong[][3] = {
        {"--fast", NULL},
        {"--camera=/dev/video0", "--input=a.mp4", NULL},
        {"--no-audio", "--wav=a.wav", NULL},
        {"--no-audio", "--record=a.wav", NULL},
        {"--wav=a.mid", NULL},
        {"--no-feedback", "--library=a.db", NULL},
        {"a.mp4", NULL},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        Program run = affekt("live", wrong[i][0], wrong[i][1]);
        program_assert(&run, EXIT_USAGE);
        program_free(&run);
    }
}
END_TEST

#ifdef HAVE_FFMPEG

/* Every line is an object with what it should have. Returns how many. */
static int check_log(const char *path) {
    int lines = 0;
    double before = -1;
    unsigned char *bytes = file_bytes(path, NULL);
    for (char *line = (char *)bytes; *line; line = strchr(line, '\n') + 1, lines++) {
        json_t *json = json_loads(line, JSON_DISABLE_EOF_CHECK, NULL);
        ck_assert_msg(json != NULL, "no JSON: %s", line);
        double time = json_number_value(json_object_get(json, "t"));
        ck_assert(time > before);
        before = time;
        json_t *face = json_object_get(json, "face");
        ck_assert(json_is_null(face) || json_array_size(face) == 4);
        static const char *const read[] = {"emotion", "probabilities", "valence", "arousal"};
        for (int i = 0; i < 4; i++) /* without a face nothing is read */
            ck_assert(json_is_null(face) == json_is_null(json_object_get(json, read[i])));
        if (!json_is_null(face)) {
            ck_assert(json_is_string(json_object_get(json, "emotion")));
            ck_assert_uint_eq(json_object_size(json_object_get(json, "probabilities")), 7);
            ck_assert(json_is_number(json_object_get(json, "valence")));
        }
        json_t *asked = json_object_get(json, "music");
        ck_assert(json_is_number(json_object_get(asked, "valence")));
        ck_assert(json_number_value(json_object_get(asked, "written")) >= time);
        json_decref(json);
    }
    free(bytes);
    return lines;
}

/* The record is a whole MIDI file that needed no repair; returns its notes. */
static int check_record(const char *path, double longest) {
    Error error;
    Song *song = midi_read(path, &error);
    ck_assert_msg(song != NULL, "%s", error.message);
    ck_assert_int_eq(song->n_repairs, 0);
    ck_assert_msg(song->seconds <= longest, "%.2f s", song->seconds);
    int notes = song->n_notes;
    song_free(song);
    return notes;
}

START_TEST(a_replay_gives_the_same_bytes_for_any_number_of_threads) {
    const char *clip = clip_write("clip.y4m", 64, 48, 250);
    for (int run = 0; run < 2; run++) {
        Program program = live("--input", clip, "--fast", "--no-audio", "--threads",
                               run ? "2" : "1", "--record", scratch_path(run ? "b.mid" : "a.mid"),
                               "--log", scratch_path(run ? "b.jsonl" : "a.jsonl"));
        program_assert(&program, EXIT_DONE);
        assert_contains(program.diagnostics, "250 frames");
        ck_assert_str_eq(program.output, "");
        program_free(&program);
    }
    assert_same_file(scratch_path("a.mid"), scratch_path("b.mid"));
    assert_same_file(scratch_path("a.jsonl"), scratch_path("b.jsonl"));
    ck_assert_int_eq(check_log(scratch_path("a.jsonl")), 250);
    ck_assert_int_gt(check_record(scratch_path("a.mid"), 12.1), 10);
}
END_TEST

START_TEST(another_seed_or_policy_gives_other_music) {
    const char *clip = clip_write("clip.y4m", 64, 48, 250);
    unsigned char *bytes[2];
    size_t size[2];
    for (int run = 0; run < 2; run++) {
        const char *record = scratch_path("a.mid");
        Program program = live("--input", clip, "--fast", "--record", record, "--seed",
                               run ? "2" : "1", "--policy", run ? "regulate" : "mirror");
        program_assert(&program, EXIT_DONE);
        program_free(&program);
        bytes[run] = file_bytes(record, &size[run]);
    }
    ck_assert(size[0] != size[1] || memcmp(bytes[0], bytes[1], size[0]));
    free(bytes[0]);
    free(bytes[1]);
}
END_TEST

START_TEST(the_log_can_go_to_standard_output) {
    const char *clip = clip_write("clip.y4m", 64, 48, 3);
    Program program = live("--input", clip, "--fast", "--quiet", "--log", "-");
    program_assert(&program, EXIT_DONE);
    ck_assert_str_eq(program.diagnostics, "");
    assert_contains(program.output, "{\"t\": 0.0, \"face\": [0, 0, 64, 48], \"emotion\": ");
    program_free(&program);
}
END_TEST

/* Whoever reads the log goes away: the session ends, and what was played is saved. */
START_TEST(a_closed_pipe_does_not_cost_the_record) {
    const char *clip = clip_write("clip.y4m", 64, 48, 300), *record = scratch_path("closed.mid");
    int status =
        system(text_format("%s live --no-detect --fast --no-audio --model %s --music-model "
                           "%s --input %s --record %s --log - 2>%s | head -1 >/dev/null",
                           program_path(), model, music, clip, record, scratch_path("said")));
    ck_assert_int_eq(status, 0);
    check_record(record, 60);
}
END_TEST

START_TEST(faces_of_real_videos_are_followed) {
    const char *clip = data_path("faces/video/pyfeat_face_noface.mov");
    if (!clip)
        return;
    const char *log = scratch_path("log.jsonl"), *record = scratch_path("record.mid");
    Program program = affekt("live", "--model", model, "--music-model", music, "--input", clip,
                             "--fast", "--record", record, "--log", log);
    program_assert(&program, EXIT_DONE);
    ck_assert_int_eq(check_log(log), 169);
    check_record(record, 9);
    program_free(&program);
}
END_TEST

START_TEST(in_real_time_ctrl_c_saves_what_was_played) {
    const char *clip = clip_write("clip.y4m", 64, 48, 1000), *record = scratch_path("a.mid");
    Program program = affekt_start("live", "--no-detect", "--model", model, "--music-model", music,
                                   "--input", clip, "--no-audio", "--record", record);
    ck_assert(program_wait_for(&program, false, "valence", 20));
    sleep(3);
    program_signal(&program, SIGINT);
    program_wait(&program);
    program_assert(&program, EXIT_DONE);
    assert_contains(program.diagnostics, "recorded in");
    check_record(record, 20);
    program_free(&program);
}
END_TEST

#    ifdef HAVE_FLUIDSYNTH
START_TEST(a_full_disk_for_the_sound_does_not_cost_the_record) {
    char soundfont[SOUNDFONT_PATH];
    if (soundfont_find(NULL, soundfont, NULL)) {
        fprintf(stderr, "skipped: there is no soundfont to play with\n");
        return;
    }
    const char *clip = clip_write("clip.y4m", 64, 48, 1000), *record = scratch_path("a.mid");
    signal(SIGXFSZ, SIG_IGN);
    ck_assert(!setrlimit(RLIMIT_FSIZE, &(struct rlimit){300000, 300000}));
    Program program = live("--input", clip, "--wav", scratch_path("a.wav"), "--record", record);
    program_assert(&program, EXIT_FAILED);
    assert_contains(program.diagnostics, "a.wav: File too large");
    ck_assert_int_gt(check_record(record, 10), 0);
    program_free(&program);
}
END_TEST

/* The notes have room in the file, but not their decay. */
START_TEST(a_disk_that_fills_at_the_end_is_told) {
    char soundfont[SOUNDFONT_PATH];
    if (soundfont_find(NULL, soundfont, NULL)) {
        fprintf(stderr, "skipped: there is no soundfont to play with\n");
        return;
    }
    const char *clip = clip_write("clip.y4m", 64, 48, 50), *sound = scratch_path("a.wav");
    Program program = live("--input", clip, "--fast", "--wav", sound);
    program_assert(&program, EXIT_SUCCESS);
    program_free(&program);
    struct stat file;
    ck_assert(!stat(sound, &file));
    signal(SIGXFSZ, SIG_IGN);
    rlim_t most = (rlim_t)file.st_size - 100000;
    ck_assert(!setrlimit(RLIMIT_FSIZE, &(struct rlimit){most, most}));
    program = live("--input", clip, "--fast", "--wav", sound);
    program_assert(&program, EXIT_FAILED);
    assert_contains(program.diagnostics, "a.wav: File too large");
    program_free(&program);
}
END_TEST
#    endif

/* A replay has an end to come to, unlike a performance. */
START_TEST(a_replay_ended_by_ctrl_c_tells_so_and_saves_what_was_played) {
    const char *clip = clip_write("clip.y4m", 64, 48, 20000), *record = scratch_path("a.mid");
    Program program = affekt_start("live", "--no-detect", "--model", model, "--music-model", music,
                                   "--input", clip, "--fast", "--log", "-", "--record", record);
    ck_assert(program_wait_for(&program, true, "\"t\": 1", 20));
    program_signal(&program, SIGINT);
    program_wait(&program);
    program_assert(&program, 128 + SIGINT);
    ck_assert_int_gt(check_record(record, 800), 0);
    program_free(&program);
}
END_TEST

/* As where a recording went on after days. */
START_TEST(a_replay_leaves_out_the_holes_in_a_videos_time) {
    const char *clip = scratch_path("hole.mkv"), *record = scratch_path("a.mid");
    Error error;
    Image frame;
    ck_assert_int_eq(image_create(&frame, 64, 48, IMAGE_RGB, &error), 0);
    memset(frame.pixels, 128, (size_t)64 * 48 * 3);
    VideoWriter *writer = video_writer_create(clip, 64, 48, 25, &error);
    ck_assert_msg(writer != NULL, "%s", error.message);
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(video_writer_add(writer, &frame, i / 25.0 + (i < 50 ? 0 : 250000), &error),
                         0);
    ck_assert_msg(!video_writer_finish(writer, &error), "%s", error.message);
    image_free(&frame);
    Program program = live("--input", clip, "--fast", "--no-audio", "--record", record);
    program_assert(&program, EXIT_DONE);
    ck_assert_int_gt(check_record(record, 7), 0);
    program_free(&program);
}
END_TEST

START_TEST(a_silent_pipe_does_not_hold_up_the_end) {
    const char *pipe = scratch_path("silent");
    ck_assert_int_eq(mkfifo(pipe, 0600), 0);
    int writer = open(pipe, O_RDWR);
    Program program = affekt_start("live", "--no-detect", "--model", model, "--music-model", music,
                                   "--input", pipe, "--no-audio");
    ck_assert(program_wait_for(&program, false, "no face", 20));
    double asked = clock_seconds();
    program_signal(&program, SIGTERM);
    program_wait(&program);
    program_assert(&program, EXIT_DONE);
    ck_assert_double_lt(clock_seconds() - asked, 10);
    program_free(&program);
    close(writer);
}
END_TEST

START_TEST(a_missing_camera_is_told_and_tried_again) {
    Program program = affekt_start("live", "--no-detect", "--model", model, "--music-model", music,
                                   "--camera", "/dev/no-such-camera", "--no-audio");
    ck_assert(program_wait_for(&program, false,
                               "/dev/no-such-camera: there is no such camera; waiting for it", 20));
    program_signal(&program, SIGTERM);
    program_wait(&program);
    program_assert(&program, EXIT_DONE);
    program_free(&program);
}
END_TEST

START_TEST(what_is_no_video_is_told) {
    const char *text = scratch_write("notes.txt", "not a video\n");
    Program program = live("--input", text, "--fast");
    program_assert(&program, EXIT_FAILED);
    assert_contains(program.diagnostics, "notes.txt");
    program_free(&program);
    program = live("--input", scratch_path("absent.mp4"));
    program_assert(&program, EXIT_FAILED);
    assert_contains(program.diagnostics, "absent.mp4: No such file"); /* and nothing of sound */
    program_free(&program);
    program = live("--camera", text, "--no-audio");
    program_assert(&program, EXIT_FAILED);
    assert_contains(program.diagnostics, "notes.txt is no camera");
    program_free(&program);
    const char *record = scratch_write("old.mid", "of another session");
    program = live("--input", text, "--no-audio", "--record", record);
    program_assert(&program, EXIT_FAILED);
    assert_contains(program.diagnostics, "notes.txt");
    program_free(&program);
    unsigned char *kept = file_bytes(record, NULL);
    ck_assert_str_eq((char *)kept, "of another session");
    free(kept);
}
END_TEST

START_TEST(a_record_that_cannot_be_written_is_told_at_once) {
    const char *clip = clip_write("clip.y4m", 64, 48, 1000);
    Program program = live("--input", clip, "--no-audio", "--record", "/nonexistent/a.mid");
    program_assert(&program, EXIT_FAILED);
    assert_contains(program.diagnostics, "/nonexistent/a.mid");
    ck_assert(!strstr(program.diagnostics, "neutral")); /* no session was begun */
    program_free(&program);
    program = live("--input", clip, "--fast", "--log", "/dev/full");
    program_assert(&program, EXIT_FAILED);
    assert_contains(program.diagnostics, "the log");
    program_free(&program);
}
END_TEST

#    ifdef HAVE_FLUIDSYNTH

START_TEST(a_missing_soundfont_or_device_is_told) {
    const char *clip = clip_write("clip.y4m", 64, 48, 5);
    Program program =
        live("--input", clip, "--fast", "--wav", scratch_path("a.wav"), "--soundfont", "no.sf2");
    program_assert(&program, EXIT_FAILED);
    assert_contains(program.diagnostics, "there is no soundfont no.sf2");
    program_free(&program);
    program = live("--input", clip, "--audio-driver", "no-such-driver");
    program_assert(&program, EXIT_FAILED);
    assert_contains(program.diagnostics, "--no-audio");
    program_free(&program);
}
END_TEST

#    endif

/* ------------------------------------------------------------------ the terminal */

/* Whether the machine gives pseudo-terminals, as a bare container does not; says so when not. */
static bool terminals_are_here(void) {
    int ours, theirs;
    if (openpty(&ours, &theirs, NULL, NULL, NULL)) {
        fprintf(stderr, "skipped: the screen's tests need a pseudo-terminal (/dev/pts)\n");
        return false;
    }
    close(ours);
    close(theirs);
    return true;
}

typedef struct Screen {
    pid_t process;
    int terminal;
    struct termios before;
    char *output;
    size_t size;
} Screen;

/* Reads what comes until `text` was seen; false when the program closes the terminal or `seconds`
 * pass first. */
static bool read_until(Screen *screen, const char *text, double seconds) {
    for (int left = (int)(seconds * 10); left > 0;) {
        if (text && screen->output && strstr(screen->output, text))
            return true;
        struct pollfd input = {.fd = screen->terminal, .events = POLLIN};
        if (!poll(&input, 1, 100)) {
            left--;
            continue;
        }
        screen->output = realloc(screen->output, screen->size + 65536);
        ssize_t got = read(screen->terminal, screen->output + screen->size, 65535);
        if (got <= 0)
            return false;
        screen->size += (size_t)got;
        screen->output[screen->size] = 0;
    }
    return false;
}

static Screen open_screen(const char *clip) {
    Screen screen = {0};
    const struct winsize size = {.ws_row = 30, .ws_col = 100};
    const char *path = program_path();
    screen.process = forkpty(&screen.terminal, NULL, NULL, &size);
    ck_assert_int_ge(screen.process, 0);
    if (!screen.process) {
        setenv("TERM", "xterm-256color", 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        unsetenv("NO_COLOR");
        execl(path, "affekt", "live", "--no-detect", "--no-audio", "--model", model,
              "--music-model", music, "--input", clip, "--record", scratch_path("pty.mid"), NULL);
        _exit(127);
    }
    ck_assert(!tcgetattr(screen.terminal, &screen.before));
    return screen;
}

/* Waits for the end; returns the exit status, 128 + the signal's number when one ended it. */
static int close_screen(Screen *screen) {
    int state;
    while (read_until(screen, NULL, 30))
        ;
    ck_assert_int_eq(waitpid(screen->process, &state, 0), screen->process);
    return WIFSIGNALED(state) ? 128 + WTERMSIG(state) : WEXITSTATUS(state);
}

static void assert_restored(const Screen *screen) {
    static const char leave[] = "\033[?25h\033[?1049l";
    const char *left = strstr(screen->output, leave);
    ck_assert_msg(left != NULL, "the alternate screen was not left");
    ck_assert(!strstr(left, "\033[?1049h"));
}

static const struct {
    const char *key; /* or NULL */
    int signal;
    int status;
} endings[] = {
    {"q", 0, EXIT_DONE},        {"\003", 0, EXIT_DONE},         {NULL, SIGTERM, EXIT_DONE},
    {NULL, SIGHUP, EXIT_DONE},  {NULL, SIGSEGV, 128 + SIGSEGV}, {NULL, SIGABRT, 128 + SIGABRT},
    {"\034", 0, 128 + SIGQUIT},
};

START_TEST(the_terminal_is_given_back) {
    const char *clip = clip_write("clip.y4m", 64, 48, 1500);
    Screen screen = open_screen(clip);
    ck_assert(read_until(&screen, "q quit", 30));
    assert_contains(screen.output, "\033[?1049h");
    struct termios during, after;
    ck_assert(!tcgetattr(screen.terminal, &during));
    ck_assert(!(during.c_lflag & ICANON) && !(during.c_lflag & ECHO));
    if (endings[_i].key)
        ck_assert_int_eq(write(screen.terminal, endings[_i].key, 1), 1);
    else
        ck_assert(!kill(screen.process, endings[_i].signal));
    ck_assert(read_until(&screen, "\033[?1049l", 30));
    usleep(200000);
    if (!tcgetattr(screen.terminal, &after))
        ck_assert_uint_eq(after.c_lflag, screen.before.c_lflag);
    int status = close_screen(&screen);
    assert_restored(&screen);
    ck_assert_int_eq(status, endings[_i].status);
    if (status == EXIT_DONE)
        check_record(scratch_path("pty.mid"), 60);
    free(screen.output);
    close(screen.terminal);
}
END_TEST

START_TEST(a_suspended_session_gives_the_terminal_back_and_goes_on) {
    Screen screen = open_screen(clip_write("clip.y4m", 64, 48, 1500));
    ck_assert(read_until(&screen, "q quit", 30));
    ck_assert_int_eq(write(screen.terminal, "\032", 1), 1);
    int state;
    ck_assert_int_eq(waitpid(screen.process, &state, WUNTRACED), screen.process);
    ck_assert(WIFSTOPPED(state));
    struct termios during;
    ck_assert(!tcgetattr(screen.terminal, &during));
    ck_assert_uint_eq(during.c_lflag, screen.before.c_lflag);
    read_until(&screen, NULL, 0.3);
    const char *end = screen.output + screen.size - strlen("\033[?1049l");
    ck_assert_str_eq(end, "\033[?1049l"); /* the last that came */
    screen.size = 0;
    screen.output[0] = 0; /* what is read from here on was drawn after the suspension */
    ck_assert(!kill(screen.process, SIGCONT));
    ck_assert(read_until(&screen, "q quit", 10));
    assert_contains(screen.output, "\033[?1049h");
    ck_assert_int_eq(write(screen.terminal, "q", 1), 1);
    ck_assert_int_eq(close_screen(&screen), EXIT_DONE);
    free(screen.output);
    close(screen.terminal);
}
END_TEST

START_TEST(keys_do_what_the_screen_says) {
    Screen screen = open_screen(clip_write("clip.y4m", 64, 48, 1500));
    ck_assert(read_until(&screen, "q quit", 30));
    assert_contains(screen.output, "piece 1:");
    static const char *const keys[][2] = {{"p", ", paused"},
                                          {"m", ", muted"},
                                          {"s", "saved"},
                                          {"\033[A++", "tempo: 1.21"},
                                          {"\033OP-", "tempo: 1.10"},
                                          {"5", "set by hand: sad"},
                                          {"?", "follow the face again"}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        ssize_t size = (ssize_t)strlen(keys[i][0]);
        ck_assert_int_eq(write(screen.terminal, keys[i][0], (size_t)size), size);
        ck_assert_msg(read_until(&screen, keys[i][1], 10), "key %s", keys[i][0]);
    }
    ck_assert(file_exists(scratch_path("pty.mid")));
    ck_assert_int_eq(write(screen.terminal, "pon", 3), 3);
    ck_assert(read_until(&screen, "policy: regulate", 10));
    ck_assert(read_until(&screen, "piece 2:", 10));
    ck_assert_int_eq(write(screen.terminal, "q", 1), 1);
    ck_assert_int_eq(close_screen(&screen), EXIT_DONE);
    free(screen.output);
    close(screen.terminal);
}
END_TEST

#endif

Suite *live_suite(void) {
    Suite *suite = suite_create("live");
    TCase *tcase = tcase_create("sessions");
    tcase_add_checked_fixture(tcase, set_up, scratch_remove);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, wrong_combinations_are_wrong_usage);
#ifdef HAVE_FFMPEG
    tcase_add_test(tcase, a_replay_gives_the_same_bytes_for_any_number_of_threads);
    tcase_add_test(tcase, another_seed_or_policy_gives_other_music);
    tcase_add_test(tcase, the_log_can_go_to_standard_output);
    tcase_add_test(tcase, a_closed_pipe_does_not_cost_the_record);
    tcase_add_test(tcase, faces_of_real_videos_are_followed);
    tcase_add_test(tcase, in_real_time_ctrl_c_saves_what_was_played);
    tcase_add_test(tcase, a_replay_ended_by_ctrl_c_tells_so_and_saves_what_was_played);
    tcase_add_test(tcase, a_replay_leaves_out_the_holes_in_a_videos_time);
    tcase_add_test(tcase, a_silent_pipe_does_not_hold_up_the_end);
    tcase_add_test(tcase, a_missing_camera_is_told_and_tried_again);
    tcase_add_test(tcase, what_is_no_video_is_told);
    tcase_add_test(tcase, a_record_that_cannot_be_written_is_told_at_once);
#    ifdef HAVE_FLUIDSYNTH
    tcase_add_test(tcase, a_missing_soundfont_or_device_is_told);
    tcase_add_test(tcase, a_full_disk_for_the_sound_does_not_cost_the_record);
    tcase_add_test(tcase, a_disk_that_fills_at_the_end_is_told);
#    endif
    if (terminals_are_here()) {
        tcase_add_loop_test(tcase, the_terminal_is_given_back, 0, sizeof endings / sizeof *endings);
        tcase_add_test(tcase, a_suspended_session_gives_the_terminal_back_and_goes_on);
        tcase_add_test(tcase, keys_do_what_the_screen_says);
    }
#endif
    suite_add_tcase(suite, tcase);
    return suite;
}
