#include "train/loop/shard_sum.h"

#include "train/loop/half.h"

#include <stdlib.h>
#include <string.h>

/* The values of a block: these; of each buffer examples × change; of each trained tensor in order
 * examples × gradient. */
enum { EXAMPLES, LOSS, CORRECT, FAILURES, COUNTS };

/* Fewest gradients in a piece: a message of 1 MiB. */
enum { PIECE = 1 << 18 };

/* Consecutive values that are sent together. */
typedef struct Piece {
    size_t first, count;
    bool exact;        /* counts and buffers, which are not rounded */
    int tensors, left; /* with gradients: all, and those not yet complete */
} Piece;

struct ShardSum {
    Parameters *parameters;
    bool half;
    size_t count, *offsets; /* of a block's values; where each tensor's begin */
    float *start;           /* the buffers at the beginning, in the place of their changes */
    float *sum;
    Piece *pieces;           /* from the last values to the first, as backward completes them */
    int n_pieces, *piece_of; /* of each tensor with a gradient */
    TreeBlock blocks[TREE_BLOCKS + 1];
    int n;
    float *spare[TREE_BLOCKS + 1];
    int n_spare;
    bool joint; /* the buffers are not summed */

    /* While the last shard runs backwards: */
    TrainTeam *team; /* or NULL */
    float examples;
    int next; /* piece to begin */
    int status;
    Error error;
};

/* ------------------------------------------------------------------ layout */

static bool is_buffer(const ShardSum *sum, int i) {
    return parameters_at(sum->parameters, i)->role == PARAMETER_BUFFER;
}

static Tensor *tensor_at(const ShardSum *sum, int i) {
    return &parameters_at(sum->parameters, i)->tensor;
}

/* Places the tensors of one kind behind one another. */
static void place(ShardSum *sum, bool buffers) {
    for (int i = 0; i < parameters_count(sum->parameters); i++)
        if (is_buffer(sum, i) == buffers) {
            sum->offsets[i] = sum->count;
            sum->count += tensor_count(tensor_at(sum, i));
        }
}

static void cut_into_pieces(ShardSum *sum, size_t exact) {
    for (int i = parameters_count(sum->parameters); i-- > 0;) {
        if (is_buffer(sum, i))
            continue;
        Piece *piece = sum->n_pieces ? &sum->pieces[sum->n_pieces - 1] : NULL;
        if (!piece || piece->count >= PIECE) {
            piece = &sum->pieces[sum->n_pieces++];
            *piece = (Piece){0};
        }
        piece->first = sum->offsets[i];
        piece->count += tensor_count(tensor_at(sum, i));
        piece->tensors++;
        sum->piece_of[i] = sum->n_pieces - 1;
    }
    sum->pieces[sum->n_pieces++] = (Piece){.count = exact, .exact = true};
}

ShardSum *shard_sum_create(Parameters *parameters, bool half, Error *error) {
    ShardSum *sum = calloc(1, sizeof *sum);
    size_t n = (size_t)parameters_count(parameters) + 1;
    if (sum) {
        sum->parameters = parameters;
        sum->half = half;
        sum->count = COUNTS;
        sum->offsets = calloc(n, sizeof *sum->offsets);
        sum->pieces = calloc(n, sizeof *sum->pieces);
        sum->piece_of = calloc(n, sizeof *sum->piece_of);
    }
    if (sum && sum->offsets && sum->pieces && sum->piece_of) {
        place(sum, true);
        size_t exact = sum->count;
        place(sum, false);
        cut_into_pieces(sum, exact);
        sum->start = malloc(exact * sizeof *sum->start);
        sum->sum = malloc(sum->count * sizeof *sum->sum);
        if (sum->start && sum->sum)
            return sum;
    }
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
    free(sum->offsets);
    free(sum->pieces);
    free(sum->piece_of);
    free(sum->start);
    free(sum->sum);
    free(sum);
}

/* ------------------------------------------------------------------ one shard */

static int need_spare(ShardSum *sum, Error *error) {
    if (sum->n_spare)
        return 0;
    float *values = malloc(sum->count * sizeof *values);
    if (!values)
        return error_memory(error, "a shard's gradients", sum->count * sizeof *values);
    recycle(sum, values);
    return 0;
}

int shard_sum_begin(ShardSum *sum, Error *error) {
    while (sum->n)
        recycle(sum, sum->blocks[--sum->n].values);
    for (int i = 0; i < parameters_count(sum->parameters); i++)
        if (is_buffer(sum, i))
            memcpy(sum->start + sum->offsets[i], tensor_at(sum, i)->data,
                   tensor_count(tensor_at(sum, i)) * sizeof *sum->start);
    sum->team = NULL;
    return need_spare(sum, error);
}

