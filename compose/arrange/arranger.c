#include "compose/arrange/arranger.h"

#include "compose/arrange/arranger_parts.h"
#include "compose/arrange/lead_writer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const ensemble_names[ENSEMBLES + 1] = {"piano", "band", "strings", "chiptune", NULL};

/* General MIDI programs, counted from 0. */
const Instrument arranger_instruments[ENSEMBLES][PARTS] = {
    [ENSEMBLE_PIANO] = {{"Melody", 0, 6}, {"Chords", 0, -6}, {"Bass", 0, -4}},
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

/* The bar that the piece ends with. */
static bool is_end(const Arranger *arranger, int bar) {
    return !arranger->arrangement->loops && bar == arranger->arrangement->sheet->n_bars - 1;
}

bool arranger_is_waltz(const Arranger *arranger) {
    return arranger->arrangement->sheet->head.meter == LEAD_3_4;
}

int arranger_half(const Arranger *arranger, int half) {
    int second = lead_second_chord(arranger->arrangement->sheet->head.meter);
    return half > 1 ? arranger->places : half * second;
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

/* A mordent: the note, the semitone below it, and the note again. Returns how many sixteenths of it
 * are played, 0 where there is none. */
static int play_mordent(Arranger *arranger, int bar, int place, double length, int pitch) {
    const float often = 0.3f;
    if (arranger->genre->texture != TEXTURE_CLASSICAL || length < BEAT ||
        arranger_chance(arranger) >= often)
        return 0;
    arranger_note(arranger, MELODY, bar, place, 1, pitch, 4);
    arranger_note(arranger, MELODY, bar, place + 1, 1, pitch - 1, -4);
    return 2;
}

/* What the right hand adds below a note of the melody, or -1. */
static int doubled(const Arranger *arranger, int bar, int place, int pitch) {
    const Arrangement *a = arranger->arrangement;
    const LeadBar *sheet = &a->sheet->bars[bar];
    int fullness = a->plan->sections[a->plan->bars[bar].section].fullness;
    if (a->ensemble != ENSEMBLE_PIANO || place % BEAT)
        return -1;
    if (arranger->habits.doubling == DOUBLING_OCTAVES)
        return fullness > 0 ? pitch - 12 : -1;
    if (arranger->habits.doubling != DOUBLING_CHORD || fullness < 1)
        return -1;
    int chord = sheet->chords[place >= arranger_half(arranger, 1)], below = pitch - 3;
    while (!lead_chord_has(chord, below - arranger->home + 120))
        below--;
    return below;
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
        int pitch = arranger->home + octave + event->pitch;
        if (arranger->genre->texture == TEXTURE_CHORALE) {
            arranger_tied_note(arranger, MELODY, bar, event->place, length, pitch);
            continue;
        }
        int below = doubled(arranger, bar, event->place, pitch);
        if (below > 0)
            arranger_note(arranger, MELODY, bar, event->place, held, below, -8);
        int played = play_mordent(arranger, bar, event->place, held, pitch);
        arranger_note(arranger, MELODY, bar, event->place + played, held - played, pitch, 0);
    }
}

/* The lowest melody pitch that sounds in half a bar, or `otherwise`. */
static int lowest_melody(const Arranger *arranger, int bar, int half, int octave, int otherwise) {
    const LeadBar *sheet = &arranger->arrangement->sheet->bars[bar];
    int lowest = otherwise;
    for (int i = 0; i < sheet->n_events; i++) {
        const LeadEvent *event = &sheet->events[i];
        bool here = (event->place >= arranger_half(arranger, 1)) == half;
        if (here && event->pitch != LEAD_REST && arranger->home + octave + event->pitch < lowest)
            lowest = arranger->home + octave + event->pitch;
    }
    return lowest;
}

/* ------------------------------------------------------------------ pads, drums, the end */

/* Pads hold the chords; in full sections they sing a line of their own instead. */
static void play_pads(Arranger *arranger, int bar, int half, int octave, int fullness) {
    if (fullness < 1)
        return;
    if (fullness > 1) {
        arranger_counter_line(arranger, bar, half, octave);
        return;
    }
    int start = arranger_half(arranger, half), length = arranger_half(arranger, half + 1) - start;
    for (int i = 0; i < arranger->voicing.count; i++)
        arranger_note(arranger, PADS, bar, start, length, arranger->voicing.pitches[i] + 12, 0);
}

/* A waltz ends with the last beat of the patterns. */
static void play_drums(Arranger *arranger, int bar, int half) {
    const Pattern *pattern = &drum_patterns[arranger->cues->drums][half];
    int start = arranger_half(arranger, half), length = arranger_half(arranger, half + 1) - start;
    int first = half && arranger_is_waltz(arranger) ? BEAT : 0;
    for (int i = 0; i < pattern->count; i++) {
        const Stroke *stroke = &pattern->strokes[i];
        int place = stroke->place - first;
        if (place >= 0 && place < length)
            arranger_note(arranger, DRUMS, bar, start + place, stroke->length, stroke->notes,
                          stroke->loudness);
    }
}

/* ------------------------------------------------------------------ bars */

static void mark_chord(Arranger *arranger, int bar, int half, int chord) {
    const Arrangement *a = arranger->arrangement;
    char name[8];
    arranger_chord_name(chord, a->tonic, arranger->minor, name);
    if (!arranger->failed)
        arranger->failed = song_add_chord(
            arranger->song, arranger_tick(arranger, bar, arranger_half(arranger, half)), name,
            arranger->error);
}

/* A chord that is new: its name, and where the texture wants one its voicing. */
static void change_chord(Arranger *arranger, int bar, int half, int octave) {
    const Arrangement *a = arranger->arrangement;
    const double legato = 0.8; /* rougher moods have plain chords, and so has minor */
    bool moves = a->ensemble == ENSEMBLE_PIANO && arranger->genre->texture == TEXTURE_CUES;
    int chord = arranger_chord(arranger, bar, half);
    int center = 60 + arranger->habits.height + (moves ? 12 * arranger->cues->accompaniment : 0);
    int ceiling = lowest_melody(arranger, bar, half, octave, 127);
    bool smooth =
        a->genre != GENRE_FREE || (arranger->cues->articulation >= legato && !arranger->minor);
    float often = (float)arranger->genre->colour * arranger->habits.colour * (float)smooth;
    bool colour = arranger_chance(arranger) < often && !is_end(arranger, bar) &&
                  a->ensemble != ENSEMBLE_CHIPTUNE;
    if (chord == arranger->voicing.chord)
        return;
    mark_chord(arranger, bar, half, chord);
    if (arranger->genre->texture != TEXTURE_CHORALE || is_end(arranger, bar))
        arranger_voice(arranger, chord, center, ceiling, colour);
    arranger->voicing.chord = chord;
}

static void play_half(Arranger *arranger, int bar, int half, int octave) {
    const Arrangement *a = arranger->arrangement;
    const PlanSection *section = &a->plan->sections[a->plan->bars[bar].section];
    Texture texture = arranger->genre->texture;
    change_chord(arranger, bar, half, octave);
    if (is_end(arranger, bar)) {
        if (!half)
            arranger_end(arranger, bar, octave);
        return;
    }
    bool silent = arranger_chance(arranger) < (float)arranger->cues->silence &&
                  a->plan->bars[bar].cadence == CADENCE_NONE && texture == TEXTURE_CUES;
    if (texture == TEXTURE_CHORALE)
        arranger_chorale(arranger, bar, half, octave);
    else if (texture == TEXTURE_CLASSICAL)
        arranger_classical(arranger, bar, half, octave, section->fullness);
    else if (texture == TEXTURE_FOLK)
        arranger_folk(arranger, bar, half);
    else if (texture == TEXTURE_JAZZ)
        arranger_jazz(arranger, bar, half);
    else if (!silent)
        arranger_patterns(arranger, bar, half, octave);
    if (!silent)
        play_drums(arranger, bar, half);
    play_pads(arranger, bar, half, octave, section->fullness);
}

static void play_bar(Arranger *arranger, int bar, const ArrangementBar *how) {
    const Arrangement *a = arranger->arrangement;
    const PlanSection *section = &a->plan->sections[a->plan->bars[bar].section];
    /* The sheet lies where the network's melodies do; the cues say in which octave it sounds. */
    int octave = a->given ? 0 : 12 * lead_octave(&how->cues);
    arranger_begin_bar(arranger, bar, how);
    if (bar == section->first && !arranger->failed)
        arranger->failed = song_add_marker(arranger->song, arranger_tick(arranger, bar, 0),
                                           section->name, arranger->error);
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
        note.program = arranger_melody_program(a);
        arranger->failed = song_add_note(arranger->song, note, arranger->error);
    }
}

