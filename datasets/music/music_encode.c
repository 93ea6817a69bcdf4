#include "datasets/music/music_encode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A note on the grid of its piece. */
typedef struct GridNote {
    long step, steps; /* onset and duration */
    int pitch, velocity;
} GridNote;

typedef struct GridBar {
    long step;
    int meter, tempo;
} GridBar;

/* A piece between song and tokens. */
typedef struct Score {
    bool performed, minor, excerpt;
    int tonic;
    GridNote *notes;
    int n_notes;
    GridBar *bars; /* metric only */
    int n_bars;
} Score;

typedef struct Tokens {
    uint16_t *list;
    int count, room;
    bool failed;
} Tokens;

static void put(Tokens *tokens, MusicKind kind, int index) {
    if (tokens->count == tokens->room) {
        int room = tokens->room ? tokens->room * 2 : 1024;
        uint16_t *list = realloc(tokens->list, (size_t)room * sizeof *list);
        if (!list) {
            tokens->failed = true;
            return;
        }
        tokens->list = list;
        tokens->room = room;
    }
    tokens->list[tokens->count++] = (uint16_t)music_token(kind, index);
}

/* ------------------------------------------------------------------ song → score */

/* The mean of the onsets' phases on the grid: returns its length (1 when all agree, 0 when spread
 * evenly) and gives its angle in steps, -0.5 … 0.5. */
static double grid_concentration(const Song *song, double *lag) {
    double sine = 0, cosine = 0;
    long count = 0;
    for (int i = 0; i < song->n_notes; i++)
        if (!song->notes[i].drum) {
            double phase =
                2 * M_PI * MUSIC_STEPS_PER_QUARTER * song->notes[i].onset / song->ticks_per_quarter;
            sine += sin(phase);
            cosine += cos(phase);
            count++;
        }
    *lag = atan2(sine, cosine) / (2 * M_PI);
    return count ? hypot(sine, cosine) / (double)count : 0;
}

static int compare_grid_notes(const void *a, const void *b) {
    const GridNote *first = a, *second = b;
    if (first->step != second->step)
        return first->step < second->step ? -1 : 1;
    if (first->pitch != second->pitch)
        return first->pitch - second->pitch;
    return first->steps < second->steps ? -1 : first->steps > second->steps;
}

/* Sorts, makes one note of those that share onset and pitch (the longest and loudest), and ends
 * each where its pitch sounds again. */
static void settle_notes(Score *score) {
    int kept = 0;
    qsort(score->notes, (size_t)score->n_notes, sizeof *score->notes, compare_grid_notes);
    for (int i = 0; i < score->n_notes; i++) {
        GridNote note = score->notes[i], *before = kept ? &score->notes[kept - 1] : NULL;
        if (before && before->step == note.step && before->pitch == note.pitch) {
            before->steps = note.steps > before->steps ? note.steps : before->steps;
            before->velocity = note.velocity > before->velocity ? note.velocity : before->velocity;
        } else {
            score->notes[kept++] = note;
        }
    }
    score->n_notes = kept;
}

/* Where to begin, in steps of the performed grid or ticks of the song. */
static void place_notes(Score *score, const Song *song, double start, double lag) {
    const double per_tick = (double)MUSIC_STEPS_PER_QUARTER / song->ticks_per_quarter;
    const double per_second = 1000.0 / MUSIC_STEP_MILLISECONDS;
    for (int i = 0; i < song->n_notes; i++) {
        const SongNote *note = &song->notes[i];
        if (note->drum)
            continue;
        GridNote *placed = &score->notes[score->n_notes++];
        double onset =
            score->performed ? (note->start - start) * per_second : note->onset * per_tick - lag;
        double length = score->performed ? (note->sound_end - note->start) * per_second
                                         : (note->sounding - note->onset) * per_tick;
        placed->step = lround(onset) > 0 ? lround(onset) : 0;
        placed->steps = lround(length) > 1 ? lround(length) : 1;
        placed->pitch = note->pitch;
        placed->velocity = note->velocity / 8;
    }
    settle_notes(score);
}

