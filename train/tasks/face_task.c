#include "train/tasks/face_task.h"

#include "datasets/augment/face_batch.h"
#include "datasets/draw/contact_sheet.h"
#include "datasets/faces/face_network.h"
#include "datasets/faces/face_votes.h"
#include "nn/base/arg_max.h"
#include "train/tasks/teacher.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* One batch in the making or in use. */
typedef struct Slot {
    float *x;       /* (batch, size, size, 1) */
    float *targets; /* (batch, classes): one-hot, or mixed */
    int examples;   /* of the whole batch */
    Shards shards;  /* those that lie here, from the beginning */
    int untaught;   /* from this shard on the targets lack the teacher's opinion */
    int step;       /* of the epoch */
} Slot;

struct FaceTask {
    FaceTaskSettings settings;
    const FaceSet *set;
    ImageClassifier *model;
    Teacher *teacher; /* or NULL */
    FaceVotes *votes; /* or NULL */
    FaceInput input;
    uint32_t *training, *validation; /* indices into the set */
    uint32_t n_training, n_validation;
    uint32_t *order; /* of the training faces in `order_epoch` */
    int order_epoch;
    float class_weights[EMOTION_COUNT];
    Slot slots[TRAIN_SLOTS];
    float *validation_x; /* (batch, size, size, 1) */
    int32_t *validation_labels;
    float *validation_targets; /* (batch, classes), with votes */
};

/* ------------------------------------------------------------------ building */

/* A face in the lottery for validation. Copies of one picture draw the same number. */
typedef struct Ticket {
    uint64_t number;
    uint32_t face;
} Ticket;

static int by_number(const void *a, const void *b) {
    const Ticket *left = a, *right = b;
    if (left->number != right->number)
        return left->number < right->number ? -1 : 1;
    return left->face < right->face ? -1 : left->face > right->face;
}

static void draw_tickets(const FaceTask *task, Ticket *tickets) {
    Rng rng = rng_split(rng_seed(task->settings.seed), TRAIN_RNG_HOLD_OUT);
    for (uint32_t i = 0; i < task->n_training; i++) {
        uint32_t words[4];
        rng_block(rng, face_set_hash(task->set, task->training[i]), words);
        tickets[i] = (Ticket){(uint64_t)words[0] << 32 | words[1], task->training[i]};
    }
    qsort(tickets, task->n_training, sizeof *tickets, by_number);
}

/* Moves a tenth of the training faces, chosen by the seed and the pixels, to validation: with all
 * copies of a picture, so that no picture stands on both sides. */
static int hold_out(FaceTask *task, Error *error) {
    uint32_t n = task->n_training, held = n / 10;
    Ticket *tickets = malloc((n ? n : 1) * sizeof *tickets);
    free(task->validation);
    task->validation = malloc((n ? n : 1) * sizeof *task->validation);
    if (!tickets || !task->validation) {
        free(tickets);
        return error_memory(error, "the split", n * sizeof *tickets);
    }
    draw_tickets(task, tickets);
    while (held && held < n && tickets[held].number == tickets[held - 1].number)
        held++;
    for (uint32_t i = 0; i < held; i++)
        task->validation[i] = tickets[i].face;
    for (uint32_t i = held; i < n; i++)
        task->training[i - held] = tickets[i].face;
    task->n_validation = held;
    task->n_training = n - held;
    free(tickets);
    return 0;
}

/* Whether the voters say enough of a face to learn from, or to validate on. */
static bool votes_tell(const FaceTask *task, uint32_t face, bool to_validate) {
    if (!task->votes || face >= task->votes->count)
        return true;
    FaceVerdict verdict = face_votes_verdict(task->votes, face);
    return to_validate ? face_verdict_is_emotion(&verdict)
                       : verdict.for_emotions && 2 * verdict.for_emotions >= verdict.votes;
}

static uint32_t keep_telling(const FaceTask *task, uint32_t *faces, uint32_t n, bool to_validate) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++)
        if (votes_tell(task, faces[i], to_validate))
            faces[kept++] = faces[i];
    return kept;
}

static int choose_faces(FaceTask *task, Error *error) {
    FaceSelection selection = task->settings.drop_leaks ? FACE_UNSHARED : FACE_ALL;
    task->training =
        face_set_indices(task->set, FACE_TRAINING, selection, &task->n_training, error);
    if (!task->training)
        return -1;
    task->validation =
        face_set_indices(task->set, FACE_PUBLIC_TEST, FACE_ALL, &task->n_validation, error);
    if (!task->validation || (!task->n_validation && hold_out(task, error)))
        return -1;
    task->n_training = keep_telling(task, task->training, task->n_training, false);
    task->n_validation = keep_telling(task, task->validation, task->n_validation, true);
    if (task->n_training < 2 || !task->n_validation)
        return error_set(error,
                         "the data has %" PRIu32 " faces to train on and %" PRIu32
                         " to validate on, which is too few",
                         task->n_training, task->n_validation);
    return 0;
}

