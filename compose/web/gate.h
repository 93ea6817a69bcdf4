/* gate.h: who may ask.
 *
 * Pages of other sites can make a browser send requests to this machine, under a name of their own
 * that resolves to it (DNS rebinding) or straight. So every request must name this server in its
 * Host header, whatever changes something must come from this server's own page (Origin) or from no
 * page at all, and both need the token, which is in the fragment of the link that the program
 * prints and nowhere else. */
#ifndef COMPOSE_WEB_GATE_H
#define COMPOSE_WEB_GATE_H

#include "nn/base/error.h"

#include <stdbool.h>

enum { GATE_TOKEN = 32, GATE_HOST = 256, GATE_HOSTS = 4 };

typedef struct Gate {
    char token[GATE_TOKEN + 1];        /* 128 random bits in hexadecimal digits */
    char hosts[GATE_HOSTS][GATE_HOST]; /* "localhost:8080" … as Host headers have them */
    int n_hosts;
    bool secure; /* https */
} Gate;

/* For a server on this port of the local machine and, where `address` is not NULL, there too. */
int gate_init(Gate *gate, const char *address, int port, bool secure, Error *error) MUST_CHECK;

/* Each of them may be NULL, for a header that is not there. */
bool gate_host(const Gate *gate, const char *host);
bool gate_origin(const Gate *gate, const char *origin);
/* Takes the same time wherever the first difference is. */
bool gate_token(const Gate *gate, const char *token);

/* Writes 128 random bits as GATE_TOKEN hexadecimal digits: for ids that must not be guessed. */
int gate_random(char id[GATE_TOKEN + 1], Error *error) MUST_CHECK;

#endif
