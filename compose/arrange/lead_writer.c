#include "compose/arrange/lead_writer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SEMITONES = 127, DOMINANT = 7 };

/* A sheet in the making. */
typedef struct Writer {
    const LeadWish *wish;
    SequenceStep *step;
    LeadContext context;
    float logits[LEAD_VOCABULARY], features[LEAD_FEATURES];
    uint64_t drawn; /* random numbers used */
    double likelihood;
    int counted;
    int pitch; /* the latest of the melody, MOST_SEMITONES before the first */
} Writer;

static float chance(Writer *writer) {
    return rng_uniform(writer->wish->rng, writer->drawn++);
}

static void read_token(Writer *writer, int token) {
    lead_context_step(&writer->context, token);
    lead_features(&writer->context, &writer->wish->head, writer->features);
    sequence_step_read(writer->step, token, writer->features, writer->logits);
}

/* Draws among the allowed tokens with `bias` added to their logits. */
static int draw(Writer *writer, const float *bias, const uint8_t *allowed) {
    float biased[LEAD_VOCABULARY];
    double most = -INFINITY, sum = 0;
    for (int k = 0; k < LEAD_VOCABULARY; k++) {
        biased[k] = writer->logits[k] + bias[k];
        most = fmax(most, (double)writer->logits[k]);
    }
    int token =
        sampler_draw(&writer->wish->sampler, biased, allowed, LEAD_VOCABULARY, chance(writer));
    for (int k = 0; k < LEAD_VOCABULARY; k++)
        sum += exp((double)writer->logits[k] - most);
    writer->likelihood += (double)writer->logits[token] - most - log(sum);
    writer->counted++;
    return token;
}

/* ------------------------------------------------------------------ harmony */

static bool in_scale(bool minor, int pitch_class) {
    static const bool scales[2][12] = {{1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1},
                                       {1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0}};
    return scales[minor][((pitch_class % 12) + 12) % 12];
}

/* Of the key's own chords; in minor the dominant is a major chord. */
static bool in_key(bool minor, int chord) {
    int root = chord / LEAD_QUALITIES, quality = chord % LEAD_QUALITIES;
    if (minor && root == DOMINANT)
        return quality == LEAD_MAJOR || quality == LEAD_SEVENTH;
    for (int c = 0; c < 12; c++)
        if (lead_chord_has(chord, c) && !in_scale(minor, c))
            return false;
    return quality != LEAD_DIMINISHED;
}

static int tonic_chord(bool minor) {
    return minor ? LEAD_MINOR : LEAD_MAJOR;
}

static int dominant_chord(void) {
    return DOMINANT * LEAD_QUALITIES + LEAD_MAJOR;
}

static bool is_dominant(int chord) {
    return chord == dominant_chord() || chord == DOMINANT * LEAD_QUALITIES + LEAD_SEVENTH;
}

/* Which chords a bar may begin with. */
static void allow_chords(Writer *writer, int bar, bool surprise, uint8_t *allowed) {
    const LeadWish *wish = writer->wish;
    const PlanBar *plan = &wish->plan->bars[bar];
    bool minor = wish->head.minor;
    memset(allowed, 0, LEAD_VOCABULARY);
    uint8_t *chords = allowed + LEAD_TOKEN_CHORD;
    bool home = plan->cadence >= CADENCE_FULL || bar == 0;
    for (int chord = 0; chord < LEAD_CHORDS; chord++) {
        if (home)
            chords[chord] = chord == tonic_chord(minor);
        else if (plan->prepares)
            chords[chord] = is_dominant(chord) ||
                            (in_key(minor, chord) && chord % LEAD_QUALITIES != LEAD_SUSPENDED &&
                             (chord / LEAD_QUALITIES == 5 || chord / LEAD_QUALITIES == 2));
        else
            chords[chord] = in_key(minor, chord) != surprise;
    }
}

static int draw_first_chord(Writer *writer, int bar) {
    const LeadWish *wish = writer->wish;
    static const float no_bias[LEAD_VOCABULARY];
    uint8_t allowed[LEAD_VOCABULARY];
    bool surprise = chance(writer) < (float)wish->cues->surprise;
    allow_chords(writer, bar, surprise, allowed);
    return draw(writer, no_bias, allowed) - LEAD_TOKEN_CHORD;
}

