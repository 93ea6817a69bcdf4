#include "compose/arrange/lead_writer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SEMITONES = 127, SUPERTONIC = 2, DOMINANT = 7, LEADING = 11 };

struct LeadWriter {
    const LeadWish *wish;
    const Cues *cues; /* of the bar at hand */
    LeadSheet *sheet;
    int bar; /* the next */
    SequenceStep *step;
    LeadContext context;
    float logits[LEAD_VOCABULARY], features[LEAD_FEATURES];
    uint64_t drawn; /* random numbers used */
    double likelihood;
    int counted;
    int pitch; /* the latest of the melody, MOST_SEMITONES before the first */
};

static float chance(LeadWriter *writer) {
    return rng_uniform(writer->wish->rng, writer->drawn++);
}

static void read_token(LeadWriter *writer, int token) {
    lead_context_step(&writer->context, token);
    lead_features(&writer->context, &writer->wish->head, writer->features);
    sequence_step_read(writer->step, token, writer->features, writer->logits);
}

/* Draws among the allowed tokens with `bias` added to their logits. */
static int draw(LeadWriter *writer, const float *bias, const uint8_t *allowed) {
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

/* Of the key's own chords; in minor the dominant is a major chord, and the diminished chords on the
 * second and on the raised seventh degree belong to the key. */
static bool in_key(bool minor, int chord) {
    int root = chord / LEAD_QUALITIES, quality = chord % LEAD_QUALITIES;
    if (minor && root == DOMINANT)
        return quality == LEAD_MAJOR || quality == LEAD_SEVENTH;
    if (quality == LEAD_DIMINISHED)
        return minor && (root == SUPERTONIC || root == LEADING);
    for (int c = 0; c < 12; c++)
        if (lead_chord_has(chord, c) && !lead_scale_has(minor, c))
            return false;
    return true;
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
static void allow_chords(LeadWriter *writer, int bar, bool surprise, bool open, uint8_t *allowed) {
    const LeadWish *wish = writer->wish;
    const PlanBar *plan = &wish->plan->bars[bar];
    bool minor = wish->head.minor;
    memset(allowed, 0, LEAD_VOCABULARY);
    uint8_t *chords = allowed + LEAD_TOKEN_CHORD;
    bool home =
        bar == 0 || plan->cadence == CADENCE_FINAL || (plan->cadence == CADENCE_FULL && !open);
    for (int chord = 0; chord < LEAD_CHORDS; chord++) {
        if (home)
            chords[chord] = chord == tonic_chord(minor);
        else if (plan->prepares && !open)
            chords[chord] = is_dominant(chord) ||
                            (in_key(minor, chord) && chord % LEAD_QUALITIES != LEAD_SUSPENDED &&
                             (chord / LEAD_QUALITIES == 5 || chord / LEAD_QUALITIES == 2));
        else
            chords[chord] = in_key(minor, chord) != surprise;
    }
}

/* Adds to the logits of minor and of diminished chords where the key is minor. */
static void darken(const LeadWriter *writer, float *bias) {
    const float diminished = 1.6f; /* rarer than minor chords, so preferred by this much more */
    float dark = writer->wish->head.minor ? (float)writer->cues->dark : 0;
    for (int chord = 0; chord < LEAD_CHORDS; chord++) {
        int quality = chord % LEAD_QUALITIES;
        bias[LEAD_TOKEN_CHORD + chord] += quality == LEAD_MINOR        ? dark
                                          : quality == LEAD_DIMINISHED ? diminished * dark
                                                                       : 0;
    }
}

/* Whether a phrase that ends with this bar or the next closes otherwise; its last section closes as
 * the piece does. */
static bool stays_open(const LeadWriter *writer, int bar) {
    enum { PHRASES = 1, PHRASE = 4 };
    Rng rng = rng_split(writer->wish->rng, PHRASES);
    const Plan *plan = writer->wish->plan;
    bool last = plan->bars[bar].section == plan->n_sections - 1;
    return !last && rng_uniform(rng, (uint64_t)(bar / PHRASE)) < (float)writer->cues->open;
}

static int draw_first_chord(LeadWriter *writer, int bar) {
    enum { FOURTH = 5 };
    const float at_home = -0.8f, again = -0.8f, by_fourth = -1;
    float bias[LEAD_VOCABULARY] = {0};
    uint8_t allowed[LEAD_VOCABULARY];
    bool surprise = chance(writer) < (float)writer->cues->surprise;
    allow_chords(writer, bar, surprise, stays_open(writer, bar), allowed);
    darken(writer, bias);
    bias[LEAD_TOKEN_CHORD + tonic_chord(writer->wish->head.minor)] += at_home;
    int before = bar ? writer->sheet->bars[bar - 1].chords[1] : -1;
    for (int quality = 0; bar && quality < LEAD_QUALITIES; quality++) {
        int root = (before / LEAD_QUALITIES + FOURTH) % 12;
        bias[LEAD_TOKEN_CHORD + root * LEAD_QUALITIES + quality] +=
            by_fourth * (float)writer->cues->open;
    }
    if (bar)
        bias[LEAD_TOKEN_CHORD + before] += again;
    return draw(writer, bias, allowed) - LEAD_TOKEN_CHORD;
}

/* The second half's chord: the same, but for cadences and where there is time for another. */
static int draw_second_chord(LeadWriter *writer, int bar, int first) {
    const LeadWish *wish = writer->wish;
    const PlanBar *plan = &wish->plan->bars[bar];
    bool minor = wish->head.minor, time = wish->bar_seconds / 2 >= writer->cues->chord_seconds;
    float bias[LEAD_VOCABULARY] = {0};
    bool open = stays_open(writer, bar);
    if (!open && (plan->cadence == CADENCE_HALF || (plan->prepares && !is_dominant(first))))
        return dominant_chord();
    if (!time || plan->cadence != CADENCE_NONE)
        return first;
    uint8_t allowed[LEAD_VOCABULARY] = {0};
    darken(writer, bias);
    allowed[LEAD_TOKEN_HOLD] = 1;
    for (int chord = 0; chord < LEAD_CHORDS; chord++)
        allowed[LEAD_TOKEN_CHORD + chord] = chord != first && in_key(minor, chord);
    int token = draw(writer, bias, allowed);
    return token == LEAD_TOKEN_HOLD ? first : token - LEAD_TOKEN_CHORD;
}

static void read_chords(LeadWriter *writer, const LeadBar *bar) {
    read_token(writer, LEAD_TOKEN_CHORD + bar->chords[0]);
    read_token(writer, bar->chords[1] == bar->chords[0] ? LEAD_TOKEN_HOLD
                                                        : LEAD_TOKEN_CHORD + bar->chords[1]);
}

/* ------------------------------------------------------------------ melody */

int lead_octave(const Cues *cues) {
    const double usual = 8; /* where the melodies of lead_extract.h lie */
    return (int)lround(((cues->low + cues->high) / 2.0 - usual) / 12);
}

static int second_chord_place(const LeadWriter *writer) {
    return lead_second_chord(writer->wish->head.meter);
}

/* A pitch of the chord, nearest to the melody's latest; the tonic's own where asked. */
static int nearest_chord_note(const LeadWriter *writer, int chord, bool tonic) {
    int from = writer->pitch == MOST_SEMITONES ? 12 : writer->pitch, best = 12;
    for (int pitch = LEAD_LOWEST; pitch < LEAD_LOWEST + LEAD_PITCHES; pitch++) {
        bool fits = tonic ? (pitch + 120) % 12 == 0 : lead_chord_has(chord, pitch);
        if (fits && abs(pitch - from) < abs(best - from))
            best = pitch;
    }
    return best;
}

static void add_event(LeadWriter *writer, LeadBar *bar, int place, int pitch) {
    bar->events[bar->n_events++] = (LeadEvent){(uint8_t)place, (int8_t)pitch};
    read_token(writer, LEAD_TOKEN_PLACE + place);
    read_token(writer,
               pitch == LEAD_REST ? LEAD_TOKEN_REST : LEAD_TOKEN_PITCH + pitch - LEAD_LOWEST);
    if (pitch != LEAD_REST)
        writer->pitch = pitch;
}

/* Draws a place, or -1 where the bar is complete. */
static int draw_place(LeadWriter *writer, bool must_sing) {
    const LeadWish *wish = writer->wish;
    float bias[LEAD_VOCABULARY] = {0};
    uint8_t allowed[LEAD_VOCABULARY];
    lead_context_allowed(&writer->context, wish->head.meter, allowed);
    for (int p = 0; p < LEAD_PLACES; p++)
        bias[LEAD_TOKEN_PLACE + p] = (float)(p % 2   ? writer->cues->runs
                                             : p % 4 ? writer->cues->eighths
                                                     : 0);
    allowed[LEAD_TOKEN_END] = 0;
    if (must_sing && !writer->context.begun)
        memset(allowed + LEAD_TOKEN_CHORD, 0, LEAD_CHORDS);
    int token = draw(writer, bias, allowed);
    return token >= LEAD_TOKEN_CHORD ? -1 : token - LEAD_TOKEN_PLACE;
}

static int draw_pitch(LeadWriter *writer, const LeadBar *bar, int place, bool may_rest) {
    const LeadWish *wish = writer->wish;
    const Cues *cues = writer->cues;
    const float off_scale = -2.5f, off_chord = -0.7f, leap_cost = -0.3f, repeat_cost = -1.5f;
    const int easy_leap = 5;
    int chord = bar->chords[place >= second_chord_place(writer)];
    int shift = 12 * lead_octave(cues);
    float bias[LEAD_VOCABULARY] = {0};
    uint8_t allowed[LEAD_VOCABULARY] = {0};
    allowed[LEAD_TOKEN_REST] = may_rest;
    for (int i = 0; i < LEAD_PITCHES; i++) {
        int pitch = i + LEAD_LOWEST, token = LEAD_TOKEN_PITCH + i;
        bool of_chord = lead_chord_has(chord, pitch);
        allowed[token] = pitch + shift >= cues->low && pitch + shift <= cues->high;
        if (!of_chord && !lead_scale_has(wish->head.minor, pitch))
            bias[token] += off_scale + (float)cues->outside;
        bias[token] += place % 4 == 0 && !of_chord ? off_chord : 0;
        int leap = writer->pitch == MOST_SEMITONES ? 0 : abs(pitch - writer->pitch);
        bias[token] += pitch == writer->pitch ? repeat_cost : 0;
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

static void draw_melody(LeadWriter *writer, LeadBar *bar, bool must_sing) {
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
static void write_rest(LeadWriter *writer, LeadBar *bar, Cadence cadence) {
    int places = lead_places(writer->wish->head.meter);
    bool home = cadence != CADENCE_HALF;
    int chord = home ? bar->chords[0] : bar->chords[1];
    int place = home ? 0 : second_chord_place(writer);
    int rest = writer->wish->head.meter == LEAD_3_4 ? places - 4 : places - places / 4;
    if (!home)
        add_event(writer, bar, 0, nearest_chord_note(writer, bar->chords[0], false));
    add_event(writer, bar, place, nearest_chord_note(writer, chord, cadence == CADENCE_FINAL));
    if (cadence != CADENCE_FINAL && rest > place)
        add_event(writer, bar, rest, LEAD_REST);
}

/* ------------------------------------------------------------------ chords for a melody */

/* What sounds of the melody as a bar begins. */
static int8_t held_into(const LeadSheet *sheet, int bar) {
    while (--bar >= 0)
        if (sheet->bars[bar].n_events)
            return sheet->bars[bar].events[sheet->bars[bar].n_events - 1].pitch;
    return LEAD_REST;
}

/* Adds to the chords' logits by how much of the melody from a place of the bar to another they
 * hold; what is on the first beat of either chord counts twice. */
static void prefer_fitting(const LeadWriter *writer, int bar, int from, int to, float *bias) {
    const float weight = 7;
    const LeadBar *melody = &writer->sheet->bars[bar];
    int second = second_chord_place(writer), next = 0;
    int8_t pitch = held_into(writer->sheet, bar);
    float total = 0, inside[LEAD_CHORDS] = {0};
    for (int place = 0; place < to; place++) {
        while (next < melody->n_events && melody->events[next].place <= place)
            pitch = melody->events[next++].pitch;
        if (place < from || pitch == LEAD_REST)
            continue;
        float share = place % second < 4 ? 2 : 1;
        total += share;
        for (int chord = 0; chord < LEAD_CHORDS; chord++)
            inside[chord] += lead_chord_has(chord, pitch + 120) ? share : 0;
    }
    for (int chord = 0; chord < LEAD_CHORDS && total > 0; chord++)
        bias[LEAD_TOKEN_CHORD + chord] += weight * inside[chord] / total;
}

/* Draws the chord of half a bar, or of the whole bar that the piece ends with. */
static int draw_fitting(LeadWriter *writer, int b, int half, bool ends) {
    const float home = 2;
    const LeadWish *wish = writer->wish;
    const LeadBar *bar = &writer->sheet->bars[b];
    int places = lead_places(wish->head.meter), second = second_chord_place(writer);
    bool minor = wish->head.minor, surprise = chance(writer) < (float)writer->cues->surprise;
    float bias[LEAD_VOCABULARY] = {0};
    uint8_t allowed[LEAD_VOCABULARY] = {0};
    prefer_fitting(writer, b, half ? second : 0, half || ends ? places : second, bias);
    if (!b || wish->plan->bars[b].cadence >= CADENCE_FULL)
        bias[LEAD_TOKEN_CHORD + tonic_chord(minor)] += home;
    for (int chord = 0; chord < LEAD_CHORDS; chord++)
        allowed[LEAD_TOKEN_CHORD + chord] =
            in_key(minor, chord) || (surprise && chord % LEAD_QUALITIES <= LEAD_MINOR);
    if (half) {
        bool time = wish->bar_seconds / 2 >= writer->cues->chord_seconds;
        allowed[LEAD_TOKEN_HOLD] = 1;
        allowed[LEAD_TOKEN_CHORD + bar->chords[0]] = 0;
        bias[LEAD_TOKEN_HOLD] = bias[LEAD_TOKEN_CHORD + bar->chords[0]] + (time ? 0 : 2);
    }
    return draw(writer, bias, allowed);
}

/* Chords that hold the melody and that the network finds likely; home at the beginning and the end
 * where the melody allows. */
static void harmonize(LeadWriter *writer, int b) {
    LeadBar *bar = &writer->sheet->bars[b], written = *bar;
    bool ends = b == writer->sheet->n_bars - 1;
    for (int half = 0; half < 2; half++) {
        int token = half && ends ? LEAD_TOKEN_HOLD : draw_fitting(writer, b, half, ends);
        bar->chords[half] =
            token == LEAD_TOKEN_HOLD ? bar->chords[0] : (uint8_t)(token - LEAD_TOKEN_CHORD);
        read_token(writer, token);
    }
    bar->n_events = 0;
    for (int i = 0; i < written.n_events; i++)
        add_event(writer, bar, written.events[i].place, written.events[i].pitch);
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
        pitch += lead_scale_has(head->minor, pitch) ? 0 : step;
        memmove(next + 1, next, (size_t)(bar->n_events - i - 1) * sizeof *next);
        *next = (LeadEvent){(uint8_t)((event->place + (next + 1)->place) / 2), (int8_t)pitch};
        bar->n_events++;
        return;
    }
}

static void take_over(LeadWriter *writer, const LeadBar *source, LeadBar *bar) {
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

/* Reads a bar that stands there. */
static void read_bar(LeadWriter *writer, LeadBar *bar) {
    LeadBar written = *bar;
    read_chords(writer, bar);
    bar->n_events = 0;
    for (int i = 0; i < written.n_events; i++)
        add_event(writer, bar, written.events[i].place, written.events[i].pitch);
}

static void write_bar(LeadWriter *writer, int b) {
    LeadSheet *sheet = writer->sheet;
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

LeadWriter *lead_writer_create(SequenceStep *step, const LeadWish *wish, LeadSheet *sheet,
                               Error *error) {
    LeadWriter *writer = malloc(sizeof *writer);
    if (!writer) {
        error_memory(error, "a lead sheet", sizeof *writer);
        return NULL;
    }
    *writer = (LeadWriter){.wish = wish,
                           .sheet = sheet,
                           .step = step,
                           .pitch = MOST_SEMITONES,
                           .context = lead_context_begin(wish->plan->n_bars)};
    sequence_step_reset(step);
    read_token(writer, LEAD_TOKEN_START);
    return writer;
}

void lead_writer_destroy(LeadWriter *writer) {
    free(writer);
}

void lead_writer_bar(LeadWriter *writer, const Cues *cues) {
    int bar = writer->bar++;
    writer->cues = cues;
    if (writer->wish->melody)
        harmonize(writer, bar);
    else if (bar < writer->wish->given)
        read_bar(writer, &writer->sheet->bars[bar]);
    else
        write_bar(writer, bar);
}

double lead_writer_likelihood(const LeadWriter *writer) {
    return writer->counted ? writer->likelihood / writer->counted : 0;
}
