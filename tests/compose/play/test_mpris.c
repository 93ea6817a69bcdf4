/* Media keys, over a bus of the test's own. */
#include "compose/play/mpris.h"

#include "tests/support/text.h"

#include <check.h>

#ifdef HAVE_LIBSYSTEMD

#    include <signal.h>
#    include <stdlib.h>
#    include <sys/wait.h>
#    include <systemd/sd-bus.h>
#    include <unistd.h>

static pid_t daemon_process;

/* Starts a bus; false, after saying so, where there is no dbus-daemon. */
static bool bus_is_here(void) {
    int ends[2];
    char address[512] = "";
    ck_assert_int_eq(pipe(ends), 0);
    daemon_process = fork();
    if (!daemon_process) {
        char descriptor[40];
        snprintf(descriptor, sizeof descriptor, "--print-address=%d", ends[1]);
        fclose(stderr); /* it warns of limits that it cannot raise */
        execlp("dbus-daemon", "dbus-daemon", "--session", "--nofork", descriptor, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    ssize_t count = read(ends[0], address, sizeof address - 1);
    close(ends[0]);
    if (count > 0) {
        address[strcspn(address, "\n")] = 0;
        setenv("DBUS_SESSION_BUS_ADDRESS", address, 1);
        return true;
    }
    fprintf(stderr, "skipped: there is no dbus-daemon\n");
    return false;
}

static void bus_end(void) {
    kill(daemon_process, SIGTERM);
    waitpid(daemon_process, NULL, 0);
}

static JukeboxStatus status_of_tests(void) {
    static QueueItem item;
    return (JukeboxStatus){.item = &item,
                           .song = {.path = "/music/caf\xe9 #1.mp3",
                                    .title = "Caf\xe9",
                                    .artist = "World",
                                    .album = ""},
                           .seconds = 100,
                           .heard = 1.5,
                           .volume = 0.8,
                           .played = 3};
}

/* Runs a program of the test's own with the same bus while the player answers. */
static void run_client(Mpris *mpris, void (*client)(sd_bus *bus, const char *name), int *commands,
                       int *count) {
    const char *name = mpris_name(mpris);
    pid_t process = fork();
    if (!process) {
        sd_bus *bus;
        if (sd_bus_open_user(&bus) < 0)
            _exit(2);
        client(bus, name);
        _exit(0);
    }
    int status, ended;
    *count = 0;
    do {
        ended = waitpid(process, &status, WNOHANG);
        for (int command; *count < 8 && (command = mpris_next(mpris)) >= 0;)
            commands[(*count)++] = command;
        usleep(1000);
    } while (!ended);
    ck_assert_msg(WIFEXITED(status) && !WEXITSTATUS(status), "the client failed at %d",
                  WEXITSTATUS(status));
}

static const char path[] = "/org/mpris/MediaPlayer2", base[] = "org.mpris.MediaPlayer2",
                  player[] = "org.mpris.MediaPlayer2.Player";

static void call(sd_bus *bus, const char *name, const char *interface, const char *method) {
    if (sd_bus_call_method(bus, name, path, interface, method, NULL, NULL, NULL) < 0)
        _exit(3);
}

static void use_keys(sd_bus *bus, const char *name) {
    call(bus, name, player, "Play"); /* it plays already */
    call(bus, name, player, "Next");
    call(bus, name, player, "Pause");
    call(bus, name, player, "Pause"); /* it is asked for already */
    if (sd_bus_set_property(bus, name, path, player, "Volume", NULL, "d", 0.25) < 0)
        _exit(4);
    call(bus, name, base, "Quit");
}

static void read_properties(sd_bus *bus, const char *name) {
    char *text;
    sd_bus_message *answer;
    double volume;
    int64_t position;
    if (sd_bus_get_property_string(bus, name, path, player, "PlaybackStatus", NULL, &text) < 0 ||
        strcmp(text, "Playing") != 0)
        _exit(5);
    free(text);
    if (sd_bus_get_property_trivial(bus, name, path, player, "Volume", NULL, 'd', &volume) < 0 ||
        volume != 0.8)
        _exit(6);
    if (sd_bus_get_property_trivial(bus, name, path, player, "Position", NULL, 'x', &position) <
            0 ||
        position != 1500000)
        _exit(7);
    if (sd_bus_get_property(bus, name, path, player, "Metadata", NULL, &answer, "a{sv}") < 0)
        _exit(8);
    const char *key, *value;
    int found = 0;
    sd_bus_message_enter_container(answer, 'a', "{sv}");
    while (sd_bus_message_enter_container(answer, 'e', "sv") > 0) {
        sd_bus_message_read(answer, "s", &key);
        if (!strcmp(key, "xesam:title") && sd_bus_message_read(answer, "v", "s", &value) >= 0)
            found += !strcmp(value, "Caf?");
        else if (!strcmp(key, "xesam:url") && sd_bus_message_read(answer, "v", "s", &value) >= 0)
            found += !strcmp(value, "file:///music/caf%E9%20%231.mp3");
        else
            sd_bus_message_skip(answer, "v");
        sd_bus_message_exit_container(answer);
    }
    if (found != 2)
        _exit(9);
}

static void call_seek(sd_bus *bus, const char *name, int64_t offset) {
    if (sd_bus_call_method(bus, name, path, player, "Seek", NULL, NULL, "x", offset) < 0)
        _exit(10);
}

static void call_set_position(sd_bus *bus, const char *name, const char *track, int64_t position) {
    if (sd_bus_call_method(bus, name, path, player, "SetPosition", NULL, NULL, "ox", track,
                           position) < 0)
        _exit(11);
}

static void seek_in_songs(sd_bus *bus, const char *name) {
    call_seek(bus, name, 5000000);
    call_seek(bus, name, 200000000);                              /* past the end: the next song */
    call_set_position(bus, name, "/org/affekt/track/2", 1000000); /* another song's */
    call_set_position(bus, name, "/org/affekt/track/3", 101000000);
    call_set_position(bus, name, "/org/affekt/track/3", 42000000);
}

static Mpris *open_mpris(void) {
    Error error;
    Mpris *mpris = mpris_open(&error);
    ck_assert_msg(mpris != NULL, "%s", error.message);
    JukeboxStatus status = status_of_tests();
    mpris_show(mpris, &status);
    return mpris;
}

START_TEST(keys_become_commands) {
    if (!bus_is_here())
        return;
    int commands[8], count;
    Mpris *mpris = open_mpris();
    ck_assert_str_eq(mpris_name(mpris), "org.mpris.MediaPlayer2.affekt");
    run_client(mpris, use_keys, commands, &count);
    ck_assert_int_eq(count, 4);
    ck_assert_int_eq(commands[0], JUKEBOX_NEXT);
    ck_assert_int_eq(commands[1], JUKEBOX_PAUSE);
    ck_assert_int_eq(commands[2], MPRIS_VOLUME);
    ck_assert_double_eq(mpris_volume(mpris), 0.25);
    ck_assert_int_eq(commands[3], MPRIS_QUIT);
    mpris_close(mpris);
    bus_end();
}
END_TEST

static void play_nothing(sd_bus *bus, const char *name) {
    call(bus, name, player, "Play"); /* it waits for a song, and not in a pause */
    call(bus, name, player, "PlayPause");
    call(bus, name, player, "Play");
    call(bus, name, base, "Quit");
}

START_TEST(without_a_song_play_is_no_pause) {
    if (!bus_is_here())
        return;
    Error error;
    int commands[8], count;
    Mpris *mpris = mpris_open(&error);
    ck_assert_msg(mpris != NULL, "%s", error.message);
    JukeboxStatus status = {.paused = false};
    mpris_show(mpris, &status);
    run_client(mpris, play_nothing, commands, &count);
    ck_assert_int_eq(count, 3);
    ck_assert_int_eq(commands[0], JUKEBOX_PAUSE);
    ck_assert_int_eq(commands[1], JUKEBOX_PAUSE);
    ck_assert_int_eq(commands[2], MPRIS_QUIT);
    mpris_close(mpris);
    bus_end();
}
END_TEST

START_TEST(others_can_seek) {
    if (!bus_is_here())
        return;
    int commands[8], count;
    Mpris *mpris = open_mpris();
    run_client(mpris, seek_in_songs, commands, &count);
    ck_assert_int_eq(count, 3);
    ck_assert_int_eq(commands[0], MPRIS_SEEK);
    ck_assert_int_eq(commands[1], JUKEBOX_NEXT);
    ck_assert_int_eq(commands[2], MPRIS_SEEK);
    ck_assert_double_eq(mpris_position(mpris), 42);
    mpris_close(mpris);
    bus_end();
}
END_TEST

START_TEST(others_see_what_plays) {
    if (!bus_is_here())
        return;
    int commands[8], count;
    Mpris *mpris = open_mpris();
    run_client(mpris, read_properties, commands, &count);
    ck_assert_int_eq(count, 0);
    mpris_close(mpris);
    bus_end();
}
END_TEST

START_TEST(two_players_have_two_names) {
    if (!bus_is_here())
        return;
    Mpris *first = open_mpris(), *second = open_mpris();
    assert_contains(mpris_name(second), ".affekt.instance");
    mpris_close(first);
    mpris_close(second);
    bus_end();
}
END_TEST

START_TEST(without_a_bus_it_says_so) {
    Error error;
    setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus", 1);
    ck_assert_ptr_null(mpris_open(&error));
    assert_contains(error.message, "bus cannot be used");
}
END_TEST

#endif

Suite *mpris_suite(void) {
    Suite *suite = suite_create("mpris");
    TCase *tcase = tcase_create("mpris");
#ifdef HAVE_LIBSYSTEMD
    tcase_add_test(tcase, keys_become_commands);
    tcase_add_test(tcase, without_a_song_play_is_no_pause);
    tcase_add_test(tcase, others_can_seek);
    tcase_add_test(tcase, others_see_what_plays);
    tcase_add_test(tcase, two_players_have_two_names);
    tcase_add_test(tcase, without_a_bus_it_says_so);
#endif
    suite_add_tcase(suite, tcase);
    return suite;
}
