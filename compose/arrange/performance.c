#include "compose/arrange/arranger_parts.h"

#include <math.h>

enum { STREAM_PHRASES, STREAM_BARS, STREAM_PLACES, STREAM_HABITS, STREAM_RUBATO, PHRASE = 4 };

/* One player is not like another; a genre that is sequenced has no habits. */
Habits arranger_habits(const Arrangement *arrangement) {
    Rng rng = rng_split(arrangement->rng, STREAM_HABITS);
    const Genre *genre = genre_row(arrangement->genre);
    bool human = genre->spread > 0;
    return (Habits){.pedal = human ? 0.5 + 1.1 * (double)rng_uniform(rng, 0) : 1,
                    .contrast = human ? -2 + 12 * (double)rng_uniform(rng, 1) : 6,
                    .wobble = human ? 4 + 4 * (double)rng_uniform(rng, 2) : 2.5,
                    .height = human ? (int)rng_below(rng, 5, 12) - 4 : 0,
                    .broken = genre->broken < 0 ? 0.5f * rng_uniform(rng, 3) : (float)genre->broken,
                    .low_octaves = human && rng_uniform(rng, 7) < 0.25f,
                    .lift = human ? 0.4 * (double)rng_uniform(rng, 8) : 0,
                    .rubato = human ? 1.2 * pow((double)rng_uniform(rng, 9), 1.5) : 1,
                    .drift = human ? 0.01 + 0.03 * (double)rng_uniform(rng, 12) : 0.02,
                    .blur = human ? 0.5 * pow((double)rng_uniform(rng, 13), 2) : 0,
                    .open = human && rng_uniform(rng, 14) < 0.5f,
                    .together = human ? 0.5f * rng_uniform(rng, 10) : 0.2f,
                    .colour = human ? 2 * rng_uniform(rng, 11) : 1,
                    .wide = genre->broken < 0 ? 0.4f * rng_uniform(rng, 4) : 0,
                    .doubling = genre->texture == TEXTURE_CUES
                                    ? (Doubling)rng_below(rng, 6, DOUBLINGS)
                                    : DOUBLING_NONE};
}

float arranger_chance(Arranger *arranger) {
    return rng_uniform(arranger->rng, arranger->drawn++);
}

static double normal(Arranger *arranger) {
    return (double)rng_normal(arranger->rng, arranger->drawn++);
}

uint32_t arranger_tick(const Arranger *arranger, int bar, double place) {
    return (uint32_t)lround(((double)bar * arranger->places + place) * SIXTEENTH);
}

/* The pedal changes with the chord: notes of half a bar sound to its end, to the bar's where one
 * chord fills it, or into the next bar where that chord goes on. */
static void draw_pedal(Arranger *arranger, int bar) {
    const Arrangement *a = arranger->arrangement;
    const LeadBar *sheet = &a->sheet->bars[bar];
    double probability = arranger->cues->pedal * arranger->genre->pedal * arranger->habits.pedal;
    bool whole = sheet->chords[0] == sheet->chords[1];
    bool goes_on = whole && bar + 1 < a->sheet->n_bars && sheet[1].chords[0] == sheet->chords[0];
    int end = arranger->places + (goes_on ? arranger->places : 0);
    for (int half = 0; half < 2; half++) {
        bool down =
            a->ensemble == ENSEMBLE_PIANO && (double)arranger_chance(arranger) < probability;
        bool blurred = (double)arranger_chance(arranger) < arranger->habits.blur;
        arranger->pedal[half] = !down ? 0 : whole || half ? end : arranger_half(arranger, 1);
        arranger->pedal[half] += down && blurred ? arranger->places / 2 : 0;
    }
}

void arranger_begin_bar(Arranger *arranger, int bar, const ArrangementBar *how) {
    Rng rng = arranger->arrangement->rng;
    Rng phrase = rng_split(rng_split(rng, STREAM_PHRASES), (uint64_t)(bar / PHRASE));
    arranger->cues = &how->cues;
    arranger->tempo = how->tempo;
    arranger->minor = how->minor;
    arranger->rng = rng_split(rng_split(rng, STREAM_BARS), (uint64_t)bar);
    arranger->drawn = 0;
    arranger->swell = how->cues.uneven * fmin(fmax((double)rng_normal(phrase, 0), -1.5), 1.5);
    draw_pedal(arranger, bar);
}

/* 1 for the first place of a bar; half of that for its middle, less for the other beats of a waltz.
 */
static double strength(const Arranger *arranger, int place) {
    if (place == 0)
        return 1;
    if (arranger_is_waltz(arranger))
        return place % BEAT == 0 ? 0.25 : 0;
    return place == arranger->places / 2 ? 0.5 : 0;
}

/* Strong places stand out, phrases swell to their middle. */
static int velocity_at(Arranger *arranger, Part part, int bar, int place, int loudness) {
    const Arrangement *a = arranger->arrangement;
    const PlanSection *section = &a->plan->sections[a->plan->bars[bar].section];
    const double even = 80;
    double inside = (bar - section->first + (double)place / arranger->places) / section->bars;
    double contrast = arranger->habits.contrast * (part == MELODY ? 0.5 : -0.5);
    double shape = arranger_instruments[a->ensemble][part].loudness + loudness + contrast +
                   arranger->cues->accent * (strength(arranger, place) - 0.3) +
                   4 * sin(M_PI * inside) + 2 * section->fullness + arranger->swell +
                   arranger->habits.wobble * normal(arranger);
    double moved = arranger->cues->velocity + shape - even;
    double velocity = even + arranger->genre->dynamics * moved;
    return (int)fmin(fmax(lround(velocity), 12), 124);
}

