#include "train/tasks/detector_task.h"

#include "datasets/detection/detection_score.h"
#include "nn/base/checksum.h"
#include "train/tasks/detector_targets.h"
#include "train/tasks/held_out.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define VALIDATION_SMALLEST 20.0f /* pixels */
#define VALIDATION_SCORE    0.05f
#define VALIDATION_OVERLAP  0.3f
enum { VALIDATION_MOST = 200 };

/* The focal loss's share of positives and exponent (Lin et al. 2017: 0.25 and 2), and what a box's
 * place weighs beside its score. */
#define FOCAL_SHARE 0.25f
#define BOX_WEIGHT  1.0f
#define BOX_DELTA   0.1f /* strides: below, the distance counts squared */

/* Of 1 for white: the mean and deviation of the training pictures are near these for any
 * photographs, so that models of different data see alike. */
#define GREY_MEAN      0.45f
#define GREY_DEVIATION 0.25f

typedef struct Slot {
    float *x; /* (batch, window, window, 1) */
    PositionTarget *targets;
    int n;
} Slot;

struct DetectorTask {
    DetectorTaskSettings settings;
    const BoxSet *set;
    BoxNetwork *network;
    HeldOut data; /* pictures */
    Slot slots[TRAIN_SLOTS];
    uint8_t *pixels;
    TruthBox *boxes;  /* of a window */
    size_t positions; /* of a batch */
    float *values;    /* targets and weights of a batch: of the logits, then of the boxes */
};

/* ------------------------------------------------------------------ building */

static size_t count_positions(int window) {
    size_t count = 0;
    for (int level = 0; level < BOX_LEVELS; level++)
        count += (size_t)box_level_positions(level, window, window);
    return count;
}

static int allocate(DetectorTask *task, Error *error) {
    const DetectorTaskSettings *s = &task->settings;
    size_t side = (size_t)s->window;
    int most = 1;
    for (int i = 0; i < task->set->n_pictures; i++)
        most = task->set->pictures[i].n_boxes > most ? task->set->pictures[i].n_boxes : most;
    task->positions = count_positions(s->window) * (size_t)s->batch;
    bool good = (task->pixels = malloc(side * side)) &&
                (task->boxes = malloc((size_t)most * sizeof *task->boxes)) &&
                (task->values = malloc(task->positions * 2 * BOX_VALUES * sizeof(float)));
    for (int i = 0; good && i < TRAIN_SLOTS; i++)
        good = (task->slots[i].x = malloc((size_t)s->batch * side * side * sizeof(float))) &&
               (task->slots[i].targets = malloc(task->positions * sizeof(PositionTarget)));
    return good ? 0 : error_memory(error, "the batches", task->positions * sizeof(PositionTarget));
}

static int build(DetectorTask *task, Error *error) {
    const DetectorTaskSettings *s = &task->settings;
    BoxNetworkInfo info = {s->width, GREY_MEAN, GREY_DEVIATION};
    task->network =
        s->start
            ? box_network_load(s->start, error)
            : box_network_create(&info, rng_split(rng_seed(s->seed), TRAIN_RNG_WEIGHTS), error);
    if (!task->network)
        return -1;
    int width = box_network_info(task->network)->width;
    return width == s->width
               ? 0
               : error_set(error, "--start: %s has %d channels, expected %d (--width)", s->start,
                           width, s->width);
}

/* With all that was cut from the same photographs. */
static int hold_out(DetectorTask *task, Error *error) {
    int n = task->set->n_pictures, *photographs = malloc((size_t)n * sizeof *photographs + 1);
    if (!photographs)
        return error_memory(error, "photographs", (size_t)n * sizeof *photographs);
    for (int i = 0; i < n; i++)
        photographs[i] = task->set->pictures[i].photograph;
    int status = held_out_create(&task->data, n, photographs, task->settings.windows,
                                 task->settings.seed, "pictures", error);
    free(photographs);
    return status;
}

DetectorTask *detector_task_create(const BoxSet *set, const DetectorTaskSettings *settings,
                                   Error *error) {
    DetectorTask *task = calloc(1, sizeof *task);
    if (!task) {
        error_memory(error, "the task", sizeof *task);
        return NULL;
    }
    task->settings = *settings;
    task->set = set;
    if (settings->window % BOX_MULTIPLE) {
        error_set(error, "windows of %d pixels, expected a multiple of %d", settings->window,
                  BOX_MULTIPLE);
        goto failed;
    }
    if (hold_out(task, error) || allocate(task, error) || build(task, error))
        goto failed;
    return task;
failed:
    detector_task_destroy(task);
    return NULL;
}

