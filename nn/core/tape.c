#include "nn/core/tape.h"

#include "nn/base/arena.h"
#include "nn/base/array.h"
#include "nn/core/pass_threads.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* Gradients and scratch come and go within a pass: blocks that are given back are kept in a list
 * and handed out again, the smallest that fits. */
typedef struct Piece {
    float *data;
    size_t count;
    bool in_use;
} Piece;

/* A tensor from outside, as a tape that owns the gradients of leaves sees it. */
typedef struct Leaf {
    const Tensor *original;
    Tensor *own;
} Leaf;

struct Tape {
    Arena *arena; /* values, nodes, saved state: live until tape_begin */
    Node **nodes;
    size_t n_nodes, max_nodes;
    Piece *pieces;
    size_t n_pieces, max_pieces;
    TapeMode mode;
    bool bfloat16;
    Rng rng;
    uint64_t n_streams;
    bool deferred;
    Leaf *leaves; /* of a deferred tape */
    size_t n_leaves, max_leaves;
    PartSums sums;
    PassThreads passes; /* in evaluation */
    bool failed;
    Error error;
    TapeWatch *watch;
    void *watch_context;
    OperatorTime *times; /* tape_measure's; NULL when nobody measures */
    int n_times;
};

Tape *tape_create(void) {
    Tape *tape = calloc(1, sizeof *tape);
    if (!tape || !(tape->arena = arena_create())) {
        free(tape);
        return NULL;
    }
    return tape;
}

void tape_destroy(Tape *tape) {
    if (!tape)
        return;
    arena_destroy(tape->arena);
    free(tape->nodes);
    free(tape->pieces);
    free(tape->leaves);
    free(tape);
}

void tape_begin(Tape *tape, TapeMode mode, Rng rng) {
    pass_threads_end(&tape->passes);
    arena_reset(tape->arena);
    tape->n_nodes = tape->n_pieces = tape->n_leaves = 0;
    tape->deferred = false;
    tape->mode = mode;
    tape->rng = rng;
    tape->n_streams = 0;
    tape->failed = false;
    tape->error.message[0] = 0;
}

void tape_defer(Tape *tape) {
    tape->deferred = true;
}

bool tape_is_training(const Tape *tape) {
    return tape->mode == TAPE_TRAIN || tape->mode == TAPE_TRAIN_AGAIN;
}

bool tape_is_repeating(const Tape *tape) {
    return tape->mode == TAPE_TRAIN_AGAIN;
}

bool tape_is_recording(const Tape *tape) {
    return tape->mode != TAPE_EVALUATE;
}

void tape_use_bfloat16(Tape *tape, bool use) {
    tape->bfloat16 = use;
}

bool tape_uses_bfloat16(const Tape *tape) {
    return tape->bfloat16;
}

size_t tape_held(const Tape *tape) {
    return arena_held(tape->arena) + tape->max_nodes * sizeof *tape->nodes +
           tape->max_pieces * sizeof *tape->pieces + tape->max_leaves * sizeof *tape->leaves;
}

/* Keeps the first error; later ones are its consequences. */
static void fail(Tape *tape, const Error *error) {
    if (!tape->failed) {
        tape->failed = true;
        tape->error = *error;
    }
}

static void fail_memory(Tape *tape, size_t bytes) {
    Error error;
    error_memory(&error, "a step (a smaller batch needs less)", bytes);
    fail(tape, &error);
}

int tape_check(const Tape *tape, Error *error) {
    return tape->failed ? error_set(error, "%s", tape->error.message) : 0;
}

void *tape_alloc(Tape *tape, size_t bytes) {
    void *memory = arena_alloc(tape->arena, bytes);
    if (!memory)
        fail_memory(tape, bytes);
    return memory;
}

float *tape_borrow(Tape *tape, size_t count) {
    Piece *best = NULL;
    for (Piece *piece = tape->pieces; piece < tape->pieces + tape->n_pieces; piece++)
        if (!piece->in_use && piece->count >= count && (!best || piece->count < best->count))
            best = piece;
    if (!best) {
        float *data = tape_alloc(tape, count * sizeof *data);
        if (!data)
            return NULL;
        if (!ARRAY_GROW(tape->pieces, tape->max_pieces, tape->n_pieces)) {
            fail_memory(tape, sizeof *tape->pieces);
            return NULL;
        }
        best = &tape->pieces[tape->n_pieces++];
        *best = (Piece){.data = data, .count = count};
    }
    best->in_use = true;
    return best->data;
}

void tape_release(Tape *tape, float *scratch) {
    for (size_t i = tape->n_pieces; scratch && i-- > 0;)
        if (tape->pieces[i].data == scratch) {
            tape->pieces[i].in_use = false;
            return;
        }
}

