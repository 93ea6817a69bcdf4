#include "compose/write/form.h"

#include "nn/kernels/vector_math.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* In steps of 20 ms. */
enum {
    SPAN = 100,            /* what a performed piece is written in */
    LONGEST_HOLE = 150,    /* from onset to onset */
    LAST_ONSET = 60,       /* before the end: where the closing aims the last onset */
    LAST_ONSET_LATER = 20, /* and how much later it may come */
    END_EARLIER = 75,      /* the last release may lie so much before the end, */
    END_LATER = 25,        /* or so much after it */
};

/* Seconds from onset to onset on the beat: longer bars have more than one onset. */
static const double longest_metric_hole = 4;

/* In twelfths of a quarter note, and indices of tempo. */
enum { LATEST_START = 6, TEMPO_DRIFT = 2, STEADY_BARS = 8 };

/* Notes that begin together: of emopia's and vgmidi's onsets 1 in 2,500 have more. Without a limit
 * a chord at the end, where all but its notes are forbidden, may climb over the whole keyboard. */
enum { MOST_TOGETHER = 7 };

static double step_seconds_at(double tempo) {
    return 60.0 / (tempo * MUSIC_STEPS_PER_QUARTER);
}

static bool wishes_metric(const FormWish *wish) {
    return wish->tempo > 0 || wish->meter >= 0 || wish->bars > 0;
}

void form_begin(Form *form, const FormWish *wish) {
    *form = (Form){.wish = *wish,
                   .exact_tempo = wish->tempo > 0,
                   .first_tempo = -1,
                   .step_seconds = MUSIC_STEP_MILLISECONDS / 1000.0};
    if (wishes_metric(wish))
        form->wish.grid = 0;
}

static bool has_length(const Form *form) {
    return form->wish.seconds > 0 || form->wish.bars > 0;
}

void form_close(Form *form, const MusicState *state) {
    const double closing_seconds = (MUSIC_CLOSING_STEPS + 2.0 * LAST_ONSET) / 50.0;
    if (form->closing || has_length(form))
        return;
    form->closing = true;
    if (state->performed)
        form->wish.seconds = form_time(form, state) + closing_seconds;
}

/* ------------------------------------------------------------------ time */

double form_seconds(const Form *form, const MusicState *state, long step) {
    long since = state->performed ? step : step - state->bar_start;
    return form->bar_seconds + (double)since * form->step_seconds;
}

double form_time(const Form *form, const MusicState *state) {
    if (state->ended)
        return form_seconds(form, state, form->last_release);
    bool within = state->performed || state->last == MUSIC_POSITION;
    return within ? form_seconds(form, state, state->now) : form->bar_seconds;
}

bool form_span_is_over(const Form *form, const MusicState *state, double from) {
    if (state->ended)
        return true;
    double span = form->wish.span > 0 ? form->wish.span : INFINITY, time = form_time(form, state);
    if (state->performed)
        return state->last == MUSIC_SHIFT && time >= from + fmin(span, SPAN * form->step_seconds);
    if (state->last == MUSIC_POSITION)
        return time >= from + span;
    bool at_bar = state->last == MUSIC_BAR || state->last == MUSIC_LAST_BARS;
    return at_bar && form->bar_seconds > from;
}

/* Whether a pitch so far from a tonic is of the tonic's triad. */
static bool is_of_triad(const MusicState *state, int distance) {
    int degree = (distance + 132) % 12;
    return degree == 0 || degree == (state->minor ? 3 : 4) || degree == 7;
}

/* ------------------------------------------------------------------ metric pieces */

static double bar_length(const Form *form, const MusicState *state) {
    return music_meter_steps(state->meter) * form->step_seconds;
}

/* How many bars are to come after the bar at hand; many where there is no length. */
static long bars_to_come(const Form *form, const MusicState *state) {
    const long many = 1000000;
    if (state->closing)
        return state->closing - 1;
    if (form->closing)
        return MUSIC_CLOSING_BARS;
    if (form->wish.bars > 0)
        return form->wish.bars - state->bars;
    if (form->wish.seconds <= 0)
        return many;
    double length = bar_length(form, state);
    return lround((form->wish.seconds - form->bar_seconds) / length - 1);
}

/* The number of bars that a piece which is too short for more than a countdown begins with, 0 for a
 * longer one. Meter and tempo are not said yet: bars of 2 … 3.5 seconds are supposed, and the tempo
 * is held to them later. */