/* The second half's chord: the same, but for cadences and where there is time for another. */
static int draw_second_chord(Writer *writer, int bar, int first) {
    const LeadWish *wish = writer->wish;
    const PlanBar *plan = &wish->plan->bars[bar];
    bool minor = wish->head.minor, time = wish->bar_seconds / 2 >= wish->cues->chord_seconds;
    static const float no_bias[LEAD_VOCABULARY];
    if (plan->cadence == CADENCE_HALF || (plan->prepares && !is_dominant(first)))
        return dominant_chord();
    if (!time || plan->cadence != CADENCE_NONE)
        return first;
    uint8_t allowed[LEAD_VOCABULARY] = {0};
    allowed[LEAD_TOKEN_HOLD] = 1;
    for (int chord = 0; chord < LEAD_CHORDS; chord++)
        allowed[LEAD_TOKEN_CHORD + chord] = chord != first && in_key(minor, chord);
    int token = draw(writer, no_bias, allowed);
    return token == LEAD_TOKEN_HOLD ? first : token - LEAD_TOKEN_CHORD;
}

static void read_chords(Writer *writer, const LeadBar *bar) {
    read_token(writer, LEAD_TOKEN_CHORD + bar->chords[0]);
    read_token(writer, bar->chords[1] == bar->chords[0] ? LEAD_TOKEN_HOLD
                                                        : LEAD_TOKEN_CHORD + bar->chords[1]);
}

/* ------------------------------------------------------------------ melody */

int lead_octave(const Cues *cues) {
    const double usual = 8; /* where the melodies of lead_extract.h lie */
    return (int)lround(((cues->low + cues->high) / 2.0 - usual) / 12);
}

static int chord_at(const LeadBar *bar, int place, int places) {
    return bar->chords[place >= places / 2];
}

/* A pitch of the chord, nearest to the melody's latest; the tonic's own where asked. */
static int nearest_chord_note(const Writer *writer, int chord, bool tonic) {
    int from = writer->pitch == MOST_SEMITONES ? 12 : writer->pitch, best = 12;
    for (int pitch = LEAD_LOWEST; pitch < LEAD_LOWEST + LEAD_PITCHES; pitch++) {
        bool fits = tonic ? (pitch + 120) % 12 == 0 : lead_chord_has(chord, pitch);
        if (fits && abs(pitch - from) < abs(best - from))
            best = pitch;
    }
    return best;
}

static void add_event(Writer *writer, LeadBar *bar, int place, int pitch) {
    bar->events[bar->n_events++] = (LeadEvent){(uint8_t)place, (int8_t)pitch};
    read_token(writer, LEAD_TOKEN_PLACE + place);
    read_token(writer,
               pitch == LEAD_REST ? LEAD_TOKEN_REST : LEAD_TOKEN_PITCH + pitch - LEAD_LOWEST);
    if (pitch != LEAD_REST)
        writer->pitch = pitch;
}

/* Draws a place, or -1 where the bar is complete. */
static int draw_place(Writer *writer, bool must_sing) {
    const LeadWish *wish = writer->wish;
    float bias[LEAD_VOCABULARY] = {0};
    uint8_t allowed[LEAD_VOCABULARY];
    lead_context_allowed(&writer->context, wish->head.meter, allowed);
    for (int p = 0; p < LEAD_PLACES; p++)
        bias[LEAD_TOKEN_PLACE + p] = p % 2 ? (float)wish->cues->runs : 0;
    allowed[LEAD_TOKEN_END] = 0;
    if (must_sing && !writer->context.begun)
        memset(allowed + LEAD_TOKEN_CHORD, 0, LEAD_CHORDS);
    int token = draw(writer, bias, allowed);
    return token >= LEAD_TOKEN_CHORD ? -1 : token - LEAD_TOKEN_PLACE;
}

static int draw_pitch(Writer *writer, const LeadBar *bar, int place, bool may_rest) {
    const LeadWish *wish = writer->wish;
    const Cues *cues = wish->cues;
    const float off_scale = -2.5f, off_chord = -0.7f, leap_cost = -0.3f;
    const int easy_leap = 5;
    int places = lead_places(wish->head.meter), chord = chord_at(bar, place, places);
    int shift = 12 * lead_octave(cues);
    float bias[LEAD_VOCABULARY] = {0};
    uint8_t allowed[LEAD_VOCABULARY] = {0};
    allowed[LEAD_TOKEN_REST] = may_rest;
    for (int i = 0; i < LEAD_PITCHES; i++) {
        int pitch = i + LEAD_LOWEST, token = LEAD_TOKEN_PITCH + i;
        bool of_chord = lead_chord_has(chord, pitch);
        allowed[token] = pitch + shift >= cues->low && pitch + shift <= cues->high;
        bias[token] += of_chord || in_scale(wish->head.minor, pitch) ? 0 : off_scale;
        bias[token] += place % 4 == 0 && !of_chord ? off_chord : 0;
        int leap = writer->pitch == MOST_SEMITONES ? 0 : abs(pitch - writer->pitch);
        if (leap > easy_leap)
            bias[token] += leap_cost * (float)(leap - easy_leap) * (float)cues->leaps;
    }
    read_token(writer, LEAD_TOKEN_PLACE + place);
    int token = draw(writer, bias, allowed);
    return token == LEAD_TOKEN_REST ? LEAD_REST : token - LEAD_TOKEN_PITCH + LEAD_LOWEST;
}

