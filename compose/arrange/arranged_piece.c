#include "compose/arrange/arranged_piece.h"

#include "compose/arrange/lead_mode.h"
#include "compose/arrange/lead_writer.h"
#include "compose/arrange/manner.h"
#include "datasets/measures/music_form.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STREAM_WISHES, STREAM_CANDIDATES, STREAM_MANNER };

const ArrangedSettings arranged_defaults = {.policy = MOOD_MIRROR,
                                            .ensemble = ENSEMBLE_PIANO,
                                            .candidates = ARRANGED_CANDIDATES,
                                            .genre = ARRANGED_FREE,
                                            .mode = ARRANGED_FREE,
                                            .tonic = ARRANGED_FREE,
                                            .meter = LEAD_4_4,
                                            .program = -1};

void arranged_piece_free(ArrangedPiece *piece) {
    song_free(piece->song);
    free(piece->sheet.bars);
    free(piece->bars);
    *piece = (ArrangedPiece){0};
}

Song *arranged_piece_take_song(ArrangedPiece *piece) {
    Song *song = piece->song;
    piece->song = NULL;
    arranged_piece_free(piece);
    return song;
}

static double bar_quarters(LeadMeter meter) {
    return lead_places(meter) / 4.0;
}

/* ------------------------------------------------------------------ what is wished for */

/* What all candidates of a piece share. */
typedef struct Frame {
    const ArrangedSettings *settings;
    LeadHead head;
    int tonic, n_bars;
    double tempo;         /* where it is asked for, else 0 */
    double place;         /* else, between the cues' slowest and fastest, 0 … 1 */
    LeadSheet prime;      /* the given one: its bars come first; none: n_bars is 0 */
    ArrangementBar *bars; /* (n_bars) */
} Frame;

/* The cues after a share of the piece, in its manner; genres have theirs. A feeling that is led
 * elsewhere is left by and by. */
static Cues cues_after(const ArrangedSettings *settings, double progress) {
    Mood mood = mood_at(settings->policy, settings->felt, progress);
    double gone = settings->policy == MOOD_MIRROR ? 0 : mood_way_gone(progress);
    Cues there = cues_at(mood_for_taste(settings->taste, mood));
    Cues cues =
        mood_taste_is_plain(settings->taste) ? cues_between(&settings->cues, &there, gone) : there;
    if (settings->genre == GENRE_FREE)
        return manner_cues(&cues, rng_split(rng_seed(settings->seed), STREAM_MANNER));
    return genre_cues(settings->genre, &cues);
}

static double tempo_of(const Frame *frame, const Cues *cues) {
    double usual = cues->slowest + frame->place * (cues->fastest - cues->slowest);
    return frame->tempo > 0 ? frame->tempo : genre_tempo(frame->settings->genre, usual);
}

/* Seconds that n bars take. */
static double seconds_of(const Frame *frame, int n) {
    double seconds = 0;
    for (int b = 0; b < n; b++) {
        Cues cues = cues_after(frame->settings, (double)b / n);
        double slower = b == n - 1 ? arranger_last_tempo(n, frame->settings->loops) : 1;
        seconds += 60 / (slower * tempo_of(frame, &cues));
    }
    return seconds * bar_quarters(frame->head.meter);
}

/* The number of bars, a multiple of `unit`, that comes nearest to the wished time. */
static int nearest_bars(const Frame *frame, int unit) {
    double wanted = frame->settings->seconds, before = 0;
    for (int n = unit; n <= PLAN_MOST_BARS; n += unit) {
        double after = seconds_of(frame, n);
        if (after >= wanted)
            return n > unit && wanted - before < after - wanted ? n - unit : n;
        before = after;
    }
    return PLAN_MOST_BARS + 1;
}

/* Whole phrases of four bars, or of two, where the tempo need not change much to fill the time. */
static int fitting_bars(const Frame *frame) {
    const double most_stretch = 1.12;
    for (int unit = 4; unit > 1 && frame->tempo <= 0; unit /= 2) {
        int n = nearest_bars(frame, unit);
        double stretch = seconds_of(frame, n) / frame->settings->seconds;
        if (stretch < most_stretch && stretch > 1 / most_stretch)
            return n;
    }
    return nearest_bars(frame, 1);
}