/* The meter of the table: the same, or one of the same length; 1/4 and the like stand for a
 * metronome and mean 4/4, as does what the table has nothing for. */
static int meter_index(int numerator, int denominator) {
    int steps = 4 * MUSIC_STEPS_PER_QUARTER * numerator, common = 2;
    for (int i = 0; i < MUSIC_METERS; i++)
        if (music_meters[i].numerator == numerator && music_meters[i].denominator == denominator)
            return i;
    for (int i = 0; i < MUSIC_METERS; i++)
        if (numerator > 1 && music_meter_steps(i) * denominator == steps)
            return i;
    return common;
}

/* The tempo index of a bar: the table's nearest to its mean, but what lies within three quarters of
 * an index of the tempo before stays there, so that small swings write no tokens. */
static int bar_tempo(const Song *song, long step, int steps, double lag, int before) {
    double per_step = (double)song->ticks_per_quarter / MUSIC_STEPS_PER_QUARTER;
    double from = song_seconds(song, fmax(0, (step + lag) * per_step));
    double seconds = song_seconds(song, (step + steps + lag) * per_step) - from;
    double bpm = 60.0 * steps / MUSIC_STEPS_PER_QUARTER / fmax(seconds, 1e-3);
    if (before >= 0 && fabs(12.0 * log2(bpm / music_tempo_bpm(before))) < 0.75)
        return before;
    return music_tempo_index(bpm);
}

/* Lays bars over the song up to its last onset. Meters change at the first bar line at or after
 * their tick. */
static int lay_bars(Score *score, const Song *song, double lag, Error *error) {
    long last = score->notes[score->n_notes - 1].step, step = 0;
    int next = 0, meter = 2, tempo = -1, room = 0;
    while (step <= last) {
        while (next < song->n_meters &&
               lround((double)song->meters[next].at.tick * MUSIC_STEPS_PER_QUARTER /
                          song->ticks_per_quarter -
                      lag) <= step) {
            meter = meter_index(song->meters[next].numerator, song->meters[next].denominator);
            next++;
        }
        if (score->n_bars == MUSIC_BAR_LIMIT)
            return error_set(error, "more than %d bars", MUSIC_BAR_LIMIT);
        if (score->n_bars == room) {
            room = room ? room * 2 : 64;
            GridBar *bars = realloc(score->bars, (size_t)room * sizeof *bars);
            if (!bars)
                return error_memory(error, "bars", (size_t)room * sizeof *bars);
            score->bars = bars;
        }
        tempo = bar_tempo(song, step, music_meter_steps(meter), lag, tempo);
        score->bars[score->n_bars++] = (GridBar){step, meter, tempo};
        step += music_meter_steps(meter);
    }
    return 0;
}

/* Whether the tokens can be told again within the limits of a song: the tempo of each bar and the
 * ends of the last notes are not quite the song's. */
static int check_length(const Score *score, Error *error) {
    const double longest_note = 60; /* seconds, of the slowest tempo's longest and then some */
    double seconds = (double)score->notes[score->n_notes - 1].step * MUSIC_STEP_MILLISECONDS / 1000;
    long steps = 0;
    if (!score->performed)
        seconds = 0;
    for (int i = 0; i < score->n_bars; i++) {
        int length = music_meter_steps(score->bars[i].meter);
        steps += length;
        seconds += 60.0 * length / MUSIC_STEPS_PER_QUARTER / music_tempo_bpm(score->bars[i].tempo);
    }
    if (seconds + longest_note > SONG_LONGEST_SECONDS)
        return error_set(error, "%.0f seconds of music as tokens, the limit is %d", seconds,
                         SONG_LONGEST_SECONDS);
    if (steps > MUSIC_STEP_LIMIT)
        return error_set(error, "%ld twelfths of a quarter note, the limit is %d", steps,
                         MUSIC_STEP_LIMIT);
    return 0;
}

