#include "compose/arrange/arranger_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ chords */

/* The notes of a chord above the tonic as a set by bit; with `colour` the seventh of the key, or
 * where that is not a seventh the ninth, and without the root. */
static unsigned chord_notes(int chord, bool minor, bool colour) {
    int root = chord / LEAD_QUALITIES;
    unsigned notes = 0;
    for (int c = 0; c < 12; c++)
        notes |= lead_chord_has(chord, c) ? 1u << c : 0;
    if (!colour || chord % LEAD_QUALITIES == LEAD_DIMINISHED)
        return notes;
    int seventh = lead_scale_has(minor, root + 10)   ? 10
                  : lead_scale_has(minor, root + 11) ? 11
                                                     : 14;
    return (notes | 1u << (root + seventh) % 12) & ~(1u << root);
}

/* Stacks the notes upwards from `from`; returns how many. */
static int stack(unsigned notes, int home, int from, int voicing[VOICES]) {
    int n = 0, wanted = __builtin_popcount(notes);
    for (int pitch = from; n < wanted && n < VOICES; pitch++)
        if (notes >> (pitch - home + 120) % 12 & 1)
            voicing[n++] = pitch;
    return n;
}

void arranger_voice(Arranger *arranger, int chord, int center, int ceiling, bool colour) {
    unsigned notes = chord_notes(chord, arranger->minor, colour);
    double least = INFINITY;
    int best[VOICES] = {0}, n_best = 0, before = 0;
    for (int i = 0; i < arranger->voicing.count; i++)
        before += arranger->voicing.pitches[i];
    double middle = arranger->voicing.count ? (double)before / arranger->voicing.count : center;
    for (int from = center - 12; from <= center + 2; from++) {
        int voicing[VOICES], n = stack(notes, arranger->home, from, voicing);
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
    if (arranger->habits.open && n_best > 2 && arranger->arrangement->ensemble == ENSEMBLE_PIANO) {
        int second = best[1] - 12;
        best[1] = best[0];
        best[0] = second;
    }
    memcpy(arranger->voicing.pitches, best, sizeof best);
    arranger->voicing.count = n_best;
    arranger->voicing.chord = chord;
}

int arranger_melody_at(const Arranger *arranger, int bar, int place, int octave) {
    const LeadSheet *sheet = arranger->arrangement->sheet;
    for (int b = bar; b >= 0 && b >= bar - 1; b--)
        for (int i = sheet->bars[b].n_events - 1; i >= 0; i--) {
            const LeadEvent *event = &sheet->bars[b].events[i];
            if (b == bar && event->place > place)
                continue;
            return event->pitch == LEAD_REST ? -1 : arranger->home + octave + event->pitch;
        }
    return -1;
}

static int nearest(unsigned notes, int home, int from, int low, int high) {
    int best = low;
    for (int pitch = low; pitch <= high; pitch++)
        if (notes >> (pitch - home + 120) % 12 & 1 &&
            (!(notes >> (best - home + 120) % 12 & 1) || abs(pitch - from) < abs(best - from)))
            best = pitch;
    return best;
}

/* The next note of the key in a direction. */
static int step(const Arranger *arranger, int pitch, int direction) {
    do
        pitch += direction;
    while (!lead_scale_has(arranger->minor, pitch - arranger->home + 120));
    return pitch;
}

/* ------------------------------------------------------------------ genres' own */

/* Whether the melody sounds a pitch class, counted from the tonic, in half a bar. */
static bool melody_has(const Arranger *arranger, int bar, int half, int pitch_class) {
    for (int place = arranger_half(arranger, half); place < arranger_half(arranger, half + 1);
         place++) {
        int pitch = arranger_melody_at(arranger, bar, place, 0);
        if (pitch > 0 && (pitch - arranger->home + 120) % 12 == pitch_class % 12)
            return true;
    }
    return false;
}

/* The chord of the half bar after this one; at the end of the piece this one's. */
static int next_chord(const LeadSheet *sheet, int bar, int half) {
    const LeadBar *here = &sheet->bars[bar];
    return !half ? here->chords[1] : bar + 1 < sheet->n_bars ? here[1].chords[0] : here->chords[1];
}

int arranger_chord(const Arranger *arranger, int bar, int half) {
    enum { SEVENTHS = 17 }; /* a stream of random numbers, after the arranger's */
    enum { FOURTH = 5, MINOR_THIRD = 3, MAJOR_SEVENTH = 11 };
    const LeadSheet *sheet = arranger->arrangement->sheet;
    int chord = sheet->bars[bar].chords[half], root = chord / LEAD_QUALITIES;
    bool leads = next_chord(sheet, bar, half) / LEAD_QUALITIES == (root + FOURTH) % 12;
    Rng rng = rng_split(arranger->arrangement->rng, SEVENTHS);
    if (!leads || chord % LEAD_QUALITIES > LEAD_MINOR ||
        rng_uniform(rng, (uint64_t)bar) >= (float)arranger->genre->sevenths ||
        melody_has(arranger, bar, half, root + MINOR_THIRD) ||
        melody_has(arranger, bar, half, root + MAJOR_SEVENTH))
        return chord;
    return root * LEAD_QUALITIES + LEAD_SEVENTH;
}

/* A chord of the key that has the soprano's note, other than the one before. */
static int passing_chord(Arranger *arranger, int chord, int soprano) {
    int found = chord, count = 0;
    for (int other = 0; other < LEAD_CHORDS && soprano > 0; other++) {
        int quality = other % LEAD_QUALITIES;
        bool fits = quality <= LEAD_MINOR && other != chord &&
                    lead_chord_has(other, soprano - arranger->home + 120);
        for (int c = 0; c < 12 && fits; c++)
            fits = !lead_chord_has(other, c) || lead_scale_has(arranger->minor, c);
        if (fits && arranger_chance(arranger) * (float)++count < 1)
            found = other;
    }
    return found;
}

/* A chord of a chorale: alto and tenor move to the nearest notes of the chord in their ranges, or
 * hold theirs, the bass takes its root. A voice that moves by a third is led by a passing eighth.
 */
static void sing(Arranger *arranger, int bar, int place, int length, int chord, int soprano) {
    static const struct { int low, high; } ranges[3] = {{41, 59}, {50, 67}, {57, 74}};
    unsigned notes = chord_notes(chord, arranger->minor, false);
    Voicing *voices = &arranger->voicing;
    if (voices->count != 3)
        *voices = (Voicing){.pitches = {50, 57, 64}, .count = 3, .chord = voices->chord};
    for (int v = 0; v < 3; v++) {
        int low = v ? voices->pitches[v - 1] + 1 : ranges[0].low, before = voices->pitches[v];
        int high =
            v == 2 && soprano > 0 && soprano - 1 < ranges[2].high ? soprano - 1 : ranges[v].high;
        low = low > ranges[v].low ? low : ranges[v].low;
        if (high >= low)
            voices->pitches[v] = nearest(v ? notes : 1u << chord / LEAD_QUALITIES, arranger->home,
                                         before, low, high);
        int leap = voices->pitches[v] - before;
        bool passes = abs(leap) >= 3 && abs(leap) <= 5;
        Part part = v ? CHORDS : BASS;
        if (passes)
            arranger_tied_note(arranger, part, bar, place, BEAT / 2.0,
                               step(arranger, before, leap > 0 ? 1 : -1));
        arranger_tied_note(arranger, part, bar, place + (passes ? BEAT / 2.0 : 0),
                           length - (passes ? BEAT / 2.0 : 0), voices->pitches[v]);
    }
}

/* The voices move together: a chord on every beat. */
void arranger_chorale(Arranger *arranger, int bar, int half, int octave) {
    int start = arranger_half(arranger, half), length = arranger_half(arranger, half + 1) - start;
    int own = arranger_chord(arranger, bar, half);
    for (int beat = 0; beat < length; beat += BEAT) {
        int soprano = arranger_melody_at(arranger, bar, start + beat, octave);
        int chord = beat ? passing_chord(arranger, own, soprano) : own;
        sing(arranger, bar, start + beat, length - beat < BEAT ? length - beat : BEAT, chord,
             soprano);
    }
}

/* A chord from its root up, held for half a bar, or for the whole where it stays. */
void arranger_folk(Arranger *arranger, int bar, int half) {
    const LeadBar *sheet = &arranger->arrangement->sheet->bars[bar];
    bool stays = sheet->chords[0] == sheet->chords[1];
    int chord = arranger_chord(arranger, bar, half);
    int start = arranger_half(arranger, half);
    int end = stays ? arranger->places : arranger_half(arranger, half + 1);
    if (stays && half)
        return;
    int root = 36 + (arranger->home + chord / LEAD_QUALITIES) % 12;
    unsigned notes = chord_notes(chord, arranger->minor, false);
    int pitches[VOICES], n = stack(notes, arranger->home, root, pitches);
    for (int i = 0; i < n; i++)
        arranger_note(arranger, i ? CHORDS : BASS, bar, start, end - start, pitches[i], 0);
}

/* A walking bass: the root on the first beat, then towards the next chord's root, the last note a
 * step away from it. Above it the chord with its seventh, held. */
void arranger_jazz(Arranger *arranger, int bar, int half) {
    const LeadSheet *sheet = arranger->arrangement->sheet;
    int start = arranger_half(arranger, half), length = arranger_half(arranger, half + 1) - start;
    int chord = arranger_chord(arranger, bar, half);
    int next = next_chord(sheet, bar, half);
    unsigned notes = chord_notes(chord, arranger->minor, false);
    bool stays = sheet->bars[bar].chords[0] == sheet->bars[bar].chords[1];
    bool changes = !half || !stays;
    int held = !half && stays ? arranger->places : length;
    for (int i = 0; changes && i < arranger->voicing.count; i++)
        arranger_note(arranger, CHORDS, bar, start, held - 0.5, arranger->voicing.pitches[i], 0);
    if (!arranger->bass)
        arranger->bass = 40;
    for (int beat = 0; beat < length; beat += BEAT) {
        bool first = !beat && changes, last = beat + BEAT >= length;
        int target = nearest(1u << next / LEAD_QUALITIES, arranger->home, arranger->bass, 30, 48);
        if (first)
            arranger->bass =
                nearest(1u << chord / LEAD_QUALITIES, arranger->home, arranger->bass, 30, 48);
        else if (last)
            arranger->bass = target + (arranger_chance(arranger) < 0.5f ? 1 : -1);
        else
            arranger->bass = nearest(notes, arranger->home,
                                     arranger->bass + (target >= arranger->bass ? 4 : -4), 30, 50);
        arranger_note(arranger, BASS, bar, start + beat, BEAT - 0.3, arranger->bass, 0);
    }
}

/* ------------------------------------------------------------------ counter-melody */

/* Moves by the smallest step to another note of the chord than the melody's; a third is filled by a
 * passing note. */
void arranger_counter_line(Arranger *arranger, int bar, int half, int octave) {
    const LeadBar *sheet = &arranger->arrangement->sheet->bars[bar];
    int start = arranger_half(arranger, half), length = arranger_half(arranger, half + 1) - start;
    int low = 55, high = 72;
    int melody = arranger_melody_at(arranger, bar, start, octave);
    unsigned notes = chord_notes(sheet->chords[half], arranger->minor, false);
    if (melody > 0)
        notes &= ~(1u << (melody - arranger->home + 120) % 12);
    int from = arranger->line ? arranger->line : 64;
    /* On the same chord the line goes on to another of its notes. */
    if (half && sheet->chords[0] == sheet->chords[1])
        from += from > (low + high) / 2 ? -4 : 4;
    int pitch = nearest(notes, arranger->home, from, low, high);
    int leap = arranger->line ? pitch - arranger->line : 0;
    bool passes = abs(leap) >= 3 && abs(leap) <= 4 && half;
    if (passes)
        arranger_note(arranger, PADS, bar, start, length / 2.0,
                      step(arranger, arranger->line, leap > 0 ? 1 : -1), 4);
    arranger_note(arranger, PADS, bar, start + (passes ? length / 2.0 : 0),
                  passes ? length / 2.0 : length, pitch, 4);
    arranger->line = pitch;
}
