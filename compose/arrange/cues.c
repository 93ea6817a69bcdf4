#include "compose/arrange/cues.h"

#include <math.h>

/* Where [JL] or [EF] give a direction, the row follows it; the figures are relative to neutral. */
const Cues cues_table[CUES_ROWS] = {
    /* Fast, loud, staccato, low, minor, dense, dissonant [JL, EF]. */
    [EMOTION_ANGRY] = {.name = "angry",
                       .slowest = 110,
                       .fastest = 131,
                       .major = 0,
                       .low = -2,
                       .high = 17,
                       .accompaniment = -1,
                       .velocity = 88,
                       .accent = 14,
                       .uneven = 4,
                       .articulation = 0.6,
                       .pedal = 0.5,
                       .surprise = 0.08,
                       .dark = 1.6,
                       .chord_seconds = 1.6,
                       .runs = -0.3,
                       .leaps = 0.7,
                       .silence = 0.03,
                       .timing = 0.012,
                       .chords = {CHORDS_STABS, CHORDS_HITS, CHORDS_HITS},
                       .bass = {BASS_SYNCOPATED, BASS_SYNCOPATED, BASS_OCTAVES},
                       .drums = DRUMS_DRIVING},
    /* Slow, low, dissonant, halting. */
    [EMOTION_DISGUST] = {.name = "disgust",
                         .slowest = 60,
                         .fastest = 104,
                         .major = 0,
                         .low = -5,
                         .high = 12,
                         .accompaniment = -1,
                         .velocity = 70,
                         .accent = 16,
                         .uneven = 8,
                         .articulation = 0.55,
                         .pedal = 0.7,
                         .surprise = 0.3,
                         .dark = 1.6,
                         .chord_seconds = 2.4,
                         .runs = 0.6,
                         .leaps = 0.4,
                         .silence = 0.22,
                         .timing = 0.012,
                         .chords = {CHORDS_STABS, CHORDS_SYNCOPATED, CHORDS_SYNCOPATED},
                         .bass = {BASS_SYNCOPATED, BASS_SYNCOPATED, BASS_OCTAVES},
                         .drums = DRUMS_TOMS},
    /* Fast or restless, soft, very uneven, staccato, high, minor, with holes [JL]. */
    [EMOTION_FEAR] = {.name = "fear",
                      .slowest = 84,
                      .fastest = 132,
                      .major = 0,
                      .low = 6,
                      .high = 26,
                      .accompaniment = 0,
                      .velocity = 60,
                      .accent = 10,
                      .uneven = 16,
                      .articulation = 0.45,
                      .pedal = 0.7,
                      .surprise = 0.18,
                      .dark = 1.6,
                      .chord_seconds = 2.0,
                      .runs = 0.4,
                      .leaps = 0.3,
                      .silence = 0.16,
                      .timing = 0.014,
                      .chords = {CHORDS_TREMOLO, CHORDS_STABS, CHORDS_ROLLING},
                      .bass = {BASS_NONE, BASS_HELD, BASS_EIGHTHS},
                      .drums = DRUMS_TOMS},
    /* Fast, medium to loud, staccato, high, major [JL, EF]. */
    [EMOTION_HAPPY] = {.name = "happy",
                       .slowest = 116,
                       .fastest = 144,
                       .major = 1,
                       .low = 7,
                       .high = 26,
                       .accompaniment = 0,
                       .velocity = 82,
                       .accent = 10,
                       .uneven = 3,
                       .articulation = 0.85,
                       .pedal = 0.4,
                       .surprise = 0,
                       .chord_seconds = 1.6,
                       .runs = 0.1,
                       .leaps = 0.9,
                       .silence = 0,
                       .timing = 0.012,
                       .chords = {CHORDS_OFFBEAT, CHORDS_SYNCOPATED, CHORDS_SYNCOPATED},
                       .bass = {BASS_FIFTHS, BASS_FIFTHS, BASS_OCTAVES},
                       .drums = DRUMS_POP},
    /* Slow, soft, legato, low, minor [JL, EF]. */
    [EMOTION_SAD] = {.name = "sad",
                     .slowest = 54,
                     .fastest = 70,
                     .major = 0,
                     .low = 0,
                     .high = 15,
                     .accompaniment = 0,
                     .velocity = 61,
                     .accent = 4,
                     .uneven = 4,
                     .articulation = 1,
                     .pedal = 1,
                     .surprise = 0,
                     .dark = 1.6,
                     .chord_seconds = 2.4,
                     .runs = -1,
                     .leaps = 0.6,
                     .silence = 0.06,
                     .timing = 0.02,
                     .chords = {CHORDS_HELD, CHORDS_BROKEN, CHORDS_BROKEN},
                     .bass = {BASS_HELD, BASS_HELD, BASS_HELD},
                     .drums = DRUMS_BRUSHES},
    /* Fast, high, large leaps of loudness and pitch, chords from outside, silences. */
    [EMOTION_SURPRISE] = {.name = "surprise",
                          .slowest = 112,
                          .fastest = 164,
                          .major = 0.9,
                          .low = 5,
                          .high = 26,
                          .accompaniment = 0,
                          .velocity = 74,
                          .accent = 24,
                          .uneven = 14,
                          .articulation = 0.4,
                          .pedal = 0.8,
                          .surprise = 0.25,
                          .dark = 0.8,
                          .chord_seconds = 2.0,
                          .runs = 0.6,
                          .leaps = 0,
                          .silence = 0.2,
                          .timing = 0.013,
                          .chords = {CHORDS_STABS, CHORDS_BROKEN, CHORDS_SYNCOPATED},
                          .bass = {BASS_HELD, BASS_OCTAVES, BASS_SYNCOPATED},
                          .drums = DRUMS_POP},
    [EMOTION_NEUTRAL] = {.name = "neutral",
                         .slowest = 68,
                         .fastest = 118,
                         .major = 0.6,
                         .low = 5,
                         .high = 23,
                         .accompaniment = 0,
                         .velocity = 65,
                         .accent = 6,
                         .uneven = 2,
                         .articulation = 0.9,
                         .pedal = 1,
                         .surprise = 0,
                         .dark = 0.8,
                         .chord_seconds = 2.0,
                         .runs = -0.2,
                         .leaps = 1,
                         .silence = 0,
                         .timing = 0.018,
                         .chords = {CHORDS_QUARTERS, CHORDS_BROKEN, CHORDS_QUARTERS},
                         .bass = {BASS_HELD, BASS_FIFTHS, BASS_FIFTHS},
                         .drums = DRUMS_BRUSHES},
    /* Tenderness: slow, soft, legato, major, small variability [JL]. */
    [CUES_TENDER] = {.name = "tender",
                     .slowest = 66,
                     .fastest = 88,
                     .major = 1,
                     .low = 3,
                     .high = 20,
                     .accompaniment = 0,
                     .velocity = 56,
                     .accent = 4,
                     .uneven = 2,
                     .articulation = 1,
                     .pedal = 1,
                     .surprise = 0,
                     .chord_seconds = 2.4,
                     .runs = -1.2,
                     .leaps = 1,
                     .silence = 0,
                     .timing = 0.012,
                     .chords = {CHORDS_BROKEN, CHORDS_BROKEN, CHORDS_BROKEN},
                     .bass = {BASS_HELD, BASS_HELD, BASS_FIFTHS},
                     .drums = DRUMS_BRUSHES},
};