void tape_forget(Tape *tape, Tensor *tensor) {
    if (tensor && !tape_is_recording(tape))
        tape_release(tape, tensor->data);
}

Rng tape_next_rng(Tape *tape) {
    return rng_split(tape->rng, tape->n_streams++);
}

void tape_measure(Tape *tape, OperatorTime *times, int count) {
    tape->times = times;
    tape->n_times = count;
}

/* The row of an operator's times, or NULL. */
static OperatorTime *find_time(const Tape *tape, const char *name) {
    for (OperatorTime *row = tape->times; row && row < tape->times + tape->n_times; row++) {
        if (!row->name)
            row->name = name;
        if (!strcmp(row->name, name))
            return row;
    }
    return NULL;
}

PartSums tape_sums(const Tape *tape) {
    return tape->sums;
}

/* Runs an operator whose batch-wide sums, if it has any, are known. */
static int run_with(Tape *tape, Node *node, bool backward, PartSums sums) {
    OperatorTime *row = find_time(tape, node->operator->name);
    double start = row ? omp_get_wtime() : 0;
    tape->sums = sums;
    int status = (backward ? node->operator->backward : node->operator->forward)(tape, node);
    if (row)
        *(backward ? &row->backward : &row->forward) += omp_get_wtime() - start;
    return status;
}

static bool has_sums(const Tape *tape, const Node *node) {
    return node->n_sums && tape_is_training(tape);
}

/* Runs an operator whose batch is this tape's alone. */
static int run(Tape *tape, Node *node, bool backward) {
    if (!has_sums(tape, node))
        return run_with(tape, node, backward, (PartSums){0});
    OperatorTime *row = find_time(tape, node->operator->name);
    double start = row ? omp_get_wtime() : 0;
    double *sums = tape_alloc(tape, (size_t)node->n_sums * sizeof *sums);
    if (!sums || node->sum_part(tape, node, backward, sums))
        return -1;
    if (row)
        *(backward ? &row->backward : &row->forward) += omp_get_wtime() - start;
    return run_with(tape, node, backward, (PartSums){sums, 1, 0});
}

/* Runs an operator when it is called. */
static int run_at_once(Tape *tape, Node *node) {
    if (tape_is_recording(tape))
        return run(tape, node, false);
    pass_threads_enter(&tape->passes, tensor_count(node->output[0]));
    int status = run(tape, node, false);
    pass_threads_leave(&tape->passes);
    return status;
}

static Tensor *new_tensor(Tape *tape, const char *name) {
    Tensor *tensor = tape_alloc(tape, sizeof *tensor);
    if (tensor)
        *tensor = (Tensor){.name = name};
    return tensor;
}

static Tensor *wrap(Tape *tape, const char *name, Shape s, const float *data, bool needs_gradient) {
    Tensor *tensor = new_tensor(tape, name);
    if (!tensor)
        return NULL;
    tensor->shape = s;
    tensor->data = (float *)data; /* leaves are only read */
    tensor->needs_gradient = needs_gradient;
    return tensor;
}

Tensor *tape_input(Tape *tape, const char *name, Shape s, const float *data) {
    return wrap(tape, name, s, data, false);
}

Tensor *tape_variable(Tape *tape, const char *name, Shape s, const float *data) {
    return wrap(tape, name, s, data, true);
}

void tensor_share(Tensor *view, const Tensor *base) {
    view->data = base->data;
}

/* Gives a node's outputs, whose shapes are known, their memory. */
static bool allocate_outputs(Tape *tape, Node *node) {
    for (int i = 0; i < node->n_outputs; i++) {
        Tensor *output = node->output[i];
        if (output->data) /* infer has made it a view */
            continue;
        if (shape_count(output->shape) < 0) {
            char text[SHAPE_TEXT];
            Error error;
            error_set(&error, "%s: an output of shape %s is too large", node->operator->name,
                      shape_text(output->shape, text));
            fail(tape, &error);
            return false;
        }
        size_t count = tensor_count(output);
        output->data = tape_is_recording(tape) ? tape_alloc(tape, count * sizeof(float))
                                               : tape_borrow(tape, count);
        if (!output->data)
            return false;
    }
    return true;
}

/* Whether one of the first nodes computes the tensor, or with `or_uses` uses it. */
static bool is_known_to(const Tape *tape, size_t nodes, const Tensor *tensor, bool or_uses) {
    for (size_t i = nodes; i-- > 0;) {
        const Node *node = tape->nodes[i];
        for (int j = 0; j < node->n_outputs; j++)
            if (node->output[j] == tensor)
                return true;
        for (int j = 0; or_uses && j < node->n_inputs; j++)
            if (node->input[j] == tensor)
                return true;
    }
    return false;
}

