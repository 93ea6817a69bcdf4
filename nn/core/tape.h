/* tape.h: define-by-run automatic differentiation.
 *
 * An operator called on a tape computes its value at once and, while the tape records, notes how to
 * run backwards. The tape owns all memory of a step: values, gradients of intermediate values and
 * what operators save between the two passes. tape_begin reclaims everything, so that after the
 * first steps a step allocates nothing from the heap.
 *
 *     tape_begin(tape, TAPE_TRAIN, rng);
 *     Tensor *x = tape_input(tape, "x", shape(64, 48, 48, 1), pixels);
 *     Tensor *loss = op_cross_entropy(tape, model_forward(model, tape, x), targets);
 *     if (tape_backward(tape, loss, error)) ...
 *
 * Errors are sticky: an operator that fails returns NULL, an operator given NULL returns NULL, so a
 * network is written without a check after each line and tape_backward or tape_check reports what
 * went wrong first. */
#ifndef NN_CORE_TAPE_H
#define NN_CORE_TAPE_H

#include "nn/base/error.h"
#include "nn/base/rng.h"
#include "nn/core/tensor.h"

typedef struct Tape Tape;
typedef struct Node Node;

typedef enum TapeMode {
    TAPE_TRAIN,       /* records; batch norm uses the batch's statistics, dropout drops */
    TAPE_TRAIN_AGAIN, /* as TRAIN, for a second pass over a batch: running statistics are not
                         updated */
    TAPE_RECORD, /* records; batch norm uses running statistics, dropout is off (saliency, tests) */
    TAPE_EVALUATE, /* records nothing; batch norm and dropout as in RECORD */
} TapeMode;

/* Returns a tape (free with tape_destroy) or NULL when out of memory. */
Tape *tape_create(void);
void tape_destroy(Tape *tape);

/* Starts a step: every tensor of the last one becomes invalid. `rng` feeds the step's dropout
 * masks; use another stream for each step. */
void tape_begin(Tape *tape, TapeMode mode, Rng rng);

bool tape_is_training(const Tape *tape);  /* TRAIN or TRAIN_AGAIN */
bool tape_is_repeating(const Tape *tape); /* TRAIN_AGAIN */
bool tape_is_recording(const Tape *tape);

/* From now on, in later steps too, convolutions may round what they multiply to bfloat16
 * (nn/conv/bfloat16.h), or not again. A new tape does not. */
void tape_use_bfloat16(Tape *tape, bool use);
bool tape_uses_bfloat16(const Tape *tape);

/* Wraps the caller's data (not copied, must outlive the step) as a tensor without gradient. */
Tensor *tape_input(Tape *tape, const char *name, Shape s, const float *data);

/* As tape_input, with a gradient (for saliency and gradient tests). */
Tensor *tape_variable(Tape *tape, const char *name, Shape s, const float *data);

/* Declares that the caller will not read `tensor` again: outside recording its memory is used for
 * the next values at once, so that a deep network runs in the space of its two widest layers. While
 * recording it has no effect. Forget a value once, and not while a reshaped view of it is in use.
 */
void tape_forget(Tape *tape, Tensor *tensor);

/* Runs backwards from `loss` (a scalar) and leaves d loss / d tensor in the `gradient` of every
 * leaf that needs one. Gradients of leaves owned by a model are overwritten, not added to: the
 * first write of a step sets, later ones add. Fails with the tape's first error if it has one. */
int tape_backward(Tape *tape, Tensor *loss, Error *error) MUST_CHECK;

/* From now on tape_backward calls `watch` with each leaf whose gradient is complete, and after each
 * operator with NULL: what is known early can be used beside the rest. NULL stops it. */
typedef void TapeWatch(void *context, Tensor *leaf);
void tape_watch(Tape *tape, TapeWatch *watch, void *context);

/* 0, or -1 with the tape's first error since tape_begin. */
int tape_check(const Tape *tape, Error *error) MUST_CHECK;

/* The first tensor of the step, in order of computation, whose value is not finite (a parameter
 * read by the step counts where it is read), or NULL. */
const Tensor *tape_first_not_finite(const Tape *tape);

/* Bytes that the tape has allocated from the heap. */
size_t tape_held(const Tape *tape);

/* The seconds that one operator took. */
typedef struct OperatorTime {
    const char *name; /* NULL: an unused row */
    double forward, backward;
} OperatorTime;

/* From now on adds each operator's time to the row of its name, or the first unused one, of the
 * caller's `times` (`count` rows; operators without a row are not counted). NULL stops it. */
void tape_measure(Tape *tape, OperatorTime *times, int count);

/* ------------------------------------------------------------------ node by node (joint.h) */

/* To be called after tape_begin: operators only record, and are run with tape_run. The gradients of
 * leaves then belong to the tape (tape_leaf_gradient). */
