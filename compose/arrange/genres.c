#include "compose/arrange/genres.h"

#include <math.h>

static const Genre rows[LEAD_STYLES + 1] = {
    [LEAD_CHORALE] = {.texture = TEXTURE_CHORALE,
                      .swing = 0.5,
                      .sevenths = 0.8,
                      .surprise = 0.15,
                      .outside = 1,
                      .low = 2,
                      .high = 16,
                      .runs = -3,
                      .eighths = 0.5,
                      .chord_seconds = 1,
                      .slowest = 102,
                      .fastest = 104},
    [LEAD_CLASSICAL] = {.texture = TEXTURE_CLASSICAL,
                        .timing = 0.1,
                        .dynamics = 1.3,
                        .rubato = 1.5,
                        .swing = 0.5,
                        .pedal = 0.1,
                        .sevenths = 1,
                        .surprise = 0.2,
                        .outside = 1.5,
                        .low = 5,
                        .high = 24,
                        .longest = 4,
                        .runs = 1.5,
                        .eighths = 1,
                        .slowest = 60,
                        .fastest = 140},
    [LEAD_FOLK] = {.texture = TEXTURE_FOLK,
                   .swing = 0.5,
                   .runs = -1,
                   .eighths = 1.5,
                   .sevenths = 0.5,
                   .chord_seconds = 1.6,
                   .slowest = 108,
                   .fastest = 132},
    [LEAD_GAME] = {.dynamics = 0.2,
                   .swing = 0.5,
                   .colour = 0.1,
                   .broken = 1,
                   .longest = 2,
                   .slowest = 80,
                   .fastest = 160},
    [LEAD_JAZZ] = {.texture = TEXTURE_JAZZ,
                   .timing = 1.5,
                   .spread = 1,
                   .dynamics = 1.6,
                   .swing = 0.62,
                   .colour = 1,
                   .runs = 2.5,
                   .eighths = 1,
                   .slowest = 120,
                   .fastest = 220},
    [LEAD_POP] = {.timing = 0.6,
                  .spread = 0.6,
                  .dynamics = 1.2,
                  .swing = 0.5,
                  .pedal = 0.6,
                  .colour = 0.2,
                  .broken = 1,
                  .slowest = 60,
                  .fastest = 120},
    [LEAD_STYLES] = {.timing = 1,
                     .spread = 1,
                     .dynamics = 1,
                     .rubato = 1,
                     .swing = 0.5,
                     .pedal = 1,
                     .colour = 0.4,
                     .broken = -1,
                     .slowest = 30,
                     .fastest = 240},
};

const Genre *genre_row(int genre) {
    return &rows[genre < 0 ? LEAD_STYLES : genre];
}

double genre_tempo(int genre, double tempo) {
    const Genre *row = genre_row(genre);
    return fmin(fmax(tempo, row->slowest), row->fastest);
}

int genre_style(int genre) {
    return genre < 0 ? LEAD_POP : genre;
}

Cues genre_cues(int genre, const Cues *cues) {
    const Genre *row = genre_row(genre);
    Cues moved = *cues;
    moved.runs += row->runs;
    moved.eighths += row->eighths;
    moved.surprise += row->surprise;
    moved.outside += row->outside;
    if (row->high) {
        moved.low = row->low;
        moved.high = row->high;
    }
    if (row->chord_seconds > 0)
        moved.chord_seconds = fmin(cues->chord_seconds, row->chord_seconds);
    return moved;
}
