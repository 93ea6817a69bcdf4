#include "compose/arrange/arranger_parts.h"

#include <math.h>
#include <stdlib.h>

enum { SECTIONS = 16 }; /* a stream of random numbers, after those of performance.c */
enum { ALL = 15 };

/* ------------------------------------------------------------------ hands */

/* The note of a voicing that a bit of a stroke means: the highest, an octave higher, where it has
 * fewer. */
static int voice(const Arranger *arranger, int bit) {
    return bit < arranger->voicing.count ? arranger->voicing.pitches[bit]
                                         : arranger->voicing.pitches[0] + 12;
}

static bool strikes_at(const Pattern *pattern, int place) {
    for (int i = 0; i < pattern->count; i++)
        if (pattern->strokes[i].place == place)
            return true;
    return false;
}

/* What the melody strikes at a place of the bar, or -1. */
static int melody_struck(const Arranger *arranger, int bar, int place, int octave) {
    const LeadBar *sheet = &arranger->arrangement->sheet->bars[bar];
    for (int i = 0; i < sheet->n_events; i++)
        if (sheet->events[i].place == place)
            return sheet->events[i].pitch == LEAD_REST
                       ? -1
                       : arranger->home + octave + sheet->events[i].pitch;
    return -1;
}

/* Where a chord's note is played together with a bass: where one hand reaches it from the bass or
 * the other from the melody, else an octave higher if that one does; -1: it is left out. */
static int within_hands(const Arranger *arranger, int pitch, int bass, int melody) {
    if (arranger->arrangement->ensemble != ENSEMBLE_PIANO || bass < 0 || pitch - bass <= REACH)
        return pitch;
    if (melody < 0 || melody - pitch <= REACH)
        return pitch;
    return pitch + 12 < melody && melody - pitch - 12 <= REACH ? pitch + 12 : -1;
}

static int lowest_bass(const Arranger *arranger) {
    const int usual = 38, lower = 6, lowest = 29;
    int pitch = usual + arranger->habits.height + lower * arranger->cues->accompaniment;
    return pitch > lowest ? pitch : lowest;
}

/* A bass note for a chord: the octave of its root that lies nearest to the latest one. */
static int bass_root(Arranger *arranger, int chord) {
    const int range = 14;
    int lowest = lowest_bass(arranger), highest = lowest + range;
    int wanted = (arranger->home + chord / LEAD_QUALITIES) % 12, best = -1;
    int from = arranger->bass ? arranger->bass : lowest + range / 2;
    for (int pitch = lowest; pitch <= highest; pitch++)
        if (pitch % 12 == wanted && (best < 0 || abs(pitch - from) < abs(best - from)))
            best = pitch;
    return arranger->bass = best;
}

/* Whether the left hand plays a bass note in octaves: loud ones, by some players all, where it has
 * no chord to play. */
static bool is_doubled(const Arranger *arranger, const Pattern *chords, int place, int root) {
    const int lowest = 24, loud = 85;
    return arranger->arrangement->ensemble == ENSEMBLE_PIANO && root - 12 >= lowest &&
           (arranger->habits.low_octaves || arranger->cues->velocity >= loud) &&
           !strikes_at(chords, place);
}

/* ------------------------------------------------------------------ chords and bass */

/* Where a pattern is played: the half bar, and which of the pattern's places is its first. In a
 * waltz a chord that stays goes on from the pattern's second beat, and what fills the first half
 * fills the bar. */
typedef struct Span {
    int start, length, first;
    int longest; /* that a note of it is held */
} Span;

static Span span_of(const Arranger *arranger, int bar, int half) {
    const LeadBar *sheet = &arranger->arrangement->sheet->bars[bar];
    bool goes_on = arranger_is_waltz(arranger) && sheet->chords[0] == sheet->chords[1];
    int start = arranger_half(arranger, half), length = arranger_half(arranger, half + 1) - start;
    return (Span){.start = start,
                  .length = length,
                  .first = goes_on && half ? BEAT : 0,
                  .longest = goes_on && !half ? arranger->places : length};
}