static int bars_of_short_piece(const Form *form) {
    const FormWish *wish = &form->wish;
    double bars = wish->seconds > 0 ? wish->seconds / 2 : INFINITY;
    if (wish->seconds > 0 && wish->tempo > 0) {
        int meter_steps = wish->meter >= 0 ? music_meter_steps(wish->meter) : 48;
        bars = wish->seconds / (meter_steps * step_seconds_at(wish->tempo));
    } else if (wish->seconds > 0 && wish->seconds <= 14) {
        bars = fmin(bars, MUSIC_CLOSING_BARS);
    }
    if (wish->bars > 0)
        bars = wish->bars;
    if (bars >= MUSIC_CLOSING_BARS + 0.5)
        return 0;
    return (int)fmax(lround(bars), 1);
}

static bool metric_onset_fits(const Form *form, const MusicState *state, long step) {
    return !state->notes ||
           (double)(step - state->last_onset) * form->step_seconds <= longest_metric_hole;
}

static bool bar_fits(const Form *form, const MusicState *state, int bars_left) {
    if (state->last == MUSIC_TONIC)
        return bars_left == bars_of_short_piece(form);
    long next_bar = state->bar_start + music_meter_steps(state->meter);
    if (!state->bar_notes || !metric_onset_fits(form, state, next_bar))
        return false; /* no empty bars, no long holes */
    return state->closing || (bars_left > 0) == (bars_to_come(form, state) <= MUSIC_CLOSING_BARS);
}

/* Whether bars of so many seconds can make up the length, while nothing but their number is fixed.
 */
static bool bar_length_fits(const Form *form, const MusicState *state, double length) {
    if (form->wish.seconds <= 0 || state->bars > 1)
        return true;
    double bars = form->wish.seconds / length;
    return state->closing ? fabs(bars - state->closing) <= 0.5 : bars >= MUSIC_CLOSING_BARS + 0.5;
}

static bool meter_fits(const Form *form, const MusicState *state, int meter) {
    if (state->bars > 1)
        return false;
    if (form->wish.meter >= 0)
        return meter == form->wish.meter;
    return form->wish.tempo <= 0 ||
           bar_length_fits(form, state,
                           music_meter_steps(meter) * step_seconds_at(form->wish.tempo));
}

static bool tempo_fits(const Form *form, const MusicState *state, int tempo) {
    if (form->wish.tempo > 0)
        return tempo == music_tempo_index(form->wish.tempo);
    double step = step_seconds_at(music_tempo_bpm(tempo));
    if (state->bars <= 1)
        return bar_length_fits(form, state, music_meter_steps(state->meter) * step);
    return abs(tempo - form->first_tempo) <= TEMPO_DRIFT && bars_to_come(form, state) > STEADY_BARS;
}

static bool metric_duration_fits(const Form *form, const MusicState *state, int index) {
    if (!has_length(form) && !state->closing)
        return true;
    long bars = bars_to_come(form, state) + 1, bar = music_meter_steps(state->meter);
    long end = state->bar_start + (bars > 1 ? bars : 1) * bar;
    if (bars > 1 && !is_of_triad(state, state->pitch - state->tonic))
        end -= bar;
    return state->now + music_duration_steps(false, index) <= end;
}

static bool metric_end_fits(const Form *form, const MusicState *state) {
    return 2 * (form->last_release - state->bar_start) >= music_meter_steps(state->meter);
}

/* ------------------------------------------------------------------ performed pieces */

static long performed_end(const Form *form) {
    return lround(form->wish.seconds / form->step_seconds);
}

static long last_onset(const Form *form) {
    return performed_end(form) - LAST_ONSET;
}

/* Where the closing aims its first onset. */
static long closing_onset(const Form *form) {
    return last_onset(form) - MUSIC_CLOSING_STEPS;
}

static bool closing_is_due(const Form *form, const MusicState *state) {
    return form->wish.seconds > 0 && !state->closing &&
           closing_onset(form) - state->now <= MUSIC_LONGEST_SHIFT;
}

static bool shift_fits(const Form *form, const MusicState *state, int steps) {
    long onset = state->now + steps;
    if (!state->notes || onset - state->last_onset > LONGEST_HOLE)
        return false;
    if (form->wish.seconds <= 0)
        return true;
    if (!state->closing)
        return onset <= closing_onset(form);
    if (state->closing_start < 0)
        return onset <= closing_onset(form) + MUSIC_LONGEST_SHIFT;
    return onset <= last_onset(form) + LAST_ONSET_LATER;
}