static int check_length(const Frame *frame, Error *error) {
    if (frame->n_bars > PLAN_MOST_BARS)
        return error_set(error,
                         "an arranged piece has at most %d bars, at this tempo %.0f s; --style "
                         "performed writes longer ones",
                         PLAN_MOST_BARS, floor(seconds_of(frame, PLAN_MOST_BARS)));
    if (frame->settings->loops && frame->n_bars < ARRANGED_SHORTEST_LOOP)
        return error_set(error,
                         "one bar is no section to loop; a loop has at least %d bars, at this "
                         "tempo %.1f s",
                         ARRANGED_SHORTEST_LOOP, seconds_of(frame, ARRANGED_SHORTEST_LOOP));
    if (frame->prime.n_bars >= frame->n_bars)
        return error_set(error,
                         "the piece has %d bars, too few to go on after the %d of the prime; make "
                         "it longer, or take less of the prime",
                         frame->n_bars, frame->prime.n_bars);
    return 0;
}

static int find_length(Frame *frame, Error *error) {
    const ArrangedSettings *settings = frame->settings;
    frame->n_bars = settings->melody ? settings->melody->sheet.n_bars : settings->bars;
    if (!frame->n_bars)
        frame->n_bars = fitting_bars(frame);
    return check_length(frame, error);
}

static int fill_bars(Frame *frame, Error *error) {
    const ArrangedSettings *settings = frame->settings;
    frame->bars = calloc((size_t)frame->n_bars, sizeof *frame->bars);
    if (!frame->bars)
        return error_memory(error, "bars", (size_t)frame->n_bars * sizeof *frame->bars);
    bool fits = settings->bars <= 0 && frame->tempo <= 0 && !settings->melody;
    double stretch = fits ? seconds_of(frame, frame->n_bars) / settings->seconds : 1;
    for (int b = 0; b < frame->n_bars; b++) {
        ArrangementBar *bar = &frame->bars[b];
        bar->cues = cues_after(settings, (double)b / frame->n_bars);
        bar->tempo =
            fmin(fmax(tempo_of(frame, &bar->cues) * stretch, ARRANGER_SLOWEST), ARRANGER_FASTEST);
        bool free = settings->mode == ARRANGED_FREE && !settings->melody &&
                    settings->policy != MOOD_MIRROR && b >= frame->prime.n_bars &&
                    mood_at(settings->policy, settings->felt, (double)b / frame->n_bars).valence !=
                        settings->felt.valence;
        bar->minor = free ? bar->cues.major < 0.5 : frame->head.minor;
    }
    return 0;
}

static void take_prime(Frame *frame) {
    const GivenPrime *prime = frame->settings->prime;
    frame->prime = prime->sheet;
    frame->tonic = prime->tonic;
    frame->head.minor = prime->sheet.head.minor;
    frame->head.meter = prime->sheet.head.meter;
    frame->tempo = prime->tempo;
}

static void take_melody(Frame *frame) {
    const GivenMelody *melody = frame->settings->melody;
    frame->tonic = melody->tonic;
    frame->head.minor = melody->sheet.head.minor;
    frame->head.meter = melody->sheet.head.meter;
    frame->tempo = 60e6 / melody->song->tempos[0].microseconds;
}

static int frame_make(Frame *frame, const ArrangedSettings *settings, Rng wishes, Error *error) {
    bool minor = settings->mode == ARRANGED_FREE
                     ? (double)rng_uniform(wishes, 1) >= cues_after(settings, 0).major
                     : settings->mode == 1;
    *frame = (Frame){.settings = settings,
                     .place = (double)rng_uniform(wishes, 0),
                     .tempo = settings->tempo,
                     .head = {.valence = NAN,
                              .arousal = NAN,
                              .style = genre_style(settings->genre),
                              .minor = minor,
                              .meter = settings->meter}};
    frame->tonic =
        settings->tonic == ARRANGED_FREE ? (int)rng_below(wishes, 2, 12) : settings->tonic;
    if (settings->melody)
        take_melody(frame);
    if (settings->prime)
        take_prime(frame);
    return find_length(frame, error) || fill_bars(frame, error) ? -1 : 0;
}

/* ------------------------------------------------------------------ candidates */

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

/* Copies what stands in the sheet before a bar is written. */
static void take_given(const Frame *frame, LeadSheet *sheet) {
    const LeadSheet *given =
        frame->settings->melody ? &frame->settings->melody->sheet : &frame->prime;
    if (given->n_bars)
        memcpy(sheet->bars, given->bars, (size_t)given->n_bars * sizeof *sheet->bars);
}

