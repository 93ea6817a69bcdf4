/* pixels DATA SEED THREADS: what FER2013 gives to methods that learn no features, as JSON: the most
 * frequent class, k nearest neighbours, and softmax regression on the pixels. k and the epoch are
 * chosen on PublicTest alone; PrivateTest's score of that k and epoch is told. Faces have mean 0
 * and norm 1 (neighbours) or the network's normalisation (regression). */
#include "datasets/augment/face_batch.h"
#include "datasets/faces/face_load.h"
#include "nn/base/threads.h"
#include "nn/core/optimizer.h"
#include "nn/models/layers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 128, NEIGHBOURS = 31, BATCH = 128, EPOCHS = 12 };

/* A split as arrays. */
typedef struct Faces {
    uint32_t count;
    float *x;        /* (count, FACE_PIXELS) */
    int32_t *labels; /* (count) */
} Faces;

typedef struct Data {
    Faces split[FACE_SPLIT_COUNT];
} Data;

/* ------------------------------------------------------------------ data */

/* Takes faces of a split, normalised for a network. */
static int take(const FaceSet *set, FaceSplit split, FaceSelection selection,
                const FaceInput *input, Faces *faces, Error *error) {
    uint32_t *indices = face_set_indices(set, split, selection, &faces->count, error);
    if (!indices)
        return -1;
    faces->x = malloc(((size_t)faces->count + 1) * FACE_PIXELS * sizeof *faces->x);
    faces->labels = malloc(((size_t)faces->count + 1) * sizeof *faces->labels);
    int status = 0;
    if (!faces->x || !faces->labels)
        status =
            error_memory(error, "the faces", (size_t)faces->count * FACE_PIXELS * sizeof(float));
    else if (!faces->count)
        status = error_set(error, "no faces of %s", face_split_name(split));
    else {
        face_batch_fill(set, indices, (int)faces->count, NULL, rng_seed(0), input, faces->x);
        face_batch_labels(set, indices, (int)faces->count, faces->labels);
    }
    free(indices);
    return status;
}

/* Takes all splits, with the selected faces of Training. */
static int take_all(const FaceSet *set, FaceSelection selection, Data *data, Error *error) {
    uint32_t count;
    uint32_t *training = face_set_indices(set, FACE_TRAINING, selection, &count, error);
    int status = training ? 0 : -1;
    FaceInput input = {0};
    if (!status)
        input = face_input_measure(set, training, count);
    for (int s = 0; s < FACE_SPLIT_COUNT && !status; s++)
        status = take(set, (FaceSplit)s, s == FACE_TRAINING ? selection : FACE_ALL, &input,
                      &data->split[s], error);
    free(training);
    return status;
}

static void free_data(Data *data) {
    for (int s = 0; s < FACE_SPLIT_COUNT; s++) {
        free(data->split[s].x);
        free(data->split[s].labels);
    }
}

/* ------------------------------------------------------------------ the most frequent class */

static double majority(const Data *data, FaceSplit split) {
    const Faces *training = &data->split[FACE_TRAINING], *faces = &data->split[split];
    uint32_t votes[EMOTION_COUNT] = {0}, right = 0;
    for (uint32_t i = 0; i < training->count; i++)
        votes[training->labels[i]]++;
    int best = 0;
    for (int emotion = 1; emotion < EMOTION_COUNT; emotion++)
        best = votes[emotion] > votes[best] ? emotion : best;
    for (uint32_t i = 0; i < faces->count; i++)
        right += faces->labels[i] == best;
    return (double)right / faces->count;
}

/* ------------------------------------------------------------------ neighbours */

static void centre_and_scale(Faces *faces) {
#pragma omp parallel for
    for (uint32_t i = 0; i < faces->count; i++) {
        float *x = faces->x + (size_t)i * FACE_PIXELS;
        double mean = 0, squares = 0;
        for (int p = 0; p < FACE_PIXELS; p++)
            mean += (double)x[p] / FACE_PIXELS;
        for (int p = 0; p < FACE_PIXELS; p++)
            squares += ((double)x[p] - mean) * ((double)x[p] - mean);
        float scale = 1 / (float)sqrt(fmax(squares, 1e-12));
        for (int p = 0; p < FACE_PIXELS; p++)
            x[p] = (x[p] - (float)mean) * scale;
    }
}

/* Fills `labels` with those of the nearest training faces, the nearest first. */
static void find_nearest(const float *similarity, const Faces *training, int32_t *labels) {
    float nearest[NEIGHBOURS];
    int found = 0;
    for (uint32_t i = 0; i < training->count; i++) {
        if (found == NEIGHBOURS && similarity[i] <= nearest[NEIGHBOURS - 1])
            continue;
        int place = found < NEIGHBOURS ? found++ : NEIGHBOURS - 1;
        for (; place > 0 && nearest[place - 1] < similarity[i]; place--) {
            nearest[place] = nearest[place - 1];
            labels[place] = labels[place - 1];
        }
        nearest[place] = similarity[i];
        labels[place] = training->labels[i];
    }
    for (; found < NEIGHBOURS; found++)
        labels[found] = labels[0];
}

