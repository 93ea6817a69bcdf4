#include "nn/core/pass_threads.h"

#include "nn/base/clock.h"
#include "nn/base/median.h"

#include <omp.h>
#include <string.h>

/* A pass that takes longer undisturbed is shared: its threads are worth their meetings. */
#define SHORT_PASS 0.02

/* What is slow, against the fastest; and how many of them, beyond the others, lead to a trial. */
#define SLOW 1.5
enum { SLOW_PASSES = 8, PATIENCE = 128, MOST_PATIENCE = 1024 };

static double recent_median(const PassKind *kind) {
    double recent[PASS_TRIAL];
    memcpy(recent, kind->recent, sizeof recent);
    return median_of(recent, PASS_TRIAL);
}

static void enter(PassKind *kind, int state) {
    kind->state = state;
    kind->count = kind->slow = 0;
}

bool pass_kind_is_alone(const PassKind *kind) {
    return kind->state == PASS_TRYING_ALONE || kind->state == PASS_ALONE;
}

/* Whether enough shared passes were slow. After a trial that did not help, waits a while. */
static bool is_disturbed(PassKind *kind, double seconds) {
    if (kind->fastest == 0 || seconds < kind->fastest)
        kind->fastest = seconds;
    if (seconds > SLOW * kind->fastest)
        kind->slow++;
    else if (kind->slow)
        kind->slow--;
    return kind->fastest < SHORT_PASS && kind->slow >= SLOW_PASSES && kind->count >= kind->patience;
}

static void be_more_patient(PassKind *kind) {
    kind->patience = kind->patience ? 2 * kind->patience : PATIENCE;
    if (kind->patience > MOST_PATIENCE)
        kind->patience = MOST_PATIENCE;
}

void pass_kind_add(PassKind *kind, double seconds) {
    kind->recent[kind->count++ % PASS_TRIAL] = seconds;
    switch (kind->state) {
    case PASS_SHARED:
        if (!is_disturbed(kind, seconds))
            return;
        kind->before = recent_median(kind);
        enter(kind, PASS_TRYING_ALONE);
        return;
    case PASS_TRYING_ALONE:
        if (kind->count < PASS_TRIAL)
            return;
        be_more_patient(kind);
        if (recent_median(kind) < kind->before) {
            enter(kind, PASS_ALONE);
        } else {
            kind->fastest = kind->before; /* what is usual now */
            enter(kind, PASS_SHARED);
        }
        return;
    case PASS_ALONE:
        if (kind->count < kind->patience)
            return;
        kind->before = recent_median(kind);
        enter(kind, PASS_TRYING_SHARED);
        return;
    case PASS_TRYING_SHARED:
        if (kind->count < PASS_TRIAL)
            return;
        if (recent_median(kind) < kind->before) {
            kind->patience = 0;
            enter(kind, PASS_SHARED);
        } else {
            be_more_patient(kind);
            enter(kind, PASS_ALONE);
        }
        return;
    }
}

/* ------------------------------------------------------------------ the passes of a tape */

static PassKind *find(PassThreads *passes, uint64_t wanted) {
    for (int i = 0; i < PASS_KINDS; i++)
        if (passes->kinds[i].kind == wanted)
            return &passes->kinds[i];
    PassKind *kind = &passes->kinds[passes->next];
    passes->next = (passes->next + 1) % PASS_KINDS;
    *kind = (PassKind){.kind = wanted};
    return kind;
}

void pass_threads_enter(PassThreads *passes, uint64_t shape) {
    int threads = omp_get_max_threads();
    passes->threads = 0;
    if (threads == 1 || omp_in_parallel())
        return;
    if (!passes->now) {
        passes->now = find(passes, shape * 1024 + (uint64_t)threads);
        passes->start = clock_seconds();
    }
    if (pass_kind_is_alone(passes->now)) {
        passes->threads = threads;
        omp_set_num_threads(1);
    }
}

void pass_threads_leave(PassThreads *passes) {
    if (passes->threads)
        omp_set_num_threads(passes->threads);
    if (passes->now)
        passes->end = clock_seconds();
}

void pass_threads_end(PassThreads *passes) {
    if (passes->now)
        pass_kind_add(passes->now, passes->end - passes->start);
    passes->now = NULL;
}