/* Takes off the bars before the first note. */
static void trim_bars(Score *score) {
    int first = 0;
    while (first + 1 < score->n_bars && score->bars[first + 1].step <= score->notes[0].step)
        first++;
    long origin = score->bars[first].step;
    score->n_bars -= first;
    memmove(score->bars, score->bars + first, (size_t)score->n_bars * sizeof *score->bars);
    for (int i = 0; i < score->n_bars; i++)
        score->bars[i].step -= origin;
    for (int i = 0; i < score->n_notes; i++)
        score->notes[i].step -= origin;
}

SongGrid music_grid(const Song *song, double *lag) {
    *lag = song->lag;
    if (song->grid != SONG_GRID_UNKNOWN)
        return song->grid;
    return grid_concentration(song, lag) < 0.7 ? SONG_GRID_PERFORMED : SONG_GRID_METRIC;
}

static void free_score(Score *score) {
    free(score->notes);
    free(score->bars);
}

static int make_score(Score *score, const Song *song, const MusicEncodeSettings *settings,
                      Error *error) {
    double lag, start = 0;
    int pitched = 0;
    for (int i = song->n_notes - 1; i >= 0; i--)
        if (!song->notes[i].drum) {
            pitched++;
            start = song->notes[i].start;
        }
    if (!pitched)
        return error_set(error, "no pitched note");
    score->notes = malloc((size_t)pitched * sizeof *score->notes);
    if (!score->notes)
        return error_memory(error, "notes", (size_t)pitched * sizeof *score->notes);
    SongKey key =
        song->grid != SONG_GRID_UNKNOWN && song->n_keys ? song->keys[0] : song_estimate_key(song);
    score->tonic = key.tonic;
    score->minor = key.minor;
    score->excerpt = settings->excerpt;
    score->performed = music_grid(song, &lag) == SONG_GRID_PERFORMED;
    lag = settings->trim ? lag : 0;
    place_notes(score, song, settings->trim ? start : 0, lag);
    if (!score->performed && lay_bars(score, song, lag, error))
        return -1;
    if (!score->performed && settings->trim)
        trim_bars(score);
    return check_length(score, error);
}

/* ------------------------------------------------------------------ score → tokens */

static void put_note(Tokens *tokens, const Score *score, int at, int *velocity,
                     const long *until_next) {
    const GridNote *note = &score->notes[at];
    if (note->velocity != *velocity)
        put(tokens, MUSIC_VELOCITY, note->velocity);
    *velocity = note->velocity;
    put(tokens, MUSIC_PITCH, note->pitch - music_tonic_shift(score->tonic) - MUSIC_LOWEST_PITCH);
    put(tokens, score->performed ? MUSIC_PERFORMED_DURATION : MUSIC_METRIC_DURATION,
        music_duration_index(score->performed, note->steps, until_next[at]));
}

static void put_metric(Tokens *tokens, const Score *score, const long *until_next) {
    int at = 0, velocity = -1, meter = -1, tempo = -1;
    for (int i = 0; i < score->n_bars; i++) {
        const GridBar *bar = &score->bars[i];
        int left = score->n_bars - i;
        long end = bar->step + music_meter_steps(bar->meter);
        bool counted = left <= MUSIC_CLOSING_BARS && !score->excerpt;
        put(tokens, counted ? MUSIC_LAST_BARS : MUSIC_BAR, counted ? left - 1 : 0);
        if (bar->meter != meter)
            put(tokens, MUSIC_METER, bar->meter);
        if (bar->tempo != tempo)
            put(tokens, MUSIC_TEMPO, bar->tempo);
        meter = bar->meter;
        tempo = bar->tempo;
        for (long step = -1; at < score->n_notes && score->notes[at].step < end; at++) {
            if (score->notes[at].step != step)
                put(tokens, MUSIC_POSITION, (int)(score->notes[at].step - bar->step));
            step = score->notes[at].step;
            put_note(tokens, score, at, &velocity, until_next);
        }
    }
}

