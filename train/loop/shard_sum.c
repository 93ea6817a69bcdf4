#include "train/loop/shard_sum.h"

#include <stdlib.h>
#include <string.h>

/* The values of a block: of each tensor in order examples × gradient, or × change of a buffer; then
 * these. */
enum { EXAMPLES, LOSS, CORRECT, COUNTS };

struct ShardSum {
    Parameters *parameters;
    size_t count; /* of a block's values */
    float *start; /* the buffers at the beginning, in the place of their changes */
    float *sum;
    TreeBlock blocks[TREE_BLOCKS + 1];
    int n;
    float *spare[TREE_BLOCKS + 1];
    int n_spare;
    bool joint; /* the buffers are not summed */
};

ShardSum *shard_sum_create(Parameters *parameters, Error *error) {
    ShardSum *sum = calloc(1, sizeof *sum);
    if (sum) {
        sum->parameters = parameters;
        sum->count = COUNTS;
        for (int i = 0; i < parameters_count(parameters); i++)
            sum->count += tensor_count(&parameters_at(parameters, i)->tensor);
        sum->start = malloc(sum->count * sizeof *sum->start);
        sum->sum = malloc(sum->count * sizeof *sum->sum);
    }
    if (sum && sum->start && sum->sum)
        return sum;
    error_memory(error, "a sum of gradients", sum ? sum->count * sizeof *sum->sum : sizeof *sum);
    shard_sum_destroy(sum);
    return NULL;
}

static void recycle(ShardSum *sum, float *values) {
    sum->spare[sum->n_spare++] = values;
}

void shard_sum_destroy(ShardSum *sum) {
    if (!sum)
        return;
    while (sum->n)
        free(sum->blocks[--sum->n].values);
    while (sum->n_spare)
        free(sum->spare[--sum->n_spare]);
    free(sum->start);
    free(sum->sum);
    free(sum);
}

void shard_sum_begin(ShardSum *sum) {
    while (sum->n)
        recycle(sum, sum->blocks[--sum->n].values);
    float *start = sum->start;
    for (int i = 0; i < parameters_count(sum->parameters); i++) {
        const Parameter *parameter = parameters_at(sum->parameters, i);
        size_t count = tensor_count(&parameter->tensor);
        if (parameter->role == PARAMETER_BUFFER)
            memcpy(start, parameter->tensor.data, count * sizeof *start);
        start += count;
    }
}

/* values = examples × gradient; zeros where backward did not come. */
static void weigh_gradient(const float *gradient, size_t count, float examples, float *values) {
    if (!gradient)
        memset(values, 0, count * sizeof *values);
    else
        for (size_t i = 0; i < count; i++)
            values[i] = examples * gradient[i];
}

static void weigh_change(Tensor *buffer, const float *start, float examples, float *values) {
    size_t count = tensor_count(buffer);
    for (size_t i = 0; i < count; i++)
        values[i] = examples * (buffer->data[i] - start[i]);
    memcpy(buffer->data, start, count * sizeof *start);
}

static void fill(ShardSum *sum, const Tape *joint, const StepCount *count, double loss,
                 float *values) {
    if (count->examples <= 0) {
        memset(values, 0, sum->count * sizeof *values);
        return;
    }
    const float *start = sum->start;
    float examples = (float)count->examples;
    for (int i = 0; i < parameters_count(sum->parameters); i++) {
        Parameter *parameter = parameters_at(sum->parameters, i);
        Tensor *tensor = &parameter->tensor;
        size_t elements = tensor_count(tensor);
        const float *gradient = joint                     ? tape_leaf_gradient(joint, tensor)
                                : tensor->gradient_is_set ? tensor->gradient
                                                          : NULL;
        if (parameter->role != PARAMETER_BUFFER)
            weigh_gradient(gradient, elements, examples, values);
        else if (joint)
            memset(values, 0, elements * sizeof *values);
        else
            weigh_change(tensor, start, examples, values);
        start += elements;
        values += elements;
    }
    values[EXAMPLES] = examples;
    values[LOSS] = (float)(count->examples * loss);
    values[CORRECT] = (float)count->correct;
}

int shard_sum_add(ShardSum *sum, int shard, const Tape *joint, const StepCount *count, double loss,
                  Error *error) {
    sum->joint = joint != NULL;
    float *values = sum->n_spare ? sum->spare[--sum->n_spare] : malloc(sum->count * sizeof *values);
    if (!values)
        return error_memory(error, "a shard's gradients", sum->count * sizeof *values);
    fill(sum, joint, count, loss, values);
    sum->blocks[sum->n++] = (TreeBlock){shard, 1, values};
    for (TreeBlock *top; sum->n > 1; sum->n--) {
        top = &sum->blocks[sum->n - 1];
        if (!tree_siblings(top - 1, top))
            break;
        tree_join(top - 1, top, sum->count);
        recycle(sum, top->values);
    }
    return 0;
}

int shard_sum_finish(ShardSum *sum, TrainTeam *team, int shards, StepCount *count, float *loss,
                     Error *error) {
    const float *values = sum->sum;
    if (team &&
        team->reduce(team->context, shards, sum->blocks, sum->n, sum->count, sum->sum, error)) {
        team->over = true;
        return -1;
    }
    if (!team) {
        TreeBlock blocks[TREE_BLOCKS + 1];
        memcpy(blocks, sum->blocks, sizeof blocks);
        values = tree_sum(blocks, sum->n, sum->count);
    }
    const float *counts = values + sum->count - COUNTS, *start = sum->start;
    float share = 1 / counts[EXAMPLES];
    *count = (StepCount){.examples = counts[EXAMPLES], .correct = counts[CORRECT]};
    *loss = counts[LOSS] * share;
    for (int i = 0; i < parameters_count(sum->parameters); i++) {
        Parameter *parameter = parameters_at(sum->parameters, i);
        Tensor *tensor = &parameter->tensor;
        size_t elements = tensor_count(tensor);
        bool buffer = parameter->role == PARAMETER_BUFFER;
        float *to = buffer ? tensor->data : tensor->gradient;
        for (size_t j = 0; j < elements && !(buffer && sum->joint); j++)
            to[j] = buffer ? start[j] + values[j] * share : values[j] * share;
        tensor->gradient_is_set = !buffer;
        start += elements;
        values += elements;
    }
    return 0;
}
