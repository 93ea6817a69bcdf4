/* exchange.h: a request and its reply, independent of sockets.
 *
 * A reply's body is one of: bytes in memory; a part of an open file; or a stream, whose bytes are
 * produced as they are sent. */
#ifndef COMPOSE_WEB_EXCHANGE_H
#define COMPOSE_WEB_EXCHANGE_H

#include "compose/web/byte_range.h"

#include <jansson.h>
#include <sys/types.h>

/* Texts are NULL where missing in the request. */
typedef struct WebRequest {
    const char *method, *path;
    const char *host, *origin, *token; /* headers; the token's is X-Affekt-Token */
    const char *range;                 /* another header */
    const char *visit, *id, *kind;     /* of the query */
    const unsigned char *body;
    size_t size;
} WebRequest;

typedef struct WebReply {
    int status; /* HTTP status */
    const char *type;
    const void *body;
    uint64_t size;        /* of the body; for a stream, 0 = endless */
    void *owned;          /* the body, if it must be freed */
    const char *download; /* the file name, if it should be saved */
    bool from_file;
    int file; /* open, read from `range.first` on, closed with the reply */
    /* Writes up to `room` bytes, blocking; returns how many, or 0 at the end. */
    ssize_t (*stream)(void *user, char *bytes, size_t room);
    void (*stream_end)(void *user);
    void *user;
    bool has_range; /* ranges are supported, and this is the part sent: */
    ByteRange range;
} WebReply;

/* Frees and closes the reply's resources. */
void web_reply_free(WebReply *reply);

/* Each takes ownership of what it sends; when out of memory, an empty 503. */
WebReply reply_json(int status, json_t *json);
WebReply reply_bytes(unsigned char *bytes, size_t size, const char *type, const char *download);

/* {"error": "…"}; the message may name a file whose name is not UTF-8. */
WebReply refuse(int status, const char *message);

#endif