/* The targets (n, classes) of the listed faces: what the voters see, or the label. */
static void fill_targets(const FaceTask *task, const uint32_t *faces, int n, float *targets) {
    face_batch_targets(task->set, faces, n, targets);
    for (int i = 0; i < n && task->votes; i++)
        if (faces[i] < task->votes->count)
            face_votes_shares(task->votes, faces[i], targets + (size_t)i * EMOTION_COUNT);
}

/* n / (classes × count), as scikit-learn's "balanced"; a class without faces gets 0. */
static void weigh_classes(FaceTask *task) {
    double counts[EMOTION_COUNT] = {0};
    for (uint32_t i = 0; i < task->n_training; i++) {
        float targets[EMOTION_COUNT];
        fill_targets(task, &task->training[i], 1, targets);
        for (int c = 0; c < EMOTION_COUNT; c++)
            counts[c] += targets[c];
    }
    for (int c = 0; c < EMOTION_COUNT; c++)
        task->class_weights[c] =
            counts[c] > 0 ? (float)task->n_training / (EMOTION_COUNT * (float)counts[c]) : 0;
}

static int build_fresh(FaceTask *task, Error *error) {
    const FaceTaskSettings *s = &task->settings;
    ImageClassifierInfo info = {
        .size = s->size,
        .n_classes = EMOTION_COUNT,
        .mean = task->input.mean,
        .std = task->input.deviation,
        .dropout = s->dropout,
        .block_dropout = s->block_dropout,
        .temperature = 1,
    };
    if (strlen(s->arch) >= sizeof info.arch)
        return error_set(error, "the network's name is too long: '%s'", s->arch);
    strcpy(info.arch, s->arch);
    for (int i = 0; i < EMOTION_COUNT; i++)
        strcpy(info.class_names[i], emotions[i].name);
    task->model =
        image_classifier_create(&info, rng_split(rng_seed(s->seed), TRAIN_RNG_WEIGHTS), error);
    return task->model ? 0 : -1;
}

/* Goes on from a trained network, whose normalisation stays; its calibration belongs to the old
 * weights. */
static int build_from_file(FaceTask *task, Error *error) {
    const FaceTaskSettings *s = &task->settings;
    task->model = face_network_load(s->start, error);
    if (!task->model)
        return -1;
    ImageClassifierInfo *info = image_classifier_info(task->model);
    if (strcmp(info->arch, s->arch) || info->size != s->size)
        return error_set(error, "--start: %s is a %s for %d pixels, expected %s for %d pixels",
                         s->start, info->arch, info->size, s->arch, s->size);
    task->input.mean = info->mean;
    task->input.deviation = info->std;
    info->dropout = s->dropout;
    info->block_dropout = s->block_dropout;
    info->precision = SAFETENSORS_FULL;
    info->temperature = 1;
    info->floor = 0;
    return 0;
}

static int build_model(FaceTask *task, Error *error) {
    const FaceTaskSettings *s = &task->settings;
    if (s->start ? build_from_file(task, error) : build_fresh(task, error))
        return -1;
    if (s->teacher &&
        !(task->teacher = teacher_load(s->teacher, s->share_teachers, &task->input, error)))
        return -1;
    return 0;
}

static int allocate(FaceTask *task, Error *error) {
    size_t batch = (size_t)task->settings.batch,
           pixels = (size_t)task->settings.size * (size_t)task->settings.size;
    bool good = (task->order = malloc(task->n_training * sizeof *task->order)) &&
                (task->validation_x = malloc(batch * pixels * sizeof(float))) &&
                (task->validation_labels = malloc(batch * sizeof *task->validation_labels)) &&
                (task->validation_targets = malloc(batch * EMOTION_COUNT * sizeof(float)));
    for (int i = 0; good && i < TRAIN_SLOTS; i++)
        good = (task->slots[i].x = malloc(batch * pixels * sizeof(float))) &&
               (task->slots[i].targets = malloc(batch * EMOTION_COUNT * sizeof(float)));
    return good ? 0 : error_memory(error, "the batches", batch * pixels * sizeof(float));
}

FaceTask *face_task_create(const FaceSet *set, const FaceTaskSettings *settings, Error *error) {
    FaceTask *task = calloc(1, sizeof *task);
    if (!task) {
        error_memory(error, "the task", sizeof *task);
        return NULL;
    }
    task->settings = *settings;
    task->set = set;
    task->order_epoch = -1;
    if (settings->votes && !(task->votes = face_votes_load(settings->votes, set, error)))
        goto failed;
    if (choose_faces(task, error))
        goto failed;
    weigh_classes(task);
    task->input = face_input_measure(set, task->training, task->n_training);
    task->input.side = settings->size;
    if (build_model(task, error) || allocate(task, error))
        goto failed;
    return task;
failed:
    face_task_destroy(task);
    return NULL;
}

