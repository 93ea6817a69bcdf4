#include "tests/support/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { OUTPUT, DIAGNOSTICS, MAXIMUM_WORDS = 64 };

/* The runner is BUILD/tests/runner, the program BUILD/affekt. */
const char *program_path(void) {
    const char *path = getenv("AFFEKT");
    if (path)
        return path;
    char runner[2048];
    ssize_t length = readlink("/proc/self/exe", runner, sizeof runner - 1);
    ck_assert_int_gt(length, 0);
    runner[length] = 0;
    *strrchr(runner, '/') = 0;
    return text_format("%s/../affekt", runner);
}

/* In the child: points the standard streams at the captured files and becomes the program. */
static void become(const char *path, char *const argv[], const Program *program) {
    int null = open("/dev/null", O_RDONLY);
    if (null >= 0 && dup2(null, STDIN_FILENO) >= 0 &&
        dup2(fileno(program->captured[OUTPUT]), STDOUT_FILENO) >= 0 &&
        dup2(fileno(program->captured[DIAGNOSTICS]), STDERR_FILENO) >= 0)
        execvp(path, argv);
    dprintf(STDERR_FILENO, "cannot run %s: %s\n", path, strerror(errno));
    _exit(127);
}

static Program start(const char *path, char *const argv[]) {
    Program program = {.status = -1};
    for (int i = 0; i < 2; i++) {
        program.captured[i] = tmpfile();
        ck_assert_ptr_nonnull(program.captured[i]);
    }
    program.process = fork();
    ck_assert_int_ge(program.process, 0);
    if (!program.process)
        become(path, argv, &program);
    return program;
}

Program program_start(const char *const words[]) {
    char *argv[MAXIMUM_WORDS + 2] = {(char *)"affekt"};
    for (int i = 0; words[i]; i++) {
        ck_assert_int_lt(i, MAXIMUM_WORDS);
        argv[i + 1] = (char *)words[i];
    }
    return start(program_path(), argv);
}

Program program_start_other(const char *const argv[]) {
    return start(argv[0], (char *const *)argv);
}

/* What a stream has received so far; the caller frees it. */
static char *captured_text(const Program *program, int stream) {
    /* The child writes at the offset that both share: look without moving it. */
    int file = fileno(program->captured[stream]);
    struct stat info;
    ck_assert_int_eq(fstat(file, &info), 0);
    char *text = malloc((size_t)info.st_size + 1);
    ck_assert_ptr_nonnull(text);
    ssize_t got = pread(file, text, (size_t)info.st_size, 0);
    ck_assert_int_ge(got, 0);
    text[got] = 0;
    return text;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Takes up the child's end; returns false when it still runs and `options` has WNOHANG. */
static bool reap(Program *program, int options) {
    int state;
    pid_t ended;
    do
        ended = waitpid(program->process, &state, options);
    while (ended < 0 && errno == EINTR);
    if (ended != program->process)
        return false;
    program->process = 0;
    program->status = WIFSIGNALED(state) ? 128 + WTERMSIG(state) : WEXITSTATUS(state);
    return true;
}

bool program_wait_for(Program *program, bool output, const char *text, double seconds) {
    double deadline = now() + seconds;
    for (;;) {
        bool ended = !program->process || reap(program, WNOHANG);
        char *said = captured_text(program, output ? OUTPUT : DIAGNOSTICS);
        bool found = strstr(said, text);
        free(said);
        if (found || ended || now() > deadline)
            return found;
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
}

void program_signal(Program *program, int signal) {
    if (program->process)
        kill(program->process, signal);
}

void program_wait(Program *program) {
    if (program->process)
        reap(program, 0);
    program->output = captured_text(program, OUTPUT);
    program->diagnostics = captured_text(program, DIAGNOSTICS);
    for (int i = 0; i < 2; i++) {
        fclose(program->captured[i]);
        program->captured[i] = NULL;
    }
}

Program program_run(const char *const words[]) {
    Program program = program_start(words);
    program_wait(&program);
    return program;
}

void program_free(Program *program) {
    free(program->output);
    free(program->diagnostics);
    *program = (Program){0};
}
