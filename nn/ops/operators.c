#include "nn/ops/operators_internal.h"

#include <stdio.h>

#define OPERATOR_ROW(name) &name##_operator,
const Operator *const operators[] = {ALL_OPERATORS(OPERATOR_ROW) NULL};

int operator_reject(const Node *node, Error *error, const char *expected) {
    char shapes[NODE_MAX_INPUTS * (SHAPE_TEXT + 2)] = "";
    size_t used = 0;
    for (int i = 0; i < node->n_inputs; i++) {
        char text[SHAPE_TEXT] = "none";
        if (node->input[i])
            shape_text(node->input[i]->shape, text);
        used += (size_t)snprintf(shapes + used, sizeof shapes - used, "%s%s", i ? ", " : "", text);
    }
    return error_set(error, "%s: got %s; expected %s", node->operator->name, shapes, expected);
}

int infer_same(Node *node, Error *error) {
    (void)error;
    node->output[0]->shape = node->input[0]->shape;
    return 0;
}

int64_t shape_rows(Shape s) {
    int64_t rows = 1;
    for (int i = 0; i + 1 < s.n_dims; i++)
        rows *= s.size[i];
    return rows;
}

int shape_columns(Shape s) {
    return s.n_dims ? s.size[s.n_dims - 1] : 1;
}
