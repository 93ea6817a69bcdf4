/* held_out.h: a data set of which a tenth is held out, and the order in which the rest is seen:
 * each example several times an epoch, differently augmented, in an order of the epoch's own. */
#ifndef TRAIN_TASKS_HELD_OUT_H
#define TRAIN_TASKS_HELD_OUT_H

#include "nn/base/error.h"
#include "nn/base/rng.h"

typedef struct HeldOut {
    int *training, *validation; /* indices of examples */
    int n_training, n_validation;
    int views; /* of each example per epoch */
    uint64_t seed;
    uint32_t *order; /* of the views of `order_epoch` */
    int order_epoch;
} HeldOut;

/* Chooses by the seed. Examples of the same group, a number below `examples`, are held out
 * together; NULL makes each one of its own. `unit` is the examples' plural, for the message that
 * they are too few to hold out a tenth. Free with held_out_free, also after a failure. */
int held_out_create(HeldOut *data, int examples, const int *groups, int views, uint64_t seed,
                    const char *unit, Error *error) MUST_CHECK;
void held_out_free(HeldOut *data);

/* Steps of an epoch, whose last, smaller batch is left out unless it is the only one. */
int held_out_steps(const HeldOut *data, int batch);

/* The number of views in batch `step` of `epoch`; then `held_out_view` gives them. */
int held_out_batch(HeldOut *data, int epoch, int step, int batch);

typedef struct View {
    int example;
    Rng rng; /* for its augmentation */
} View;

/* View `i` of batch `step`. */
View held_out_view(const HeldOut *data, int step, int batch, int i);

#endif
