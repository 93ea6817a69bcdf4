#include "compose/web/browser.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_set(const char *variable) {
    const char *value = getenv(variable);
    return value && *value;
}

/* In a session of its own and with nothing to read: no browser can take the terminal over. */
static int spawn(char *const words[]) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    pid_t process;
    if (posix_spawn_file_actions_init(&actions))
        return ENOMEM;
    int status = posix_spawnattr_init(&attributes);
    if (!status) {
        for (int file = 0; file <= 2 && !status; file++)
            status = posix_spawn_file_actions_addopen(&actions, file, "/dev/null", O_RDWR, 0);
        if (!status)
            status = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
        if (!status)
            status = posix_spawnp(&process, words[0], &actions, &attributes, words, environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return status;
}

int browser_open(const char *link, Error *error) {
    char program[] = "xdg-open", *copy = strdup(link);
    if (!copy)
        return error_memory(error, "a link", strlen(link));
    char *const words[] = {program, copy, NULL};
    int status = 0;
    if (!is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY"))
        status = error_set(error, "there is no desktop here: open the link in a browser");
    else if ((errno = spawn(words)))
        status = error_errno(error, "cannot run xdg-open; open the link in a browser");
    free(copy);
    return status;
}
