#include "nn/core/tensor.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const int64_t MAX_COUNT = (int64_t)1 << 40;

Shape shape_make(int n_dims, const int *size) {
    Shape s = {.n_dims = n_dims};
    memcpy(s.size, size, (size_t)n_dims * sizeof *size);
    return s;
}

Shape shape_scalar(void) {
    return (Shape){.n_dims = 0};
}

int64_t shape_count(Shape s) {
    int64_t count = 1;
    for (int i = 0; i < s.n_dims; i++) {
        if (s.size[i] < 0 || (s.size[i] && count > MAX_COUNT / s.size[i]))
            return -1;
        count *= s.size[i];
    }
    return count;
}

bool shape_equal(Shape a, Shape b) {
    return a.n_dims == b.n_dims && !memcmp(a.size, b.size, (size_t)a.n_dims * sizeof *a.size);
}

const char *shape_text(Shape s, char buffer[SHAPE_TEXT]) {
    int used = snprintf(buffer, SHAPE_TEXT, "(");
    for (int i = 0; i < s.n_dims; i++)
        used +=
            snprintf(buffer + used, (size_t)(SHAPE_TEXT - used), "%s%d", i ? ", " : "", s.size[i]);
    snprintf(buffer + used, (size_t)(SHAPE_TEXT - used), ")");
    return buffer;
}

size_t tensor_count(const Tensor *tensor) {
    return (size_t)shape_count(tensor->shape);
}

int64_t first_not_finite(const float *data, size_t count) {
    enum { CHUNK = 4096 };
    for (size_t start = 0; start < count; start += CHUNK) {
        size_t end = start + CHUNK < count ? start + CHUNK : count;
        /* x - x is 0 for finite x and NaN otherwise: a sum tells of a whole chunk without a
         * branch. */
        float sum = 0;
        for (size_t i = start; i < end; i++)
            sum += data[i] - data[i];
        if (sum == 0)
            continue;
        for (size_t i = start; i < end; i++)
            if (!isfinite(data[i]))
                return (int64_t)i;
    }
    return -1;
}
