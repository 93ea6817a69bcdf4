/* lstm.h: the recurrent part of an LSTM, one step at a time: the product with the recurrent weights
 * and, while the sums are in registers, the gates.
 *
 * Hidden units go in panels of LANES. A panel's weights are packed in the order in which the
 * product reads them, so that a step streams through memory; one thread sums each output, in a
 * fixed order. Shapes: B rows (sequences), H hidden units, D depth of a product. Gates are in
 * PyTorch's order i, f, g, o. */
#ifndef NN_KERNELS_LSTM_H
#define NN_KERNELS_LSTM_H

#include "nn/kernels/isa.h"

#include <stddef.h>
#include <stdint.h>

/* One step forwards: gates += h Wᵀ; i, f, o = σ(·), g = tanh(·); c = f c' + i g; y = o tanh(c). */
typedef struct LstmForward {
    int rows, hidden;
    int depth;           /* columns of `h`; 0 leaves the product out */
    const float *packed; /* from pack_forward */
    const uint16_t
        *halves;    /* the same in half precision (nn/base/float16.h), used instead, or NULL */
    const float *h; /* (B,D) with row stride `h_stride` */
    ptrdiff_t h_stride;
    const float *previous_cell; /* (B,H); NULL = zero */
    float *gates;               /* (B,4H): the inputs' part with the biases; becomes i, f, g, o */
    float *cell;                /* (B,H) out; may be previous_cell */
    float *y;                   /* (B,H) out */
    float *next_h;              /* (B,H) with row stride `h_stride`: y again; NULL for none */
} LstmForward;

/* One step backwards: dh = dy + dgates' W with the later step's dgates', then through the gates. */
typedef struct LstmBackward {
    int rows, hidden;
    int depth;           /* 4H; 0 leaves the product out */
    const float *packed; /* from pack_backward */
    const float *later;  /* (B,4H) with row stride `later_stride`: dgates of the step after this */
    ptrdiff_t later_stride;
    const float *dy, *extra_dh;        /* (B,H); extra_dh NULL for none */
    const float *cell, *previous_cell; /* (B,H); previous_cell NULL = zero */
    float *dcell;                      /* (B,H): of this step's cell; becomes the previous's */
    float *gates;                      /* (B,4H): i, f, g, o; becomes their gradient */
    float *dgates;                     /* (B,4H) with row stride `later_stride`: again */
} LstmBackward;

typedef struct LstmKernels {
    int lanes;
    /* Packs the panel's part of weight (4H,D) into packed + panel * forward_panel(D) floats. */
    void (*pack_forward)(float *packed, const float *weight, int hidden, int depth, int panel);
    void (*forward)(const LstmForward *step, int panel);
    /* As above for weight (4H,H), backwards. Backward panels are wider: backward_width units. */
    void (*pack_backward)(float *packed, const float *weight, int hidden, int panel);
    void (*backward)(const LstmBackward *step, int panel);
    /* out (B,H) = later W alone, with the fields rows, hidden, depth, packed, later of `step`. */
    void (*backward_product)(const LstmBackward *step, float *out, bool add, int panel);
    int backward_width;
} LstmKernels;

DECLARE_KERNELS(LstmKernels, lstm);

#endif