/* A deferred tape's own view of a leaf that needs a gradient; NULL when out of memory. */
static Tensor *own_leaf(Tape *tape, Tensor *tensor) {
    if (!tape->deferred || !tensor || !tensor->needs_gradient ||
        is_known_to(tape, tape->n_nodes, tensor, false))
        return tensor;
    for (size_t i = 0; i < tape->n_leaves; i++)
        if (tape->leaves[i].original == tensor)
            return tape->leaves[i].own;
    Tensor *own = wrap(tape, tensor->name, tensor->shape, tensor->data, true);
    if (!own)
        return NULL;
    if (!ARRAY_GROW(tape->leaves, tape->max_leaves, tape->n_leaves)) {
        fail_memory(tape, sizeof *tape->leaves);
        return NULL;
    }
    tape->leaves[tape->n_leaves++] = (Leaf){tensor, own};
    return own;
}

/* Builds the node with its outputs' shapes inferred and memory allocated; NULL after an error. */
static Node *new_node(Tape *tape, const Operator *operator, int n_outputs, int n_inputs,
                      Tensor *const *inputs, const void *attributes, size_t attributes_size) {
    Node *node = tape_alloc(tape, sizeof *node);
    if (!node)
        return NULL;
    *node = (Node){.operator= operator, .n_inputs = n_inputs, .n_outputs = n_outputs};
    bool needs_gradient = false;
    for (int i = 0; i < n_inputs; i++) {
        node->input[i] = own_leaf(tape, inputs[i]);
        if (inputs[i] && !node->input[i])
            return NULL;
        needs_gradient |= inputs[i] && inputs[i]->needs_gradient;
    }
    if (attributes) {
        void *copy = tape_alloc(tape, attributes_size);
        if (!copy)
            return NULL;
        node->attributes = memcpy(copy, attributes, attributes_size);
    }
    for (int i = 0; i < n_outputs; i++) {
        if (!(node->output[i] = new_tensor(tape, operator->name)))
            return NULL;
        node->output[i]->needs_gradient =
            needs_gradient && tape_is_recording(tape) && operator->backward;
    }
    Error error;
    if (operator->infer(node, &error)) {
        fail(tape, &error);
        return NULL;
    }
    return allocate_outputs(tape, node) ? node : NULL;
}

Node *tape_apply(Tape *tape, const Operator *operator, int n_outputs, int n_inputs, int n_required,
                 Tensor *const *inputs, const void *attributes, size_t attributes_size) {
    for (int i = 0; i < n_required; i++)
        if (!inputs[i])
            return NULL;
    if (tape->failed)
        return NULL;
    if (n_inputs > NODE_MAX_INPUTS) {
        Error error;
        error_set(&error, "%s: %d inputs, the limit is %d", operator->name, n_inputs,
                  NODE_MAX_INPUTS);
        fail(tape, &error);
        return NULL;
    }
    Node *node = new_node(tape, operator, n_outputs, n_inputs, inputs, attributes, attributes_size);
    if (!node || (!tape->deferred && run_at_once(tape, node)))
        return NULL;
    if (tape_is_recording(tape)) {
        if (!ARRAY_GROW(tape->nodes, tape->max_nodes, tape->n_nodes)) {
            fail_memory(tape, sizeof *tape->nodes);
            return NULL;
        }
        tape->nodes[tape->n_nodes++] = node;
    }
    return node;
}

Tensor *tape_apply1(Tape *tape, const Operator *operator, int n_inputs, Tensor *const *inputs,
                    const void *attributes, size_t attributes_size) {
    Node *node =
        tape_apply(tape, operator, 1, n_inputs, n_inputs, inputs, attributes, attributes_size);
    return node ? node->output[0] : NULL;
}

GradientSlot tape_gradient(Tape *tape, Tensor *input) {
    if (!input || !input->needs_gradient)
        return (GradientSlot){NULL, false};
    if (!input->gradient && !(input->gradient = tape_borrow(tape, tensor_count(input))))
        return (GradientSlot){NULL, false};
    GradientSlot slot = {input->gradient, input->gradient_is_set};
    input->gradient_is_set = true;
    return slot;
}

float *tape_gradient_to_add(Tape *tape, Tensor *input) {
    GradientSlot slot = tape_gradient(tape, input);
    if (slot.data && !slot.add)
        memset(slot.data, 0, tensor_count(input) * sizeof *slot.data);
    return slot.data;
}

/* Whether any output's gradient has been written: if none, the node does not lead to the loss. The
 * others then count as zero, so that backward need not ask. */
static bool prepare_output_gradients(Tape *tape, Node *node) {
    bool reached = false;
    for (int i = 0; i < node->n_outputs; i++)
        reached |= node->output[i]->gradient_is_set;
    for (int i = 0; reached && i < node->n_outputs; i++)
        if (!node->output[i]->gradient_is_set)
            tape_gradient_to_add(tape, node->output[i]);
    return reached;
}

