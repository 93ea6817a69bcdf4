/* server.h: the page's HTTP server, by libmicrohttpd.
 *
 * One thread for each connection, up to SERVER_CONNECTIONS; a request must arrive completely within
 * its patience (SERVER_PATIENCE seconds) of the start of its connection or the previous reply.
 * Built without libmicrohttpd, server_start fails and names the missing package. */
#ifndef COMPOSE_WEB_SERVER_H
#define COMPOSE_WEB_SERVER_H

#include "compose/web/web.h"

enum { SERVER_CONNECTIONS = 1100, SERVER_PATIENCE = 20, SERVER_HEADER_BYTES = 1 << 15 };

typedef struct ServerSettings {
    int port;                      /* 0: any free one */
    const char *address;           /* to listen on; NULL for the local machine only */
    const char *certificate, *key; /* PEM, as text; NULL for http */
    int patience;                  /* seconds; 0 for SERVER_PATIENCE */
} ServerSettings;

typedef struct Server Server;

/* Starts listening and serving; sets the gate's port. The web must outlive it. Stop with
 * server_stop, which ends all streams. */
Server *server_start(Web *web, const WebSettings *web_settings, const ServerSettings *settings,
                     Error *error);
void server_stop(Server *server);

int server_port(const Server *server);

#endif