/* ------------------------------------------------------------------ the song */

double arranger_last_tempo(int n_bars, bool loops) {
    const double slower = 0.8;
    return loops || n_bars <= 2 ? 1 : slower;
}

/* Tempos: those of the bars, moved by the performer's rubato; a given melody has its own. */
static int add_tempos(Arranger *arranger) {
    const Arrangement *a = arranger->arrangement;
    int n = a->bars ? a->sheet->n_bars : 0, status = 0;
    double *rubato = malloc(((size_t)n * 2 + 1) * sizeof *rubato);
    if (!rubato)
        return error_memory(arranger->error, "tempos", (size_t)n * 2 * sizeof *rubato);
    if (n)
        arranger_rubato(a, rubato);
    for (int h = 0; h < 2 * n && !status && !a->given; h++) {
        int b = h / 2;
        double slower = b == n - 1 ? arranger_last_tempo(n, a->loops) : 1;
        double tempo = a->bars[b].tempo * slower * rubato[h];
        if (!h || rubato[h] != rubato[h - 1] || !(h % 2))
            status = song_add_tempo(arranger->song,
                                    arranger_tick(arranger, b, h % 2 * arranger->places / 2.0),
                                    (uint32_t)lround(60e6 / tempo), arranger->error);
    }
    free(rubato);
    for (int i = 0; a->given && !status && i < a->given->n_tempos; i++)
        status = song_add_tempo(arranger->song, a->given->tempos[i].at.tick,
                                a->given->tempos[i].microseconds, arranger->error);
    return status;
}

