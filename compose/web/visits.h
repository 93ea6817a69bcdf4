/* visits.h: the open pages, each with an unguessable id. */
#ifndef COMPOSE_WEB_VISITS_H
#define COMPOSE_WEB_VISITS_H

#include "compose/web/gate.h"
#include "compose/web/visit.h"

#include <pthread.h>

enum { VISITS_MOST = 16 };

typedef struct VisitSlot {
    char id[GATE_TOKEN + 1];
    Visit *visit; /* NULL: a free slot */
    int users;
    bool closed;      /* as soon as nobody uses it */
    double last_used; /* clock_seconds */
} VisitSlot;

typedef struct Visits {
    pthread_mutex_t lock;
    VisitSlot slots[VISITS_MOST];
} Visits;

void visits_init(Visits *visits);
/* No visit may be in use. */
void visits_free(Visits *visits);

/* Opens a visit and writes its id. When all slots are taken it replaces one that has been unused
 * for a minute, else fails. */
int visits_open(Visits *visits, const VisitSettings *settings, char id[GATE_TOKEN + 1],
                Error *error) MUST_CHECK;

/* The visit of an id, to be returned with visits_return; NULL for an unknown id (or NULL). */
Visit *visits_use(Visits *visits, const char *id);
void visits_return(Visits *visits, Visit *visit);

/* The id is unknown from now on; the visit goes with visits_expire, once it is not in use. */
void visits_close(Visits *visits, const char *id);

/* Closes visits unused for a minute, and those that were to be closed. */
void visits_expire(Visits *visits);

#endif
