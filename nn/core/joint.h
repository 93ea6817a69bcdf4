/* joint.h: one batch in several parts, each on its own tape, computed in step.
 *
 * Most operators treat each example separately, so parts of a batch can be computed one after
 * another. Batch norm while training needs sums over the whole batch, forward and backward. Here
 * all parts pass through the network together, operator by operator; where one needs sums, each
 * part contributes its own, and all are combined in the order of the parts. The parts may lie in
 * several processes: the result depends on their number, but not on who computes which.
 *
 * Parts are recorded on deferred tapes (tape_defer), with the same operators on each. Weights are
 * shared; running statistics are updated by the tape that is in the mode TAPE_TRAIN, which should
 * be one in each process, the others in TAPE_TRAIN_AGAIN. */
#ifndef NN_CORE_JOINT_H
#define NN_CORE_JOINT_H

#include "nn/core/tape.h"

typedef struct Joint {
    Tape **tapes;    /* (n) */
    Tensor **losses; /* (n): each the mean over its part */
    int n, first;    /* of all parts, those that lie here */
    int count;       /* all parts */

    void *context; /* of the functions */
    /* Collects `size` numbers of each part: `own` (n,size) into `all` (count,size), in order. With
     * `failed` this process has none to give. Returns 1 if that is so of another. NULL where all
     * parts lie here. */
    int (*gather)(void *context, bool failed, size_t size, const double *own, double *all,
                  Error *error);
    /* Called after the forward pass; may be NULL. */
    int (*between)(void *context, Error *error);
} Joint;

/* Runs all parts forward and backward. The gradients of leaves are those of each part's own loss
 * (tape_leaf_gradient), with the statistics of the whole batch. Returns 1 if another process has
 * failed. */
int joint_step(const Joint *joint, Error *error) MUST_CHECK;

#endif