uint8_t arranger_melody_program(const Arrangement *a) {
    return (uint8_t)(a->program >= 0 ? a->program
                                     : arranger_instruments[a->ensemble][MELODY].program);
}

/* The off-beat eighths of swing come late, sixteenths in between. */
static double swung(const Arranger *arranger, double place) {
    double swing = arranger->genre->swing, inside = fmod(place, BEAT) / BEAT;
    double moved = inside < 0.5 ? inside * 2 * swing : swing + (inside - 0.5) * 2 * (1 - swing);
    return place - inside * BEAT + moved * BEAT;
}

/* By how many ticks a note comes late: what begins together deviates together, and within it, where
 * the genre spreads chords, the melody a little ahead (Goebl 2001). Some fingers fall exactly
 * together. */
static double lateness(Arranger *arranger, Part part, int bar, double place) {
    const Arrangement *a = arranger->arrangement;
    const double lead = 0.006, limit = ARRANGER_STRAY;
    double second = arranger->tempo / 60 * ARRANGER_TICKS;
    if (a->ensemble == ENSEMBLE_CHIPTUNE || part == DRUMS)
        return 0;
    Rng places = rng_split(rng_split(a->rng, STREAM_PLACES), (uint64_t)bar);
    double late = arranger->cues->timing * arranger->genre->timing *
                  (double)rng_normal(places, (uint64_t)(2 * place));
    double own = arranger->genre->spread *
                 (1.2 * arranger->cues->timing * fabs(normal(arranger)) - (part == MELODY) * lead);
    if (arranger_chance(arranger) >= arranger->habits.together)
        late += own;
    return fmin(fmax(late * second, -limit), limit);
}

void arranger_note(Arranger *arranger, Part part, int bar, double place, double length, int pitch,
                   int loudness) {
    const Arrangement *a = arranger->arrangement;
    if (arranger->failed || arranger->tracks[part] < 0 || pitch < 21 || pitch > 108)
        return;
    double on =
        arranger_tick(arranger, bar, swung(arranger, place)) + lateness(arranger, part, bar, place);
    double off = arranger_tick(arranger, bar, swung(arranger, place + length));
    double last = a->loops ? arranger_tick(arranger, a->sheet->n_bars, 0) : INFINITY;
    double second = arranger->tempo / 60 * ARRANGER_TICKS;
    int lifted = arranger->pedal[place >= arranger_half(arranger, 1)];
    SongNote note = {.onset = (uint32_t)fmax(lround(on), 0),
                     .pitch = (uint8_t)pitch,
                     .track = (uint16_t)arranger->tracks[part],
                     .channel = (uint8_t)(part == DRUMS ? SONG_DRUM_CHANNEL : part),
                     .program = part == MELODY
                                    ? arranger_melody_program(a)
                                    : (uint8_t)arranger_instruments[a->ensemble][part].program};
    note.velocity = (uint8_t)velocity_at(arranger, part, bar, (int)place, loudness);
    note.release = (uint32_t)fmax(lround(fmin(off, last)), note.onset + SIXTEENTH / 4);
    note.sounding = note.release;
    if (lifted)
        note.sounding = (uint32_t)fmin(
            fmax(arranger_tick(arranger, bar, lifted) + arranger->habits.lift * second,
                 note.release),
            last);
    arranger->failed = song_add_note(arranger->song, note, arranger->error);
}

void arranger_tied_note(Arranger *arranger, Part part, int bar, double place, double length,
                        int pitch) {
    enum { FAR = 64 }; /* more notes than a bar and the one before have */
    Song *song = arranger->song;
    uint32_t on = arranger_tick(arranger, bar, place);
    for (int i = song->n_notes - 1; i >= 0 && i > song->n_notes - FAR; i--) {
        SongNote *before = &song->notes[i];
        if (before->track == arranger->tracks[part] && before->pitch == pitch &&
            before->release == on) {
            before->release = before->sounding = arranger_tick(arranger, bar, place + length);
            return;
        }
    }
    arranger_note(arranger, part, bar, place, length, pitch, 0);
}

void arranger_rubato(const Arrangement *a, double *factors) {
    const double arch = 0.1, steadiness = 0.7;
    Habits habits = arranger_habits(a);
    double amount = genre_row(a->genre)->rubato, drift = habits.drift, wander = 0, time = 0;
    Rng rng = rng_split(a->rng, STREAM_RUBATO);
    int n = 2 * a->sheet->n_bars;
    bool steady = a->steady || a->ensemble == ENSEMBLE_BAND || a->ensemble == ENSEMBLE_CHIPTUNE;
    for (int h = 0; h < n; h++) {
        double inside = (h % (2 * PHRASE) + 0.5) / (2 * PHRASE);
        wander = steadiness * wander + drift * (double)rng_normal(rng, (uint64_t)h);
        wander = fmin(fmax(wander, -2 * drift), 2 * drift);
        double slower = habits.rubato * arch * pow(inside, 4) + wander;
        factors[h] = steady ? 1 : 1 / (1 + amount * slower);
        time += 1 / factors[h];
    }
    for (int h = 0; h < n; h++)
        factors[h] *= time / n;
}
