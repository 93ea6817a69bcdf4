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

/* The chords' latest voicing. */
typedef struct Voicing {
    int pitches[VOICES], count;
    int chord; /* -1 before the first */
} Voicing;

/* A song in the making. */
struct Arranger {
    const Arrangement *arrangement;
    const Cues *cues; /* of the bar at hand */
    double tempo;
    bool minor;
    Song *song;
    Error *error;
    int tracks[PARTS]; /* -1 where there is none */
    int places;        /* of a bar */
    int home;          /* MIDI pitch of the tonic that the sheet counts from */
    Voicing voicing;
    Voicing before; /* as the bar at hand began */
    int bar;
    Rng rng; /* of the bar */
    uint64_t drawn;
    double swell; /* loudness of the phrase */
    int failed;
};

static float chance(Arranger *arranger) {
    return rng_uniform(arranger->rng, arranger->drawn++);
}

static double normal(Arranger *arranger) {
    return (double)rng_normal(arranger->rng, arranger->drawn++);
}

/* ------------------------------------------------------------------ notes */

static uint32_t tick_of(const Arranger *arranger, int bar, double place) {
    return (uint32_t)lround(((double)bar * arranger->places + place) * SIXTEENTH);
}

/* The bar that the piece ends with. */
static bool is_end(const Arranger *arranger, int bar) {
    return !arranger->arrangement->loops && bar == arranger->arrangement->sheet->n_bars - 1;
}

/* Strong places stand out, phrases swell to their middle. */
static int velocity_at(Arranger *arranger, Part part, int bar, int place, int loudness) {
    const Arrangement *a = arranger->arrangement;
    const PlanSection *section = &a->plan->sections[a->plan->bars[bar].section];
    double accent = place == 0 ? 1 : place == arranger->places / 2 ? 0.5 : 0;
    double inside = (bar - section->first + (double)place / arranger->places) / section->bars;
    double velocity = arranger->cues->velocity + players[a->ensemble][part].loudness + loudness +
                      arranger->cues->accent * (accent - 0.3) + 4 * sin(M_PI * inside) +
                      2 * section->fullness + arranger->swell + 2.5 * normal(arranger);
    return (int)fmin(fmax(lround(velocity), 12), 124);
}

static uint8_t melody_program(const Arrangement *a) {
    return (uint8_t)(a->program >= 0 ? a->program : players[a->ensemble][MELODY].program);
}

static void add_note(Arranger *arranger, Part part, int bar, double place, double length, int pitch,
                     int loudness) {
    const Arrangement *a = arranger->arrangement;
    if (arranger->failed || arranger->tracks[part] < 0 || pitch < 21 || pitch > 108)
        return;
    bool exact = a->ensemble == ENSEMBLE_CHIPTUNE || part == DRUMS;
    double late =
        exact ? 0
              : arranger->cues->timing * normal(arranger) * arranger->tempo / 60 * ARRANGER_TICKS;
    double limit = SIXTEENTH * 0.4,
           on = tick_of(arranger, bar, place) + fmin(fmax(late, -limit), limit);
    double off = tick_of(arranger, bar, place + length);
    SongNote note = {.onset = (uint32_t)fmax(lround(on), 0),
                     .pitch = (uint8_t)pitch,
                     .track = (uint16_t)arranger->tracks[part],
                     .channel = (uint8_t)(part == DRUMS ? SONG_DRUM_CHANNEL : part),
                     .program = part == MELODY ? melody_program(a)
                                               : (uint8_t)players[a->ensemble][part].program};
    note.velocity = (uint8_t)velocity_at(arranger, part, bar, (int)place, loudness);
    if (a->loops)
        off = fmin(off, tick_of(arranger, a->sheet->n_bars, 0));
    note.release = (uint32_t)fmax(lround(off), note.onset + SIXTEENTH / 4);
    arranger->failed = song_add_note(arranger->song, note, arranger->error);
}

/* ------------------------------------------------------------------ melody */

/* Where an event ends: at the next one, over bar lines too. */
static double event_length(const Arranger *arranger, int bar, int index) {
    const LeadSheet *sheet = arranger->arrangement->sheet;
    int from = sheet->bars[bar].events[index].place, most = 2 * arranger->places;
    if (index + 1 < sheet->bars[bar].n_events)
        return sheet->bars[bar].events[index + 1].place - from;
    int length = arranger->places - from;
    for (int b = bar + 1; b < sheet->n_bars && length < most; b++) {
        if (sheet->bars[b].n_events)
            return length + sheet->bars[b].events[0].place;
        length += arranger->places;
    }
    return length;
}

