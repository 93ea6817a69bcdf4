/* pass_threads.h: whether a short forward pass runs on all threads or on one.
 *
 * The threads of a pass meet at the end of each of its loops, many times in a millisecond. Where
 * other programs keep the processors busy, most meetings wait for the scheduler, and all threads
 * together take longer than one alone. What is faster now is measured: a pass that has long been
 * much slower than the fastest of its kind is tried on one thread, and later on all of them again.
 * Undisturbed passes are never tried. The number of threads does not change the bits of a result.
 */
#ifndef NN_CORE_PASS_THREADS_H
#define NN_CORE_PASS_THREADS_H

#include <stdbool.h>
#include <stdint.h>

enum { PASS_KINDS = 8, PASS_TRIAL = 5 };

/* What is known of passes of one kind: the same network and shapes. */
typedef struct PassKind {
    uint64_t kind;
    enum { PASS_SHARED, PASS_TRYING_ALONE, PASS_ALONE, PASS_TRYING_SHARED } state;
    double fastest;            /* seconds, on all threads */
    double recent[PASS_TRIAL]; /* the last ones of this state */
    int64_t count;             /* of this state */
    int slow;                  /* slow passes beyond the others */
    double before;             /* median before the trial */
    int patience;              /* passes until the next trial */
} PassKind;

/* Whether the next pass should run on one thread. */
bool pass_kind_is_alone(const PassKind *kind);

/* Takes in the seconds of a pass that ran so. */
void pass_kind_add(PassKind *kind, double seconds);

/* The passes of one tape; initialise with zeros. */
typedef struct PassThreads {
    PassKind kinds[PASS_KINDS];
    int next;      /* kind to be replaced */
    PassKind *now; /* of the pass that runs, or NULL */
    double start, end;
    int threads; /* to be restored after an operator; 0: they have not been changed */
} PassThreads;

/* To be called around each operator of a pass; the first one's `shape` tells the kind. */
void pass_threads_enter(PassThreads *passes, uint64_t shape);
void pass_threads_leave(PassThreads *passes);

/* The pass has ended, if there was one. */
void pass_threads_end(PassThreads *passes);

#endif
