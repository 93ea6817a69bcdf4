#include "train/tasks/landmark_task.h"

#include "nn/base/checksum.h"
#include "train/tasks/held_out.h"

#include <math.h>
#include <stdlib.h>

enum { VALUES = 2 * LANDMARKS, PIXELS = POINT_SIDE * POINT_SIDE };

/* In sides of the window: below, a point's distance counts squared. */
#define LOSS_DELTA 0.01f

#define GREY_MEAN      0.45f
#define GREY_DEVIATION 0.25f

/* Indices into a view's random stream. */
enum { SHIFT_X, SHIFT_Y, SCALE, TURN, FLIP, LIGHT, CONTRAST, BRIGHTNESS, BLUR, AGAIN };

/* A second look, which the first has placed, is off by this much of what a first one is. */
#define SECOND_LOOK (1 / 3.0f)

typedef struct Slot {
    float *x;      /* (batch, POINT_SIDE, POINT_SIDE, 1) */
    float *places; /* (batch, VALUES) */
    int n;
} Slot;

struct LandmarkTask {
    LandmarkTaskSettings settings;
    const LandmarkSet *set;
    PointNetwork *network;
    HeldOut data; /* faces */
    Slot slots[TRAIN_SLOTS], held;
    float *weights; /* (batch, VALUES) */
};

static FaceWindow draw_window(const LandmarkFace *face, const LandmarkTaskSettings *s, Rng rng,
                              float turn, bool again) {
    FaceWindow window = landmarks_window(face->points);
    float off = again ? SECOND_LOOK : 1;
    window.x += rng_between(rng, SHIFT_X, -s->shift, s->shift) * off * window.side;
    window.y += rng_between(rng, SHIFT_Y, -s->shift, s->shift) * off * window.side;
    window.side *= 1 + rng_between(rng, SCALE, -s->scale, s->scale) * off;
    window.turn = rng_between(rng, TURN, -turn, turn) * off * (float)M_PI / 180;
    return window;
}

static void normalise(const PointNetworkInfo *info, const uint8_t *pixels, float contrast,
                      float brightness, float *x) {
    for (int i = 0; i < PIXELS; i++) {
        float grey = 128 + contrast * ((float)pixels[i] - 128) + brightness;
        grey = grey < 0 ? 0 : grey > 255 ? 255 : grey;
        x[i] = (grey / 255 - info->mean) / info->std;
    }
}

static void blur(uint8_t *pixels) {
    for (int y = 0; y < POINT_SIDE - 1; y++)
        for (int x = 0; x < POINT_SIDE - 1; x++) {
            uint8_t *at = pixels + y * POINT_SIDE + x;
            *at = (uint8_t)((at[0] + at[1] + at[POINT_SIDE] + at[POINT_SIDE + 1] + 2) / 4);
        }
}

/* One look at a face, as place `i` of the slot. */
static void fill(const LandmarkTask *task, int index, Rng rng, bool training, Slot *slot, int i) {
    const LandmarkTaskSettings *s = &task->settings;
    const LandmarkFace *face = &task->set->faces[index];
    bool again = training && rng_uniform(rng, AGAIN) < s->again;
    FaceWindow window = draw_window(face, s, rng, training ? s->turn : 0, again);
    window.mirrored = training && rng_uniform(rng, FLIP) < s->flip;
    uint8_t pixels[PIXELS];
    face_window_draw(&window, image_view(&face->grey), POINT_SIDE, pixels);
    float contrast = 1, brightness = 0;
    if (training && rng_uniform(rng, LIGHT) < s->light) {
        contrast = rng_between(rng, CONTRAST, 0.4f, 1.4f);
        brightness = rng_between(rng, BRIGHTNESS, -50, 50);
    }
    if (training && rng_uniform(rng, BLUR) < s->blur)
        blur(pixels);
    normalise(point_network_info(task->network), pixels, contrast, brightness,
              slot->x + (size_t)i * PIXELS);
    float *places = slot->places + (size_t)i * VALUES;
    for (int k = 0; k < LANDMARKS; k++) {
        int from = window.mirrored ? landmark_mirrored(k) : k;
        Point place = face_window_into(&window, face->points[from]);
        places[2 * k] = place.x;
        places[2 * k + 1] = place.y;
    }
}