void face_task_destroy(FaceTask *task) {
    if (!task)
        return;
    image_classifier_destroy(task->model);
    teacher_destroy(task->teacher);
    face_votes_destroy(task->votes);
    free(task->training);
    free(task->validation);
    free(task->order);
    free(task->validation_x);
    free(task->validation_labels);
    free(task->validation_targets);
    for (int i = 0; i < TRAIN_SLOTS; i++) {
        free(task->slots[i].x);
        free(task->slots[i].targets);
    }
    free(task);
}

ImageClassifier *face_task_model(const FaceTask *task) {
    return task->model;
}

const uint32_t *face_task_training(const FaceTask *task, uint32_t *count) {
    *count = task->n_training;
    return task->training;
}

const uint32_t *face_task_validation(const FaceTask *task, uint32_t *count) {
    *count = task->n_validation;
    return task->validation;
}

int face_task_preview(const FaceTask *task, const char *path, Error *error) {
    enum { ROWS = 10 };
    int rows = task->n_training < ROWS ? (int)task->n_training : ROWS;
    return contact_sheet_preview(
        path, task->set, task->training, rows, &task->settings.augmentation,
        rng_split(rng_seed(task->settings.seed), TRAIN_RNG_AUGMENT), &task->input, error);
}

/* ------------------------------------------------------------------ what the trainer calls */

/* The examples of an epoch's last batch where it is a smaller one, else 0. One that is less than
 * half full is left out, unless it is the only one: batch norm wants company. */
static uint32_t last_batch(const FaceTask *task) {
    uint32_t batch = (uint32_t)task->settings.batch, rest = task->n_training % batch;
    return 2 * rest >= batch || task->n_training < batch ? rest : 0;
}

static int steps(void *context, int epoch) {
    const FaceTask *task = context;
    (void)epoch;
    return (int)(task->n_training / (uint32_t)task->settings.batch + (last_batch(task) > 0));
}

static int shard_offset(const Slot *slot, int shard) {
    return shard_start(slot->examples, shard, slot->shards.count) -
           shard_start(slot->examples, slot->shards.first, slot->shards.count);
}

/* Mixes the faces of each shard with one another. */
static void mix(const FaceTask *task, int epoch, int step, const Slot *slot) {
    const FaceTaskSettings *s = &task->settings;
    Rng rng = rng_split(rng_split(rng_seed(s->seed), TRAIN_RNG_MIX),
                        (uint64_t)epoch << 32 | (uint32_t)step);
    for (int i = slot->shards.first; i < slot->shards.last; i++) {
        size_t first = (size_t)shard_offset(slot, i);
        augment_mix(&s->augmentation, slot->shards.count > 1 ? rng_split(rng, (uint64_t)i) : rng,
                    shard_offset(slot, i + 1) - (int)first, s->size,
                    slot->x + first * (size_t)s->size * (size_t)s->size,
                    slot->targets + first * EMOTION_COUNT);
    }
}

static int prepare(void *context, int slot_index, Shards shards, int epoch, int step,
                   Error *error) {
    FaceTask *task = context;
    const FaceTaskSettings *s = &task->settings;
    Slot *slot = &task->slots[slot_index];
    (void)error;
    Rng root = rng_seed(s->seed);
    if (task->order_epoch != epoch) {
        rng_permutation(rng_split(rng_split(root, TRAIN_RNG_ORDER), (uint64_t)epoch), task->order,
                        task->n_training);
        for (uint32_t i = 0; i < task->n_training; i++)
            task->order[i] = task->training[task->order[i]];
        task->order_epoch = epoch;
    }
    uint32_t first = (uint32_t)step * (uint32_t)s->batch, left = task->n_training - first;
    slot->examples = left < (uint32_t)s->batch ? (int)left : s->batch;
    slot->shards = shards;
    slot->untaught = shards.first;
    slot->step = step;
    const uint32_t *indices =
        task->order + first + shard_start(slot->examples, shards.first, shards.count);
    int n = shard_offset(slot, shards.last);
    Rng rng = rng_split(rng_split(root, TRAIN_RNG_AUGMENT), (uint64_t)epoch);
    face_batch_fill(task->set, indices, n, &s->augmentation, rng, &task->input, slot->x);
    fill_targets(task, indices, n, slot->targets);
    mix(task, epoch, step, slot);
    return 0;
}

