/* web.h: what the page's server does, apart from sockets: a request goes in, a reply comes out.
 *
 *     WebReply reply = web_answer(web, &request);
 *     …                                             send it
 *     web_reply_free(&reply);
 *
 * compose/web/server.h puts it on a port. All checks of who may ask stand here (gate.h), so that
 * they hold for whatever calls it. The endpoints are documented in compose/web/page/api.html. */
#ifndef COMPOSE_WEB_WEB_H
#define COMPOSE_WEB_WEB_H

#include "compose/web/decoder.h"
#include "compose/web/exchange.h"
#include "compose/web/gate.h"
#include "compose/web/pieces.h"
#include "compose/web/visits.h"

#include <stdbool.h>

typedef struct Web {
    Gate gate;
    Decoder *decoder; /* not owned */
    MusicModel *model;
    FaceModel *faces;    /* whose networks all watchers share */
    VisitSettings visit; /* of each page */
    Visits visits;
    Pieces pieces;
    Watcher *watcher; /* for pictures without a session */
    pthread_mutex_t watching;
} Web;

typedef struct WebSettings {
    VisitSettings visit;     /* but for the model */
    const char *music_model; /* as music_model_load takes it */
    const char *address;     /* other than the local machine's, NULL for none */
    bool secure;
} WebSettings;

/* Loads what all pages share. The decoder must outlive it. Free with web_destroy. */
Web *web_create(const WebSettings *settings, Decoder *decoder, Error *error);
void web_destroy(Web *web);

/* To be called once the port is known, before the first request. */
int web_open_gate(Web *web, const WebSettings *settings, int port, Error *error) MUST_CHECK;

WebReply web_answer(Web *web, const WebRequest *request);

/* The most bytes that a request's body may have; 0 for what takes none or is not there. */
size_t web_most_bytes(const char *method, const char *path);

/* What can be said before the body is there: a reply with a status that refuses, or with 0. */
WebReply web_admit(const Web *web, const WebRequest *request);

#endif
