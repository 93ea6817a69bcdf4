/* web.h: the page's server, independent of sockets: requests in, replies out.
 *
 *     WebReply reply = web_answer(web, &request);
 *     …                                             send it
 *     web_reply_free(&reply);
 *
 * compose/web/server.h puts it on a port. All access checks (gate.h) are made here, so that they
 * apply to every caller. The endpoints are documented in compose/web/page/api.html. */
#ifndef COMPOSE_WEB_WEB_H
#define COMPOSE_WEB_WEB_H

#include "compose/web/decoder.h"
#include "compose/web/exchange.h"
#include "compose/web/gate.h"
#include "compose/web/pieces.h"
#include "compose/web/visits.h"

#include <stdbool.h>

enum { WEB_MOST_GENRES = 64 };

typedef struct Web {
    Gate gate;
    Decoder *decoder; /* not owned */
    /* Networks shared by all pages. */
    MusicModel *model; /* of performed music, or */
    LeadModel *lead;   /* of arranged; the other is NULL */
    FaceModel *faces;
    const char *genres[WEB_MOST_GENRES + 1]; /* of the music, NULL after the last */
    VisitSettings visit;                     /* of each page */
    Visits visits;
    Pieces pieces;
    Watcher *watcher; /* for pictures without a session */
    pthread_mutex_t watching;
} Web;

typedef struct WebSettings {
    VisitSettings visit;     /* except for the models */
    const char *music_model; /* its kind chooses the style (compose/write/style.h); NULL: arranged
                                music by the shipped one */
    const char *address;     /* other than the local machine's, NULL for none */
    bool secure;
} WebSettings;

/* Loads the resources shared by all pages. The decoder must outlive it. Free with web_destroy. */
Web *web_create(const WebSettings *settings, Decoder *decoder, Error *error);
void web_destroy(Web *web);

/* Call it once the port is known, before the first request. */
int web_open_gate(Web *web, const WebSettings *settings, int port, Error *error) MUST_CHECK;

WebReply web_answer(Web *web, const WebRequest *request);

/* The maximum size of a request's body; 0 for endpoints without one and unknown ones. */
size_t web_most_bytes(const char *method, const char *path);

/* Checks a request before its body arrives: a reply with an error status, or with 0. */
WebReply web_admit(const Web *web, const WebRequest *request);

#endif
