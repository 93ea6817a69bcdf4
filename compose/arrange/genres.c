#include "compose/arrange/genres.h"

#include <math.h>

static const Genre rows[LEAD_STYLES + 1] = {
    [LEAD_CHORALE] = {.texture = TEXTURE_CHORALE,
                      .swing = 0.5,
                      .runs = -3,
                      .eighths = 0.5,
                      .chord_seconds = 1,
                      .slowest = 88,
                      .fastest = 108},
    [LEAD_CLASSICAL] = {.timing = 0.1,
                        .dynamics = 1.3,
                        .rubato = 0.8,
                        .swing = 0.5,
                        .pedal = 0.1,
                        .colour = 0.1,
                        .broken = 1,
                        .longest = 2,
                        .runs = 1,
                        .eighths = 1,
                        .slowest = 60,
                        .fastest = 140},
    [LEAD_FOLK] = {.texture = TEXTURE_FOLK,
                   .swing = 0.5,
                   .runs = -1,
                   .eighths = 1.5,
                   .chord_seconds = 1,
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
    [LEAD_POP] = {.dynamics = 1.2,
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
    if (row->chord_seconds > 0)
        moved.chord_seconds = fmin(cues->chord_seconds, row->chord_seconds);
    return moved;
}
