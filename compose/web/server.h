/* server.h: the page's server on a port, by libmicrohttpd.
 *
 * One thread for each connection, up to SERVER_CONNECTIONS; a request must have arrived within
 * its patience (SERVER_PATIENCE seconds) of its connection's beginning or of the reply before,
 * however it trickles in. Built without libmicrohttpd, server_start fails and names the missing
 * package. */
#ifndef COMPOSE_WEB_SERVER_H
#define COMPOSE_WEB_SERVER_H

#include "compose/web/web.h"

enum { SERVER_CONNECTIONS = 1100, SERVER_PATIENCE = 20, SERVER_HEADER_BYTES = 1 << 15 };

typedef struct ServerSettings {
    int port;                      /* 0: one that is free */
    const char *address;           /* in place of the local machine's own; NULL for those */
    const char *certificate, *key; /* PEM, as text; NULL for http */
    int patience;                  /* seconds; 0 for SERVER_PATIENCE */
} ServerSettings;

typedef struct Server Server;

/* Begins to listen; tells the gate which port it is, and answers from then on. The web must outlive
 * it. Stop with server_stop, which ends all streams. */
Server *server_start(Web *web, const WebSettings *web_settings, const ServerSettings *settings,
                     Error *error);
void server_stop(Server *server);

int server_port(const Server *server);

#endif