static bool sings(const LeadBar *bar) {
    for (int i = 0; i < bar->n_events; i++)
        if (bar->events[i].pitch != LEAD_REST)
            return true;
    return false;
}

static void draw_melody(Writer *writer, LeadBar *bar, bool must_sing) {
    for (int place; (place = draw_place(writer, must_sing)) >= 0;) {
        int pitch = draw_pitch(writer, bar, place, bar->n_events > 0 || !must_sing);
        read_token(writer,
                   pitch == LEAD_REST ? LEAD_TOKEN_REST : LEAD_TOKEN_PITCH + pitch - LEAD_LOWEST);
        bar->events[bar->n_events++] = (LeadEvent){(uint8_t)place, (int8_t)pitch};
        if (pitch != LEAD_REST)
            writer->pitch = pitch;
    }
}

/* Bars that come to rest: one note of the chord, held for most of the bar. */
static void write_rest(Writer *writer, LeadBar *bar, Cadence cadence) {
    int places = lead_places(writer->wish->head.meter);
    bool home = cadence != CADENCE_HALF;
    int chord = home ? bar->chords[0] : bar->chords[1];
    int place = home ? 0 : places / 2;
    if (!home)
        add_event(writer, bar, 0, nearest_chord_note(writer, bar->chords[0], false));
    add_event(writer, bar, place, nearest_chord_note(writer, chord, cadence == CADENCE_FINAL));
    if (cadence != CADENCE_FINAL)
        add_event(writer, bar, places - places / 4, LEAD_REST);
}

/* ------------------------------------------------------------------ bars that return */

/* A passing note between two that lie a third or fourth apart, where there is time for it. */
static void ornament(const LeadHead *head, LeadBar *bar) {
    for (int i = 0; i + 1 < bar->n_events && bar->n_events < LEAD_PLACES; i++) {
        LeadEvent *event = &bar->events[i], *next = event + 1;
        int interval = next->pitch - event->pitch, step = interval > 0 ? 1 : -1;
        if (event->pitch == LEAD_REST || next->pitch == LEAD_REST || abs(interval) < 3 ||
            abs(interval) > 5 || next->place - event->place < 4)
            continue;
        int pitch = event->pitch + step;
        pitch += in_scale(head->minor, pitch) ? 0 : step;
        memmove(next + 1, next, (size_t)(bar->n_events - i - 1) * sizeof *next);
        *next = (LeadEvent){(uint8_t)((event->place + (next + 1)->place) / 2), (int8_t)pitch};
        bar->n_events++;
        return;
    }
}

static void take_over(Writer *writer, const LeadBar *source, LeadBar *bar) {
    const float varied = 0.2f;
    *bar = *source;
    if (chance(writer) < varied)
        ornament(&writer->wish->head, bar);
    read_chords(writer, bar);
    LeadBar written = *bar;
    bar->n_events = 0;
    for (int i = 0; i < written.n_events; i++)
        add_event(writer, bar, written.events[i].place, written.events[i].pitch);
}

/* ------------------------------------------------------------------ the sheet */

static void write_bar(Writer *writer, LeadSheet *sheet, int b) {
    const PlanBar *plan = &writer->wish->plan->bars[b];
    LeadBar *bar = &sheet->bars[b];
    *bar = (LeadBar){0};
    if (plan->source >= 0) {
        take_over(writer, &sheet->bars[plan->source], bar);
        return;
    }
    int first = draw_first_chord(writer, b);
    bar->chords[0] = (uint8_t)first;
    bar->chords[1] = (uint8_t)draw_second_chord(writer, b, first);
    read_chords(writer, bar);
    if (plan->cadence != CADENCE_NONE)
        write_rest(writer, bar, plan->cadence);
    else
        draw_melody(writer, bar, b == 0 || !sings(&sheet->bars[b - 1]));
}

double lead_write(SequenceStep *step, const LeadWish *wish, LeadSheet *sheet) {
    Writer writer = {.wish = wish, .step = step, .pitch = MOST_SEMITONES};
    writer.context = lead_context_begin(wish->plan->n_bars);
    sequence_step_reset(step);
    sheet->head = wish->head;
    sheet->n_bars = wish->plan->n_bars;
    read_token(&writer, LEAD_TOKEN_START);
    for (int b = 0; b < sheet->n_bars; b++)
        write_bar(&writer, sheet, b);
    return writer.counted ? writer.likelihood / writer.counted : 0;
}
