#include "compose/write/opening.h"

#include <math.h>

/* A mean and a standard deviation of natural logarithms. */
typedef struct Usual {
    double mean, deviation;
} Usual;

/* The first 4 seconds of EMOPIA's training clips: 201, 216, 199 and 260 of them, sound held by the
 * pedal counted in. [pleasant][excited] */
static const Usual usual_density[2][2] = {{{1.56, 0.55}, {2.28, 0.46}},
                                          {{1.59, 0.47}, {2.16, 0.40}}},
                   usual_length[2][2] = {{{0.07, 0.76}, {-0.92, 0.83}},
                                         {{0.02, 0.55}, {-0.65, 0.63}}};

/* Squared distance in deviations, between the corners as the mood lies between them. */
static double distance(const Usual corners[2][2], Mood mood, double value) {
    double mean = 0, deviation = 0;
    for (int pleasant = 0; pleasant < 2; pleasant++)
        for (int excited = 0; excited < 2; excited++) {
            double share = (1 + (pleasant ? 1 : -1) * (double)mood.valence) *
                           (1 + (excited ? 1 : -1) * (double)mood.arousal) / 4;
            mean += share * corners[pleasant][excited].mean;
            deviation += share * corners[pleasant][excited].deviation;
        }
    double away = (log(value) - mean) / deviation;
    return away * away;
}

/* The gain counts as that of so many tokens in a row, some quarter of what 4 seconds hold. The more
 * it counts (10 to 60 were tried), the better judges hear a low valence, and the farther the notes
 * move from real music's. */
double opening_score(const Opening *opening, Mood mood) {
    const double tokens = 30;
    return tokens * opening->gain - (distance(usual_density, mood, opening->density) +
                                     distance(usual_length, mood, opening->length)) /
                                        2;
}
