#include "tests/support/io_faults.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
    bool noting;
    int count, failing;
    char calls[4096];
} disk;

void io_faults_begin(int nth) {
    memset(&disk, 0, sizeof disk);
    disk.noting = true;
    disk.failing = nth;
}

void io_faults_end(void) {
    disk.noting = false;
}

const char *io_faults_calls(void) {
    return disk.calls;
}

static void limit_size(rlim_t bytes) {
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
}

void io_faults_limit_size(unsigned long bytes) {
    signal(SIGXFSZ, SIG_IGN);
    limit_size(bytes);
}

void io_faults_unlimit_size(void) {
    limit_size(RLIM_INFINITY);
}

/* Notes the call; whether it is to fail. */
static bool fails(const char *call) {
    if (!disk.noting)
        return false;
    size_t used = strlen(disk.calls);
    snprintf(disk.calls + used, sizeof disk.calls - used, "%s; ", call);
    if (++disk.count != disk.failing)
        return false;
    errno = EIO;
    return true;
}

/* The C library's function of that name, as POSIX lets dlsym give it. */
static void find(void *function, const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    memcpy(function, &found, sizeof found);
}

int fsync(int descriptor) {
    struct stat info;
    int (*next)(int);
    find(&next, "fsync");
    bool folder = !fstat(descriptor, &info) && S_ISDIR(info.st_mode);
    return fails(folder ? "sync folder" : "sync file") ? -1 : next(descriptor);
}

int rename(const char *old, const char *new) {
    int (*next)(const char *, const char *);
    find(&next, "rename");
    return fails("rename") ? -1 : next(old, new);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    int (*next)(int, const char *, int, const char *, int);
    find(&next, "linkat");
    return fails("link") ? -1 : next(from_folder, from, to_folder, to, flags);
}