/* Counts in right[k] (1 … NEIGHBOURS) the faces that the majority of k neighbours calls right; of
 * equal votes the first to have them wins. */
static void vote(const int32_t *neighbours, int32_t truth, uint32_t *right) {
    int votes[EMOTION_COUNT] = {0}, leader = neighbours[0];
    for (int k = 1; k <= NEIGHBOURS; k++) {
        int label = neighbours[k - 1];
        votes[label]++;
        if (votes[label] > votes[leader])
            leader = label;
        right[k] += leader == truth;
    }
}

/* Fills accuracy[k], 1 … NEIGHBOURS, on a split. */
static int neighbours(const Data *data, FaceSplit split, double *accuracy, Error *error) {
    const Faces *training = &data->split[FACE_TRAINING], *faces = &data->split[split];
    uint32_t right[NEIGHBOURS + 1] = {0};
    Tape *tape = tape_create();
    int status = tape ? 0 : error_memory(error, "a tape", 1);
    for (uint32_t start = 0; start < faces->count && !status; start += BLOCK) {
        int n = (int)(faces->count - start < BLOCK ? faces->count - start : BLOCK);
        tape_begin(tape, TAPE_EVALUATE, rng_seed(0));
        Tensor *some = tape_input(tape, "faces", shape(n, FACE_PIXELS),
                                  faces->x + (size_t)start * FACE_PIXELS);
        Tensor *all =
            tape_input(tape, "training", shape((int)training->count, FACE_PIXELS), training->x);
        Tensor *similarity = op_matmul(tape, some, all, false, true);
        status = tape_check(tape, error);
        for (int i = 0; i < n && !status; i++) {
            int32_t labels[NEIGHBOURS];
            find_nearest(similarity->data + (size_t)i * training->count, training, labels);
            vote(labels, faces->labels[start + (uint32_t)i], right);
        }
    }
    for (int k = 1; k <= NEIGHBOURS; k++)
        accuracy[k] = (double)right[k] / faces->count;
    tape_destroy(tape);
    return status;
}

/* ------------------------------------------------------------------ regression */

/* Writes the share of faces that the layer calls right. */
static int score(const Linear *layer, Tape *tape, const Faces *faces, double *share, Error *error) {
    uint32_t right = 0;
    for (uint32_t start = 0; start < faces->count; start += BATCH) {
        int n = (int)(faces->count - start < BATCH ? faces->count - start : BATCH);
        tape_begin(tape, TAPE_EVALUATE, rng_seed(0));
        Tensor *logits = linear_forward(layer, tape,
                                        tape_input(tape, "faces", shape(n, FACE_PIXELS),
                                                   faces->x + (size_t)start * FACE_PIXELS));
        if (tape_check(tape, error))
            return -1;
        for (int i = 0; i < n; i++)
            right += emotion_most_probable(logits->data + (ptrdiff_t)i * EMOTION_COUNT) ==
                     (Emotion)faces->labels[start + (uint32_t)i];
    }
    *share = (double)right / faces->count;
    return 0;
}

/* One pass over Training in random order. */
static int train_epoch(const Linear *layer, Parameters *parameters, Optimizer *optimizer,
                       Tape *tape, const Faces *training, Rng rng, float rate, Error *error) {
    static float x[BATCH * FACE_PIXELS];
    int32_t labels[BATCH];
    uint32_t *order = malloc(training->count * sizeof *order);
    if (!order)
        return error_memory(error, "the order of the faces", training->count * sizeof *order);
    rng_permutation(rng, order, training->count);
    int status = 0;
    for (uint32_t start = 0; start + BATCH <= training->count && !status; start += BATCH) {
        for (int i = 0; i < BATCH; i++) {
            uint32_t face = order[start + (uint32_t)i];
            memcpy(x + (ptrdiff_t)i * FACE_PIXELS, training->x + (size_t)face * FACE_PIXELS,
                   FACE_PIXELS * sizeof *x);
            labels[i] = training->labels[face];
        }
        tape_begin(tape, TAPE_TRAIN, rng);
        Tensor *logits =
            linear_forward(layer, tape, tape_input(tape, "faces", shape(BATCH, FACE_PIXELS), x));
        status = tape_backward(
            tape, op_cross_entropy(tape, logits, (CrossEntropy){.labels = labels}), error);
        if (!status) {
            gradients_clip(parameters, gradients_norm(parameters), 1);
            optimizer_step(optimizer, rate);
        }
    }
    free(order);
    return status;
}