static bool falls_into(const Span *span, const Stroke *stroke) {
    return stroke->place >= span->first && stroke->place < span->first + span->length;
}

/* For how long a stroke may sound, and does. */
static double most_of(const Span *span, const Stroke *stroke) {
    bool fills = stroke->place == 0 && stroke->length >= span->length;
    return fills ? span->longest : span->length - (stroke->place - span->first);
}

static double length_of(const Span *span, const Stroke *stroke) {
    double most = most_of(span, stroke);
    return stroke->length >= span->length ? most : fmin(stroke->length, most);
}

static void play_chords(Arranger *arranger, const Pattern *pattern, const Pattern *below, int root,
                        int bar, int half, int octave) {
    const double rings = 0.8; /* so much pedal that others than pianos hold the chords too */
    Span span = span_of(arranger, bar, half);
    for (int i = 0; i < pattern->count; i++) {
        const Stroke *stroke = &pattern->strokes[i];
        int place = span.start + stroke->place - span.first;
        bool all = stroke->notes == ALL;
        if (!falls_into(&span, stroke))
            continue;
        double held = length_of(&span, stroke);
        if (arranger->cues->pedal >= rings)
            held = most_of(&span, stroke);
        else if (stroke->length <= 4)
            held *= fmin(arranger->cues->articulation + 0.1, 1);
        if (arranger->genre->longest > 0)
            held = fmin(held, arranger->genre->longest);
        int bass = strikes_at(below, stroke->place) ? root : -1;
        int melody = melody_struck(arranger, bar, place, octave);
        for (int bit = 0; bit < VOICES; bit++) {
            bool sounds = stroke->notes >> bit & 1 && (!all || bit < arranger->voicing.count);
            int pitch = sounds ? within_hands(arranger, voice(arranger, bit), bass, melody) : -1;
            if (pitch > 0)
                arranger_note(arranger, CHORDS, bar, place, held, pitch, stroke->loudness);
        }
    }
}

static void play_bass(Arranger *arranger, const Pattern *pattern, const Pattern *chords, int root,
                      int bar, int half) {
    Span span = span_of(arranger, bar, half);
    int third = lead_chord_has(arranger->voicing.chord, root - arranger->home + 124) ? 4 : 3;
    int fifth = lead_chord_has(arranger->voicing.chord, root - arranger->home + 126) ? 6 : 7;
    bool low = root - 5 < 31;
    const int notes[] = {root,         low ? root + 7 : root - 5, root + 12,
                         root + fifth, root + 12 + third,         root + 12 + fifth};
    for (int i = 0; i < pattern->count; i++) {
        const Stroke *stroke = &pattern->strokes[i];
        int place = span.start + stroke->place - span.first;
        if (!falls_into(&span, stroke))
            continue;
        double held = length_of(&span, stroke);
        if (arranger->genre->longest > 0)
            held = fmin(held, 2 * arranger->genre->longest);
        for (int bit = 0; bit < (int)(sizeof notes / sizeof *notes); bit++)
            if (stroke->notes >> bit & 1)
                arranger_note(arranger, BASS, bar, place, held, notes[bit], stroke->loudness);
        if (stroke->notes & 1 && is_doubled(arranger, chords, stroke->place, root))
            arranger_note(arranger, BASS, bar, place, held, root - 12, stroke->loudness);
    }
}

/* ------------------------------------------------------------------ textures */

/* A thinner pattern for one that strikes whole chords. */
static ChordPattern thinner(ChordPattern pattern) {
    switch (pattern) {
    case CHORDS_QUARTERS:
    case CHORDS_OFFBEAT:
    case CHORDS_EIGHTHS:
        return CHORDS_BROKEN;
    case CHORDS_HITS:
    case CHORDS_SYNCOPATED:
        return CHORDS_SPREAD;
    default:
        return pattern;
    }
}

