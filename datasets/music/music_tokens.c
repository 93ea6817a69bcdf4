#include "datasets/music/music_tokens.h"

#include <math.h>
#include <stdio.h>

enum {
    FIRST_END = 1,
    FIRST_GRID = FIRST_END + 1,
    FIRST_MODE = FIRST_GRID + 2,
    FIRST_TONIC = FIRST_MODE + 2,
    FIRST_METER = FIRST_TONIC + 12,
    FIRST_TEMPO = FIRST_METER + MUSIC_METERS,
    FIRST_BAR = FIRST_TEMPO + MUSIC_TEMPOS,
    FIRST_LAST_BARS = FIRST_BAR + 1,
    FIRST_CLOSING = FIRST_LAST_BARS + MUSIC_CLOSING_BARS,
    FIRST_POSITION = FIRST_CLOSING + 1,
    FIRST_SHIFT = FIRST_POSITION + MUSIC_POSITIONS,
    FIRST_VELOCITY = FIRST_SHIFT + MUSIC_LONGEST_SHIFT,
    FIRST_PITCH = FIRST_VELOCITY + MUSIC_VELOCITIES,
    FIRST_METRIC_DURATION = FIRST_PITCH + MUSIC_PITCHES,
    FIRST_PERFORMED_DURATION = FIRST_METRIC_DURATION + MUSIC_DURATIONS,
};

const MusicRange music_ranges[MUSIC_KINDS] = {
    [MUSIC_START] = {"start", 0, 1},
    [MUSIC_END] = {"end", FIRST_END, 1},
    [MUSIC_GRID] = {"grid", FIRST_GRID, 2},
    [MUSIC_MODE] = {"mode", FIRST_MODE, 2},
    [MUSIC_TONIC] = {"tonic", FIRST_TONIC, 12},
    [MUSIC_METER] = {"meter", FIRST_METER, MUSIC_METERS},
    [MUSIC_TEMPO] = {"tempo", FIRST_TEMPO, MUSIC_TEMPOS},
    [MUSIC_BAR] = {"bar", FIRST_BAR, 1},
    [MUSIC_LAST_BARS] = {"last-bars", FIRST_LAST_BARS, MUSIC_CLOSING_BARS},
    [MUSIC_CLOSING] = {"closing", FIRST_CLOSING, 1},
    [MUSIC_POSITION] = {"position", FIRST_POSITION, MUSIC_POSITIONS},
    [MUSIC_SHIFT] = {"shift", FIRST_SHIFT, MUSIC_LONGEST_SHIFT},
    [MUSIC_VELOCITY] = {"velocity", FIRST_VELOCITY, MUSIC_VELOCITIES},
    [MUSIC_PITCH] = {"pitch", FIRST_PITCH, MUSIC_PITCHES},
    [MUSIC_METRIC_DURATION] = {"duration", FIRST_METRIC_DURATION, MUSIC_DURATIONS},
    [MUSIC_PERFORMED_DURATION] = {"held", FIRST_PERFORMED_DURATION, MUSIC_DURATIONS},
};

const MusicMeter music_meters[MUSIC_METERS] = {
    {2, 4}, {3, 4}, {4, 4}, {5, 4}, {6, 4}, {3, 8}, {5, 8}, {6, 8}, {7, 8}, {9, 8}, {12, 8},
};

/* Twelfths of a quarter note up to four bars of 4/4, and 20 ms steps up to 6 s in ratios of
 * about 1.15. */
static const int durations[2][MUSIC_DURATIONS] = {
    {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 14, 15,  16,
     18, 20, 21, 24, 27, 30, 36, 42, 48, 54, 60, 72, 96, 144, 192},
    {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 12,  14,  16,  18,  21,
     24, 28, 32, 37, 43, 50, 58, 68, 80, 95, 115, 140, 175, 220, 300},
};

int music_meter_steps(int meter) {
    return 4 * MUSIC_STEPS_PER_QUARTER * music_meters[meter].numerator /
           music_meters[meter].denominator;
}

double music_tempo_bpm(int index) {
    return 30.0 * exp2(index / 12.0);
}

