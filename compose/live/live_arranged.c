#include "compose/live/live_arranged.h"

#include "compose/arrange/lead_mode.h"
#include "compose/arrange/lead_writer.h"

#include <math.h>
#include <stdlib.h>

enum { BEATS = 4, PLACES = 4, SIXTEENTH = ARRANGER_TICKS / PLACES, MOST_NOTES = 256 };

struct LiveArranged {
    LiveArrangedSettings settings;
    SequenceStep *step;
    Plan plan;
    LeadWish wish;
    LeadBar bars[PLAN_MOST_BARS];  /* as written, in the mode that the piece began in */
    LeadBar shown[PLAN_MOST_BARS]; /* in the mode of the moment; the bar at hand and the next */
    LeadSheet written, sheet;
    LeadWriter *writer;
    Arrangement arrangement;
    Arranger *arranger;
    int n_written, beat; /* bars; since the beginning */
    bool minor;
    double place, tempo; /* between the cues' slowest and fastest; of the moment */
    int program, genre;  /* of the melody; of the piece */
    ComposerNote notes[MOST_NOTES];
    int n_notes;
    double seconds; /* of the latest beat */
};

static void end_piece(LiveArranged *arranged) {
    lead_writer_destroy(arranged->writer);
    arranger_destroy(arranged->arranger);
    arranged->writer = NULL;
    arranged->arranger = NULL;
}

LiveArranged *live_arranged_create(const LeadModel *model, const LiveArrangedSettings *settings,
                                   Error *error) {
    LiveArranged *arranged = calloc(1, sizeof *arranged);
    if (!arranged) {
        error_memory(error, "live music", sizeof *arranged);
        return NULL;
    }
    arranged->settings = *settings;
    arranged->program = -1;
    arranged->step = sequence_step_create(lead_model_network(model), 1, error);
    if (arranged->step)
        return arranged;
    live_arranged_destroy(arranged);
    return NULL;
}

void live_arranged_destroy(LiveArranged *arranged) {
    if (!arranged)
        return;
    end_piece(arranged);
    sequence_step_destroy(arranged->step);
    free(arranged);
}

/* ------------------------------------------------------------------ a piece */

static double wanted_tempo(const LiveArranged *arranged, const Cues *cues) {
    double usual = cues->slowest + arranged->place * (cues->fastest - cues->slowest);
    return arranged->settings.tempo > 0 ? arranged->settings.tempo
                                        : genre_tempo(arranged->genre, usual);
}

int live_arranged_begin(LiveArranged *arranged, const LiveArrangedWish *wish, const Cues *cues,
                        Error *error) {
    enum { PHRASE = 4 };
    Rng rng = rng_seed(wish->seed), wishes = rng_split(rng, 0);
    end_piece(arranged);
    arranged->genre = wish->genre;
    arranged->place = (double)rng_uniform(wishes, 0);
    arranged->minor = (double)rng_uniform(wishes, 1) >= cues->major;
    arranged->tempo = wanted_tempo(arranged, cues);
    double bars = wish->seconds * arranged->tempo / 60 / BEATS;
    int n_bars = PHRASE * (int)fmax(lround(bars / PHRASE), 2);
    n_bars = n_bars < PLAN_MOST_BARS ? n_bars : PLAN_MOST_BARS;
    plan_make(&arranged->plan, n_bars, false, rng_split(rng, 1));
    const LeadHead head = {.valence = NAN,
                           .arousal = NAN,
                           .style = genre_style(wish->genre),
                           .minor = arranged->minor,
                           .meter = LEAD_4_4};
    arranged->wish = (LeadWish){.plan = &arranged->plan,
                                .head = head,
                                .sampler = arranged->settings.sampler,
                                .bar_seconds = BEATS * 60 / arranged->tempo,
                                .rng = rng_split(rng, 2)};
    arranged->written = (LeadSheet){.head = head, .bars = arranged->bars, .n_bars = n_bars};
    arranged->sheet = (LeadSheet){.head = head, .bars = arranged->shown, .n_bars = n_bars};
    arranged->n_written = arranged->beat = 0;
    arranged->writer =
        lead_writer_create(arranged->step, &arranged->wish, &arranged->written, error);
    arranged->arrangement = (Arrangement){.sheet = &arranged->sheet,
                                          .plan = &arranged->plan,
                                          .ensemble = arranged->settings.ensemble,
                                          .tonic = (int)rng_below(wishes, 2, 12),
                                          .genre = wish->genre,
                                          .program = arranged->program,
                                          .rng = rng_split(rng, 3)};
    arranged->arranger = arranged->writer ? arranger_create(&arranged->arrangement, error) : NULL;
    return arranged->arranger ? 0 : -1;
}

