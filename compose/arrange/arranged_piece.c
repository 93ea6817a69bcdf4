#include "compose/arrange/arranged_piece.h"

#include "compose/arrange/lead_writer.h"
#include "datasets/music/music_form.h"

#include <math.h>
#include <stdlib.h>

enum { STREAM_WISHES, STREAM_CANDIDATES };

void arranged_piece_free(ArrangedPiece *piece) {
    song_free(piece->song);
    free(piece->sheet.bars);
    *piece = (ArrangedPiece){0};
}

static double bar_quarters(LeadMeter meter) {
    return lead_places(meter) / 4.0;
}

/* Bars and tempo: a wished tempo or number of bars is kept, else the tempo is fitted so that whole
 * phrases of four bars fill the time. The last bar is a quarter longer, as it slows down. */
static int find_length(const ArrangedSettings *settings, Rng rng, int *bars, double *tempo,
                       Error *error) {
    const double slowing = 0.25;
    const Cues *cues = &settings->cues;
    double quarters = bar_quarters(settings->meter);
    double drawn = cues->slowest + (cues->fastest - cues->slowest) * (double)rng_uniform(rng, 0);
    *tempo = settings->tempo > 0 ? settings->tempo : drawn;
    if (settings->bars > 0) {
        *bars = settings->bars;
    } else {
        double wanted = settings->seconds * *tempo / 60 / quarters - slowing;
        int phrase = settings->tempo > 0 ? 1 : 4;
        *bars = phrase * (int)fmax(lround(wanted / phrase), 1);
        if (settings->tempo <= 0)
            *tempo = (*bars + slowing) * quarters * 60 / settings->seconds;
    }
    if (*bars > PLAN_MOST_BARS)
        return error_set(error, "the piece would have %d bars, at most %d are written at once",
                         *bars, PLAN_MOST_BARS);
    *tempo = fmin(fmax(*tempo, 30), 240);
    return 0;
}

/* How good a piece is: nats per token, less what is wrong with its form. */
static int judge(const Song *song, double likelihood, double *score, Error *error) {
    const double least_again = 0.25, slow_changes = 0.45, fast_changes = 0.8, least_repeated = 0.2;
    double form[FORM_MEASURES];
    if (music_form(song, 0, form, error))
        return -1;
    double again = isnan(form[FORM_FIGURES]) ? 0 : form[FORM_FIGURES];
    double changes = isnan(form[FORM_CHORD_CHANGES]) ? slow_changes : form[FORM_CHORD_CHANGES];
    double repeated = isnan(form[FORM_REPEATED_NOTES]) ? 0 : form[FORM_REPEATED_NOTES];
    *score = likelihood - 6 * fmax(least_again - again, 0) - fmax(slow_changes - changes, 0) -
             fmax(changes - fast_changes, 0) - fmax(least_repeated - repeated, 0) -
             10 * form[FORM_UNPLAYABLE];
    return 0;
}

static int compose_candidate(SequenceStep *step, const ArrangedSettings *settings, Rng rng,
                             const ArrangedPiece *frame, ArrangedPiece *piece, double *score,
                             Error *error) {
    *piece = *frame;
    plan_make(&piece->plan, frame->plan.n_bars, rng_split(rng, 0));
    piece->sheet.bars = calloc((size_t)frame->plan.n_bars, sizeof *piece->sheet.bars);
    if (!piece->sheet.bars)
        return error_memory(error, "a lead sheet", 0);
    const LeadWish wish = {.plan = &piece->plan,
                           .cues = &settings->cues,
                           .head = frame->sheet.head,
                           .sampler = settings->sampler,
                           .bar_seconds = bar_quarters(settings->meter) * 60 / piece->tempo,
                           .rng = rng_split(rng, 1)};
    double likelihood = lead_write(step, &wish, &piece->sheet);
    const Arrangement arrangement = {.sheet = &piece->sheet,
                                     .plan = &piece->plan,
                                     .cues = &settings->cues,
                                     .ensemble = settings->ensemble,
                                     .tonic = piece->tonic,
                                     .tempo = piece->tempo,
                                     .program = settings->program,
                                     .rng = rng_split(rng, 2)};
    piece->song = arranger_play(&arrangement, error);
    return piece->song ? judge(piece->song, likelihood, score, error) : -1;
}

int arranged_piece_compose(const LeadModel *model, const ArrangedSettings *settings,
                           ArrangedPiece *piece, Error *error) {
    Rng rng = rng_seed(settings->seed), wishes = rng_split(rng, STREAM_WISHES);
    ArrangedPiece frame = {0};
    *piece = frame;
    if (find_length(settings, wishes, &frame.plan.n_bars, &frame.tempo, error))
        return -1;
    bool minor = settings->mode == ARRANGED_FREE
                     ? (double)rng_uniform(wishes, 1) >= settings->cues.major
                     : settings->mode == 1;
    frame.tonic =
        settings->tonic == ARRANGED_FREE ? (int)rng_below(wishes, 2, 12) : settings->tonic;
    frame.sheet.head = (LeadHead){.valence = NAN,
                                  .arousal = NAN,
                                  .style = settings->style,
                                  .minor = minor,
                                  .meter = settings->meter};
    SequenceStep *step = sequence_step_create(lead_model_network(model), 1, error);
    ArrangedPiece drawn[2] = {{0}}; /* the best so far, and the next */
    int best = 0, status = step ? 0 : -1;
    double best_score = -INFINITY;
    for (int i = 0; !status && i < settings->candidates; i++) {
        double score = 0;
        Rng own = rng_split(rng_split(rng, STREAM_CANDIDATES), (uint64_t)i);
        status = compose_candidate(step, settings, own, &frame, &drawn[!best], &score, error);
        if (!status && score > best_score) {
            best = !best;
            best_score = score;
        }
        arranged_piece_free(&drawn[!best]);
    }
    sequence_step_destroy(step);
    if (status)
        arranged_piece_free(&drawn[best]);
    *piece = drawn[best];
    return status;
}