/* The rows' places in the plane; disgust and fear are left to those who name them: only anger
 * stands for what is unpleasant and excited. */
static const struct {
    int row;
    float valence, arousal;
} places[] = {
    {EMOTION_ANGRY, -1, 1}, {EMOTION_HAPPY, 1, 1},   {EMOTION_SAD, -1, -1},
    {CUES_TENDER, 1, -1},   {EMOTION_NEUTRAL, 0, 0},
};
enum { PLACES = sizeof places / sizeof *places };

Cues cues_mix(const double weights[CUES_ROWS]) {
    double total = 0, velocity = 0, accent = 0, low = 0, high = 0;
    int heaviest = 0;
    for (int i = 0; i < CUES_ROWS; i++) {
        total += weights[i];
        heaviest = weights[i] > weights[heaviest] ? i : heaviest;
    }
    Cues cues = cues_table[heaviest];
    if (total <= 0)
        return cues_table[EMOTION_NEUTRAL];
    cues.slowest = cues.fastest = cues.articulation = cues.major = 0;
    for (int i = 0; i < CUES_ROWS; i++) {
        const Cues *row = &cues_table[i];
        double share = weights[i] / total;
        cues.slowest += share * row->slowest;
        cues.fastest += share * row->fastest;
        cues.articulation += share * row->articulation;
        cues.major += share * row->major;
        velocity += share * row->velocity;
        accent += share * row->accent;
        low += share * row->low;
        high += share * row->high;
    }
    cues.velocity = (int)lround(velocity);
    cues.accent = (int)lround(accent);
    cues.low = (int)lround(low);
    cues.high = (int)lround(high);
    return cues;
}

static double between(double from, double to, double share) {
    return from + share * (to - from);
}

Cues cues_between(const Cues *from, const Cues *to, double share) {
    Cues cues = share < 0.5 ? *from : *to;
    cues.slowest = between(from->slowest, to->slowest, share);
    cues.fastest = between(from->fastest, to->fastest, share);
    cues.articulation = between(from->articulation, to->articulation, share);
    cues.major = between(from->major, to->major, share);
    cues.velocity = (int)lround(between(from->velocity, to->velocity, share));
    cues.accent = (int)lround(between(from->accent, to->accent, share));
    cues.low = (int)lround(between(from->low, to->low, share));
    cues.high = (int)lround(between(from->high, to->high, share));
    return cues;
}

Cues cues_at(Mood mood) {
    const double reach = 0.3; /* squared distance over which a row's weight falls by e */
    double weights[CUES_ROWS] = {0};
    float valence = isnan(mood.valence) ? 0 : mood.valence;
    float arousal = isnan(mood.arousal) ? 0 : mood.arousal;
    for (int i = 0; i < PLACES; i++) {
        double dv = (double)(places[i].valence - valence),
               da = (double)(places[i].arousal - arousal);
        weights[places[i].row] = exp(-(dv * dv + da * da) / reach);
    }
    Cues cues = cues_mix(weights);
    cues.velocity += (int)lround(20 * (double)mood.loudness);
    return cues;
}
