/* exchange.h: a request and the reply to it, apart from sockets.
 *
 * A reply's body is one of: bytes in memory; a part of an open file; or a stream, whose bytes are
 * asked for as they are sent. */
#ifndef COMPOSE_WEB_EXCHANGE_H
#define COMPOSE_WEB_EXCHANGE_H

#include "compose/web/byte_range.h"

#include <jansson.h>
#include <sys/types.h>

/* Every text may be NULL, for what the request does not have. */
typedef struct WebRequest {
    const char *method, *path;
    const char *host, *origin, *token; /* headers; the token's is X-Affekt-Token */
    const char *range;                 /* another header */
    const char *visit, *id, *kind;     /* of the query */
    const unsigned char *body;
    size_t size;
} WebRequest;

typedef struct WebReply {
    int status; /* of HTTP */
    const char *type;
    const void *body;
    uint64_t size;        /* of the body; of a stream, 0 = without an end */
    void *owned;          /* the body, where it is to be freed */
    const char *download; /* the file's name, where it is to be saved */
    bool from_file;
    int file; /* open, read from `range.first` on, closed with the reply */
    /* Writes up to `room` bytes, waiting for them; returns how many, or 0 at the end. */
    ssize_t (*stream)(void *user, char *bytes, size_t room);
    void (*stream_end)(void *user);
    void *user;
    bool has_range; /* parts of this may be asked for, and this is the part sent: */
    ByteRange range;
} WebReply;

/* Frees and closes what the reply holds. */
void web_reply_free(WebReply *reply);

/* Each takes over what it sends; without memory, an empty 503. */
WebReply reply_json(int status, json_t *json);
WebReply reply_bytes(unsigned char *bytes, size_t size, const char *type, const char *download);

/* {"error": "…"} */
WebReply refuse(int status, const char *message);

#endif
