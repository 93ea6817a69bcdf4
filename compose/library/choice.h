/* choice.h: which song comes next.
 *
 * Each song has a cost in nats, the sum of
 *
 * - mood: minus the log density of the wanted point under the song's mood, whose variance is that
 *   of the song's own doubt, of the listener's and of CHOICE_TOLERANCE;
 * - transition from the song before: tempo (an octave apart counts as alike), key (on the circle of
 *   fifths), loudness;
 * - recency: of the song, and of its artist among the last songs;
 * - liking: minus what a draw of the listener's weights gives, so that what is not known well is
 *   tried now and then.
 *
 * The lowest wins. Ten thousand songs take some milliseconds (experiments/library). */
#ifndef COMPOSE_LIBRARY_CHOICE_H
#define COMPOSE_LIBRARY_CHOICE_H

#include "compose/library/listener.h"

#define CHOICE_TOLERANCE 0.25f /* of the plane: what a listener does not mind */

typedef struct Choice {
    const LibrarySong *songs; /* (count) */
    int count;
    const bool *excluded; /* (count) songs that may not be chosen, or NULL */
    Mood wanted;          /* how the music is to sound now, the listener's wish counted in */
    float valence_deviation, arousal_deviation; /* of that wish */
    const float *weights;                       /* (LIKING) of listener_draw, or NULL for none */
    const float *means;                         /* and their means, for the reason; or NULL */
    const ListenerProperties *properties; /* (count) of listener_properties, where they are known
                                             already; or NULL */
    const int *before;                    /* (n_before) songs played before, the last at the end */
    int n_before;
    double now; /* seconds since 1970, for how long ago a song was heard */
} Choice;

typedef struct ChoiceCost {
    float mood, transition, recency, artist, liking, total;
} ChoiceCost;

/* The cost of one song. */
ChoiceCost choice_cost(const Choice *choice, int song);

/* The song that costs least, the first among equals; -1 when all are excluded. */
int choice_best(const Choice *choice);

/* Why, for people: "valence +0.4 by your word, 3 % faster than the last, not heard for 9 days". */
enum { CHOICE_REASON = 256 };
const char *choice_reason(const Choice *choice, int song, char text[CHOICE_REASON]);

#endif