/* Leaves keep `gradient_is_set` of the last step; this step's first write has to overwrite. */
static void unset_gradients(Tape *tape) {
    for (size_t i = 0; i < tape->n_nodes; i++) {
        Node *node = tape->nodes[i];
        for (int j = 0; j < node->n_inputs; j++)
            if (node->input[j])
                node->input[j]->gradient_is_set = false;
    }
}

int tape_begin_backward(Tape *tape, Tensor *loss, Error *error) {
    if (tape_check(tape, error))
        return -1;
    if (!tape_is_recording(tape))
        return error_set(error, "backward: the tape does not record");
    if (!loss)
        return error_set(error, "backward: there is no loss");
    if (shape_count(loss->shape) != 1)
        return error_set(error, "backward: the loss has %zu elements, expected 1",
                         tensor_count(loss));
    if (!loss->needs_gradient)
        return error_set(error, "backward: the loss depends on nothing that needs a gradient");
    unset_gradients(tape);
    GradientSlot seed = tape_gradient(tape, loss);
    if (!seed.data)
        return tape_check(tape, error);
    seed.data[0] = 1;
    return 0;
}

/* After a node has run backwards, the gradients of its outputs have served. */
static void release_gradients(Tape *tape, Node *node) {
    for (int j = 0; j < node->n_outputs; j++)
        if (!node->output[j]->keep_gradient) {
            tape_release(tape, node->output[j]->gradient);
            node->output[j]->gradient = NULL;
        }
}

void tape_watch(Tape *tape, TapeWatch *watch, void *context) {
    tape->watch = watch;
    tape->watch_context = context;
}

/* Node i was the last to add to the gradients of leaves that no earlier one uses. */
static void show_leaves(const Tape *tape, size_t i) {
    const Node *node = tape->nodes[i];
    for (int j = 0; j < node->n_inputs; j++) {
        Tensor *input = node->input[j];
        bool again = false;
        for (int k = 0; k < j; k++)
            again |= node->input[k] == input;
        if (input && input->gradient_is_set && !again && !is_known_to(tape, i, input, true))
            tape->watch(tape->watch_context, input);
    }
    tape->watch(tape->watch_context, NULL);
}

int tape_backward(Tape *tape, Tensor *loss, Error *error) {
    if (tape_begin_backward(tape, loss, error))
        return -1;
    for (size_t i = tape->n_nodes; i-- > 0;) {
        Node *node = tape->nodes[i];
        bool leads = node->operator->backward && prepare_output_gradients(tape, node);
        if (leads && (run(tape, node, true) || tape->failed))
            return tape_check(tape, error);
        if (leads)
            release_gradients(tape, node);
        if (tape->watch)
            show_leaves(tape, i);
    }
    return 0;
}

int tape_node_count(const Tape *tape) {
    return (int)tape->n_nodes;
}

const Node *tape_node(const Tape *tape, int i) {
    return tape->nodes[i];
}

int tape_run(Tape *tape, int i, bool backward, PartSums sums, Error *error) {
    Node *node = tape->nodes[i];
    if (backward && (!node->operator->backward || !prepare_output_gradients(tape, node)))
        return 0;
    if (run_with(tape, node, backward, sums) || tape->failed)
        return tape_check(tape, error);
    if (backward)
        release_gradients(tape, node);
    return 0;
}

int tape_sum_part(Tape *tape, int i, bool backward, double *sums, Error *error) {
    Node *node = tape->nodes[i];
    memset(sums, 0, (size_t)node->n_sums * sizeof *sums);
    if (backward && !prepare_output_gradients(tape, node))
        return 0;
    return node->sum_part(tape, node, backward, sums) || tape->failed ? tape_check(tape, error) : 0;
}

const float *tape_leaf_gradient(const Tape *tape, const Tensor *leaf) {
    for (size_t i = 0; i < tape->n_leaves; i++)
        if (tape->leaves[i].original == leaf)
            return tape->leaves[i].own->gradient;
    return NULL;
}

const Tensor *tape_first_not_finite(const Tape *tape) {
    for (size_t i = 0; i < tape->n_nodes; i++) {
        const Node *node = tape->nodes[i];
        for (int j = 0; j < node->n_inputs; j++)
            if (node->input[j] &&
                first_not_finite(node->input[j]->data, tensor_count(node->input[j])) >= 0)
                return node->input[j];
        for (int j = 0; j < node->n_outputs; j++)
            if (first_not_finite(node->output[j]->data, tensor_count(node->output[j])) >= 0)
                return node->output[j];
    }
    return NULL;
}
