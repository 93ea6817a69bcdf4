#include "compose/library/analyst.h"

#include "nn/base/clock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_CHILDREN = 64 };

typedef struct Child {
    pid_t process; /* 0 for none */
    int to, from;  /* a path's index goes to it, its facts come from it */
    int job;       /* index of the path, -1 while it waits */
    double started;
    size_t got; /* bytes of the facts so far */
    SongFacts facts;
} Child;

/* ------------------------------------------------------------------ in the child */

static void limit_memory(void) {
    unsigned long pages = 0;
    FILE *stream = fopen("/proc/self/statm", "r");
    if (stream && fscanf(stream, "%lu", &pages) == 1) {
        rlim_t most = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + ANALYST_MEMORY;
        setrlimit(RLIMIT_AS, &(struct rlimit){most, most});
    }
    if (stream)
        fclose(stream);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
}

static bool transfer(int descriptor, void *bytes, size_t size, bool out) {
    for (size_t done = 0; done < size;) {
        ssize_t moved = out ? write(descriptor, (char *)bytes + done, size - done)
                            : read(descriptor, (char *)bytes + done, size - done);
        if (moved <= 0 && !(moved < 0 && errno == EINTR))
            return false;
        done += moved > 0 ? (size_t)moved : 0;
    }
    return true;
}

static void serve(const AnalystWork *work, int in, int out, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    limit_memory();
    int job;
    SongFacts facts;
    while (transfer(in, &job, sizeof job, false)) {
        song_facts_read(work->paths[job], &facts);
        if (!transfer(out, &facts, sizeof facts, true))
            break;
    }
    _exit(0);
}

/* ------------------------------------------------------------------ its parent */

static void close_pair(int pair[2]) {
    close(pair[0]);
    close(pair[1]);
}

static int start(Child *child, const AnalystWork *work, Error *error) {
    int to[2], from[2];
    pid_t parent = getpid();
    if (pipe(to))
        return error_errno(error, "cannot make a pipe to a child process");
    if (pipe(from)) {
        close_pair(to);
        return error_errno(error, "cannot make a pipe from a child process");
    }
    pid_t process = fork();
    if (process < 0) {
        close_pair(to);
        close_pair(from);
        return error_errno(error, "cannot make a child process");
    }
    if (!process) {
        close(to[1]);
        close(from[0]);
        serve(work, to[0], from[1], parent);
    }
    close(to[0]);
    close(from[1]);
    child->process = process;
    child->to = to[1];
    child->from = from[0];
    child->job = -1;
    return 0;
}

static int end(Child *child) {
    int status = 0;
    if (!child->process)
        return 0;
    kill(child->process, SIGKILL);
    close(child->to);
    close(child->from);
    while (waitpid(child->process, &status, 0) < 0 && errno == EINTR)
        ;
    child->process = 0;
    return status;
}

/* Gives the next path to a child, made anew where it has ended. */
static int give(Child *child, const AnalystWork *work, int job, Error *error) {
    for (int attempt = 0; attempt < 2; attempt++) {
        if (!child->process && start(child, work, error))
            return -1;
        if (transfer(child->to, &job, sizeof job, true)) {
            child->job = job;
            child->got = 0;
            child->started = clock_seconds();
            return 0;
        }
        end(child);
    }
    return error_set(error, "a child process that reads songs ends at once");
}

static int take(Child *child, const AnalystWork *work, Error *error) {
    int job = child->job;
    child->job = -1;
    song_facts_check(work->paths[job], &child->facts);
    return work->take(work->context, job, &child->facts, error);
}

static int give_up(Child *child, const AnalystWork *work, bool late, Error *error) {
    song_facts_clear(work->paths[child->job], &child->facts);
    int status = end(child);
    if (late)
        snprintf(child->facts.failure, SONG_FAILURE, "reading it takes more than %.0f s",
                 work->seconds);
    else if (WIFSIGNALED(status))
        snprintf(child->facts.failure, SONG_FAILURE, "its decoder crashed (%s)",
                 strsignal(WTERMSIG(status)));
    else
        snprintf(child->facts.failure, SONG_FAILURE, "its decoder ended the process");
    return take(child, work, error);
}

/* What the child has written; 0 also while its facts are not complete. */
static int hear(Child *child, const AnalystWork *work, Error *error) {
    ssize_t got =
        read(child->from, (char *)&child->facts + child->got, sizeof child->facts - child->got);
    if (got < 0 && errno == EINTR)
        return 0;
    if (got <= 0) {
        /* Let it end by what it died of. */
        siginfo_t info;
        waitid(P_PID, (id_t)child->process, &info, WEXITED | WNOWAIT);
        return give_up(child, work, false, error);
    }
    child->got += (size_t)got;
    return child->got == sizeof child->facts ? take(child, work, error) : 0;
}

static int wait_for_children(Child *children, const AnalystWork *work, Error *error) {
    struct pollfd wait[MOST_CHILDREN];
    for (int i = 0; i < work->children; i++)
        wait[i] =
            (struct pollfd){.fd = children[i].job >= 0 ? children[i].from : -1, .events = POLLIN};
    poll(wait, (nfds_t)work->children, 100);
    for (int i = 0; i < work->children; i++) {
        Child *child = &children[i];
        if (child->job < 0)
            continue;
        int status = 0;
        if (wait[i].revents)
            status = hear(child, work, error);
        else if (clock_seconds() - child->started > work->seconds)
            status = give_up(child, work, true, error);
        if (status)
            return -1;
    }
    return 0;
}

static int run(Child *children, const AnalystWork *work, Error *error) {
    int next = 0, status = 0, busy = 0;
    do {
        bool stop = work->stopped && work->stopped(work->context);
        busy = 0;
        for (int i = 0; i < work->children && !status; i++) {
            if (children[i].job < 0 && next < work->count && !stop)
                status = give(&children[i], work, next++, error);
            busy += children[i].job >= 0;
        }
        if (stop)
            break;
        if (busy && !status)
            status = wait_for_children(children, work, error);
    } while (!status && (busy || next < work->count));
    return status;
}

int analyst_read(const AnalystWork *work, Error *error) {
    AnalystWork bounded = *work;
    if (bounded.children > MOST_CHILDREN)
        bounded.children = MOST_CHILDREN;
    Child *children = calloc((size_t)bounded.children, sizeof *children);
    if (!children)
        return error_memory(error, "child processes", sizeof *children);
    for (int i = 0; i < bounded.children; i++)
        children[i].job = -1;
    /* A child that has died is told by what it does not write, not by a signal. */
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGPIPE, &ignore, &before);
    int status = run(children, &bounded, error);
    for (int i = 0; i < bounded.children; i++)
        end(&children[i]);
    sigaction(SIGPIPE, &before, NULL);
    free(children);
    return status;
}