static int add_keys(Arranger *arranger) {
    const Arrangement *a = arranger->arrangement;
    int n = a->bars ? a->sheet->n_bars : 0, status = 0;
    for (int b = 0; b < n && !status; b++)
        if (!b || a->bars[b].minor != a->bars[b - 1].minor)
            status = song_add_key(arranger->song, arranger_tick(arranger, b, 0), a->tonic,
                                  a->bars[b].minor, arranger->error);
    return status;
}

static int begin_song(Arranger *arranger) {
    const Arrangement *a = arranger->arrangement;
    static const int meters[LEAD_METERS][2] = {{4, 4}, {3, 4}, {6, 8}};
    Song *song = arranger->song;
    LeadMeter meter = a->sheet->head.meter;
    if (song_add_meter(song, 0, meters[meter][0], meters[meter][1], arranger->error) ||
        add_tempos(arranger) || add_keys(arranger))
        return -1;
    for (int part = 0; part < PARTS; part++) {
        const char *name = arranger_instruments[a->ensemble][part].name;
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
                           .genre = genre_row(arrangement->genre),
                           .habits = arranger_habits(arrangement),
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
    if (bar != arranger->bar) {
        arranger->before.voicing = arranger->voicing;
        arranger->before.line = arranger->line;
        arranger->before.bass = arranger->bass;
    }
    arranger->voicing = arranger->before.voicing;
    arranger->line = arranger->before.line;
    arranger->bass = arranger->before.bass;
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
    uint32_t end = arranger_tick(arranger, arranger->arrangement->sheet->n_bars, 0);
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