int music_tempo_index(double bpm) {
    double index = round(12.0 * log2(fmax(bpm, 1.0) / 30.0));
    return (int)fmin(fmax(index, 0), MUSIC_TEMPOS - 1);
}

int music_duration_steps(bool performed, int index) {
    return durations[performed][index];
}

int music_duration_index(bool performed, long steps, long most) {
    const int *table = durations[performed];
    int index = 0;
    while (index + 1 < MUSIC_DURATIONS && table[index + 1] <= most &&
           table[index] + table[index + 1] <= 2 * steps)
        index++;
    return index;
}

int music_tonic_shift(int tonic) {
    return tonic <= 6 ? tonic : tonic - 12;
}

int music_token(MusicKind kind, int index) {
    return music_ranges[kind].first + index;
}

MusicKind music_token_kind(int token, int *index) {
    int kind = MUSIC_KINDS - 1;
    while (kind > 0 && token < music_ranges[kind].first)
        kind--;
    *index = token - music_ranges[kind].first;
    return (MusicKind)kind;
}

static const char *const pitch_names[12] = {"C",  "C#", "D",  "Eb", "E",  "F",
                                            "F#", "G",  "Ab", "A",  "Bb", "B"};

void music_token_name(int token, char *name, size_t size) {
    int index;
    MusicKind kind = music_token_kind(token, &index);
    const char *word = music_ranges[kind].name;
    int pitch = index + MUSIC_LOWEST_PITCH;
    switch (kind) {
    case MUSIC_START:
    case MUSIC_END:
    case MUSIC_BAR:
    case MUSIC_CLOSING:
        snprintf(name, size, "%s", word);
        return;
    case MUSIC_GRID:
        snprintf(name, size, "%s:%s", word, index ? "performed" : "metric");
        return;
    case MUSIC_MODE:
        snprintf(name, size, "%s:%s", word, index ? "minor" : "major");
        return;
    case MUSIC_TONIC:
        snprintf(name, size, "%s:%s", word, pitch_names[index]);
        return;
    case MUSIC_METER:
        snprintf(name, size, "%s:%d/%d", word, music_meters[index].numerator,
                 music_meters[index].denominator);
        return;
    case MUSIC_TEMPO:
        snprintf(name, size, "%s:%.1f", word, music_tempo_bpm(index));
        return;
    case MUSIC_VELOCITY:
        snprintf(name, size, "%s:%d", word, 8 * index + 4);
        return;
    case MUSIC_PITCH:
        snprintf(name, size, "%s:%s%d", word, pitch_names[(pitch + 12) % 12],
                 (pitch + 12) / 12 - 2);
        return;
    case MUSIC_METRIC_DURATION:
        snprintf(name, size, "%s:%d", word, durations[0][index]);
        return;
    case MUSIC_PERFORMED_DURATION:
        snprintf(name, size, "%s:%dms", word, durations[1][index] * MUSIC_STEP_MILLISECONDS);
        return;
    case MUSIC_SHIFT:
        snprintf(name, size, "%s:%dms", word, (index + 1) * MUSIC_STEP_MILLISECONDS);
        return;
    case MUSIC_LAST_BARS:
        snprintf(name, size, "%s:%d", word, index + 1);
        return;
    default:
        snprintf(name, size, "%s:%d", word, index);
    }
}

/* ------------------------------------------------------------------ grammar */

void music_state_begin(MusicState *state) {
    *state = (MusicState){.last = MUSIC_KINDS,
                          .tonic = -1,
                          .meter = -1,
                          .tempo = -1,
                          .velocity = -1,
                          .pitch = -1,
                          .last_onset = -1,
                          .before_closing = -1,
                          .closing_start = -1};
}

/* Some pitch above `pitch` is free at the step: else a velocity or an onset would lead nowhere. */
static bool pitch_is_left(const MusicState *state, long step, int pitch) {
    for (pitch++; pitch < 128; pitch++)
        if (state->sounds_until[pitch] <= step)
            return true;
    return false;
}

