#include "compose/arrange/arranger.h"

#include "compose/arrange/lead_writer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const ensemble_names[ENSEMBLES + 1] = {"piano", "band", "strings", "chiptune", NULL};

enum { SIXTEENTH = ARRANGER_TICKS / 4, VOICES = 4, REACH = 16 };

typedef enum Part { MELODY, CHORDS, BASS, PADS, DRUMS, PARTS } Part;

typedef struct Player {
    const char *name; /* NULL: the ensemble has none */
    int program;
    int loudness; /* added to the velocity */
} Player;

/* General MIDI programs, counted from 0. */
static const Player players[ENSEMBLES][PARTS] = {
    [ENSEMBLE_PIANO] = {{"Melody", 0, 8}, {"Chords", 0, -10}, {"Bass", 0, -6}},
    [ENSEMBLE_BAND] = {{"Melody", 73, 10},
                       {"Chords", 25, -10},
                       {"Bass", 33, 0},
                       {"Pads", 89, -26},
                       {"Drums", 0, -6}},
    [ENSEMBLE_STRINGS] = {{"Melody", 40, 8},
                          {"Chords", 48, -12},
                          {"Bass", 42, -4},
                          {"Pads", 49, -22}},
    [ENSEMBLE_CHIPTUNE] =
        {{"Melody", 80, 0}, {"Chords", 81, -24}, {"Bass", 38, 0}, {NULL, 0, 0}, {"Drums", 0, -10}},
};

/* A song in the making. */
typedef struct Desk {
    const Arrangement *arrangement;
    Song *song;
    Error *error;
    int tracks[PARTS]; /* -1 where there is none */
    int places;        /* of a bar */
    int home;          /* MIDI pitch of the tonic that the sheet counts from */
    int voicing[VOICES], n_voices;
    uint64_t drawn;
    double swell; /* loudness of the phrase */
    int failed;
} Desk;

static float chance(Desk *desk) {
    return rng_uniform(desk->arrangement->rng, desk->drawn++);
}

static double normal(Desk *desk) {
    return (double)rng_normal(desk->arrangement->rng, desk->drawn++);
}

/* ------------------------------------------------------------------ notes */

static uint32_t tick_of(const Desk *desk, int bar, double place) {
    return (uint32_t)lround(((double)bar * desk->places + place) * SIXTEENTH);
}

/* Strong places stand out, phrases swell to their middle. */
static int velocity_at(Desk *desk, Part part, int bar, int place, int loudness) {
    const Arrangement *a = desk->arrangement;
    const PlanSection *section = &a->plan->sections[a->plan->bars[bar].section];
    double accent = place == 0 ? 1 : place == desk->places / 2 ? 0.5 : 0;
    double inside = (bar - section->first + (double)place / desk->places) / section->bars;
    double velocity = a->cues->velocity + players[a->ensemble][part].loudness + loudness +
                      a->cues->accent * (accent - 0.3) + 4 * sin(M_PI * inside) +
                      2 * section->fullness + desk->swell + 2.5 * normal(desk);
    return (int)fmin(fmax(lround(velocity), 12), 124);
}

static void add_note(Desk *desk, Part part, int bar, double place, double length, int pitch,
                     int loudness) {
    const Arrangement *a = desk->arrangement;
    if (desk->failed || desk->tracks[part] < 0 || pitch < 21 || pitch > 108)
        return;
    bool exact = a->ensemble == ENSEMBLE_CHIPTUNE || part == DRUMS;
    double late = exact ? 0 : a->cues->timing * normal(desk) * a->tempo / 60 * ARRANGER_TICKS;
    double limit = SIXTEENTH * 0.4,
           on = tick_of(desk, bar, place) + fmin(fmax(late, -limit), limit);
    double off = tick_of(desk, bar, place + length);
    SongNote note = {.onset = (uint32_t)fmax(lround(on), 0),
                     .pitch = (uint8_t)pitch,
                     .track = (uint16_t)desk->tracks[part],
                     .channel = (uint8_t)(part == DRUMS ? SONG_DRUM_CHANNEL : part),
                     .program = (uint8_t)(part == MELODY && a->program >= 0
                                              ? a->program
                                              : players[a->ensemble][part].program)};
    note.velocity = (uint8_t)velocity_at(desk, part, bar, (int)place, loudness);
    note.release = (uint32_t)fmax(lround(off), note.onset + SIXTEENTH / 4);
    desk->failed = song_add_note(desk->song, note, desk->error);
}

