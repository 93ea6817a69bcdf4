/* gate.h: access control of the server.
 *
 * Pages of other sites can make a browser send requests to this machine, directly or under their
 * own name that resolves to it (DNS rebinding). So every request must name this server in its Host
 * header, requests that change something must come from this server's own page (Origin) or from no
 * page at all, and both need the token, which appears only in the fragment of the link that the
 * program prints. */
#ifndef COMPOSE_WEB_GATE_H
#define COMPOSE_WEB_GATE_H

#include "nn/base/error.h"

#include <stdbool.h>

enum { GATE_TOKEN = 32, GATE_HOST = 256, GATE_HOSTS = 8 };

typedef struct Gate {
    char token[GATE_TOKEN + 1];        /* 128 random bits in hexadecimal digits */
    char hosts[GATE_HOSTS][GATE_HOST]; /* as in Host headers: "localhost:8080" …, at the
                                          scheme's default port also "localhost" … */
    int n_hosts;
    int own;     /* index of the host to put into links */
    bool secure; /* https */
} Gate;

/* For a server on this port of the local machine and, if not NULL, of `address`. */
int gate_init(Gate *gate, const char *address, int port, bool secure, Error *error) MUST_CHECK;

/* Each argument may be NULL, for a missing header. */
bool gate_host(const Gate *gate, const char *host);
bool gate_origin(const Gate *gate, const char *origin);
/* In constant time, wherever the first difference is. */
bool gate_token(const Gate *gate, const char *token);

/* Writes 128 random bits as GATE_TOKEN hexadecimal digits: for unguessable ids. */
int gate_random(char id[GATE_TOKEN + 1], Error *error) MUST_CHECK;

#endif