/* Trains on Training, and writes the accuracy on PublicTest and PrivateTest of the epoch that is
 * best on PublicTest. */
static int regression(const Data *data, uint64_t seed, double *public, double *private,
                      Error *error) {
    Parameters *parameters = parameters_create();
    Linear layer = linear_create(parameters, "linear", FACE_PIXELS, EMOTION_COUNT, rng_seed(seed));
    Tape *tape = tape_create();
    Optimizer *optimizer = NULL;
    int status =
        (!tape && error_memory(error, "a tape", 1)) || parameters_check(parameters, error) ||
        parameters_enable_gradients(parameters, error) ||
        !(optimizer = optimizer_create(
              parameters,
              (OptimizerSettings){.kind = OPTIMIZER_SGD, .momentum = 0.9f, .weight_decay = 1e-3f},
              error));
    *public = *private = -1;
    for (int epoch = 0; epoch < EPOCHS && !status; epoch++) {
        float rate = 0.002f * (1 - (float)epoch / EPOCHS);
        double reached = -1;
        status = train_epoch(&layer, parameters, optimizer, tape, &data->split[FACE_TRAINING],
                             rng_split(rng_seed(seed), (uint64_t)epoch), rate, error) ||
                 score(&layer, tape, &data->split[FACE_PUBLIC_TEST], &reached, error);
        if (reached > *public) {
            *public = reached;
            status = score(&layer, tape, &data->split[FACE_PRIVATE_TEST], private, error);
        }
    }
    optimizer_destroy(optimizer);
    tape_destroy(tape);
    parameters_destroy(parameters);
    return status;
}

/* ------------------------------------------------------------------ the whole */

/* Fills the accuracies of k neighbours on both test splits. */
static int measure_neighbours(Data *data, double *of_public, double *of_private, Error *error) {
    for (int s = 0; s < FACE_SPLIT_COUNT; s++)
        centre_and_scale(&data->split[s]);
    return neighbours(data, FACE_PUBLIC_TEST, of_public, error) ||
           neighbours(data, FACE_PRIVATE_TEST, of_private, error);
}

static int measure(Data *data, uint64_t seed, Error *error) {
    double public, private, of_public[NEIGHBOURS + 1], of_private[NEIGHBOURS + 1];
    if (regression(data, seed, &public, &private, error) ||
        measure_neighbours(data, of_public, of_private, error))
        return -1;
    int best = 1;
    for (int k = 2; k <= NEIGHBOURS; k++)
        best = of_public[k] > of_public[best] ? k : best;
    printf("{\"n\": %u, \"majority\": {\"public\": %.6f, \"private\": %.6f},\n"
           " \"linear\": {\"public\": %.6f, \"private\": %.6f},\n"
           " \"neighbours\": {\"k\": %d, \"public\": %.6f, \"private\": %.6f}, \"by_k\": [",
           data->split[FACE_PRIVATE_TEST].count, majority(data, FACE_PUBLIC_TEST),
           majority(data, FACE_PRIVATE_TEST), public, private, best, of_public[best],
           of_private[best]);
    for (int k = 1; k <= NEIGHBOURS; k++)
        printf("%s%.6f", k > 1 ? ", " : "", of_public[k]);
    printf("],\n");
    return 0;
}

/* The nearest neighbour among all of Training, of which `clean` faces are no leaks. */
static int measure_leaks(Data *data, uint32_t clean, Error *error) {
    double of_public[NEIGHBOURS + 1], of_private[NEIGHBOURS + 1];
    if (measure_neighbours(data, of_public, of_private, error))
        return -1;
    printf(" \"with_leaks\": {\"leaks\": %u, \"public\": %.6f, \"private\": %.6f}}\n",
           data->split[FACE_TRAINING].count - clean, of_public[1], of_private[1]);
    return 0;
}

int main(int argc, char **argv) {
    Error error = {{0}};
    if (argc != 4) {
        fprintf(stderr, "usage: pixels DATA SEED THREADS\n");
        return EXIT_FAILURE;
    }
    uint64_t seed = strtoull(argv[2], NULL, 10);
    threads_use(atoi(argv[3]));
    Data data = {0}, leaking = {0};
    FaceSet *set = face_load(argv[1], (FaceLoadOptions){.seed = seed}, &error);
    int status = !set || take_all(set, FACE_UNSHARED, &data, &error) ||
                 measure(&data, seed, &error) || take_all(set, FACE_ALL, &leaking, &error) ||
                 measure_leaks(&leaking, data.split[FACE_TRAINING].count, &error);
    face_set_destroy(set);
    free_data(&data);
    free_data(&leaking);
    if (status)
        fprintf(stderr, "pixels: %s\n", error.message);
    return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