/* An onset is open: notes may be added to it. */
static bool onset_is_open(const MusicState *state) {
    switch (state->last) {
    case MUSIC_POSITION:
    case MUSIC_SHIFT:
    case MUSIC_VELOCITY:
    case MUSIC_METRIC_DURATION:
    case MUSIC_PERFORMED_DURATION:
        return true;
    case MUSIC_TONIC:
        return state->performed;
    case MUSIC_CLOSING:
        return !state->notes; /* else a shift must come first */
    default:
        return false;
    }
}

static bool after_note(const MusicState *state) {
    return state->last == MUSIC_METRIC_DURATION || state->last == MUSIC_PERFORMED_DURATION;
}

/* Metric: the bar at hand says its meter and tempo. */
static bool bar_is_set(const MusicState *state) {
    return state->bars > 0 && state->meter >= 0 && state->tempo >= 0;
}

/* Metric: a bar may end here: it is set, and its last position has a note. */
static bool bar_may_end(const MusicState *state) {
    return bar_is_set(state) && state->last != MUSIC_POSITION && state->last != MUSIC_VELOCITY &&
           state->last != MUSIC_PITCH;
}

static bool bar_allowed(const MusicState *state, int bars_left) {
    if (state->performed)
        return false;
    if (state->last == MUSIC_TONIC)
        return true; /* a piece may begin anywhere in the countdown */
    if (!bar_may_end(state))
        return false;
    if (!state->closing)
        return !bars_left || bars_left == MUSIC_CLOSING_BARS;
    return bars_left > 0 && bars_left == state->closing - 1;
}

static bool position_allowed(const MusicState *state, int position) {
    bool here = state->last == MUSIC_BAR || state->last == MUSIC_LAST_BARS ||
                state->last == MUSIC_METER || state->last == MUSIC_TEMPO ||
                state->last == MUSIC_METRIC_DURATION;
    if (!here || !bar_is_set(state) || position >= music_meter_steps(state->meter))
        return false;
    long step = state->bar_start + position;
    return (!state->bar_notes || step > state->now) && pitch_is_left(state, step, -1);
}

static bool shift_allowed(const MusicState *state, int steps) {
    bool longer = state->last == MUSIC_SHIFT && state->last_index == MUSIC_LONGEST_SHIFT - 1;
    bool first = state->last == MUSIC_TONIC && state->performed;
    if (!longer && !first && state->last != MUSIC_PERFORMED_DURATION &&
        state->last != MUSIC_CLOSING)
        return false;
    if (state->closing_start >= 0 &&
        state->now + steps > state->closing_start + MUSIC_CLOSING_STEPS)
        return false;
    bool may_go_on = steps == MUSIC_LONGEST_SHIFT && state->closing_start < 0;
    return may_go_on || pitch_is_left(state, state->now + steps, -1);
}

static bool pitch_allowed(const MusicState *state, int index) {
    int pitch = index + MUSIC_LOWEST_PITCH + music_tonic_shift(state->tonic);
    return onset_is_open(state) && state->velocity >= 0 && pitch > state->pitch && pitch >= 0 &&
           pitch < 128 && state->sounds_until[pitch] <= state->now;
}

static bool velocity_allowed(const MusicState *state, int velocity) {
    return onset_is_open(state) && state->last != MUSIC_VELOCITY && velocity != state->velocity &&
           pitch_is_left(state, state->now, state->pitch);
}

static bool end_allowed(const MusicState *state) {
    if (!after_note(state) || !state->closing || !state->bar_notes)
        return false;
    if (!state->performed)
        return state->closing == 1;
    return state->before_closing < 0 || state->now > state->before_closing + MUSIC_CLOSING_STEPS;
}

