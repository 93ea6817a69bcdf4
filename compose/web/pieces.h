/* pieces.h: pieces composed on request; the last few are kept for playing and downloading. */
#ifndef COMPOSE_WEB_PIECES_H
#define COMPOSE_WEB_PIECES_H

#include "compose/web/gate.h"
#include "compose/web/wishes.h"
#include "infer/music/lead_model.h"
#include "infer/music/music_model.h"

#include <pthread.h>

enum { PIECES_MOST = 16 };

typedef struct Piece {
    char id[GATE_TOKEN + 1];
    Song *song;
    bool performed;
    int users; /* its slot, and those who look at it now */
} Piece;

typedef struct Pieces {
    const MusicModel *model; /* of performed pieces, or NULL: the shipped one, when wanted */
    const LeadModel *lead;   /* of arranged pieces, as well */
    const char *const *genres;
    bool arranges;             /* unless another style is wished for */
    pthread_mutex_t composing; /* one at a time: it uses a whole processor */
    MusicModel *own_model;     /* loaded with the first piece that wants it */
    LeadModel *own_lead;
    pthread_mutex_t lock;     /* guards what follows */
    Piece *kept[PIECES_MOST]; /* NULL: a free slot */
    int next;                 /* the slot for the next one */
} Pieces;

/* One of the models: pieces are in its style unless another is wished for, which the shipped model
 * of that style writes then. `genres` are those of the wishes. All must outlive them. */
void pieces_init(Pieces *pieces, const MusicModel *model, const LeadModel *lead,
                 const char *const *genres);
void pieces_free(Pieces *pieces);

/* Composes; writes the id. The song belongs to the pieces and is looked at with pieces_with. */
int pieces_compose(Pieces *pieces, const PieceWishes *wishes, char id[GATE_TOKEN + 1],
                   Error *error) MUST_CHECK;

/* Calls `use` with the piece of that id, which stays valid meanwhile, and returns its result;
 * others do not wait for it. Fails for an unknown or expired id. */
int pieces_with(Pieces *pieces, const char *id,
                int (*use)(const Piece *piece, void *user, Error *error), void *user,
                Error *error) MUST_CHECK;

#endif