void live_arranged_set_program(LiveArranged *arranged, int program) {
    arranged->program = arranged->arrangement.program = program;
}

/* Writes whole sections until the bar after this one is there. */
static void write_ahead(LiveArranged *arranged, int bar, const Cues *cues) {
    int need = bar + 2 < arranged->written.n_bars ? bar + 2 : arranged->written.n_bars;
    while (arranged->n_written < need) {
        const PlanBar *next = &arranged->plan.bars[arranged->n_written];
        const PlanSection *section = &arranged->plan.sections[next->section];
        for (int b = 0; b < section->bars; b++)
            lead_writer_bar(arranged->writer, cues);
        arranged->n_written += section->bars;
    }
}

/* A mood between the modes keeps the one that there is. */
static void choose_mode(LiveArranged *arranged, const Cues *cues) {
    const double clearly = 0.35;
    if (cues->major <= clearly)
        arranged->minor = true;
    if (cues->major >= 1 - clearly)
        arranged->minor = false;
}

static void show_bars(LiveArranged *arranged, int bar) {
    for (int b = bar; b <= bar + 1 && b < arranged->written.n_bars; b++) {
        arranged->shown[b] = arranged->bars[b];
        if (arranged->minor != arranged->written.head.minor)
            lead_bar_to_mode(&arranged->shown[b], LEAD_4_4, arranged->minor);
    }
}

/* The beat with which a note of the bar from `first` on is played: that of its place, or where it
 * swings so late that it could be the next one's, the next of the bar; each note has one. */
static int beat_of(uint32_t onset, int first) {
    int beat = (int)(onset + ARRANGER_STRAY) / ARRANGER_TICKS, last = first + BEATS - 1;
    return beat < first ? first : beat > last ? last : beat;
}

/* Takes the notes of the bar that belong to the beat. */
static void take_notes(LiveArranged *arranged, int beat) {
    const Song *song = arranger_song(arranged->arranger);
    double tick = 60 / arranged->tempo / ARRANGER_TICKS;
    uint32_t begin = (uint32_t)beat * ARRANGER_TICKS;
    arranged->n_notes = 0;
    for (int i = 0; i < song->n_notes && arranged->n_notes < MOST_NOTES; i++) {
        const SongNote *note = &song->notes[i];
        if (beat_of(note->onset, beat / BEATS * BEATS) != beat)
            continue;
        double start = note->onset > begin ? (note->onset - begin) * tick : 0;
        int at = arranged->n_notes++;
        for (; at > 0 && arranged->notes[at - 1].start > start; at--)
            arranged->notes[at] = arranged->notes[at - 1];
        arranged->notes[at] = (ComposerNote){.start = start,
                                             .end = start + (note->sounding - note->onset) * tick,
                                             .pitch = note->pitch,
                                             .velocity = note->velocity,
                                             .channel = note->channel,
                                             .program = (uint8_t)(note->program + 1)};
    }
}

int live_arranged_beat(LiveArranged *arranged, const Cues *wanted, Error *error) {
    const double yielding = 0.6, last_bar = 0.8; /* of the way to another tempo with each beat */
    const Cues moved = genre_cues(arranged->genre, wanted), *cues = &moved;
    int bar = arranged->beat / BEATS;
    bool ends = bar == arranged->written.n_bars - 1;
    arranged->tempo +=
        yielding * (wanted_tempo(arranged, cues) * (ends ? last_bar : 1) - arranged->tempo);
    choose_mode(arranged, cues);
    write_ahead(arranged, bar, cues);
    show_bars(arranged, bar);
    const ArrangementBar how = {.cues = *cues, .tempo = arranged->tempo, .minor = arranged->minor};
    if (arranger_bar(arranged->arranger, bar, &how, error))
        return -1;
    take_notes(arranged, arranged->beat);
    arranged->seconds = 60 / arranged->tempo;
    arranged->beat++;
    return 0;
}

const ComposerNote *live_arranged_notes(const LiveArranged *arranged, int *count) {
    *count = arranged->n_notes;
    return arranged->notes;
}

double live_arranged_seconds(const LiveArranged *arranged) {
    return arranged->seconds;
}

LiveArrangedState live_arranged_state(const LiveArranged *arranged) {
    int bar = arranged->beat / BEATS, last = arranged->written.n_bars - 1;
    return (LiveArrangedState){.section =
                                   arranged->plan.bars[bar < last ? bar
                                                       : last > 0 ? last
                                                                  : 0]
                                       .section +
                                   1,
                               .tonic = arranged->arrangement.tonic,
                               .minor = arranged->minor,
                               .tempo = arranged->tempo,
                               .over = arranged->beat >= BEATS * arranged->written.n_bars};
}
