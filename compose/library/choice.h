/* choice.h: chooses the next song.
 *
 * Each song has a cost in nats, the sum of
 *
 * - mood: minus the log density of the wanted point under the song's mood, whose variance is the
 * sum of the song's, the listener's and that of CHOICE_TOLERANCE;
 * - transition from the previous song: tempo (an octave apart counts as equal), key (on the circle
 * of fifths), loudness;
 * - recency: of the song, and of its artist among the last songs;
 * - liking: minus the score under a draw of the listener's weights, so that little-known songs are
 * tried occasionally.
 *
 * The lowest wins. Ten thousand songs take a few milliseconds (experiments/library). */
#ifndef COMPOSE_LIBRARY_CHOICE_H
#define COMPOSE_LIBRARY_CHOICE_H

#include "compose/library/listener.h"

#define CHOICE_TOLERANCE 0.25f /* in the plane: a deviation that listeners accept */

typedef struct Choice {
    const LibrarySong *songs; /* (count) */
    int count;
    const bool *excluded; /* (count) songs that may not be chosen, or NULL */
    Mood wanted; /* the mood the music should have now, including the listener's preference */
    float valence_deviation, arousal_deviation; /* of that wish */
    const float *weights;                       /* (LIKING) of listener_draw, or NULL for none */
    const float *means;                         /* and their means, for the reason; or NULL */
    const ListenerProperties
        *properties;   /* (count) from listener_properties, if already computed; or NULL */
    const int *before; /* (n_before) songs played before, the most recent last */
    int n_before;
    double now; /* seconds since 1970, for the time since a song was heard */
} Choice;

typedef struct ChoiceCost {
    float mood, transition, recency, artist, liking, total;
} ChoiceCost;

/* The cost of one song. */
ChoiceCost choice_cost(const Choice *choice, int song);

/* The song with the lowest cost, the first among equals; -1 when all are excluded. */
int choice_best(const Choice *choice);

/* Why a song was chosen, for those who put it into words. */
typedef struct ChoiceReasons {
    bool composed; /* for what was wanted: the rest says nothing */
    bool has_mood; /* and then: */
    float valence, arousal;
    Origin origin;
    float faster; /* per cent than the last song, NAN = unknown */
    enum { KEY_OTHER, KEY_SAME, KEY_RELATED } key;
    float days; /* since it was heard, NAN = never */
    int kind;   /* +1 of a kind that the listener likes, -1 not, 0 neither */
} ChoiceReasons;

ChoiceReasons choice_reasons(const Choice *choice, int song);

/* In English: "valence +0.4 by your word, 3 % faster than the last, not heard for 9 days". */
enum { CHOICE_REASON = 256 };
const char *choice_reason(const ChoiceReasons *reasons, char text[CHOICE_REASON]);

#endif
