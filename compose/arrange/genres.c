#include "compose/arrange/genres.h"

#include <math.h>

static const Genre rows[LEAD_STYLES + 1] = {
    [LEAD_CHORALE] = {.texture = TEXTURE_CHORALE, .swing = 0.5, .slowest = 60, .fastest = 104},
    [LEAD_CLASSICAL] = {.timing = 0.1,
                        .dynamics = 1,
                        .rubato = 0.8,
                        .swing = 0.5,
                        .pedal = 0.1,
                        .colour = 0.1,
                        .slowest = 40,
                        .fastest = 160},
    [LEAD_FOLK] = {.texture = TEXTURE_FOLK, .swing = 0.5, .slowest = 84, .fastest = 132},
    [LEAD_GAME] = {.dynamics = 0.2, .swing = 0.5, .colour = 0.1, .slowest = 60, .fastest = 180},
    [LEAD_JAZZ] = {.texture = TEXTURE_JAZZ,
                   .timing = 1.2,
                   .dynamics = 1,
                   .swing = 0.62,
                   .colour = 1,
                   .slowest = 60,
                   .fastest = 220},
    [LEAD_POP] = {.dynamics = 1,
                  .swing = 0.5,
                  .pedal = 1,
                  .colour = 0.2,
                  .slowest = 40,
                  .fastest = 180},
    [LEAD_STYLES] = {.timing = 1,
                     .spread = 1,
                     .dynamics = 1,
                     .rubato = 1,
                     .swing = 0.5,
                     .pedal = 1,
                     .colour = 0.4,
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
