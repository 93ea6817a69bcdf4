/* opening.h: how well the first seconds of a piece fit a mood.
 *
 * Note rate and note length in the first 4 seconds predict those of the whole piece (correlations
 * of about .8 over 96 generated clips of each quadrant), so a piece that would be far too sparse or
 * too staccato for its mood can be recognised by its opening. The score has two terms:
 *
 * How far its density and note length are from real music at that valence and arousal, in standard
 * deviations of real music: means and deviations of the openings of EMOPIA's training clips in the
 * four corners of the plane, interpolated linearly.
 *
 * How much better the network predicts it with the mood than without, as a mean over its tokens:
 * log p(token | mood) - log p(token), the direction of classifier-free guidance. This is the
 * network's own estimate of how much of the mood is in the notes; no judge is used.
 *
 * Of 100 excited pieces (20 seeds, five emotions) 21 were too staccato, with a median note under
 * 0.1 s, with the first opening, and 4 with the best of 6; the standard deviation of log density
 * across seeds fell from .26 to .18. Longer openings were no better, and 8 of them hardly so. */
#ifndef COMPOSE_WRITE_OPENING_H
#define COMPOSE_WRITE_OPENING_H

#include "compose/write/mood.h"

/* In live use, all are written within LIVE_MUSIC_LEAD (compose/live/live_music.h). */
enum { OPENING_SECONDS = 4, OPENINGS_DEFAULT = 6, OPENINGS_LIVE = 4, OPENINGS_MOST = 64 };

typedef struct Opening {
    double density; /* notes per second, > 0 */
    double length;  /* median note length, seconds, > 0 */
    double gain;    /* nats per token, 0 if unknown */
} Opening;

/* Greater is better. The mood has no NAN. */
double opening_score(const Opening *opening, Mood mood);

#endif