void detector_task_destroy(DetectorTask *task) {
    if (!task)
        return;
    box_network_destroy(task->network);
    held_out_free(&task->data);
    free(task->pixels);
    free(task->boxes);
    free(task->values);
    for (int i = 0; i < TRAIN_SLOTS; i++) {
        free(task->slots[i].x);
        free(task->slots[i].targets);
    }
    free(task);
}

int detector_task_training_pictures(const DetectorTask *task) {
    return task->data.n_training;
}

int64_t detector_task_multiply_adds(const DetectorTask *task) {
    return box_network_multiply_adds(task->network, task->settings.window, task->settings.window);
}

/* ------------------------------------------------------------------ what the trainer calls */

static int steps(void *context, int epoch) {
    const DetectorTask *task = context;
    (void)epoch;
    return held_out_steps(&task->data, task->settings.batch);
}

static void normalise(const BoxNetwork *network, const uint8_t *pixels, size_t count, float *x) {
    const BoxNetworkInfo *info = box_network_info(network);
    float factor = 1 / (255 * info->std), offset = info->mean / info->std;
    for (size_t i = 0; i < count; i++)
        x[i] = (float)pixels[i] * factor - offset;
}

static int prepare(void *context, int slot_index, Shards shards, int epoch, int step,
                   Error *error) {
    (void)shards;
    DetectorTask *task = context;
    const DetectorTaskSettings *s = &task->settings;
    Slot *slot = &task->slots[slot_index];
    (void)error;
    slot->n = held_out_batch(&task->data, epoch, step, s->batch);
    size_t count = (size_t)s->window * (size_t)s->window;
    for (int i = 0; i < slot->n; i++) {
        View view = held_out_view(&task->data, step, s->batch, i);
        int n = box_augment(&task->set->pictures[view.example], &s->augmentation, view.rng,
                            s->window, task->pixels, task->boxes);
        normalise(task->network, task->pixels, count, slot->x + (size_t)i * count);
        detector_targets(task->boxes, n, slot->n, i, s->window, slot->targets);
    }
    return 0;
}

/* Weights of the focal loss, from the logits as they are, and of the boxes; all divided by the
 * number of positions that find one. Returns how many find theirs (score above a half). */
static int weigh(const PositionTarget *targets, size_t positions, const float *values, float *t,
                 float *w, float *box_t, float *box_w) {
    int found = 0, right = 0;
    for (size_t i = 0; i < positions; i++)
        found += targets[i].kind == POSITION_FOUND;
    float share = 1 / (float)(found ? found : 1);
    for (size_t i = 0; i < positions; i++) {
        float p = 1 / (1 + expf(-values[i * BOX_VALUES]));
        bool is_found = targets[i].kind == POSITION_FOUND;
        t[i] = is_found;
        w[i] = is_found                            ? share * FOCAL_SHARE * 4 * (1 - p) * (1 - p)
               : targets[i].kind == POSITION_EMPTY ? share * (1 - FOCAL_SHARE) * 4 * p * p
                                                   : 0;
        right += is_found && p > 0.5f;
        for (int k = 0; k < 4; k++) {
            box_t[4 * i + k] = targets[i].values[k];
            box_w[4 * i + k] = is_found ? share * BOX_WEIGHT : 0;
        }
    }
    return right;
}

static Tensor *loss(void *context, int slot_index, int shard, Tape *tape, StepCount *count,
                    Error *error) {
    (void)shard;
    DetectorTask *task = context;
    const DetectorTaskSettings *s = &task->settings;
    const Slot *slot = &task->slots[slot_index];
    (void)error;
    Tensor *x = tape_input(tape, "windows", shape(slot->n, s->window, s->window, 1), slot->x);
    Tensor *values = box_network_forward(task->network, tape, x);
    if (!values)
        return NULL;
    size_t positions = (size_t)values->shape.size[0];
    float *t = task->values, *w = t + positions, *box_t = w + positions,
          *box_w = box_t + 4 * positions;
    int right = weigh(slot->targets, positions, values->data, t, w, box_t, box_w);
    int found = 0;
    for (size_t i = 0; i < positions; i++)
        found += slot->targets[i].kind == POSITION_FOUND;
    count->examples = slot->n;
    count->correct = found ? (double)slot->n * right / found : slot->n;
    Tensor *scores = op_binary_cross_entropy(tape, op_slice(tape, values, 1, 0, 1), t, w);
    Tensor *boxes = op_huber(tape, op_slice(tape, values, 1, 1, 4), box_t, box_w, BOX_DELTA);
    return op_add(tape, scores, boxes);
}