void tape_defer(Tape *tape);

int tape_node_count(const Tape *tape);
const Node *tape_node(const Tape *tape, int i);

/* Sums of all parts of a batch, in order: (count, the node's n_sums). `own` is this tape's part. */
typedef struct PartSums {
    const double *values;
    int count, own;
} PartSums;

/* Runs node i forward or backward, with the sums of all parts where the node has any; or computes
 * this tape's sums for it. */
int tape_run(Tape *tape, int i, bool backward, PartSums sums, Error *error) MUST_CHECK;
int tape_sum_part(Tape *tape, int i, bool backward, double *sums, Error *error) MUST_CHECK;

/* What tape_backward does before the first node. */
int tape_begin_backward(Tape *tape, Tensor *loss, Error *error) MUST_CHECK;

/* d loss / d leaf, valid until tape_begin; NULL where backward did not reach it. */
const float *tape_leaf_gradient(const Tape *tape, const Tensor *leaf);

/* ------------------------------------------------------------------ for writers of operators */

enum { NODE_MAX_INPUTS = 8, NODE_MAX_OUTPUTS = 3 };

/* One row of the operator table (nn/ops/operators.h).
 * - `infer` checks the inputs' shapes and sets every output's shape; it must reject inputs that
 * forward cannot handle, with a message that names the operator and the shapes;
 * - `forward` fills the outputs' data; what backward needs beyond inputs and outputs goes into
 * node->saved. Returns -1 only when out of memory;
 * - `backward` reads the outputs' gradients and writes (or adds to) the gradients of those inputs
 * that need one, through tape_gradient. NULL for an operator without gradient. Returns the same as
 * forward. */
typedef struct Operator {
    const char *name;
    int (*infer)(Node *node, Error *error);
    int (*forward)(Tape *tape, Node *node);
    int (*backward)(Tape *tape, Node *node);
} Operator;

struct Node {
    const Operator *operator;
    int n_inputs, n_outputs;
    Tensor *input[NODE_MAX_INPUTS]; /* NULL for an optional one that is left out */
    Tensor *output[NODE_MAX_OUTPUTS];
    const void *attributes; /* the operator's own settings, copied into the tape's memory */
    void *saved;            /* what forward keeps for backward; in the tape's memory */

    /* Of an operator that needs sums over the whole batch while training (batch norm), so that
     * several tapes can share one batch (joint.h). `infer` sets both; `sum_part` is called before
     * forward, and again before backward, and writes this tape's sums (n_sums), from which and the
     * other tapes' the pass goes on (tape_sums). */
    int n_sums;
    int (*sum_part)(Tape *tape, Node *node, bool backward, double *sums);
};

/* The sums of all parts, for the operator that runs. */
PartSums tape_sums(const Tape *tape);

/* Applies an operator: infers shapes, allocates the outputs, runs forward, records. `inputs` may
 * hold NULL at optional places: `n_required` says how many of the first must not be NULL (a NULL
 * there means that an earlier operator failed, and this one fails quietly too). `attributes` (may
 * be NULL) is copied. Returns the node (outputs in node->output), valid until tape_begin, or NULL
 * after an error. */
Node *tape_apply(Tape *tape, const Operator *operator, int n_outputs, int n_inputs, int n_required,
                 Tensor *const *inputs, const void *attributes, size_t attributes_size);

/* As tape_apply for the common case of one output and no optional inputs; returns that output. */
Tensor *tape_apply1(Tape *tape, const Operator *operator, int n_inputs, Tensor *const *inputs,
                    const void *attributes, size_t attributes_size);

/* A tensor that shares `data` of another with the same count (reshape). */
void tensor_share(Tensor *view, const Tensor *base);

/* Uninitialised memory until the next tape_begin; NULL when out of memory (recorded as the tape's
 * error). */
void *tape_alloc(Tape *tape, size_t bytes);

/* Scratch memory: as tape_alloc, but the caller returns it with tape_release in the same pass, for
 * reuse. */
float *tape_borrow(Tape *tape, size_t count);
void tape_release(Tape *tape, float *scratch);

/* The next random stream of this step: one for each dropout mask. */
Rng tape_next_rng(Tape *tape);

/* Where and how to write an input's gradient: `data` is NULL when none is wanted (or memory ran
 * out); `add` means that it already holds a partial sum, to be added to; otherwise `data` is
 * uninitialised and every element must be written. */
typedef struct GradientSlot {
    float *data;
    bool add;
} GradientSlot;
GradientSlot tape_gradient(Tape *tape, Tensor *input);

/* As tape_gradient for operators that scatter: always to be added to (zeroed if it was unset). */
float *tape_gradient_to_add(Tape *tape, Tensor *input);

#endif
