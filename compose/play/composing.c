#include "compose/play/composing.h"

#include "compose/arrange/arranged_piece.h"
#include "compose/write/piece.h"

#include <stdlib.h>

struct Composing {
    ComposingSettings settings;
    MusicModel *model;
    Composer *composer;
    LeadModel *lead;
};

Composing *composing_create(const ComposingSettings *settings, Error *error) {
    Composing *composing = calloc(1, sizeof *composing);
    if (composing)
        composing->settings = *settings;
    else
        error_memory(error, "a composer", sizeof *composing);
    return composing;
}

void composing_destroy(Composing *composing) {
    if (!composing)
        return;
    composer_destroy(composing->composer);
    music_model_destroy(composing->model);
    lead_model_destroy(composing->lead);
    free(composing);
}

static Song *arranged(Composing *composing, Mood mood, double seconds, uint64_t seed,
                      Error *error) {
    const ComposingSettings *settings = &composing->settings;
    ArrangedPiece piece;
    if (!composing->lead && !(composing->lead = lead_model_load(settings->model, error)))
        return NULL;
    ArrangedSettings wishes = arranged_defaults;
    wishes.sampler = settings->composer.sampler;
    wishes.seed = seed;
    wishes.cues = cues_at(mood);
    wishes.felt = mood;
    wishes.ensemble = settings->ensemble;
    wishes.seconds = seconds;
    wishes.program = settings->program;
    return arranged_piece_compose(composing->lead, &wishes, &piece, error)
               ? NULL
               : arranged_piece_take_song(&piece);
}

Song *composing_write(Composing *composing, Mood mood, double seconds, uint64_t seed,
                      Error *error) {
    const ComposingSettings *settings = &composing->settings;
    if (settings->arranged)
        return arranged(composing, mood, seconds, seed, error);
    if (!composing->model && !(composing->model = music_model_load(settings->model, error)))
        return NULL;
    if (!composing->composer && !(composing->composer = composer_create(composing->model, error)))
        return NULL;
    PieceSettings piece = {.composer = settings->composer,
                           .felt = mood,
                           .policy = MOOD_MIRROR,
                           .program = settings->program < 0 ? 0 : settings->program};
    piece.composer.seconds = seconds;
    piece.composer.seed = seed;
    return piece_compose(composing->composer, &piece, error);
}
