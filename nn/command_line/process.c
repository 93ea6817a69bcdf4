#include "nn/command_line/process.h"

#include "nn/command_line/options.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Begins the program again with a setting that libraries read when they are loaded, unless the user
 * has made it. */
static void begin_again_with(const char *name, const char *value, char **argv) {
    if (!getenv(name) && !setenv(name, value, 1))
        execv("/proc/self/exe", argv);
}

/* Under a limit of the address space, the threads that OpenBLAS starts when it is loaded never get
 * their buffers, and the program never ends: it must start none. */
static void begin_again_with_one_thread(char **argv) {
    struct rlimit limit;
    if (!getrlimit(RLIMIT_AS, &limit) && limit.rlim_cur != RLIM_INFINITY)
        begin_again_with("OPENBLAS_NUM_THREADS", "1", argv);
}

/* A thread that waits for another spins at first, by libgomp's default for milliseconds. Beside
 * other work it then keeps the processor from the very thread that it waits for. Programs that
 * share their work among threads spin as briefly as libgomp does where threads outnumber the
 * processors, then sleep (measured in experiments/speed). */
static void begin_again_with_short_spin(char **argv) {
    if (!getenv("OMP_WAIT_POLICY") && sysconf(_SC_NPROCESSORS_ONLN) > 1)
        begin_again_with("GOMP_SPINCOUNT", "1000", argv);
}

/* A standard stream that the caller has closed would become the first file that we open, and take
 * what is meant for the stream. In its place: what can be opened, but not used that way. */
static void hold_standard_streams(void) {
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        if (fcntl(stream, F_GETFD) < 0)
            (void)!open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

void process_begin(char **argv, bool threaded) {
    begin_again_with_one_thread(argv);
    if (threaded)
        begin_again_with_short_spin(argv);
    hold_standard_streams();
    signal(SIGPIPE, SIG_IGN); /* the reader's end is seen in process_end */
}

/* The write that failed may have been an earlier one, whose errno is lost. */
static bool reader_has_gone(void) {
    struct pollfd out = {.fd = STDOUT_FILENO};
    return poll(&out, 1, 0) > 0 && (out.revents & POLLERR);
}

int process_end(int status) {
    errno = 0;
    bool lost = ferror(stdout) | fflush(stdout);
    int signal_number = status > EXIT_STOPPED ? status - EXIT_STOPPED : 0;
    if (lost && (errno == EPIPE || reader_has_gone()))
        signal_number = SIGPIPE;
    else if (lost)
        fprintf(stderr, "affekt: cannot write to standard output%s%s\n", errno ? ": " : "",
                errno ? strerror(errno) : "");
    if (signal_number) {
        signal(signal_number, SIG_DFL);
        raise(signal_number);
    }
    return lost && status == EXIT_DONE ? EXIT_FAILED : status;
}