/* ------------------------------------------------------------------ building */

static void start_at_mean(LandmarkTask *task) {
    float mean[VALUES] = {0};
    for (int i = 0; i < task->data.n_training; i++) {
        const LandmarkFace *face = &task->set->faces[task->data.training[i]];
        FaceWindow window = landmarks_window(face->points);
        for (int k = 0; k < LANDMARKS; k++) {
            Point place = face_window_into(&window, face->points[k]);
            mean[2 * k] += place.x / (float)task->data.n_training;
            mean[2 * k + 1] += place.y / (float)task->data.n_training;
        }
    }
    point_network_start(task->network, mean);
}

static bool allocate_slot(Slot *slot, size_t batch) {
    slot->x = malloc(batch * PIXELS * sizeof *slot->x);
    slot->places = malloc(batch * VALUES * sizeof *slot->places);
    return slot->x && slot->places;
}

static int allocate(LandmarkTask *task, Error *error) {
    size_t batch = (size_t)task->settings.batch;
    bool good = (task->weights = malloc(batch * VALUES * sizeof *task->weights)) &&
                allocate_slot(&task->held, batch);
    for (int i = 0; good && i < TRAIN_SLOTS; i++)
        good = allocate_slot(&task->slots[i], batch);
    return good ? 0 : error_memory(error, "the batches", batch * PIXELS * sizeof(float));
}

/* A tenth of the photographs, with all faces of each. */
static int hold_out(LandmarkTask *task, Error *error) {
    int n = task->set->n_faces, *groups = malloc(((size_t)n + 1) * sizeof *groups);
    if (!groups)
        return error_memory(error, "the photographs", (size_t)n * sizeof *groups);
    landmark_set_photographs(task->set, groups);
    int status = held_out_create(&task->data, n, groups, task->settings.views, task->settings.seed,
                                 "faces", error);
    free(groups);
    return status;
}

LandmarkTask *landmark_task_create(const LandmarkSet *set, const LandmarkTaskSettings *settings,
                                   Error *error) {
    LandmarkTask *task = calloc(1, sizeof *task);
    if (!task) {
        error_memory(error, "the task", sizeof *task);
        return NULL;
    }
    task->settings = *settings;
    task->set = set;
    PointNetworkInfo info = {LANDMARKS, settings->width, GREY_MEAN, GREY_DEVIATION};
    task->network =
        point_network_create(&info, rng_split(rng_seed(settings->seed), TRAIN_RNG_WEIGHTS), error);
    if (!task->network || hold_out(task, error) || allocate(task, error))
        goto failed;
    start_at_mean(task);
    return task;
failed:
    landmark_task_destroy(task);
    return NULL;
}

static void free_slot(Slot *slot) {
    free(slot->x);
    free(slot->places);
}

void landmark_task_destroy(LandmarkTask *task) {
    if (!task)
        return;
    point_network_destroy(task->network);
    held_out_free(&task->data);
    free(task->weights);
    free_slot(&task->held);
    for (int i = 0; i < TRAIN_SLOTS; i++)
        free_slot(&task->slots[i]);
    free(task);
}

PointNetwork *landmark_task_network(const LandmarkTask *task) {
    return task->network;
}

/* ------------------------------------------------------------------ what the trainer calls */

static int steps(void *context, int epoch) {
    const LandmarkTask *task = context;
    (void)epoch;
    return held_out_steps(&task->data, task->settings.batch);
}

