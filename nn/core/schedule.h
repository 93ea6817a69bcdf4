/* schedule.h: the learning rate over a run. */
#ifndef NN_CORE_SCHEDULE_H
#define NN_CORE_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

typedef enum ScheduleKind {
    SCHEDULE_CONSTANT,
    SCHEDULE_STEP,
    SCHEDULE_COSINE,
    SCHEDULE_PLATEAU
} ScheduleKind;

/* "constant", "step", "cosine", "plateau", NULL; in the order of ScheduleKind. */
extern const char *const schedule_names[];

typedef struct Schedule {
    ScheduleKind kind;
    float base;     /* the rate after warm-up */
    float floor;    /* cosine ends here; plateau does not go below */
    int64_t warmup; /* steps over which the rate rises linearly from 0 */
    int64_t total;  /* steps of the whole run (cosine) */
    int64_t every;  /* step: multiply by factor each `every` steps */
    float factor;   /* step and plateau */
    int patience;   /* plateau: scores without a new best before the rate falls */
    /* Plateau's state; saved in checkpoints. */
    float scale, best;
    int waited;
    bool scored;
} Schedule;

/* The rate for step 0, 1, …: base × warm-up × the kind's factor. Cosine is Loshchilov and Hutter
 * 2017 without restarts. */
float schedule_rate(const Schedule *schedule, int64_t step);

/* Passes a validation score (higher is better) to plateau; the other kinds ignore it. */
void schedule_score(Schedule *schedule, float score);

#endif
