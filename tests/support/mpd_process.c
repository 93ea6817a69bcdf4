#include "tests/support/mpd_process.h"

#include "compose/library/mpd_server.h"
#include "nn/base/clock.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MISSING = 127 }; /* how the process ends without the program */

static pid_t process;

static const char *skipped(const char *missing) {
    fprintf(stderr, "skipped: there is no %s\n", missing);
    return NULL;
}

/* In the new process, which keeps none of the test's own files. */
static void run(const char *configuration, const char *log) {
    int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    close_range(STDERR_FILENO + 1, ~0U, 0);
    execlp("mpd", "mpd", "--no-daemon", "--stderr", configuration, (char *)NULL);
    _exit(MISSING);
}

/* The server, as soon as it answers; NULL when there is no such program. */
static MpdServer *wait_for(const char *socket) {
    const int turns = 500;
    Error error;
    MpdServer *server = NULL;
    for (int i = 0; i < turns && !server; i++) {
        int status;
        if (waitpid(process, &status, WNOHANG)) {
            ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == MISSING,
                          "mpd has ended; see its mpd.log in the test's folder");
            return NULL;
        }
        if (!(server = mpd_server_open(socket, &error)))
            clock_sleep(0.02);
    }
    ck_assert_msg(server != NULL, "%s", error.message);
    return server;
}

const char *mpd_process_start(void) {
#ifndef HAVE_LIBMPDCLIENT
    return skipped("libmpdclient");
#endif
    signal(SIGPIPE, SIG_IGN); /* as the program does */
    const char *socket = scratch_path("mpd");
    if (strlen(socket) >= sizeof((struct sockaddr_un *)NULL)->sun_path)
        return skipped("room for a socket's name");
    const char *configuration =
        scratch_write("mpd.conf", text_format("bind_to_address \"%s\"\n"
                                              "audio_output {\n type \"null\"\n name \"nowhere\"\n"
                                              " mixer_type \"software\"\n}\n",
                                              socket));
    const char *log = scratch_path("mpd.log");
    process = fork();
    if (!process)
        run(configuration, log);
    MpdServer *server = wait_for(socket);
    if (!server)
        return skipped("mpd");
    Error error;
    ck_assert_msg(!mpd_server_set_volume(server, 60, &error) &&
                      !mpd_server_set_crossfade(server, 1, &error),
                  "%s", error.message);
    mpd_server_close(server);
    return socket;
}

void mpd_process_end(void) {
    kill(process, SIGTERM);
    waitpid(process, NULL, 0);
}