/* values = examples × gradient; zeros where backward did not come. */
static void weigh_gradient(const ShardSum *sum, int i, const float *gradient, float examples,
                           float *values) {
    size_t count = tensor_count(tensor_at(sum, i));
    values += sum->offsets[i];
    if (!gradient)
        memset(values, 0, count * sizeof *values);
    else
        for (size_t j = 0; j < count; j++)
            values[j] = examples * gradient[j];
    if (gradient && sum->half)
        half_round(values, count);
}

/* values = examples × change, and the buffer is as before. */
static void weigh_change(const ShardSum *sum, int i, float examples, float *values) {
    Tensor *buffer = tensor_at(sum, i);
    size_t count = tensor_count(buffer);
    const float *start = sum->start + sum->offsets[i];
    values += sum->offsets[i];
    if (sum->joint) {
        memset(values, 0, count * sizeof *values);
        return;
    }
    for (size_t j = 0; j < count; j++)
        values[j] = examples * (buffer->data[j] - start[j]);
    memcpy(buffer->data, start, count * sizeof *start);
}

static void fill_exact(const ShardSum *sum, const StepCount *count, double loss, float *values) {
    values[EXAMPLES] = (float)count->examples;
    values[LOSS] = (float)(count->examples * loss);
    values[CORRECT] = (float)count->correct;
    values[FAILURES] = 0;
    for (int i = 0; i < parameters_count(sum->parameters); i++)
        if (is_buffer(sum, i))
            weigh_change(sum, i, (float)count->examples, values);
}

static void fill_gradients(const ShardSum *sum, const Tape *joint, const StepCount *count,
                           float *values) {
    for (int i = 0; i < parameters_count(sum->parameters); i++) {
        const Tensor *tensor = tensor_at(sum, i);
        const float *gradient = joint                     ? tape_leaf_gradient(joint, tensor)
                                : tensor->gradient_is_set ? tensor->gradient
                                                          : NULL;
        if (!is_buffer(sum, i))
            weigh_gradient(sum, i, gradient, (float)count->examples, values);
    }
}

/* Joins this process's blocks as far as they go, in one piece. */
static void join_piece(const ShardSum *sum, const Piece *piece) {
    TreeBlock blocks[TREE_BLOCKS + 1];
    for (int i = 0; i < sum->n; i++) {
        blocks[i] = sum->blocks[i];
        blocks[i].values += piece->first;
    }
    tree_join_siblings(blocks, sum->n, piece->count, sum->half && !piece->exact);
}

/* The blocks that are left after all pieces have been joined. */
static void drop_joined(ShardSum *sum) {
    TreeBlock before[TREE_BLOCKS + 1];
    int n = sum->n;
    memcpy(before, sum->blocks, sizeof before);
    sum->n = tree_join_siblings(sum->blocks, n, 0, false);
    for (int i = 0; i < n; i++) {
        bool left = false;
        for (int j = 0; j < sum->n; j++)
            left |= sum->blocks[j].values == before[i].values;
        if (!left)
            recycle(sum, before[i].values);
    }
}

int shard_sum_add(ShardSum *sum, int shard, const Tape *joint, const StepCount *count, double loss,
                  Error *error) {
    if (need_spare(sum, error))
        return -1;
    float *values = sum->spare[--sum->n_spare];
    sum->joint = joint != NULL;
    if (count->examples > 0) {
        fill_exact(sum, count, loss, values);
        fill_gradients(sum, joint, count, values);
    } else {
        memset(values, 0, sum->count * sizeof *values);
    }
    sum->blocks[sum->n++] = (TreeBlock){shard, 1, values};
    for (int i = 0; i < sum->n_pieces; i++)
        join_piece(sum, &sum->pieces[i]);
    drop_joined(sum);
    return need_spare(sum, error);
}

/* ------------------------------------------------------------------ beside the backward pass */

static int begin_piece(ShardSum *sum, Error *error) {
    const Piece *piece = &sum->pieces[sum->next++];
    return sum->team->sum_piece(sum->team->context, piece->first, piece->count,
                                sum->half && !piece->exact, error);
}

/* Begins the pieces that are complete; in order, so that all members begin the same. */
static void begin_complete(ShardSum *sum) {
    while (!sum->status && sum->next < sum->n_pieces - 1 && !sum->pieces[sum->next].left) {
        join_piece(sum, &sum->pieces[sum->next]);
        sum->status = begin_piece(sum, &sum->error);
    }
}

/* A leaf's gradient is complete, or an operator is done. */
static void watch(void *context, Tensor *leaf) {
    ShardSum *sum = context;
    if (sum->status)
        return;
    if (!leaf) {
        sum->status = sum->team->sum_poll(sum->team->context, &sum->error);
        return;
    }
    float *values = sum->blocks[sum->n - 1].values;
    for (int i = 0; i < parameters_count(sum->parameters); i++)
        if (tensor_at(sum, i) == leaf) {
            weigh_gradient(sum, i, leaf->gradient, sum->examples, values);
            sum->pieces[sum->piece_of[i]].left--;
        }
    begin_complete(sum);
}

