/* layers.h: operators with their parameters.
 *
 * A layer is a small struct that points to tensors in a Parameters; its create function adds them
 * under `name` (PyTorch's attribute path) and initialises them, its forward function puts the
 * operators on a tape. Creation may fail silently (see parameters_check); forward passes a failed
 * tape through. */
#ifndef NN_MODELS_LAYERS_H
#define NN_MODELS_LAYERS_H

#include "nn/core/parameters.h"
#include "nn/ops/operators.h"

typedef struct Linear {
    Tensor *weight; /* (O,I) */
    Tensor *bias;   /* (O) */
} Linear;

Linear linear_create(Parameters *parameters, const char *name, int inputs, int outputs, Rng rng);
Tensor *linear_forward(const Linear *layer, Tape *tape, Tensor *x);

/* A convolution without bias followed by batch norm, with or without ReLU. */
typedef struct ConvNorm {
    Tensor *weight;                    /* (O,I,k,k) */
    Tensor *gain, *shift, *mean, *var; /* (O): the norm's weight, bias, running_mean, running_var */
    Tensor *bias;                      /* (O) once folded, else NULL */
    Tensor *prepared;                  /* once folded: the weight for op_conv2d_prepared */
    bool relu;
} ConvNorm;

/* `conv_name` and `norm_name` because PyTorch's sequences number them apart. k is odd; padding
 * keeps the size. */
ConvNorm conv_norm_create(Parameters *parameters, const char *conv_name, const char *norm_name,
                          int inputs, int outputs, int kernel, bool relu, Rng rng);
Tensor *conv_norm_forward(const ConvNorm *layer, Tape *tape, Tensor *x);
/* The same followed by 2×2 max pooling. */
Tensor *conv_norm_pool_forward(const ConvNorm *layer, Tape *tape, Tensor *x);

/* Turns the pair into one convolution with bias, for inference: w' = w g / sqrt(var + ε) and
 * b' = shift - mean g / sqrt(var + ε). `folded` owns the new bias and the weight's prepared form,
 * which is best for maps of size × size. The layer can no longer be trained. */
void conv_norm_fold(ConvNorm *layer, int size, Parameters *folded);

/* Squeeze and excitation (Hu, Shen and Sun 2018): each channel is scaled by a gate in (0, 1)
 * computed from the means of all channels through a bottleneck of channels / reduction. */
typedef struct SqueezeExcite {
    Linear squeeze, excite;
} SqueezeExcite;

SqueezeExcite squeeze_excite_create(Parameters *parameters, const char *name, int channels,
                                    int reduction, Rng rng);
/* The gates (N,C) of x (N,H,W,C). */
Tensor *squeeze_excite_gates(const SqueezeExcite *layer, Tape *tape, Tensor *x);

/* The stream from which the layer of that name draws its initial weights. */
Rng layer_rng(Rng rng, const char *name);

#endif