static void put_performed(Tokens *tokens, const Score *score, const long *until_next) {
    int velocity = -1;
    long now = 0, last = score->notes[score->n_notes - 1].step;
    bool closing = false;
    for (int at = 0; at < score->n_notes; at++) {
        long step = score->notes[at].step;
        if (!closing && step >= last - MUSIC_CLOSING_STEPS && !score->excerpt) {
            put(tokens, MUSIC_CLOSING, 0);
            closing = true;
        }
        for (; now < step && !tokens->failed;
             now += step - now < MUSIC_LONGEST_SHIFT ? step - now : MUSIC_LONGEST_SHIFT)
            put(tokens, MUSIC_SHIFT,
                (int)(step - now < MUSIC_LONGEST_SHIFT ? step - now : MUSIC_LONGEST_SHIFT) - 1);
        put_note(tokens, score, at, &velocity, until_next);
    }
}

static int put_score(const Score *score, uint16_t **list, int *count, Error *error) {
    Tokens tokens = {0};
    long *until_next = malloc((size_t)score->n_notes * sizeof *until_next), next[128];
    if (!until_next)
        return error_memory(error, "notes", (size_t)score->n_notes * sizeof *until_next);
    for (int pitch = 0; pitch < 128; pitch++)
        next[pitch] = INT32_MAX;
    for (int i = score->n_notes - 1; i >= 0; i--) {
        const GridNote *note = &score->notes[i];
        until_next[i] = next[note->pitch] - note->step;
        next[note->pitch] = note->step;
    }
    put(&tokens, MUSIC_START, 0);
    put(&tokens, MUSIC_GRID, score->performed);
    put(&tokens, MUSIC_MODE, score->minor);
    put(&tokens, MUSIC_TONIC, score->tonic);
    if (score->performed)
        put_performed(&tokens, score, until_next);
    else
        put_metric(&tokens, score, until_next);
    if (!score->excerpt)
        put(&tokens, MUSIC_END, 0);
    free(until_next);
    if (tokens.failed) {
        free(tokens.list);
        return error_memory(error, "tokens", (size_t)tokens.room * 2 * sizeof *tokens.list);
    }
    *list = tokens.list;
    *count = tokens.count;
    return 0;
}

int music_encode(const Song *song, const MusicEncodeSettings *settings, uint16_t **tokens,
                 int *count, Error *error) {
    Score score = {0};
    int status = make_score(&score, song, settings, error);
    if (!status)
        status = put_score(&score, tokens, count, error);
    free_score(&score);
    return status;
}

/* ------------------------------------------------------------------ tokens → song */

static int decode_token(Song *song, const MusicState *state, int program, Error *error) {
    uint32_t ticks = state->performed ? MUSIC_PERFORMED_TICKS * 2 * MUSIC_STEP_MILLISECONDS / 1000
                                      : MUSIC_METRIC_TICKS / MUSIC_STEPS_PER_QUARTER;
    switch (state->last) {
    case MUSIC_GRID:
        song->grid = state->performed ? SONG_GRID_PERFORMED : SONG_GRID_METRIC;
        song->ticks_per_quarter = state->performed ? MUSIC_PERFORMED_TICKS : MUSIC_METRIC_TICKS;
        return 0;
    case MUSIC_TONIC:
        return song_add_key(song, 0, state->tonic, state->minor, error);
    case MUSIC_METER: {
        const MusicMeter *meter = &music_meters[state->meter];
        return song_add_meter(song, (uint32_t)state->bar_start * ticks, meter->numerator,
                              meter->denominator, error);
    }
    case MUSIC_TEMPO:
        return song_add_tempo(song, (uint32_t)state->bar_start * ticks,
                              (uint32_t)lround(60e6 / music_tempo_bpm(state->tempo)), error);
    case MUSIC_METRIC_DURATION:
    case MUSIC_PERFORMED_DURATION: {
        SongNote note = {.onset = (uint32_t)state->now * ticks,
                         .release = (uint32_t)state->sounds_until[state->pitch] * ticks,
                         .pitch = (uint8_t)state->pitch,
                         .velocity = (uint8_t)(8 * state->velocity + 4),
                         .program = (uint8_t)program};
        return song_add_note(song, note, error);
    }
    default:
        return 0;
    }
}

