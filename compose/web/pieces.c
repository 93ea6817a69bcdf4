#include "compose/web/pieces.h"

#include "compose/arrange/arranged_piece.h"
#include "compose/write/style.h"

#include <stdlib.h>
#include <string.h>

void pieces_init(Pieces *pieces, const MusicModel *model, const LeadModel *lead,
                 const char *const *genres) {
    memset(pieces, 0, sizeof *pieces);
    pieces->model = model;
    pieces->lead = lead;
    pieces->genres = genres;
    pieces->arranges = lead != NULL;
    pthread_mutex_init(&pieces->composing, NULL);
    pthread_mutex_init(&pieces->lock, NULL);
}

/* One user less; the last one frees it. */
static void leave(Pieces *pieces, Piece *piece) {
    pthread_mutex_lock(&pieces->lock);
    bool last = piece && --piece->users == 0;
    pthread_mutex_unlock(&pieces->lock);
    if (last) {
        song_free(piece->song);
        free(piece);
    }
}

void pieces_free(Pieces *pieces) {
    for (int i = 0; i < PIECES_MOST; i++)
        leave(pieces, pieces->kept[i]);
    music_model_destroy(pieces->own_model);
    lead_model_destroy(pieces->own_lead);
    pthread_mutex_destroy(&pieces->lock);
    pthread_mutex_destroy(&pieces->composing);
}

/* The name of a wished genre, or NULL. */
static const char *genre_name(const Pieces *pieces, int genre) {
    return genre ? pieces->genres[genre - 1] : NULL;
}

/* A genre that only the other style knows is no wish. */
static Song *perform(Pieces *pieces, const PieceSettings *settings, bool *performed, Error *error) {
    if (!pieces->model && !(pieces->model = pieces->own_model = music_model_load(NULL, error)))
        return NULL;
    PieceSettings piece = *settings;
    const char *genre = genre_name(pieces, settings->composer.genre);
    int known = genre ? music_model_find_genre(pieces->model, genre) : 0;
    piece.composer.genre = known > 0 ? known : 0;
    Composer *composer = composer_create(pieces->model, error);
    Song *song = composer ? piece_compose(composer, &piece, error) : NULL;
    if (song)
        *performed = composer_state(composer)->performed;
    composer_destroy(composer);
    return song;
}

static Song *arrange(Pieces *pieces, const PieceWishes *wishes, Error *error) {
    const PieceSettings *piece = &wishes->piece;
    if (!pieces->lead && !(pieces->lead = pieces->own_lead = lead_model_load(NULL, error)))
        return NULL;
    const char *genre = genre_name(pieces, piece->composer.genre);
    ArrangedSettings settings = arranged_defaults;
    settings.sampler = piece->composer.sampler;
    settings.seed = piece->composer.seed;
    settings.cues = wishes->emotion >= 0 ? cues_table[wishes->emotion] : cues_at(piece->felt);
    settings.policy = piece->policy;
    settings.felt = piece->felt;
    settings.ensemble = wishes->ensemble;
    settings.genre = genre ? lead_find_style(genre) : ARRANGED_FREE;
    settings.mode = piece->composer.mode;
    settings.tonic = piece->composer.tonic;
    settings.tempo = piece->composer.tempo;
    settings.seconds = piece->composer.seconds;
    settings.program = wishes->has_program ? piece->program : -1;
    ArrangedPiece arranged;
    return arranged_piece_compose(pieces->lead, &settings, &arranged, error)
               ? NULL
               : arranged_piece_take_song(&arranged);
}

static Song *compose(Pieces *pieces, const PieceWishes *wishes, bool *performed, Error *error) {
    *performed = false;
    pthread_mutex_lock(&pieces->composing);
    bool arranged = wishes->style < 0 ? pieces->arranges : wishes->style == STYLE_ARRANGED;
    Song *song = arranged ? arrange(pieces, wishes, error)
                          : perform(pieces, &wishes->piece, performed, error);
    pthread_mutex_unlock(&pieces->composing);
    return song;
}

/* Takes over the song. */
static int keep(Pieces *pieces, const char *id, Song *song, bool performed, Error *error) {
    Piece *piece = malloc(sizeof *piece);
    if (!piece) {
        song_free(song);
        return error_memory(error, "a piece", sizeof *piece);
    }
    *piece = (Piece){.song = song, .performed = performed, .users = 1};
    memcpy(piece->id, id, sizeof piece->id);
    pthread_mutex_lock(&pieces->lock);
    Piece **slot = &pieces->kept[pieces->next], *old = *slot;
    pieces->next = (pieces->next + 1) % PIECES_MOST;
    *slot = piece;
    pthread_mutex_unlock(&pieces->lock);
    leave(pieces, old);
    return 0;
}

int pieces_compose(Pieces *pieces, const PieceWishes *wishes, char id[GATE_TOKEN + 1],
                   Error *error) {
    bool performed;
    if (gate_random(id, error))
        return -1;
    Song *song = compose(pieces, wishes, &performed, error);
    return song ? keep(pieces, id, song, performed, error) : -1;
}

/* The piece of that id with one user more, or NULL. */
static Piece *join(Pieces *pieces, const char *id) {
    Piece *found = NULL;
    pthread_mutex_lock(&pieces->lock);
    for (int i = 0; i < PIECES_MOST && id; i++)
        if (pieces->kept[i] && !strcmp(pieces->kept[i]->id, id))
            found = pieces->kept[i];
    if (found)
        found->users++;
    pthread_mutex_unlock(&pieces->lock);
    return found;
}

int pieces_with(Pieces *pieces, const char *id,
                int (*use)(const Piece *piece, void *user, Error *error), void *user,
                Error *error) {
    Piece *piece = join(pieces, id);
    if (!piece)
        return error_set(error, "no piece has this id (the last %d are kept)", PIECES_MOST);
    int status = use(piece, user, error);
    leave(pieces, piece);
    return status;
}
