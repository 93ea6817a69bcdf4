#include "compose/write/composer.h"

#include "compose/write/form.h"
#include "nn/kernels/vector_math.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct Composer {
    const MusicModel *model;
    MusicStream *guided, *plain; /* of two rows (under the mood, under none) and of one */
    ComposerSettings settings;
    Mood mood;
    Form form;
    MusicState state;
    Rng rng;
    uint16_t *tokens;
    int n_tokens, token_room;
    int spans;           /* advances so far */
    ComposerNote *notes; /* of the last advance */
    int n_notes, note_room;
    float *conditions; /* (2, width) */
    float logits[2 * MUSIC_VOCABULARY];
};

const ComposerSettings composer_defaults = {
    .sampler = SAMPLER_DEFAULTS,
    .openings = OPENINGS_DEFAULT,
    .grid = COMPOSER_FREE,
    .mode = COMPOSER_FREE,
    .tonic = COMPOSER_FREE,
    .meter = COMPOSER_FREE,
};

/* ------------------------------------------------------------------ memory */

Composer *composer_create(const MusicModel *model, Error *error) {
    Composer *composer = calloc(1, sizeof *composer);
    size_t width = (size_t)music_model_condition_width(model);
    if (!composer || !(composer->conditions = calloc(2 * width, sizeof(float)))) {
        error_memory(error, "a composer", sizeof *composer);
    } else {
        composer->model = model;
        composer->guided = music_stream_create(model, 2, error);
        composer->plain = composer->guided ? music_stream_create(model, 1, error) : NULL;
        if (composer->plain)
            return composer;
    }
    composer_destroy(composer);
    return NULL;
}

void composer_destroy(Composer *composer) {
    if (!composer)
        return;
    music_stream_destroy(composer->guided);
    music_stream_destroy(composer->plain);
    free(composer->conditions);
    free(composer->tokens);
    free(composer->notes);
    free(composer);
}

/* Makes room for one more element; returns the array or NULL. */
static void *grow(void *array, int count, int *room, size_t size, Error *error) {
    if (count < *room)
        return array;
    int wanted = *room ? 2 * *room : 4096;
    void *larger = realloc(array, (size_t)wanted * size);
    if (!larger)
        error_memory(error, "the piece", (size_t)wanted * size);
    else
        *room = wanted;
    return larger;
}

/* ------------------------------------------------------------------ tokens */

static MusicStream *stream_of(const Composer *composer) {
    return sampler_is_guided(&composer->settings.sampler) ? composer->guided : composer->plain;
}

static void fill_conditions(Composer *composer) {
    int genres = music_model_genres(composer->model), genre = composer->settings.genre;
    music_condition_fill(composer->mood.valence, composer->mood.arousal, genre, genres,
                         composer->conditions);
    music_condition_fill(NAN, NAN, genre, genres,
                         composer->conditions + music_model_condition_width(composer->model));
}

static int note_down(Composer *composer, Error *error) {
    ComposerNote *notes = grow(composer->notes, composer->n_notes, &composer->note_room,
                               sizeof *composer->notes, error);
    if (!notes)
        return -1;
    composer->notes = notes;
    const MusicState *state = &composer->state;
    notes[composer->n_notes++] = (ComposerNote){
        .start = form_seconds(&composer->form, state, state->now),
        .end = form_seconds(&composer->form, state, state->sounds_until[state->pitch]),
        .pitch = (uint8_t)state->pitch,
        .velocity = (uint8_t)(8 * state->velocity + 4)};
    return 0;
}

/* Appends a token that the grammar allows and shows it to the network. */
static int write_token(Composer *composer, int token, Error *error) {
    uint16_t *tokens = grow(composer->tokens, composer->n_tokens, &composer->token_room,
                            sizeof *composer->tokens, error);
    if (!tokens)
        return -1;
    composer->tokens = tokens;
    tokens[composer->n_tokens++] = (uint16_t)token;
    form_step(&composer->form, &composer->state, token);
    if (composer->state.last == MUSIC_METRIC_DURATION ||
        composer->state.last == MUSIC_PERFORMED_DURATION)
        if (note_down(composer, error))
            return -1;
    if (!composer->state.ended)
        music_stream_step(stream_of(composer), token, composer->conditions, composer->logits);
    return 0;
}

/* Louder or softer than the network would: its velocities are tilted, by a factor of e^2 from the
 * middle to either end at full loudness. */
static void tilt_velocities(float loudness, float *logits) {
    const float tilt = 2.0f, middle = (MUSIC_VELOCITIES - 1) / 2.0f;
    for (int i = 0; i < MUSIC_VELOCITIES; i++)
        logits[music_token(MUSIC_VELOCITY, i)] += tilt * loudness * ((float)i - middle) / middle;
}

/* The mode is said once and colours the whole piece, so the mood leads it harder than the rest: of
 * clips that were to be sad 9 in 40 were in major, and 2 of those were heard as sad; of the minor
 * ones, 2 in 3. */
static float guidance_now(const Composer *composer) {
    const float mode_lead = 3, guidance = composer->settings.sampler.guidance;
    return composer->state.last == MUSIC_GRID ? 1 + mode_lead * (guidance - 1) : guidance;
}

static int draw_token(const Composer *composer) {
    uint8_t allowed[MUSIC_VOCABULARY];
    float logits[MUSIC_VOCABULARY];
    const SamplerSettings *sampler = &composer->settings.sampler;
    memcpy(logits, composer->logits, sizeof logits);
    if (sampler_is_guided(sampler))
        sampler_guide(guidance_now(composer), logits, composer->logits + MUSIC_VOCABULARY,
                      MUSIC_VOCABULARY);
    tilt_velocities(composer->mood.loudness, logits);
    form_apply(&composer->form, &composer->state, logits, allowed);
    return sampler_draw(sampler, logits, allowed, MUSIC_VOCABULARY,
                        rng_uniform(composer->rng, (uint64_t)composer->n_tokens));
}

