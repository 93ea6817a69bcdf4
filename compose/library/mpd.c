#include "compose/library/mpd.h"

#include "nn/base/plain_text.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

struct Mpd {
    int socket;
    FILE *answers;
    char address[256];
};

static int refuse(const Mpd *mpd, const char *why, Error *error) {
    return error_set(error, "MPD at %s: %s", mpd->address, why);
}

/* ------------------------------------------------------------------ connecting */

static int connect_socket(Mpd *mpd, const char *path) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof name.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(name.sun_path, path, strlen(path) + 1);
    mpd->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return mpd->socket < 0 ? -1 : connect(mpd->socket, (struct sockaddr *)&name, sizeof name);
}

static int connect_host(Mpd *mpd, const char *address) {
    char host[256];
    snprintf(host, sizeof host, "%s", address);
    char *colon = strrchr(host, ':');
    if (colon)
        *colon = 0;
    const struct addrinfo wanted = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    errno = EHOSTUNREACH;
    if (getaddrinfo(host, colon ? colon + 1 : "6600", &wanted, &found))
        return -1;
    int status = -1;
    for (const struct addrinfo *at = found; at && status; at = at->ai_next) {
        mpd->socket = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, at->ai_protocol);
        status = mpd->socket < 0 ? -1 : connect(mpd->socket, at->ai_addr, at->ai_addrlen);
        if (status && mpd->socket >= 0) {
            close(mpd->socket);
            mpd->socket = -1;
        }
    }
    freeaddrinfo(found);
    return status;
}

/* The next line without its end; a connection that is slow, closed or says too much has failed. */
static int read_line(Mpd *mpd, char *line, size_t size, Error *error) {
    if (!fgets(line, (int)size, mpd->answers))
        return refuse(mpd, "no answer", error);
    char *end = strchr(line, '\n');
    if (!end)
        return refuse(mpd, "its answer is no line of MPD's protocol", error);
    *end = 0;
    return 0;
}

static int greet(Mpd *mpd, Error *error) {
    const struct timeval patience = {.tv_sec = MPD_SECONDS};
    char line[4096];
    setsockopt(mpd->socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(mpd->socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    mpd->answers = fdopen(mpd->socket, "r");
    if (!mpd->answers)
        return error_memory(error, mpd->address, 0);
    if (read_line(mpd, line, sizeof line, error))
        return -1;
    return strncmp(line, "OK MPD ", 7) ? refuse(mpd, "this is another program", error) : 0;
}

Mpd *mpd_open(const char *address, Error *error) {
    Mpd *mpd = calloc(1, sizeof *mpd);
    if (!mpd) {
        error_memory(error, "MPD", sizeof *mpd);
        return NULL;
    }
    mpd->socket = -1;
    snprintf(mpd->address, sizeof mpd->address, "%s", address);
    if (*address == '/' ? connect_socket(mpd, address) : connect_host(mpd, address))
        error_errno(error, "cannot reach MPD at %s", address);
    else if (!greet(mpd, error))
        return mpd;
    mpd_close(mpd);
    return NULL;
}

void mpd_close(Mpd *mpd) {
    if (!mpd)
        return;
    if (mpd->answers)
        fclose(mpd->answers);
    else if (mpd->socket >= 0)
        close(mpd->socket);
    free(mpd);
}

/* ------------------------------------------------------------------ commands */

static int write_all(Mpd *mpd, const char *bytes, size_t count, Error *error) {
    while (count) {
        ssize_t sent = send(mpd->socket, bytes, count, MSG_NOSIGNAL);
        if (sent <= 0)
            return error_errno(error, "MPD at %s", mpd->address);
        bytes += sent;
        count -= (size_t)sent;
    }
    return 0;
}

/* Each argument in quotes, quotes and backslashes in it escaped. */
static int write_command(Mpd *mpd, const char *const words[], Error *error) {
    char *line = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&line, &size);
    if (!stream)
        return error_memory(error, "a command", 0);
    for (int i = 0; words[i]; i++) {
        fputs(i ? " \"" : "", stream);
        for (const char *at = words[i]; *at; at++)
            fprintf(stream, "%s%c", i && strchr("\\\"", *at) ? "\\" : "", *at);
        fputs(i ? "\"" : "", stream);
    }
    fputc('\n', stream);
    int status =
        fclose(stream) ? error_memory(error, "a command", size) : write_all(mpd, line, size, error);
    free(line);
    return status;
}

int mpd_send(Mpd *mpd, const char *const words[], Error *error) {
    char line[4096];
    PlainText said;
    for (int i = 0; words[i]; i++)
        if (strpbrk(words[i], "\r\n"))
            return refuse(mpd, "its protocol knows no line breaks in names", error);
    if (write_command(mpd, words, error))
        return -1;
    do {
        if (read_line(mpd, line, sizeof line, error))
            return -1;
        if (!strncmp(line, "ACK ", 4))
            return refuse(mpd, plain_text(line + 4, &said), error);
    } while (strcmp(line, "OK") != 0);
    return 0;
}

int mpd_play(Mpd *mpd, const LibrarySongs *songs, const Playlist *playlist, int *left_out,
             Error *error) {
    Error last = {"the list is empty"};
    *left_out = 0;
    if (mpd_send(mpd, (const char *const[]){"clear", NULL}, error))
        return -1;
    for (int i = 0; i < playlist->count; i++) {
        char uri[4096 + 8];
        snprintf(uri, sizeof uri, "file://%s", songs->list[playlist->entries[i].song].path);
        if (mpd_send(mpd, (const char *const[]){"add", uri, NULL}, &last))
            ++*left_out;
    }
    if (*left_out == playlist->count)
        return error_set(error, "%.160s (give MPD's own socket, such as /run/mpd/socket)",
                         last.message);
    return mpd_send(mpd, (const char *const[]){"play", NULL}, error);
}
