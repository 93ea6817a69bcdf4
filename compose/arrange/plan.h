/* plan.h: the form of a piece, planned before its notes.
 *
 * Sections of 8 bars (of 4 where the piece is short), named by letters: A A' B A'' and so on, the
 * last an A where there are more than two. The music of a letter is written once; later sections
 * with that letter repeat its bars, except for their endings. Within a section of 8 bars the second
 * phrase begins like the first. */
#ifndef COMPOSE_ARRANGE_PLAN_H
#define COMPOSE_ARRANGE_PLAN_H

#include "nn/base/rng.h"

#include <stdbool.h>

enum { PLAN_NAME = 8, PLAN_MOST_BARS = 500, PLAN_MOST_SECTIONS = PLAN_MOST_BARS / 4 };

typedef enum Cadence {
    CADENCE_NONE,
    CADENCE_HALF,  /* rests on the dominant */
    CADENCE_FULL,  /* resolves to the tonic */
    CADENCE_FINAL, /* and ends there */
} Cadence;

typedef struct PlanBar {
    int section;
    int source; /* the earlier bar that it repeats, or -1 */
    Cadence cadence;
    bool prepares; /* the next bar has a full or final cadence */
} PlanBar;

typedef struct PlanSection {
    char name[PLAN_NAME]; /* "A", "A'", "B" */
    int first, bars;
    int fullness; /* of the accompaniment: 0 … 2 */
} PlanSection;

typedef struct Plan {
    PlanBar bars[PLAN_MOST_BARS];
    PlanSection sections[PLAN_MOST_SECTIONS];
    int n_bars, n_sections;
} Plan;

/* A plan of 1 … PLAN_MOST_BARS bars. One that loops does not end: its last bar leads back to its
 * first. */
void plan_make(Plan *plan, int n_bars, bool loops, Rng rng);

#endif
