#include "compose/web/browser.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
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

static int make_folder(BrowserPage *page, Error *error) {
    const char *const places[] = {getenv("XDG_RUNTIME_DIR"), getenv("TMPDIR"), "/tmp"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (!places[i] || !*places[i])
            continue;
        snprintf(page->folder, sizeof page->folder, "%s/affekt-XXXXXX", places[i]);
        if (mkdtemp(page->folder))
            return 0;
    }
    *page->folder = 0;
    return error_errno(error, "cannot make a temporary folder");
}

static int write_page(const char *link, BrowserPage *page, Error *error) {
    if (make_folder(page, error))
        return -1;
    snprintf(page->path, sizeof page->path, "%s/open.html", page->folder);
    int file = open(page->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool written =
        file >= 0 &&
        dprintf(file,
                "<!doctype html>\n<meta charset=\"utf-8\">\n<title>Affekt</title>\n"
                "<meta http-equiv=\"refresh\" content=\"0;url=%s\">\n<a href=\"%s\">Affekt</a>\n",
                link, link) > 0;
    if (file >= 0 && close(file))
        written = false;
    return written ? 0 : error_errno(error, "cannot write %s", page->path);
}

int browser_open(const char *link, BrowserPage *page, Error *error) {
    char program[] = "xdg-open";
    char *const words[] = {program, page->path, NULL};
    *page = (BrowserPage){.path = ""};
    if (!is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY"))
        return error_set(error, "there is no desktop here: open the link in a browser");
    int status = write_page(link, page, error);
    if (!status && (errno = spawn(words)))
        status = error_errno(error, "cannot run xdg-open; open the link in a browser");
    if (status)
        browser_close(page);
    return status;
}

void browser_close(BrowserPage *page) {
    if (*page->path)
        unlink(page->path);
    if (*page->folder)
        rmdir(page->folder);
    *page = (BrowserPage){.path = ""};
}