/* The picture on a canvas of the network's multiples. */
static float *lay_out(const DetectorTask *task, const Image *grey, int *height, int *width,
                      Error *error) {
    *width = (grey->width + BOX_MULTIPLE - 1) / BOX_MULTIPLE * BOX_MULTIPLE;
    *height = (grey->height + BOX_MULTIPLE - 1) / BOX_MULTIPLE * BOX_MULTIPLE;
    size_t count = (size_t)*width * (size_t)*height;
    float *x = malloc(count * sizeof *x);
    uint8_t *pixels = calloc(count, 1);
    if (x && pixels) {
        for (int y = 0; y < grey->height; y++)
            memcpy(pixels + (size_t)y * (size_t)*width,
                   grey->pixels + (size_t)y * (size_t)grey->width, (size_t)grey->width);
        normalise(task->network, pixels, count, x);
    } else {
        error_memory(error, "a picture", count * sizeof *x);
        free(x);
        x = NULL;
    }
    free(pixels);
    return x;
}

static int validate_picture(DetectorTask *task, Tape *tape, const BoxPicture *picture,
                            DetectionScore *score, Error *error) {
    int height, width;
    float *x = lay_out(task, &picture->grey, &height, &width, error);
    if (!x)
        return -1;
    ScoredBox found[VALIDATION_MOST];
    tape_begin(tape, TAPE_EVALUATE, rng_seed(0));
    Tensor *values = box_network_forward(
        task->network, tape, tape_input(tape, "picture", shape(1, height, width, 1), x));
    int status = tape_check(tape, error);
    if (!status) {
        int n = box_network_decode(values->data, 1, 0, height, width, VALIDATION_SCORE,
                                   VALIDATION_OVERLAP, found, VALIDATION_MOST);
        status = detection_score_add(score, picture->boxes, picture->n_boxes, found, n, error);
    }
    free(x);
    return status;
}

/* The detections of all pictures together are one example. */
static int validate(void *context, Tape *tape, Shards shards, ValidationSums *sums, Error *error) {
    (void)shards;
    DetectorTask *task = context;
    DetectionScore *score = detection_score_create(VALIDATION_SMALLEST);
    int status = score ? 0 : error_memory(error, "a score", 0);
    for (int i = 0; !status && i < task->data.n_validation; i++)
        status = validate_picture(task, tape, &task->set->pictures[task->data.validation[i]], score,
                                  error);
    if (!status) {
        sums->score = detection_score_average_precision(score);
        sums->loss = 1 - sums->score;
        sums->correct = detection_score_recall(score, 0.1, NULL);
        sums->examples = 1;
    }
    detection_score_destroy(score);
    return status;
}

static int save(void *context, const char *path, json_t *metadata, Error *error) {
    const DetectorTask *task = context;
    return box_network_save(task->network, path, metadata, error);
}

static void add_box(Checksum *checksum, const TruthBox *box) {
    checksum_add(checksum, &box->box, sizeof box->box);
    checksum_add(checksum, &box->ignored, sizeof box->ignored);
}

static uint64_t data_checksum(const BoxSet *set) {
    Checksum checksum = {0};
    for (int i = 0; i < set->n_pictures; i++) {
        const BoxPicture *picture = &set->pictures[i];
        const Image *grey = &picture->grey;
        for (int k = 0; k < picture->n_boxes; k++)
            add_box(&checksum, &picture->boxes[k]);
        checksum_add(&checksum, grey->pixels, (size_t)grey->width * (size_t)grey->height);
    }
    return checksum_end(&checksum);
}

TrainTask detector_task_describe(DetectorTask *task) {
    return (TrainTask){
        .unit = "windows",
        .context = task,
        .parameters = box_network_parameters(task->network),
        .data_checksum = data_checksum(task->set),
        .steps = steps,
        .prepare = prepare,
        .loss = loss,
        .validate = validate,
        .save = save,
    };
}
