#include "compose/arrange/manner.h"

#include <math.h>

enum {
    DRAW_VELOCITY,
    DRAW_ACCENT = 2,
    DRAW_UNEVEN,
    DRAW_ARTICULATION,
    DRAW_TIMING,
    DRAW_CHORDS,
    DRAW_RUNS,
    DRAW_EIGHTHS,
    DRAW_OUTSIDE,
    DRAW_LEAPS,
    DRAW_OPEN,
    DRAW_SURPRISE,
    DRAW_DARK,
};

Cues manner_cues(const Cues *cues, Rng rng) {
    const double spread = 7, most = 1.6; /* of loudness, MIDI velocity; deviations */
    Cues moved = *cues;
    double touch = fmin(fmax((double)rng_normal(rng, DRAW_VELOCITY), -most), most);
    moved.velocity += (int)lround(spread * touch);
    moved.accent = (int)lround(cues->accent * (double)rng_between(rng, DRAW_ACCENT, 0.4f, 1.2f));
    moved.uneven += (double)rng_between(rng, DRAW_UNEVEN, 0, 5);
    moved.articulation += (double)rng_between(rng, DRAW_ARTICULATION, -0.2f, 0.25f);
    moved.articulation = fmin(fmax(moved.articulation, 0.3), 1);
    moved.timing *= exp((double)rng_between(rng, DRAW_TIMING, -1, 0.6f));
    moved.chord_seconds *= (double)rng_between(rng, DRAW_CHORDS, 0.8f, 1.8f);
    moved.runs += (double)rng_between(rng, DRAW_RUNS, -0.8f, 0.8f);
    moved.eighths += (double)rng_between(rng, DRAW_EIGHTHS, -0.8f, 0.8f);
    moved.outside += (double)rng_between(rng, DRAW_OUTSIDE, 0, 0.8f);
    moved.leaps *= (double)rng_between(rng, DRAW_LEAPS, 0.3f, 1.2f);
    moved.surprise *= (double)rng_between(rng, DRAW_SURPRISE, 0.7f, 1.7f);
    moved.dark *= (double)rng_between(rng, DRAW_DARK, 0.8f, 1.1f);
    moved.open = (double)rng_between(rng, DRAW_OPEN, 0, 0.5f);
    return moved;
}