/* The onset at hand is one of the last: its notes ring to the end. */
static bool rings(const Form *form, const MusicState *state) {
    long last = last_onset(form);
    if (state->closing_start >= 0 && state->closing_start + MUSIC_CLOSING_STEPS < last)
        last = state->closing_start + MUSIC_CLOSING_STEPS; /* the grammar's limit */
    return form->wish.seconds > 0 && state->now >= last - LAST_ONSET_LATER;
}

static bool performed_duration_fits(const Form *form, const MusicState *state, int index) {
    if (form->wish.seconds <= 0)
        return true;
    long release = state->now + music_duration_steps(true, index), end = performed_end(form);
    if (rings(form, state))
        return release >= end - END_EARLIER && release <= end + END_LATER;
    return release <=
           (is_of_triad(state, state->pitch - state->tonic) ? end + END_LATER : last_onset(form));
}

static bool performed_end_fits(const Form *form) {
    return form->wish.seconds <= 0 || form->last_release >= performed_end(form) - END_EARLIER;
}

/* ------------------------------------------------------------------ both */

/* The last bar, or the last onsets: on the tonic. */
static bool is_close(const Form *form, const MusicState *state) {
    return state->performed ? state->closing && rings(form, state) : state->closing == 1;
}

static bool awaits_tonic(const Form *form, const MusicState *state) {
    return is_close(form, state) && !form->tonic_sounds;
}

/* The last place in a chord is kept for the tonic that the close needs. Pitches are counted as if
 * the tonic were C. */
static bool pitch_fits(const Form *form, const MusicState *state, int index) {
    int distance = index + MUSIC_LOWEST_PITCH;
    if (awaits_tonic(form, state) && form->chord_notes >= MOST_TOGETHER - 1)
        return distance % 12 == 0;
    if (form->chord_notes >= MOST_TOGETHER)
        return false;
    return !is_close(form, state) || is_of_triad(state, distance);
}

static bool wished(int wish, int index) {
    return wish < 0 || wish == index;
}

static bool fits(const Form *form, const MusicState *state, MusicKind kind, int index) {
    if (state->last == MUSIC_TONIC && state->performed && closing_is_due(form, state))
        return kind == MUSIC_CLOSING; /* so short that all of it is the closing */
    switch (kind) {
    case MUSIC_GRID:
        return wished(form->wish.grid, index);
    case MUSIC_MODE:
        return wished(form->wish.mode, index);
    case MUSIC_TONIC:
        return wished(form->wish.tonic, index);
    case MUSIC_BAR:
        return bar_fits(form, state, 0);
    case MUSIC_LAST_BARS:
        return bar_fits(form, state, index + 1);
    case MUSIC_METER:
        return meter_fits(form, state, index);
    case MUSIC_TEMPO:
        return tempo_fits(form, state, index);
    case MUSIC_POSITION:
        return state->notes ? metric_onset_fits(form, state, state->bar_start + index)
                            : index <= LATEST_START;
    case MUSIC_METRIC_DURATION:
        return metric_duration_fits(form, state, index);
    case MUSIC_CLOSING:
        return closing_is_due(form, state);
    case MUSIC_SHIFT:
        return !closing_is_due(form, state) && shift_fits(form, state, index + 1);
    case MUSIC_PERFORMED_DURATION:
        return performed_duration_fits(form, state, index);
    case MUSIC_VELOCITY:
        return form->chord_notes < MOST_TOGETHER || awaits_tonic(form, state);
    case MUSIC_PITCH:
        return pitch_fits(form, state, index);
    case MUSIC_END:
        return (form->tonic_sounds || !is_close(form, state)) &&
               (state->performed ? performed_end_fits(form) : metric_end_fits(form, state));
    default:
        return true;
    }
}

/* What takes each other's place where the form forbids some of them. */
typedef enum Sort { SORT_CHORD, SORT_BAR_END, SORT_MOVE, SORT_OTHER, SORTS } Sort;

static Sort sort_of(const MusicState *state, MusicKind kind) {
    switch (kind) {
    case MUSIC_VELOCITY:
    case MUSIC_PITCH:
        return SORT_CHORD;
    case MUSIC_BAR:
    case MUSIC_LAST_BARS:
        return SORT_BAR_END;
    case MUSIC_SHIFT:
    case MUSIC_CLOSING:
        return SORT_MOVE;
    case MUSIC_END:
        return state->performed ? SORT_MOVE : SORT_BAR_END;
    default:
        return SORT_OTHER;
    }
}

/* What might come if the piece did not have to end: a bar line after the last bar, and shifts where
 * the closing's limit leaves no room for them. */
