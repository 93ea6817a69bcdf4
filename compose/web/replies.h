/* replies.h: the server's state as JSON. Each returns a new reference, NULL when out of memory. */
#ifndef COMPOSE_WEB_REPLIES_H
#define COMPOSE_WEB_REPLIES_H

#include "compose/web/pieces.h"
#include "compose/web/visit.h"

#include <jansson.h>

json_t *reply_faces(const VisitFace *faces, int count, int width, int height);
/* With the songs, if any. */
json_t *reply_status(Visit *visit);
json_t *reply_piece(const Piece *piece);
json_t *reply_genres(const char *const *genres);

#endif