static void play_melody(Arranger *arranger, int bar, int octave) {
    const Arrangement *a = arranger->arrangement;
    const LeadBar *sheet = &a->sheet->bars[bar];
    bool last = is_end(arranger, bar);
    for (int i = 0; i < sheet->n_events; i++) {
        const LeadEvent *event = &sheet->events[i];
        if (event->pitch == LEAD_REST)
            continue;
        double length = event_length(arranger, bar, i);
        double held = last ? length : length * arranger->cues->articulation;
        add_note(arranger, MELODY, bar, event->place, held, arranger->home + octave + event->pitch,
                 0);
    }
}

/* The lowest melody pitch that sounds in half a bar, or `otherwise`. */
static int lowest_melody(const Arranger *arranger, int bar, int half, int octave, int otherwise) {
    const LeadBar *sheet = &arranger->arrangement->sheet->bars[bar];
    int lowest = otherwise;
    for (int i = 0; i < sheet->n_events; i++) {
        const LeadEvent *event = &sheet->events[i];
        bool here = event->place / (arranger->places / 2) == half;
        if (here && event->pitch != LEAD_REST && arranger->home + octave + event->pitch < lowest)
            lowest = arranger->home + octave + event->pitch;
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
static void find_voicing(Arranger *arranger, int chord, int center, int ceiling) {
    double least = INFINITY;
    int best[VOICES] = {0}, n_best = 0, before = 0;
    for (int i = 0; i < arranger->voicing.count; i++)
        before += arranger->voicing.pitches[i];
    double middle = arranger->voicing.count ? (double)before / arranger->voicing.count : center;
    for (int from = center - 12; from <= center + 2; from++) {
        int voicing[VOICES], n = stack(chord, arranger->home, from, voicing);
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
    memcpy(arranger->voicing.pitches, best, sizeof best);
    arranger->voicing.count = n_best;
}

/* The note of a voicing that a bit of a stroke means: the highest, an octave higher, where it has
 * fewer. */
static int voice(const Arranger *arranger, int bit) {
    return bit < arranger->voicing.count ? arranger->voicing.pitches[bit]
                                         : arranger->voicing.pitches[0] + 12;
}

static void play_chords(Arranger *arranger, const Pattern *pattern, int bar, int half) {
    int start = half * arranger->places / 2, length = arranger->places / 2;
    for (int i = 0; i < pattern->count; i++) {
        const Stroke *stroke = &pattern->strokes[i];
        bool all = stroke->notes == 15;
        if (stroke->place >= length)
            continue;
        double held = fmin(stroke->length, length - stroke->place);
        if (arranger->cues->pedal)
            held = length - stroke->place;
        else if (stroke->length <= 4)
            held *= fmin(arranger->cues->articulation + 0.1, 1);
        for (int bit = 0; bit < VOICES; bit++)
            if (stroke->notes >> bit & 1 && (!all || bit < arranger->voicing.count))
                add_note(arranger, CHORDS, bar, start + stroke->place, held, voice(arranger, bit),
                         stroke->loudness);
    }
}

/* The root: below the chords, or for a piano as near to the highest of them as a hand reaches. */
static int bass_root(const Arranger *arranger, int chord) {
    const int highest = 43;
    int root = 36 + (arranger->home + chord / LEAD_QUALITIES) % 12;
    int top = arranger->voicing.pitches[arranger->voicing.count - 1];
    if (root > highest)
        root -= 12;
    while (arranger->arrangement->ensemble == ENSEMBLE_PIANO && top - root > REACH)
        root += 12;
    return root;
}

static void play_bass(Arranger *arranger, const Pattern *pattern, int chord, int bar, int half) {
    int start = half * arranger->places / 2, length = arranger->places / 2;
    int root = bass_root(arranger, chord);
    const int notes[] = {root, root - 5, root + 12};
    bool low = root - 5 < 31;
    for (int i = 0; i < pattern->count; i++) {
        const Stroke *stroke = &pattern->strokes[i];
        if (stroke->place >= length)
            continue;
        double held = fmin(stroke->length, length - stroke->place);
        for (int bit = 0; bit < 3; bit++)
            if (stroke->notes >> bit & 1)
                add_note(arranger, BASS, bar, start + stroke->place, held,
                         notes[bit] + (bit == 1 && low ? 12 : 0), stroke->loudness);
    }
}

static void play_pads(Arranger *arranger, int bar, int half, int fullness) {
    if (fullness < 1)
        return;
    for (int i = 0; i < arranger->voicing.count; i++)
        add_note(arranger, PADS, bar, half * arranger->places / 2, arranger->places / 2.0,
                 arranger->voicing.pitches[i] + 12, 0);
}

static void play_drums(Arranger *arranger, int bar, int half) {
    const Pattern *pattern = &drum_patterns[arranger->cues->drums][half];
    for (int i = 0; i < pattern->count; i++) {
        const Stroke *stroke = &pattern->strokes[i];
        if (stroke->place < arranger->places / 2)
            add_note(arranger, DRUMS, bar, half * arranger->places / 2 + stroke->place,
                     stroke->length, stroke->notes, stroke->loudness);
    }
}

/* ------------------------------------------------------------------ bars */

static void mark_chord(Arranger *arranger, int bar, int half, int chord) {
    const Arrangement *a = arranger->arrangement;
    char name[8];
    arranger_chord_name(chord, a->tonic, arranger->minor, name);
    if (!arranger->failed)
        arranger->failed =
            song_add_chord(arranger->song, tick_of(arranger, bar, half * arranger->places / 2),
                           name, arranger->error);
}

/* The last bar: one chord over its root, held. */
static void play_end(Arranger *arranger, int chord, int bar) {
    for (int i = 0; i < arranger->voicing.count; i++)
        add_note(arranger, CHORDS, bar, 0, arranger->places, arranger->voicing.pitches[i], 0);
    add_note(arranger, BASS, bar, 0, arranger->places, bass_root(arranger, chord), 0);
}

static void play_half(Arranger *arranger, int bar, int half, int octave) {
    const Arrangement *a = arranger->arrangement;
    const PlanSection *section = &a->plan->sections[a->plan->bars[bar].section];
    int chord = a->sheet->bars[bar].chords[half];
    int center = 58 + 12 * (a->ensemble == ENSEMBLE_PIANO ? arranger->cues->accompaniment : 0);
    bool last = is_end(arranger, bar);
    if (chord != arranger->voicing.chord) {
        find_voicing(arranger, chord, center, lowest_melody(arranger, bar, half, octave, 127));
        mark_chord(arranger, bar, half, chord);
        arranger->voicing.chord = chord;
    }
    if (last) {
        if (!half)
            play_end(arranger, chord, bar);
        return;
    }
    bool silent = chance(arranger) < (float)arranger->cues->silence &&
                  a->plan->bars[bar].cadence == CADENCE_NONE;
    if (!silent) {
        play_chords(arranger, &chord_patterns[arranger->cues->chords[section->fullness]], bar,
                    half);
        play_bass(arranger, &bass_patterns[arranger->cues->bass[section->fullness]], chord, bar,
                  half);
        play_drums(arranger, bar, half);
    }
    play_pads(arranger, bar, half, section->fullness);
}

/* Gives a bar its own random numbers, and a phrase of four its loudness. */
static void begin_bar(Arranger *arranger, int bar, const ArrangementBar *how) {
    enum { PHRASE = 4 };
    Rng phrase = rng_split(rng_split(arranger->arrangement->rng, 0), (uint64_t)(bar / PHRASE));
    arranger->cues = &how->cues;
    arranger->tempo = how->tempo;
    arranger->minor = how->minor;
    arranger->rng = rng_split(rng_split(arranger->arrangement->rng, 1), (uint64_t)bar);
    arranger->drawn = 0;
    arranger->swell = how->cues.uneven * fmin(fmax((double)rng_normal(phrase, 0), -1.5), 1.5);
}

static void play_bar(Arranger *arranger, int bar, const ArrangementBar *how) {
    const Arrangement *a = arranger->arrangement;
    const PlanSection *section = &a->plan->sections[a->plan->bars[bar].section];
    /* The sheet lies where the network's melodies do; the cues say in which octave it sounds. */
    int octave = a->given ? 0 : 12 * lead_octave(&how->cues);
    begin_bar(arranger, bar, how);
    if (bar == section->first && !arranger->failed)
        arranger->failed = song_add_marker(arranger->song, tick_of(arranger, bar, 0), section->name,
                                           arranger->error);
    for (int half = 0; half < 2; half++)
        play_half(arranger, bar, half, octave);
    if (!a->given)
        play_melody(arranger, bar, octave);
}

static void play_given(Arranger *arranger) {
    const Arrangement *a = arranger->arrangement;
    for (int i = 0; i < a->given->n_notes && !arranger->failed; i++) {
        SongNote note = a->given->notes[i];
        note.track = (uint16_t)arranger->tracks[MELODY];
        note.channel = MELODY;
        note.program = melody_program(a);
        arranger->failed = song_add_note(arranger->song, note, arranger->error);
    }
}

/* ------------------------------------------------------------------ the song */

static const double last_bar = 0.8; /* of the tempo */

/* Tempos and keys, where they change; a given melody has its own tempos. */
static int add_changes(Arranger *arranger) {
    const Arrangement *a = arranger->arrangement;
    Song *song = arranger->song;
    int n = a->bars ? a->sheet->n_bars : 0, status = 0;
    for (int b = 0; b < n && !status; b++) {
        bool slows = !a->loops && n > 2 && b == n - 1;
        uint32_t pulse = (uint32_t)lround(60e6 / a->bars[b].tempo / (slows ? last_bar : 1));
        uint32_t tick = tick_of(arranger, b, 0);
        if (!a->given)
            status = song_add_tempo(song, tick, pulse, arranger->error);
        if (!status && (!b || a->bars[b].minor != a->bars[b - 1].minor))
            status = song_add_key(song, tick, a->tonic, a->bars[b].minor, arranger->error);
    }
    for (int i = 0; a->given && !status && i < a->given->n_tempos; i++)
        status = song_add_tempo(song, a->given->tempos[i].at.tick, a->given->tempos[i].microseconds,
                                arranger->error);
    return status;
}

static int begin_song(Arranger *arranger) {
    const Arrangement *a = arranger->arrangement;
    static const int meters[LEAD_METERS][2] = {{4, 4}, {3, 4}, {6, 8}};
    Song *song = arranger->song;
    LeadMeter meter = a->sheet->head.meter;
    if (song_add_meter(song, 0, meters[meter][0], meters[meter][1], arranger->error) ||
        add_changes(arranger))
        return -1;
    for (int part = 0; part < PARTS; part++) {
        const char *name = players[a->ensemble][part].name;
        arranger->tracks[part] = name ? song->n_tracks : -1;
        if (name && song_add_track(song, name, arranger->error))
            return -1;
    }
    return 0;
}

Arranger *arranger_create(const Arrangement *arrangement, Error *error) {
    Arranger *arranger = malloc(sizeof *arranger);
    if (!arranger) {
        error_memory(error, "an arrangement", sizeof *arranger);
        return NULL;
    }
    *arranger = (Arranger){.arrangement = arrangement,
                           .song = song_create(ARRANGER_TICKS),
                           .error = error,
                           .bar = -1,
                           .voicing = {.chord = -1},
                           .places = lead_places(arrangement->sheet->head.meter)};
    arranger->home = 60 + (arrangement->tonic > 6 ? arrangement->tonic - 12 : arrangement->tonic);
    if (arranger->song && !begin_song(arranger)) {
        arranger->song->grid = SONG_GRID_METRIC;
        return arranger;
    }
    if (!arranger->song)
        error_memory(error, "a song", sizeof *arranger->song);
    arranger_destroy(arranger);
    return NULL;
}

void arranger_destroy(Arranger *arranger) {
    if (!arranger)
        return;
    song_free(arranger->song);
    free(arranger);
}

int arranger_bar(Arranger *arranger, int bar, const ArrangementBar *how, Error *error) {
    if (bar != arranger->bar)
        arranger->before = arranger->voicing;
    arranger->voicing = arranger->before;
    arranger->bar = bar;
    arranger->error = error;
    arranger->song->n_notes = arranger->song->n_markers = 0;
    play_bar(arranger, bar, how);
    return arranger->failed ? -1 : 0;
}

const Song *arranger_song(const Arranger *arranger) {
    return arranger->song;
}

/* Where a loop ends and begins, as players of games' music read it. */
static void mark_loop(Arranger *arranger) {
    uint32_t end = tick_of(arranger, arranger->arrangement->sheet->n_bars, 0);
    if (!arranger->failed)
        arranger->failed = song_add_marker(arranger->song, 0, "loopStart", arranger->error) ||
                           song_add_marker(arranger->song, end, "loopEnd", arranger->error);
}

Song *arranger_play(const Arrangement *arrangement, Error *error) {
    Arranger *arranger = arranger_create(arrangement, error);
    if (!arranger)
        return NULL;
    for (int b = 0; b < arrangement->sheet->n_bars; b++)
        play_bar(arranger, b, &arrangement->bars[b]);
    if (arrangement->given)
        play_given(arranger);
    if (arrangement->loops)
        mark_loop(arranger);
    Song *song = arranger->song;
    if (arranger->failed || song_finish(song, error))
        song = NULL;
    else
        arranger->song = NULL;
    arranger_destroy(arranger);
    return song;
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
