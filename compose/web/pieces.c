#include "compose/web/pieces.h"

#include "compose/arrange/arranged_piece.h"

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
    lead_model_destroy(pieces->lead);
    pthread_mutex_destroy(&pieces->lock);
    pthread_mutex_destroy(&pieces->composing);
}

static Song *perform(Pieces *pieces, const PieceSettings *settings, bool *performed, Error *error) {
    Composer *composer = composer_create(pieces->model, error);
    Song *song = composer ? piece_compose(composer, settings, error) : NULL;
    if (song)
        *performed = composer_state(composer)->performed;
    composer_destroy(composer);
    return song;
}

/* The style of lead sheets that is a genre's, where there is one. */
static int style_of(const MusicModel *model, int genre) {
    return genre ? lead_find_style(music_model_genre(model, genre)) : ARRANGED_FREE;
}

static Song *arrange(Pieces *pieces, const PieceWishes *wishes, Error *error) {
    const PieceSettings *piece = &wishes->piece;
    if (!pieces->lead && !(pieces->lead = lead_model_load(NULL, error)))
        return NULL;
    ArrangedSettings settings = {.sampler = piece->composer.sampler,
                                 .seed = piece->composer.seed,
                                 .cues = wishes->emotion >= 0 ? cues_table[wishes->emotion]
                                                              : cues_at(piece->felt),
                                 .ensemble = wishes->ensemble,
                                 .candidates = ARRANGED_CANDIDATES,
                                 .style = style_of(pieces->model, piece->composer.genre),
                                 .mode = piece->composer.mode,
                                 .tonic = piece->composer.tonic,
                                 .meter = LEAD_4_4,
                                 .tempo = piece->composer.tempo,
                                 .seconds = piece->composer.seconds,
                                 .program = wishes->has_program ? piece->program : -1};
    ArrangedPiece arranged;
    if (arranged_piece_compose(pieces->lead, &settings, &arranged, error))
        return NULL;
    Song *song = arranged.song;
    arranged.song = NULL;
    arranged_piece_free(&arranged);
    return song;
}

static Song *compose(Pieces *pieces, const PieceWishes *wishes, bool *performed, Error *error) {
    *performed = false;
    pthread_mutex_lock(&pieces->composing);
    Song *song = wishes->arranged ? arrange(pieces, wishes, error)
                                  : perform(pieces, &wishes->piece, performed, error);
    pthread_mutex_unlock(&pieces->composing);
    return song;
}

int pieces_compose(Pieces *pieces, const PieceWishes *wishes, char id[GATE_TOKEN + 1],
                   Error *error) {
    bool performed;
    if (gate_random(id, error))
        return -1;
    Song *song = compose(pieces, wishes, &performed, error);
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
