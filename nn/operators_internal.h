/* operators_internal.h: for the files of nn/ops/ only: the rows of the operator table. */
#ifndef NN_OPERATORS_INTERNAL_H
#define NN_OPERATORS_INTERNAL_H

#include "nn/operators.h"

/* One line for each row; operators.c makes the table of them. */
#define ALL_OPERATORS(X) X(relu)

#define DECLARE_OPERATOR(name) extern const Operator name##_operator;
ALL_OPERATORS(DECLARE_OPERATOR)
#undef DECLARE_OPERATOR

#endif