/* ------------------------------------------------------------------ melody */

/* Where an event ends: at the next one, over bar lines too. */
static double event_length(const Desk *desk, int bar, int index) {
    const LeadSheet *sheet = desk->arrangement->sheet;
    int from = sheet->bars[bar].events[index].place, most = 2 * desk->places;
    if (index + 1 < sheet->bars[bar].n_events)
        return sheet->bars[bar].events[index + 1].place - from;
    int length = desk->places - from;
    for (int b = bar + 1; b < sheet->n_bars && length < most; b++) {
        if (sheet->bars[b].n_events)
            return length + sheet->bars[b].events[0].place;
        length += desk->places;
    }
    return length;
}

static void play_melody(Desk *desk, int bar, int octave) {
    const Arrangement *a = desk->arrangement;
    const LeadBar *sheet = &a->sheet->bars[bar];
    bool last = bar == a->sheet->n_bars - 1;
    for (int i = 0; i < sheet->n_events; i++) {
        const LeadEvent *event = &sheet->events[i];
        if (event->pitch == LEAD_REST)
            continue;
        double length = event_length(desk, bar, i);
        double held = last ? length : length * a->cues->articulation;
        add_note(desk, MELODY, bar, event->place, held, desk->home + octave + event->pitch, 0);
    }
}

/* The lowest melody pitch that sounds in half a bar, or `otherwise`. */
static int lowest_melody(const Desk *desk, int bar, int half, int octave, int otherwise) {
    const LeadBar *sheet = &desk->arrangement->sheet->bars[bar];
    int lowest = otherwise;
    for (int i = 0; i < sheet->n_events; i++) {
        const LeadEvent *event = &sheet->events[i];
        bool here = event->place / (desk->places / 2) == half;
        if (here && event->pitch != LEAD_REST && desk->home + octave + event->pitch < lowest)
            lowest = desk->home + octave + event->pitch;
    }
    return lowest;
}

/* ------------------------------------------------------------------ chords and bass */

/* Stacks the chord's notes upwards from `from`; returns how many. */
static int stack(int chord, int tonic, int from, int voicing[VOICES]) {
    int n = 0, wanted = chord % LEAD_QUALITIES == LEAD_SEVENTH ? 4 : 3;
    for (int pitch = from; n < wanted; pitch++)
        if (lead_chord_has(chord, pitch - tonic + 120))
            voicing[n++] = pitch;
    return n;
}

/* The voicing that moves least from the one before, below the melody. */
static void find_voicing(Desk *desk, int chord, int center, int ceiling) {
    double least = INFINITY;
    int best[VOICES] = {0}, n_best = 0, before = 0;
    for (int i = 0; i < desk->n_voices; i++)
        before += desk->voicing[i];
    double middle = desk->n_voices ? (double)before / desk->n_voices : center;
    for (int from = center - 12; from <= center + 2; from++) {
        int voicing[VOICES], n = stack(chord, desk->home, from, voicing);
        double mean = 0;
        for (int i = 0; i < n; i++)
            mean += (double)voicing[i] / n;
        double cost =
            fabs(mean - middle) + 0.5 * fabs(mean - center) + (voicing[n - 1] >= ceiling ? 6 : 0);
        if (cost < least - 1e-9) {
            least = cost;
            memcpy(best, voicing, sizeof best);
            n_best = n;
        }
    }
    memcpy(desk->voicing, best, sizeof best);
    desk->n_voices = n_best;
}

/* The note of a voicing that a bit of a stroke means: the highest, an octave higher, where it has
 * fewer. */
static int voice(const Desk *desk, int bit) {
    return bit < desk->n_voices ? desk->voicing[bit] : desk->voicing[0] + 12;
}