static int write_sheet(SequenceStep *step, const Frame *frame, Rng rng, ArrangedPiece *piece,
                       double *likelihood, Error *error) {
    const LeadWish wish = {.plan = &piece->plan,
                           .head = frame->head,
                           .sampler = frame->settings->sampler,
                           .bar_seconds =
                               bar_quarters(frame->head.meter) * 60 / frame->bars[0].tempo,
                           .given = frame->prime.n_bars,
                           .melody = frame->settings->melody != NULL,
                           .rng = rng};
    LeadWriter *writer = lead_writer_create(step, &wish, &piece->sheet, error);
    if (!writer)
        return -1;
    for (int b = 0; b < frame->n_bars; b++)
        lead_writer_bar(writer, &frame->bars[b].cues);
    *likelihood = lead_writer_likelihood(writer);
    lead_writer_destroy(writer);
    for (int b = 0; b < frame->n_bars; b++)
        if (frame->bars[b].minor != frame->head.minor)
            lead_bar_to_mode(&piece->sheet.bars[b], frame->head.meter, frame->bars[b].minor);
    return 0;
}

static int compose_candidate(SequenceStep *step, const Frame *frame, Rng rng, ArrangedPiece *piece,
                             double *score, Error *error) {
    const ArrangedSettings *settings = frame->settings;
    size_t n = (size_t)frame->n_bars;
    *piece = (ArrangedPiece){.tonic = frame->tonic,
                             .sheet = {.head = frame->head, .n_bars = frame->n_bars}};
    plan_make(&piece->plan, frame->n_bars, settings->loops, rng_split(rng, 0));
    piece->sheet.bars = calloc(n, sizeof *piece->sheet.bars);
    piece->bars = malloc(n * sizeof *piece->bars);
    if (!piece->sheet.bars || !piece->bars)
        return error_memory(error, "a lead sheet", n * sizeof *piece->bars);
    memcpy(piece->bars, frame->bars, n * sizeof *piece->bars);
    take_given(frame, &piece->sheet);
    double likelihood;
    if (write_sheet(step, frame, rng_split(rng, 1), piece, &likelihood, error))
        return -1;
    const Arrangement arrangement = {.sheet = &piece->sheet,
                                     .plan = &piece->plan,
                                     .bars = piece->bars,
                                     .ensemble = settings->ensemble,
                                     .genre = settings->genre,
                                     .tonic = piece->tonic,
                                     .program = settings->program,
                                     .given = settings->melody ? settings->melody->song : NULL,
                                     .steady = settings->loops || frame->tempo > 0,
                                     .loops = settings->loops,
                                     .rng = rng_split(rng, 2)};
    piece->song = arranger_play(&arrangement, error);
    if (!piece->song)
        return -1;
    piece->loop =
        settings->loops
            ? song_seconds(piece->song,
                           (double)frame->n_bars * bar_quarters(frame->head.meter) * ARRANGER_TICKS)
            : 0;
    return judge(piece->song, likelihood, score, error);
}

int arranged_piece_compose(const LeadModel *model, const ArrangedSettings *settings,
                           ArrangedPiece *piece, Error *error) {
    Rng rng = rng_seed(settings->seed);
    Frame frame;
    *piece = (ArrangedPiece){0};
    int status = frame_make(&frame, settings, rng_split(rng, STREAM_WISHES), error);
    SequenceStep *step = status ? NULL : sequence_step_create(lead_model_network(model), 1, error);
    ArrangedPiece drawn[2] = {{0}}; /* the best so far, and the next */
    int best = 0;
    status = step ? status : -1;
    double best_score = -INFINITY;
    for (int i = 0; !status && i < settings->candidates; i++) {
        double score = 0;
        Rng own = rng_split(rng_split(rng, STREAM_CANDIDATES), (uint64_t)i);
        status = compose_candidate(step, &frame, own, &drawn[!best], &score, error);
        if (!status && score > best_score) {
            best = !best;
            best_score = score;
        }
        arranged_piece_free(&drawn[!best]);
    }
    sequence_step_destroy(step);
    free(frame.bars);
    if (status)
        arranged_piece_free(&drawn[best]);
    *piece = drawn[best];
    return status;
}