static bool kind_allowed(const MusicState *state, MusicKind kind, int index) {
    bool bar_began = state->last == MUSIC_BAR || state->last == MUSIC_LAST_BARS;
    switch (kind) {
    case MUSIC_START:
        return state->last == MUSIC_KINDS;
    case MUSIC_GRID:
        return state->last == MUSIC_START;
    case MUSIC_MODE:
        return state->last == MUSIC_GRID;
    case MUSIC_TONIC:
        return state->last == MUSIC_MODE;
    case MUSIC_BAR:
        return bar_allowed(state, 0);
    case MUSIC_LAST_BARS:
        return bar_allowed(state, index + 1);
    case MUSIC_METER:
        return bar_began && index != state->meter;
    case MUSIC_TEMPO:
        return (bar_began || state->last == MUSIC_METER) && state->meter >= 0 &&
               index != state->tempo;
    case MUSIC_CLOSING:
        return state->performed && !state->closing &&
               (state->last == MUSIC_TONIC || state->last == MUSIC_PERFORMED_DURATION);
    case MUSIC_POSITION:
        return position_allowed(state, index);
    case MUSIC_SHIFT:
        return shift_allowed(state, index + 1);
    case MUSIC_VELOCITY:
        return velocity_allowed(state, index);
    case MUSIC_PITCH:
        return pitch_allowed(state, index);
    case MUSIC_METRIC_DURATION:
        return state->last == MUSIC_PITCH && !state->performed;
    case MUSIC_PERFORMED_DURATION:
        return state->last == MUSIC_PITCH && state->performed;
    case MUSIC_END:
        return end_allowed(state);
    default:
        return false;
    }
}

bool music_grammar_allows(const MusicState *state, int token) {
    if (token < 0 || token >= MUSIC_VOCABULARY)
        return false;
    int index;
    MusicKind kind = music_token_kind(token, &index);
    return kind_allowed(state, kind, index);
}

int music_grammar_mask(const MusicState *state, uint8_t *allowed) {
    int count = 0;
    for (int kind = 0; kind < MUSIC_KINDS; kind++)
        for (int index = 0; index < music_ranges[kind].count; index++) {
            bool may = kind_allowed(state, (MusicKind)kind, index);
            allowed[music_ranges[kind].first + index] = may;
            count += may;
        }
    return count;
}

static void begin_bar(MusicState *state, int bars_left) {
    if (state->bars++)
        state->bar_start += music_meter_steps(state->meter);
    state->closing = bars_left;
    state->bar_notes = 0;
    state->now = state->bar_start;
    state->pitch = -1;
}

static void end_note(MusicState *state, long steps) {
    state->sounds_until[state->pitch] = state->now + steps;
    state->last_onset = state->now;
    state->notes++;
    state->bar_notes++;
    if (state->performed && state->closing && state->closing_start < 0)
        state->closing_start = state->now;
}

bool music_grammar_step(MusicState *state, int token) {
    if (!music_grammar_allows(state, token))
        return false;
    int index;
    MusicKind kind = music_token_kind(token, &index);
    switch (kind) {
    case MUSIC_GRID:
        state->performed = index;
        break;
    case MUSIC_MODE:
        state->minor = index;
        break;
    case MUSIC_TONIC:
        state->tonic = index;
        break;
    case MUSIC_BAR:
        begin_bar(state, 0);
        break;
    case MUSIC_LAST_BARS:
        begin_bar(state, index + 1);
        break;
    case MUSIC_METER:
        state->meter = index;
        break;
    case MUSIC_TEMPO:
        state->tempo = index;
        break;
    case MUSIC_CLOSING:
        state->closing = 1;
        state->bar_notes = 0;
        state->before_closing = state->last_onset;
        break;
    case MUSIC_POSITION:
        state->now = state->bar_start + index;
        state->pitch = -1;
        break;
    case MUSIC_SHIFT:
        state->now += index + 1;
        state->pitch = -1;
        break;
    case MUSIC_VELOCITY:
        state->velocity = index;
        break;
    case MUSIC_PITCH:
        state->pitch = index + MUSIC_LOWEST_PITCH + music_tonic_shift(state->tonic);
        break;
    case MUSIC_METRIC_DURATION:
        end_note(state, durations[0][index]);
        break;
    case MUSIC_PERFORMED_DURATION:
        end_note(state, durations[1][index]);
        break;
    case MUSIC_END:
        state->ended = true;
        break;
    default:
        break;
    }
    state->last = kind;
    state->last_index = index;
    return true;
}