static Tensor *loss(void *context, int slot_index, int shard, Tape *tape, StepCount *count,
                    Error *error) {
    FaceTask *task = context;
    const FaceTaskSettings *s = &task->settings;
    Slot *slot = &task->slots[slot_index];
    int first = shard_offset(slot, shard), n = shard_offset(slot, shard + 1) - first;
    if (!n)
        return NULL;
    const float *faces = slot->x + (size_t)first * (size_t)s->size * (size_t)s->size;
    float *targets = slot->targets + (size_t)first * EMOTION_COUNT;
    Tensor *x = tape_input(tape, "faces", shape(n, s->size, s->size, 1), faces);
    Tensor *logits = image_classifier_forward(task->model, tape, x);
    *count = (StepCount){.examples = n, .scores = logits, .targets = targets};
    if (task->teacher && shard >= slot->untaught) {
        teacher_use_bfloat16(task->teacher, tape_uses_bfloat16(tape));
        /* A whole batch is nearly even as it is; small shards are not. */
        int turn = slot->shards.count > 1 ? slot->step + shard : 0;
        if (teacher_blend(task->teacher, faces, n, turn, s->teacher_weight, targets, error))
            return NULL;
        slot->untaught = shard + 1;
    }
    return op_cross_entropy(
        tape, logits,
        (CrossEntropy){.targets = targets,
                       .class_weights = s->class_weights ? task->class_weights : NULL,
                       .label_smoothing = s->label_smoothing});
}

/* By the labels, or by the voters: their majority is right, and the loss is against their shares.
 */
static CrossEntropy fill_validation_targets(FaceTask *task, const uint32_t *faces, int n) {
    face_batch_labels(task->set, faces, n, task->validation_labels);
    if (!task->votes)
        return (CrossEntropy){.labels = task->validation_labels};
    fill_targets(task, faces, n, task->validation_targets);
    for (int i = 0; i < n; i++)
        if (faces[i] < task->votes->count)
            task->validation_labels[i] = face_votes_verdict(task->votes, faces[i]).choice;
    return (CrossEntropy){.targets = task->validation_targets};
}

/* Adds `n` validation faces to the sums. */
static int validate_faces(FaceTask *task, Tape *tape, uint32_t first, int n, ValidationSums *sums,
                          Error *error) {
    int size = task->settings.size;
    const uint32_t *indices = task->validation + first;
    face_batch_fill(task->set, indices, n, NULL, rng_seed(0), &task->input, task->validation_x);
    CrossEntropy targets = fill_validation_targets(task, indices, n);
    tape_begin(tape, TAPE_EVALUATE, rng_seed(0));
    Tensor *x = tape_input(tape, "faces", shape(n, size, size, 1), task->validation_x);
    Tensor *logits = image_classifier_forward(task->model, tape, x);
    Tensor *mean = op_cross_entropy(tape, logits, targets);
    if (tape_check(tape, error))
        return -1;
    int correct = 0;
    for (int i = 0; i < n; i++)
        correct += arg_max(logits->data + (size_t)i * EMOTION_COUNT, EMOTION_COUNT) ==
                   task->validation_labels[i];
    sums->loss += (double)mean->data[0] * n;
    sums->correct += correct;
    sums->score += correct;
    sums->examples += n;
    return 0;
}

/* Cuts every batch into shards, as training does. */
static int validate(void *context, Tape *tape, Shards shards, ValidationSums *sums, Error *error) {
    FaceTask *task = context;
    uint32_t batch = (uint32_t)task->settings.batch;
    for (uint32_t first = 0; first < task->n_validation; first += batch) {
        uint32_t left = task->n_validation - first;
        int examples = (int)(left < batch ? left : batch);
        for (int i = shards.first; i < shards.last; i++) {
            int start = shard_start(examples, i, shards.count),
                n = shard_start(examples, i + 1, shards.count) - start;
            if (n && validate_faces(task, tape, first + (uint32_t)start, n, &sums[i - shards.first],
                                    error))
                return -1;
        }
    }
    return 0;
}

static int save(void *context, const char *path, json_t *metadata, Error *error) {
    const FaceTask *task = context;
    return image_classifier_save(task->model, path, metadata, error);
}

TrainTask face_task_describe(FaceTask *task) {
    const FaceTaskSettings *s = &task->settings;
    return (TrainTask){
        .unit = "images",
        .context = task,
        .divisible = true,
        .batch = s->batch,
        .smallest_batch = last_batch(task) ? (int)last_batch(task) : s->batch,
        .mixes = s->augmentation.mixup > 0 || s->augmentation.cutmix > 0,
        .deferrable = true,
        .parameters = image_classifier_parameters(task->model),
        .data_checksum =
            face_set_checksum(task->set) ^ (task->votes ? face_votes_checksum(task->votes) : 0),
        .teachers_checksum = task->teacher ? teacher_checksum(task->teacher) : 0,
        .steps = steps,
        .prepare = prepare,
        .loss = loss,
        .validate = validate,
        .save = save,
    };
}
