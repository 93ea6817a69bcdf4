/* operator_cases.h: test cases of the operators.
 *
 * Each case calls one row of the operator table on inputs drawn at random. The gradient,
 * determinism and allocation tests all iterate over these cases; the gradient test fails for an
 * operator without one. */
#ifndef TESTS_SUPPORT_OPERATOR_CASES_H
#define TESTS_SUPPORT_OPERATOR_CASES_H

#include "nn/ops/operators.h"

enum { CASE_MAX_INPUTS = 8, CASE_MAX_OUTPUTS = 3 };

typedef enum Values {
    VALUES_NONE,     /* no such input */
    VALUES_NORMAL,   /* standard normal */
    VALUES_POSITIVE, /* 0.5 … 2 */
    VALUES_DISTINCT, /* in random order, at least 0.25 apart (for maxima) */
    VALUES_CONSTANT, /* normal, but without gradient */
    VALUES_VARIANCE, /* positive, without gradient */
} Values;

typedef struct CaseInput {
    Shape shape;
    Values values;
} CaseInput;

typedef struct OperatorCase {
    const char *operator;             /* its name in the table */
    const char *what;                 /* what the case is for */
    CaseInput input[CASE_MAX_INPUTS]; /* as many as have values */
    /* Puts the operator on the tape; writes up to CASE_MAX_OUTPUTS outputs and returns their
     * number. */
    int (*build)(Tape *tape, Tensor *const *inputs, Tensor **outputs);
    float scale; /* of the normal values; 0 counts as 1 */
    bool large;  /* for the determinism test: too large for finite differences */
    bool train;  /* in TAPE_TRAIN, else in TAPE_RECORD */
} OperatorCase;

extern const OperatorCase operator_cases[];
extern const int n_operator_cases;

/* The values of a case's inputs, always the same (caller frees each), as the caller's tensors. */
typedef struct CaseData {
    Tensor tensor[CASE_MAX_INPUTS];
} CaseData;

int case_inputs(const OperatorCase *c);
void case_create(const OperatorCase *c, CaseData *data);
void case_destroy(const OperatorCase *c, CaseData *data);

/* A fresh step of the case: its inputs on the tape (as variables, or inputs where constant) and its
 * outputs; returns the number of outputs. */
int case_build(const OperatorCase *c, CaseData *data, Tape *tape, Tensor **outputs);

/* Σ over outputs and elements of a fixed random weight times the value: on the tape (a scalar
 * tensor to run backwards from), and in double. */
Tensor *functional(Tape *tape, Tensor *const *outputs, int n_outputs);
double functional_value(Tensor *const *outputs, int n_outputs);

#endif
