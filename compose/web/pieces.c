#include "compose/web/pieces.h"

#include <string.h>

void pieces_init(Pieces *pieces, const MusicModel *model) {
    memset(pieces, 0, sizeof *pieces);
    pieces->model = model;
    pthread_mutex_init(&pieces->composing, NULL);
    pthread_mutex_init(&pieces->lock, NULL);
}

void pieces_free(Pieces *pieces) {
    for (int i = 0; i < PIECES_MOST; i++)
        song_free(pieces->kept[i].song);
    pthread_mutex_destroy(&pieces->lock);
    pthread_mutex_destroy(&pieces->composing);
}

static Song *compose(Pieces *pieces, const PieceSettings *settings, bool *performed, Error *error) {
    pthread_mutex_lock(&pieces->composing);
    Composer *composer = composer_create(pieces->model, error);
    Song *song = composer ? piece_compose(composer, settings, error) : NULL;
    if (song)
        *performed = composer_state(composer)->performed;
    composer_destroy(composer);
    pthread_mutex_unlock(&pieces->composing);
    return song;
}

int pieces_compose(Pieces *pieces, const PieceSettings *settings, char id[GATE_TOKEN + 1],
                   Error *error) {
    bool performed;
    if (gate_random(id, error))
        return -1;
    Song *song = compose(pieces, settings, &performed, error);
    if (!song)
        return -1;
    pthread_mutex_lock(&pieces->lock);
    Piece *slot = &pieces->kept[pieces->next];
    pieces->next = (pieces->next + 1) % PIECES_MOST;
    song_free(slot->song);
    *slot = (Piece){.song = song, .performed = performed};
    memcpy(slot->id, id, sizeof slot->id);
    pthread_mutex_unlock(&pieces->lock);
    return 0;
}

int pieces_with(Pieces *pieces, const char *id,
                int (*use)(const Piece *piece, void *user, Error *error), void *user,
                Error *error) {
    const Piece *found = NULL;
    pthread_mutex_lock(&pieces->lock);
    for (int i = 0; i < PIECES_MOST && id; i++)
        if (pieces->kept[i].song && !strcmp(pieces->kept[i].id, id))
            found = &pieces->kept[i];
    int status = found
                     ? use(found, user, error)
                     : error_set(error, "no piece has this id (the last %d are kept)", PIECES_MOST);
    pthread_mutex_unlock(&pieces->lock);
    return status;
}
