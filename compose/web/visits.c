#include "compose/web/visits.h"

#include "nn/base/clock.h"

#include <malloc.h>
#include <string.h>

static const double expire_after = 60;

void visits_init(Visits *visits) {
    memset(visits, 0, sizeof *visits);
    pthread_mutex_init(&visits->lock, NULL);
}

void visits_free(Visits *visits) {
    for (int i = 0; i < VISITS_MOST; i++)
        visit_destroy(visits->slots[i].visit);
    pthread_mutex_destroy(&visits->lock);
}

/* Takes one visit that has expired out of its slot, to be destroyed without the lock; or NULL. */
static Visit *take_expired(Visits *visits) {
    Visit *visit = NULL;
    pthread_mutex_lock(&visits->lock);
    double now = clock_seconds();
    for (int i = 0; i < VISITS_MOST && !visit; i++) {
        VisitSlot *slot = &visits->slots[i];
        bool over = slot->closed || now - slot->last_used > expire_after;
        if (slot->visit && !slot->users && over) {
            visit = slot->visit;
            *slot = (VisitSlot){.visit = NULL};
        }
    }
    pthread_mutex_unlock(&visits->lock);
    return visit;
}

void visits_expire(Visits *visits) {
    bool any = false;
    for (Visit *visit; (visit = take_expired(visits)); any = true)
        visit_destroy(visit);
#ifdef __GLIBC__
    if (any) /* the system gets back what they had */
        malloc_trim(0);
#else
    (void)any;
#endif
}

/* Puts the visit into a free slot; false when there is none. */
static bool place(Visits *visits, Visit *visit, const char *id) {
    bool placed = false;
    pthread_mutex_lock(&visits->lock);
    for (int i = 0; i < VISITS_MOST && !placed; i++)
        if (!visits->slots[i].visit) {
            visits->slots[i] = (VisitSlot){.visit = visit, .last_used = clock_seconds()};
            memcpy(visits->slots[i].id, id, sizeof visits->slots[i].id);
            placed = true;
        }
    pthread_mutex_unlock(&visits->lock);
    return placed;
}

static bool is_full(Visits *visits) {
    bool full = true;
    pthread_mutex_lock(&visits->lock);
    for (int i = 0; i < VISITS_MOST; i++)
        full = full && visits->slots[i].visit;
    pthread_mutex_unlock(&visits->lock);
    return full;
}

int visits_open(Visits *visits, const VisitSettings *settings, char id[GATE_TOKEN + 1],
                Error *error) {
    visits_expire(visits);
    if (is_full(visits))
        return error_set(error, "%d pages are open, the most at a time; close one", VISITS_MOST);
    Visit *visit = visit_create(settings, error);
    if (!visit)
        return -1;
    if (!gate_random(id, error)) {
        if (place(visits, visit, id))
            return 0;
        error_set(error, "%d pages are open, the most at a time; close one", VISITS_MOST);
    }
    visit_destroy(visit);
    return -1;
}

Visit *visits_use(Visits *visits, const char *id) {
    Visit *visit = NULL;
    pthread_mutex_lock(&visits->lock);
    for (int i = 0; i < VISITS_MOST && id && !visit; i++) {
        VisitSlot *slot = &visits->slots[i];
        if (slot->visit && !slot->closed && !strcmp(slot->id, id)) {
            slot->users++;
            slot->last_used = clock_seconds();
            visit = slot->visit;
        }
    }
    pthread_mutex_unlock(&visits->lock);
    return visit;
}

void visits_close(Visits *visits, const char *id) {
    pthread_mutex_lock(&visits->lock);
    for (int i = 0; i < VISITS_MOST; i++) {
        VisitSlot *slot = &visits->slots[i];
        slot->closed = slot->closed || (slot->visit && !strcmp(slot->id, id));
    }
    pthread_mutex_unlock(&visits->lock);
}

void visits_return(Visits *visits, Visit *visit) {
    pthread_mutex_lock(&visits->lock);
    for (int i = 0; i < VISITS_MOST && visit; i++)
        if (visits->slots[i].visit == visit) {
            visits->slots[i].users--;
            visits->slots[i].last_used = clock_seconds();
        }
    pthread_mutex_unlock(&visits->lock);
}