/* Wide broken chords for the left hand, as fast as a section of this fullness wants them. */
static BassPattern wide(const Arranger *arranger, int fullness) {
    const double seconds = 0.16; /* of a sixteenth that is not too fast */
    bool slow = 15 / arranger->tempo >= seconds;
    return fullness > 1 && slow   ? BASS_WIDE_SIXTEENTHS
           : fullness > 0 || slow ? BASS_WIDE_EIGHTHS
                                  : BASS_WIDE_QUARTERS;
}

/* What strikes a waltz's beats instead of places between them; a new chord on the last beat is
 * struck there. */
static ChordPattern chords_in_three(ChordPattern pattern, bool strikes) {
    switch (pattern) {
    case CHORDS_OFFBEAT:
        return strikes ? CHORDS_QUARTERS : CHORDS_AFTER_FIRST;
    case CHORDS_SYNCOPATED:
        return CHORDS_QUARTERS;
    case CHORDS_SPREAD:
        return CHORDS_BROKEN;
    default:
        return pattern;
    }
}

static BassPattern bass_in_three(BassPattern pattern) {
    return pattern == BASS_FIFTHS ? BASS_HELD : pattern == BASS_SYNCOPATED ? BASS_FIFTHS : pattern;
}

/* A section keeps its manner, and what returns returns in it. */
void arranger_patterns(Arranger *arranger, int bar, int half, int octave) {
    const Cues *cues = arranger->cues;
    const Arrangement *a = arranger->arrangement;
    const PlanSection *section = &a->plan->sections[a->plan->bars[bar].section];
    bool piano = a->ensemble == ENSEMBLE_PIANO;
    uint64_t key = (uint64_t)(3 * section->name[0] + section->fullness);
    Rng sections = rng_split(a->rng, SECTIONS);
    ChordPattern chords = cues->chords[section->fullness];
    BassPattern bass = cues->bass[section->fullness];
    if (piano && rng_uniform(sections, 2 * key) < arranger->habits.wide) {
        chords = CHORDS_NONE;
        bass = wide(arranger, section->fullness);
    } else if (piano && rng_uniform(sections, 2 * key + 1) < arranger->habits.broken) {
        chords = thinner(chords);
    }
    if (arranger_is_waltz(arranger)) {
        const LeadBar *sheet = &a->sheet->bars[bar];
        chords = chords_in_three(chords, half && sheet->chords[0] != sheet->chords[1]);
        bass = bass_in_three(bass);
    }
    int root = bass_root(arranger, arranger->voicing.chord);
    play_chords(arranger, &chord_patterns[chords], &bass_patterns[bass], root, bar, half, octave);
    play_bass(arranger, &bass_patterns[bass], &chord_patterns[chords], root, bar, half);
}

/* An Alberti bass; calm sections have held chords over their root, full ones sixteenths. */
void arranger_classical(Arranger *arranger, int bar, int half, int octave, int fullness) {
    static const ChordPattern patterns[] = {CHORDS_HELD, CHORDS_ALBERTI, CHORDS_ROLLING};
    const Pattern *bass = &bass_patterns[fullness == 1 ? BASS_NONE : BASS_HELD];
    int root = bass_root(arranger, arranger->voicing.chord);
    play_chords(arranger, &chord_patterns[patterns[fullness]], bass, root, bar, half, octave);
    play_bass(arranger, bass, &chord_patterns[patterns[fullness]], root, bar, half);
}

/* The last bar: one chord over its root, held. */
void arranger_end(Arranger *arranger, int bar, int octave) {
    int root = bass_root(arranger, arranger->voicing.chord);
    int melody = melody_struck(arranger, bar, 0, octave);
    for (int i = 0; i < arranger->voicing.count; i++) {
        int pitch = within_hands(arranger, arranger->voicing.pitches[i], root, melody);
        if (pitch > 0)
            arranger_note(arranger, CHORDS, bar, 0, arranger->places, pitch, 0);
    }
    arranger_note(arranger, BASS, bar, 0, arranger->places, root, 0);
}