static void play_chords(Desk *desk, const Pattern *pattern, int bar, int half) {
    const Arrangement *a = desk->arrangement;
    int start = half * desk->places / 2, length = desk->places / 2;
    for (int i = 0; i < pattern->count; i++) {
        const Stroke *stroke = &pattern->strokes[i];
        bool all = stroke->notes == 15;
        if (stroke->place >= length)
            continue;
        double held = fmin(stroke->length, length - stroke->place);
        if (a->cues->pedal)
            held = length - stroke->place;
        else if (stroke->length <= 4)
            held *= fmin(a->cues->articulation + 0.1, 1);
        for (int bit = 0; bit < VOICES; bit++)
            if (stroke->notes >> bit & 1 && (!all || bit < desk->n_voices))
                add_note(desk, CHORDS, bar, start + stroke->place, held, voice(desk, bit),
                         stroke->loudness);
    }
}

/* The root: below the chords, or for a piano as near to the highest of them as a hand reaches. */
static int bass_root(const Desk *desk, int chord) {
    const int highest = 43;
    int root = 36 + (desk->home + chord / LEAD_QUALITIES) % 12;
    int top = desk->voicing[desk->n_voices - 1];
    if (root > highest)
        root -= 12;
    while (desk->arrangement->ensemble == ENSEMBLE_PIANO && top - root > REACH)
        root += 12;
    return root;
}

static void play_bass(Desk *desk, const Pattern *pattern, int chord, int bar, int half) {
    int start = half * desk->places / 2, length = desk->places / 2;
    int root = bass_root(desk, chord);
    const int notes[] = {root, root - 5, root + 12};
    bool low = root - 5 < 31;
    for (int i = 0; i < pattern->count; i++) {
        const Stroke *stroke = &pattern->strokes[i];
        if (stroke->place >= length)
            continue;
        double held = fmin(stroke->length, length - stroke->place);
        for (int bit = 0; bit < 3; bit++)
            if (stroke->notes >> bit & 1)
                add_note(desk, BASS, bar, start + stroke->place, held,
                         notes[bit] + (bit == 1 && low ? 12 : 0), stroke->loudness);
    }
}

static void play_pads(Desk *desk, int bar, int half, int fullness) {
    if (fullness < 1)
        return;
    for (int i = 0; i < desk->n_voices; i++)
        add_note(desk, PADS, bar, half * desk->places / 2, desk->places / 2.0,
                 desk->voicing[i] + 12, 0);
}

static void play_drums(Desk *desk, int bar, int half) {
    const Pattern *pattern = &drum_patterns[desk->arrangement->cues->drums][half];
    for (int i = 0; i < pattern->count; i++) {
        const Stroke *stroke = &pattern->strokes[i];
        if (stroke->place < desk->places / 2)
            add_note(desk, DRUMS, bar, half * desk->places / 2 + stroke->place, stroke->length,
                     stroke->notes, stroke->loudness);
    }
}

/* ------------------------------------------------------------------ bars */

static void mark_chord(Desk *desk, int bar, int half, int chord) {
    const Arrangement *a = desk->arrangement;
    char name[8];
    arranger_chord_name(chord, a->tonic, a->sheet->head.minor, name);
    if (!desk->failed)
        desk->failed = song_add_chord(desk->song, tick_of(desk, bar, half * desk->places / 2), name,
                                      desk->error);
}

/* The last bar: one chord over its root, held. */
static void play_end(Desk *desk, int chord, int bar) {
    for (int i = 0; i < desk->n_voices; i++)
        add_note(desk, CHORDS, bar, 0, desk->places, desk->voicing[i], 0);
    add_note(desk, BASS, bar, 0, desk->places, bass_root(desk, chord), 0);
}

static void play_half(Desk *desk, int bar, int half, int octave, int *before) {
    const Arrangement *a = desk->arrangement;
    const PlanSection *section = &a->plan->sections[a->plan->bars[bar].section];
    int chord = a->sheet->bars[bar].chords[half];
    int center = 58 + 12 * (a->ensemble == ENSEMBLE_PIANO ? a->cues->accompaniment : 0);
    bool last = bar == a->sheet->n_bars - 1;
    if (chord != *before) {
        find_voicing(desk, chord, center, lowest_melody(desk, bar, half, octave, 127));
        mark_chord(desk, bar, half, chord);
        *before = chord;
    }
    if (last) {
        if (!half)
            play_end(desk, chord, bar);
        return;
    }
    bool silent =
        chance(desk) < (float)a->cues->silence && a->plan->bars[bar].cadence == CADENCE_NONE;
    if (!silent) {
        play_chords(desk, &chord_patterns[a->cues->chords[section->fullness]], bar, half);
        play_bass(desk, &bass_patterns[a->cues->bass[section->fullness]], chord, bar, half);
        play_drums(desk, bar, half);
    }
    play_pads(desk, bar, half, section->fullness);
}