static int decode_all(Song *song, const uint16_t *tokens, int count, int program, Error *error) {
    MusicState state;
    music_state_begin(&state);
    if (song_add_track(song, "Piano", error))
        return -1;
    for (int i = 0; i < count; i++) {
        if (!music_grammar_step(&state, tokens[i])) {
            char name[32] = "?";
            if (tokens[i] < MUSIC_VOCABULARY)
                music_token_name(tokens[i], name, sizeof name);
            return error_set(error, "token %d: %s (%d) is not allowed here", i, name, tokens[i]);
        }
        if (state.now > MUSIC_STEP_LIMIT)
            return error_set(error, "token %d: the piece is too long", i);
        if (decode_token(song, &state, program, error))
            return -1;
    }
    return song_finish(song, error);
}

Song *music_decode(const uint16_t *tokens, int count, int program, Error *error) {
    Song *song = song_create(MUSIC_METRIC_TICKS);
    if (!song)
        error_memory(error, "a song", sizeof *song);
    else if (decode_all(song, tokens, count, program, error)) {
        song_free(song);
        song = NULL;
    }
    return song;
}

/* ------------------------------------------------------------------ variations */

static int stretch_metric(const uint16_t *tokens, int count, double factor, uint16_t **stretched,
                          int *stretched_count, Error *error) {
    int shift = (int)lround(12 * log2(factor)), index;
    for (int i = 0; i < count; i++)
        if (music_token_kind(tokens[i], &index) == MUSIC_TEMPO) {
            shift = index + shift < 0 ? -index : shift;
            shift = index + shift >= MUSIC_TEMPOS ? MUSIC_TEMPOS - 1 - index : shift;
        }
    uint16_t *list = malloc((size_t)count * sizeof *list);
    if (!list)
        return error_memory(error, "tokens", (size_t)count * sizeof *list);
    for (int i = 0; i < count; i++)
        list[i] = (uint16_t)(tokens[i] +
                             (music_token_kind(tokens[i], &index) == MUSIC_TEMPO ? shift : 0));
    *stretched = list;
    *stretched_count = count;
    return 0;
}

static int stretch_performed(const uint16_t *tokens, int count, double factor, uint16_t **stretched,
                             int *stretched_count, Error *error) {
    MusicState state;
    Score score = {
        .performed = true, .excerpt = true, .notes = malloc((size_t)count * sizeof *score.notes)};
    if (!score.notes)
        return error_memory(error, "notes", (size_t)count * sizeof *score.notes);
    music_state_begin(&state);
    for (int i = 0; i < count && music_grammar_step(&state, tokens[i]); i++)
        if (state.last == MUSIC_PERFORMED_DURATION) {
            long steps = state.sounds_until[state.pitch] - state.now;
            score.notes[score.n_notes++] =
                (GridNote){lround(state.now / factor), lround(fmax(1, steps / factor)), state.pitch,
                           state.velocity};
        }
    score.tonic = state.tonic;
    score.minor = state.minor;
    score.excerpt = !state.ended;
    settle_notes(&score);
    int status = score.n_notes ? put_score(&score, stretched, stretched_count, error)
                               : error_set(error, "no note to stretch");
    free_score(&score);
    return status;
}

int music_stretch(const uint16_t *tokens, int count, double factor, uint16_t **stretched,
                  int *stretched_count, Error *error) {
    bool performed = count > 1 && tokens[1] == music_token(MUSIC_GRID, 1);
    return (performed ? stretch_performed : stretch_metric)(tokens, count, factor, stretched,
                                                            stretched_count, error);
}

bool music_can_transpose(const uint16_t *tokens, int count, int tonic) {
    int index, shift = music_tonic_shift(tonic) + MUSIC_LOWEST_PITCH;
    for (int i = 0; i < count; i++)
        if (music_token_kind(tokens[i], &index) == MUSIC_PITCH &&
            (index + shift < 0 || index + shift > 127))
            return false;
    return true;
}
