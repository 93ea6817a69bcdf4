#include "tests/support/processes.h"

#include <check.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_WORDS = 64 };

void processes_may_leak(void) {
    const char *options = getenv("ASAN_OPTIONS");
    setenv("ASAN_OPTIONS", text_format("%s:detect_leaks=0", options ? options : ""), 1);
}

bool processes_can_meet(void) {
#ifdef HAVE_MPI
    processes_may_leak();
    /* For Open MPI in a container: as root, and with more processes than processors. */
    setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);
    setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 1);
    setenv("OMPI_MCA_rmaps_base_oversubscribe", "1", 1);
    Program version = program_start_other((const char *const[]){"mpirun", "--version", NULL});
    program_wait(&version);
    bool here = version.status == 0;
    program_free(&version);
    if (here)
        return true;
#endif
    fprintf(stderr, "skipped: no mpirun, or a build without MPI\n");
    return false;
}

Program processes_begin(int count, const char *const words[]) {
    const char *argv[MOST_WORDS] = {"mpirun", "-n", text_format("%d", count), program_path()};
    for (int i = 0; words[i]; i++) {
        ck_assert_int_lt(i, MOST_WORDS - 5);
        argv[4 + i] = words[i];
    }
    return program_start_other(argv);
}

Program processes_end(Program program) {
    program_wait(&program);
    return program;
}

/* The file of a process under /proc, with spaces for its zero bytes. */
static void read_process_file(const char *process, const char *name, char *text, size_t size) {
    FILE *file = fopen(text_format("/proc/%s/%s", process, name), "r");
    size_t got = file ? fread(text, 1, size - 1, file) : 0;
    if (file)
        fclose(file);
    for (size_t i = 0; i < got; i++)
        if (!text[i])
            text[i] = ' ';
    text[got] = 0;
}

static bool is_member(const char *process, pid_t parent, int rank) {
    char text[65536];
    read_process_file(process, "stat", text, sizeof text);
    const char *after_name = strrchr(text, ')');
    int its_parent = 0;
    if (!after_name || sscanf(after_name + 1, " %*c %d", &its_parent) != 1 || its_parent != parent)
        return false;
    read_process_file(process, "environ", text, sizeof text);
    return strstr(text, text_format(" OMPI_COMM_WORLD_RANK=%d ", rank));
}

pid_t processes_member(const Program *program, int rank) {
    DIR *processes = opendir("/proc");
    ck_assert_ptr_nonnull(processes);
    pid_t found = 0;
    for (struct dirent *entry; !found && (entry = readdir(processes));)
        if (atoi(entry->d_name) > 0 && is_member(entry->d_name, program->process, rank))
            found = atoi(entry->d_name);
    closedir(processes);
    ck_assert_int_gt(found, 0);
    return found;
}
