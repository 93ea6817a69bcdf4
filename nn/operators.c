#include "nn/operators_internal.h"

#define OPERATOR_ROW(name) &name##_operator,
const Operator *const operators[] = {ALL_OPERATORS(OPERATOR_ROW) NULL};