static int prepare(void *context, int slot_index, Shards shards, int epoch, int step,
                   Error *error) {
    (void)shards;
    LandmarkTask *task = context;
    Slot *slot = &task->slots[slot_index];
    (void)error;
    int batch = task->settings.batch;
    slot->n = held_out_batch(&task->data, epoch, step, batch);
    for (int i = 0; i < slot->n; i++) {
        View view = held_out_view(&task->data, step, batch, i);
        fill(task, view.example, view.rng, true, slot, i);
    }
    return 0;
}

/* Faces whose mean error is below the 8 % that count as a failure beyond. */
static int count_good(const float *values, const float *places, int n, double *error_sum) {
    int good = 0;
    for (int i = 0; i < n; i++) {
        float error = landmarks_error((const Point *)(values + (size_t)i * VALUES),
                                      (const Point *)(places + (size_t)i * VALUES));
        good += error < 0.08f;
        *error_sum += error;
    }
    return good;
}

static Tensor *loss(void *context, int slot_index, int shard, Tape *tape, StepCount *count,
                    Error *error) {
    (void)shard;
    LandmarkTask *task = context;
    const Slot *slot = &task->slots[slot_index];
    (void)error;
    Tensor *x = tape_input(tape, "faces", shape(slot->n, POINT_SIDE, POINT_SIDE, 1), slot->x);
    Tensor *values = point_network_forward(task->network, tape, x);
    if (!values)
        return NULL;
    double sum = 0;
    count->examples = slot->n;
    count->correct = count_good(values->data, slot->places, slot->n, &sum);
    /* In per cent of the window's side, so that the loss is near 1. */
    size_t total = (size_t)slot->n * VALUES;
    for (size_t i = 0; i < total; i++)
        task->weights[i] = 100 / (float)total;
    return op_huber(tape, values, slot->places, task->weights, LOSS_DELTA);
}

static int validate(void *context, Tape *tape, Shards shards, ValidationSums *sums, Error *error) {
    (void)shards;
    LandmarkTask *task = context;
    Slot *slot = &task->held;
    double sum = 0;
    int good = 0;
    Rng rng = rng_split(rng_seed(task->settings.seed), TRAIN_RNG_HOLD_OUT + 100);
    for (int first = 0; first < task->data.n_validation; first += slot->n) {
        slot->n = task->data.n_validation - first;
        if (slot->n > task->settings.batch)
            slot->n = task->settings.batch;
        for (int i = 0; i < slot->n; i++)
            fill(task, task->data.validation[first + i], rng_split(rng, (uint64_t)(first + i)),
                 false, slot, i);
        tape_begin(tape, TAPE_EVALUATE, rng_seed(0));
        Tensor *values = point_network_forward(
            task->network, tape,
            tape_input(tape, "faces", shape(slot->n, POINT_SIDE, POINT_SIDE, 1), slot->x));
        if (tape_check(tape, error))
            return -1;
        good += count_good(values->data, slot->places, slot->n, &sum);
    }
    *sums = (ValidationSums){
        .score = -sum, .loss = sum, .correct = good, .examples = task->data.n_validation};
    return 0;
}

static int save(void *context, const char *path, json_t *metadata, Error *error) {
    const LandmarkTask *task = context;
    return point_network_save(task->network, path, metadata, error);
}

static uint64_t data_checksum(const LandmarkSet *set) {
    Checksum checksum = {0};
    for (int i = 0; i < set->n_faces; i++) {
        const LandmarkFace *face = &set->faces[i];
        checksum_add(&checksum, face->points, sizeof face->points);
        checksum_add(&checksum, face->grey.pixels,
                     (size_t)face->grey.width * (size_t)face->grey.height);
    }
    return checksum_end(&checksum);
}

TrainTask landmark_task_describe(LandmarkTask *task) {
    return (TrainTask){
        .unit = "faces",
        .context = task,
        .parameters = point_network_parameters(task->network),
        .data_checksum = data_checksum(task->set),
        .steps = steps,
        .prepare = prepare,
        .loss = loss,
        .validate = validate,
        .save = save,
    };
}