/* The blocks as they will be once all pieces have been joined. */
static int begin_sum(ShardSum *sum, TrainTeam *team, int shards, Error *error) {
    TreeBlock blocks[TREE_BLOCKS + 1];
    memcpy(blocks, sum->blocks, sizeof blocks);
    int n = tree_join_siblings(blocks, sum->n, 0, false);
    sum->team = team;
    sum->next = 0;
    return team->sum_begin(team->context, shards, blocks, n, sum->sum, error);
}

/* Of tensors that backward did not reach. */
static void fill_rest(ShardSum *sum, float *values) {
    for (int i = 0; i < parameters_count(sum->parameters); i++)
        if (!is_buffer(sum, i) && sum->piece_of[i] >= sum->next &&
            !tensor_at(sum, i)->gradient_is_set)
            weigh_gradient(sum, i, NULL, 0, values);
}

int shard_sum_backward(ShardSum *sum, TrainTeam *team, Tape *tape, Tensor *mean, int shard,
                       int shards, const StepCount *count, Error *error) {
    float *values = sum->spare[--sum->n_spare];
    sum->joint = false;
    sum->status = 0;
    sum->examples = (float)count->examples;
    for (int i = 0; i < sum->n_pieces; i++)
        sum->pieces[i].left = sum->pieces[i].tensors;
    fill_exact(sum, count, mean->data[0], values);
    sum->blocks[sum->n++] = (TreeBlock){shard, 1, values};
    if (begin_sum(sum, team, shards, error)) {
        team->over = true;
        return -1;
    }
    tape_watch(tape, watch, sum);
    int status = tape_backward(tape, mean, error);
    tape_watch(tape, NULL, NULL);
    fill_rest(sum, values);
    if (sum->status) {
        team->over = true;
        return error_set(error, "%s", sum->error.message);
    }
    for (int i = sum->next; i < sum->n_pieces; i++)
        join_piece(sum, &sum->pieces[i]);
    return status;
}

/* ------------------------------------------------------------------ the whole batch */

/* Waits for the team's sum, and begins what of it has not begun. */
static int finish_team(ShardSum *sum, TrainTeam *team, int shards, int failed, Error *error) {
    if (team->over)
        return -1;
    Error of_sum;
    int status = sum->team ? 0 : begin_sum(sum, team, shards, &of_sum);
    sum->blocks[0].values[FAILURES] += (float)(failed != 0);
    while (!status && sum->next < sum->n_pieces)
        status = begin_piece(sum, &of_sum);
    if (!status)
        status = team->sum_end(team->context, &of_sum);
    if (status) {
        team->over = true;
        return failed ? -1 : error_set(error, "%s", of_sum.message);
    }
    drop_joined(sum);
    return sum->sum[FAILURES] > 0 ? team_meet(team, failed ? -1 : 0, NULL, error) : 0;
}

/* Gradients and buffers from the sum over all examples. */
static void write_back(const ShardSum *sum, const float *values, float share) {
    for (int i = 0; i < parameters_count(sum->parameters); i++) {
        Tensor *tensor = tensor_at(sum, i);
        size_t elements = tensor_count(tensor), offset = sum->offsets[i];
        if (!is_buffer(sum, i))
            for (size_t j = 0; j < elements; j++)
                tensor->gradient[j] = values[offset + j] * share;
        else if (!sum->joint)
            for (size_t j = 0; j < elements; j++)
                tensor->data[j] = sum->start[offset + j] + values[offset + j] * share;
        tensor->gradient_is_set = !is_buffer(sum, i);
    }
}

/* Without a team the rest of the tree is added up here. */
static const float *finish_alone(ShardSum *sum) {
    for (int i = 0; i < sum->n_pieces; i++) {
        const Piece *piece = &sum->pieces[i];
        TreeBlock blocks[TREE_BLOCKS + 1];
        for (int j = 0; j < sum->n; j++) {
            blocks[j] = sum->blocks[j];
            blocks[j].values += piece->first;
        }
        tree_sum(blocks, sum->n, piece->count, sum->half && !piece->exact);
    }
    return sum->blocks[0].values;
}

int shard_sum_finish(ShardSum *sum, TrainTeam *team, int shards, int status, StepCount *count,
                     float *loss, Error *error) {
    if (team ? finish_team(sum, team, shards, status, error) : status)
        return -1;
    const float *values = team ? sum->sum : finish_alone(sum);
    float share = 1 / values[EXAMPLES];
    *count = (StepCount){.examples = values[EXAMPLES], .correct = values[CORRECT]};
    *loss = values[LOSS] * share;
    write_back(sum, values, share);
    return 0;
}