static void play_bars(Desk *desk) {
    const Arrangement *a = desk->arrangement;
    /* The sheet lies where the network's melodies do; the cues say in which octave it sounds. */
    int octave = 12 * lead_octave(a->cues), before = -1;
    for (int b = 0; b < a->sheet->n_bars; b++) {
        const PlanSection *section = &a->plan->sections[a->plan->bars[b].section];
        if (b == section->first && !desk->failed)
            desk->failed =
                song_add_marker(desk->song, tick_of(desk, b, 0), section->name, desk->error);
        if (b % 4 == 0)
            desk->swell = a->cues->uneven * fmin(fmax(normal(desk), -1.5), 1.5);
        for (int half = 0; half < 2; half++)
            play_half(desk, b, half, octave, &before);
        play_melody(desk, b, octave);
    }
}

/* ------------------------------------------------------------------ the song */

static int begin_song(Desk *desk) {
    const Arrangement *a = desk->arrangement;
    static const int meters[LEAD_METERS][2] = {{4, 4}, {3, 4}, {6, 8}};
    const double last_bar = 0.8; /* of the tempo */
    Song *song = desk->song;
    LeadMeter meter = a->sheet->head.meter;
    uint32_t pulse = (uint32_t)lround(60e6 / a->tempo);
    if (song_add_tempo(song, 0, pulse, desk->error) ||
        song_add_meter(song, 0, meters[meter][0], meters[meter][1], desk->error) ||
        song_add_key(song, 0, a->tonic, a->sheet->head.minor, desk->error))
        return -1;
    if (a->sheet->n_bars > 2 && song_add_tempo(song, tick_of(desk, a->sheet->n_bars - 1, 0),
                                               (uint32_t)lround(pulse / last_bar), desk->error))
        return -1;
    for (int part = 0; part < PARTS; part++) {
        const char *name = players[a->ensemble][part].name;
        desk->tracks[part] = name ? song->n_tracks : -1;
        if (name && song_add_track(song, name, desk->error))
            return -1;
    }
    return 0;
}

Song *arranger_play(const Arrangement *arrangement, Error *error) {
    Desk desk = {.arrangement = arrangement,
                 .song = song_create(ARRANGER_TICKS),
                 .error = error,
                 .places = lead_places(arrangement->sheet->head.meter)};
    desk.home = 60 + (arrangement->tonic > 6 ? arrangement->tonic - 12 : arrangement->tonic);
    if (!desk.song) {
        error_memory(error, "a song", sizeof *desk.song);
        return NULL;
    }
    desk.song->grid = SONG_GRID_METRIC;
    desk.failed = begin_song(&desk);
    if (!desk.failed)
        play_bars(&desk);
    if (!desk.failed && !song_finish(desk.song, error))
        return desk.song;
    song_free(desk.song);
    return NULL;
}

void arranger_chord_name(int chord, int tonic, bool minor, char name[8]) {
    static const char *const sharps[] = {"C",  "C#", "D",  "D#", "E",  "F",
                                         "F#", "G",  "G#", "A",  "A#", "B"};
    static const char *const flats[] = {"C",  "Db", "D",  "Eb", "E",  "F",
                                        "Gb", "G",  "Ab", "A",  "Bb", "B"};
    static const char *const suffixes[LEAD_QUALITIES] = {"", "m", "dim", "7", "sus4"};
    int major = minor ? (tonic + 3) % 12 : tonic;
    bool flat = major * 7 % 12 > 6; /* flats in the signature: F, Bb, Eb, Ab, Db */
    int root = (chord / LEAD_QUALITIES + tonic) % 12;
    snprintf(name, 8, "%s%s", flat ? flats[root] : sharps[root], suffixes[chord % LEAD_QUALITIES]);
}