/* ------------------------------------------------------------------ pieces */

static int write_prime(Composer *composer, Error *error) {
    const ComposerSettings *settings = &composer->settings;
    for (int i = 1; i < settings->prime_count; i++) {
        int token = settings->prime[i];
        if (!music_grammar_allows(&composer->state, token))
            return error_set(error, "the piece to continue breaks the grammar at token %d", i);
        if (write_token(composer, token, error))
            return -1;
    }
    return form_check_prime(&composer->form, &composer->state, error);
}

/* Back to the beginning, with the chances of the opening of that number. */
static int begin(Composer *composer, int opening, Error *error) {
    const ComposerSettings *settings = &composer->settings;
    bool primed = settings->prime_count > 0;
    const FormWish wish = {.grid = primed ? COMPOSER_FREE : settings->grid,
                           .mode = settings->mode,
                           .tonic = settings->tonic,
                           .meter = primed ? COMPOSER_FREE : settings->meter,
                           .tempo = primed ? 0 : settings->tempo,
                           .seconds = settings->seconds,
                           .bars = settings->bars,
                           .span = settings->span};
    composer->rng = rng_seed(settings->seed);
    if (opening)
        composer->rng = rng_split(composer->rng, (uint64_t)opening);
    composer->n_tokens = composer->n_notes = composer->spans = 0;
    music_state_begin(&composer->state);
    music_stream_reset(stream_of(composer));
    form_begin(&composer->form, &wish);
    int status = write_token(composer, music_token(MUSIC_START, 0), error);
    return !status && primed ? write_prime(composer, error) : status;
}

/* How much likelier the mood makes the token that is to come. */
static double gain_of(const Composer *composer, int token) {
    const float *moved = composer->logits, *plain = composer->logits + MUSIC_VOCABULARY;
    if (!sampler_is_guided(&composer->settings.sampler))
        return 0;
    float (*sum)(const float *, int64_t) = KERNELS(vector_math)->log_sum_exp;
    return (double)(moved[token] - sum(moved, MUSIC_VOCABULARY)) -
           (double)(plain[token] - sum(plain, MUSIC_VOCABULARY));
}

static int compare_lengths(const void *a, const void *b) {
    const ComposerNote *first = a, *second = b;
    double first_length = first->end - first->start, second_length = second->end - second->start;
    return (first_length > second_length) - (first_length < second_length);
}

/* Of what is written so far, whose notes lose their order. */
static double score_opening(const Composer *composer, double gain) {
    int count = composer->n_notes;
    if (!count)
        return -INFINITY;
    qsort(composer->notes, (size_t)count, sizeof *composer->notes, compare_lengths);
    const ComposerNote *middle = &composer->notes[count / 2];
    const Opening opening = {.density = count / composer_time(composer),
                             .length = middle->end - middle->start,
                             .gain = gain};
    return opening_score(&opening, composer->mood);
}

/* Writes the opening of that number. What comes before the music itself (grid, mode, tonic) is led
 * by the mood in any case and does not count. */
static int try_opening(Composer *composer, int number, double *score, Error *error) {
    double gain = 0;
    int tokens = 0;
    if (begin(composer, number, error))
        return -1;
    while (!composer->state.ended && composer_time(composer) < OPENING_SECONDS) {
        int token = draw_token(composer);
        if (composer->state.tonic >= 0) {
            gain += gain_of(composer, token);
            tokens++;
        }
        if (write_token(composer, token, error))
            return -1;
    }
    *score = score_opening(composer, gain / tokens);
    return 0;
}

/* Nothing to choose where all openings are the same or given, or where any would do. */
static int openings_of(const Composer *composer) {
    const ComposerSettings *settings = &composer->settings;
    bool open = settings->prime_count == 0 && settings->sampler.temperature > 0;
    return open && !isnan(composer->mood.valence + composer->mood.arousal) ? settings->openings : 1;
}

int composer_begin(Composer *composer, const ComposerSettings *settings, Mood mood, Error *error) {
    composer->settings = *settings;
    composer_set_mood(composer, mood);
    double best_score = -INFINITY;
    int best = 0, openings = openings_of(composer);
    for (int number = 0; openings > 1 && number < openings; number++) {
        double score;
        if (try_opening(composer, number, &score, error))
            return -1;
        if (score > best_score) {
            best_score = score;
            best = number;
        }
    }
    int status = begin(composer, best, error);
    composer->settings.prime = NULL;
    return status;
}

void composer_set_mood(Composer *composer, Mood mood) {
    composer->mood = mood;
    fill_conditions(composer);
}

void composer_close(Composer *composer) {
    form_close(&composer->form, &composer->state);
}

int composer_advance(Composer *composer, Error *error) {
    if (composer->state.ended)
        return 0;
    if (composer->spans++)
        composer->n_notes = 0;
    double from = composer_time(composer);
    do {
        if (write_token(composer, draw_token(composer), error))
            return -1;
    } while (!form_span_is_over(&composer->form, &composer->state, from));
    return 1;
}

const ComposerNote *composer_notes(const Composer *composer, int *count) {
    *count = composer->n_notes;
    return composer->notes;
}

double composer_time(const Composer *composer) {
    return form_time(&composer->form, &composer->state);
}

bool composer_at_bar(const Composer *composer) {
    return composer->state.ended || composer->state.performed ||
           composer->state.last != MUSIC_POSITION;
}

const uint16_t *composer_tokens(const Composer *composer, int *count) {
    *count = composer->n_tokens;
    return composer->tokens;
}

const MusicState *composer_state(const Composer *composer) {
    return &composer->state;
}
