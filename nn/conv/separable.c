#include "nn/conv/separable.h"

#include <omp.h>
#include <string.h>

Shape conv_separable_prepared_shape(int inputs, int outputs) {
    return shape(separable_panels(outputs), (int)separable_panel_size(inputs));
}

void conv_separable_prepare(int inputs, int outputs, const float *pointwise, const float *depthwise,
                            const float *bias, float *prepared) {
    size_t size = separable_panel_size(inputs);
    memset(prepared, 0, (size_t)separable_panels(outputs) * size * sizeof *prepared);
    for (int o = 0; o < outputs; o++) {
        float *at = prepared + (size_t)(o / SEPARABLE_PANEL) * size + o % SEPARABLE_PANEL;
        for (int i = 0; i < inputs; i++, at += SEPARABLE_PANEL)
            *at = pointwise[(size_t)o * (size_t)inputs + (size_t)i];
        for (int tap = 0; tap < SEPARABLE_TAPS; tap++, at += SEPARABLE_PANEL)
            *at = depthwise[o * SEPARABLE_TAPS + tap];
        *at = bias[o];
    }
}

int conv_separable_forward(Tape *tape, int n, const SeparableShape *s, const float *x,
                           const float *prepared, float *y) {
    size_t x_size = (size_t)s->h * (size_t)s->w * (size_t)s->inputs;
    size_t y_size = (size_t)s->h * (size_t)s->w * (size_t)s->outputs / (s->max_pool ? 4 : 1);
    size_t scratch_size = separable_scratch_size(s);
    int threads = n < omp_get_max_threads() ? n : omp_get_max_threads();
    float *scratch = tape_borrow(tape, scratch_size * (size_t)threads);
    if (!scratch)
        return -1;
#pragma omp parallel for num_threads(threads)
    for (int image = 0; image < n; image++)
        KERNELS(separable)->forward(s, x + x_size * (size_t)image, prepared,
                                    scratch + scratch_size * (size_t)omp_get_thread_num(),
                                    y + y_size * (size_t)image);
    tape_release(tape, scratch);
    return 0;
}