static bool might_come(const MusicState *state, MusicKind kind, const uint8_t *grammatical,
                       int token) {
    if (state->performed)
        return grammatical[token] ||
               (kind == MUSIC_SHIFT && state->last == MUSIC_PERFORMED_DURATION);
    return grammatical[token] || (sort_of(state, kind) == SORT_BAR_END && state->closing == 1 &&
                                  state->last == MUSIC_METRIC_DURATION);
}

/* Gives the allowed tokens of each sort the probability of all that might come. */
static void pass_on(const MusicState *state, const uint8_t *grammatical, const uint8_t *allowed,
                    float *logits) {
    double all[SORTS] = {0}, left[SORTS] = {0};
    float weights[MUSIC_VOCABULARY], greatest = -INFINITY;
    for (int token = 0; token < MUSIC_VOCABULARY; token++)
        greatest = fmaxf(greatest, logits[token]);
    KERNELS(vector_math)->exp_minus(weights, logits, greatest, MUSIC_VOCABULARY);
    for (int pass = 0; pass < 2; pass++)
        for (int kind = 0; kind < MUSIC_KINDS; kind++) {
            Sort sort = sort_of(state, (MusicKind)kind);
            int first = music_ranges[kind].first;
            for (int token = first; token < first + music_ranges[kind].count; token++) {
                if (!pass && might_come(state, (MusicKind)kind, grammatical, token))
                    all[sort] += (double)weights[token];
                if (!pass && allowed[token])
                    left[sort] += (double)weights[token];
                if (pass && left[sort] > 0)
                    logits[token] += (float)log(all[sort] / left[sort]);
            }
        }
}

void form_apply(const Form *form, const MusicState *state, float *logits, uint8_t *allowed) {
    uint8_t grammatical[MUSIC_VOCABULARY];
    int left = 0;
    music_grammar_mask(state, grammatical);
    for (int kind = 0; kind < MUSIC_KINDS; kind++)
        for (int index = 0; index < music_ranges[kind].count; index++) {
            int token = music_ranges[kind].first + index;
            allowed[token] = grammatical[token] && fits(form, state, (MusicKind)kind, index);
            left += allowed[token];
        }
    if (left)
        pass_on(state, grammatical, allowed, logits);
    else
        memcpy(allowed, grammatical, sizeof grammatical);
}

void form_step(Form *form, MusicState *state, int token) {
    int index;
    MusicKind kind = music_token_kind(token, &index);
    if ((kind == MUSIC_BAR || kind == MUSIC_LAST_BARS) && state->bars > 0)
        form->bar_seconds += music_meter_steps(state->meter) * form->step_seconds;
    if (!music_grammar_step(state, token))
        return;
    if (kind == MUSIC_TEMPO) {
        form->step_seconds =
            step_seconds_at(form->exact_tempo ? form->wish.tempo : music_tempo_bpm(index));
        if (form->first_tempo < 0)
            form->first_tempo = index;
    }
    if (state->pitch < 0)
        form->chord_notes = 0; /* a new onset */
    if (kind == MUSIC_METRIC_DURATION || kind == MUSIC_PERFORMED_DURATION) {
        form->chord_notes++;
        long release = state->sounds_until[state->pitch];
        if (release > form->last_release)
            form->last_release = release;
        form->tonic_sounds |= is_close(form, state) && state->pitch % 12 == state->tonic;
    }
}

int form_check_prime(const Form *form, const MusicState *state, Error *error) {
    const FormWish *wish = &form->wish;
    if (!state->notes)
        return error_set(error, "the piece to continue has no notes");
    if (state->performed && wish->bars > 0)
        return error_set(error, "the piece to continue is played off the beat and has no bars: ask "
                                "for a length in seconds");
    double past = form_seconds(form, state, state->now);
    double ending = state->performed ? MUSIC_CLOSING_STEPS * form->step_seconds
                                     : MUSIC_CLOSING_BARS * bar_length(form, state);
    if (wish->bars > 0 && state->bars + MUSIC_CLOSING_BARS > wish->bars)
        return error_set(error,
                         "the piece to continue has %ld bars, and an ending takes %d: %d are "
                         "too few",
                         state->bars, MUSIC_CLOSING_BARS, wish->bars);
    if (wish->seconds > 0 && past + ending > wish->seconds)
        return error_set(error,
                         "the piece to continue lasts %.1f s, and an ending takes %.1f s: "
                         "%.1f s are too few",
                         past, ending, wish->seconds);
    return 0;
}
