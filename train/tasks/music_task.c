#include "train/tasks/music_task.h"

#include "datasets/music/music_condition.h"
#include "datasets/music/music_tokens.h"
#include "train/tasks/sequence_loss.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One batch in the making or in use: (T,B) arrays. */
typedef struct Slot {
    int32_t *tokens, *targets;
    uint8_t *reset;
    float *conditions; /* (T,B,D) */
    Shards shards;     /* of which all streams are here */
} Slot;

struct MusicTask {
    MusicTaskSettings settings;
    const MusicCorpus *corpus;
    SequenceLstm *model;
    Parameters *state, *validation_state;
    MusicBatches *training, *validation;
    int n_genres;
    Slot slots[TRAIN_SLOTS], validation_slot;
    SequenceShard shard; /* the one at work */
};

/* ------------------------------------------------------------------ building */

static int open_batches(MusicTask *task, Error *error) {
    const MusicTaskSettings *s = &task->settings;
    MusicBatchSettings batches = {
        .split = MUSIC_TRAIN,
        .steps = s->steps,
        .streams = s->streams,
        .rng = rng_split(rng_seed(s->seed), TRAIN_RNG_ORDER),
        .labelled_only = s->labelled_only,
        .tempo_range = s->tempo_range,
        .transpose = s->transpose,
        .weights = s->corpus_weights,
    };
    if (!(task->training = music_batches_create(task->corpus, &batches, error)))
        return -1;
    batches = (MusicBatchSettings){.split = MUSIC_VALIDATION,
                                   .steps = s->steps,
                                   .streams = s->streams,
                                   .labelled_only = s->labelled_only,
                                   .once = true};
    return (task->validation = music_batches_create(task->corpus, &batches, error)) ? 0 : -1;
}

static int build_model(MusicTask *task, Error *error) {
    const MusicTaskSettings *s = &task->settings;
    SequenceLstmInfo info = {
        .vocabulary = MUSIC_VOCABULARY,
        .conditions = MUSIC_CONDITION_WIDTH(task->n_genres),
        .embedding = s->embedding,
        .hidden = s->hidden,
        .layers = s->layers,
        .dropout = s->dropout,
    };
    if (!(task->model =
              sequence_lstm_create(&info, rng_split(rng_seed(s->seed), TRAIN_RNG_WEIGHTS), error)))
        return -1;
    if (s->start) {
        SafetensorsFile *file = safetensors_open(s->start, error);
        if (!file)
            return -1;
        int status =
            music_condition_check(file, task->corpus->catalogue->genres, task->n_genres, error);
        if (!status)
            status = safetensors_read(file, sequence_lstm_parameters(task->model), error);
        safetensors_close(file);
        if (status)
            return -1;
    }
    task->state = sequence_lstm_state(task->model, s->streams, error);
    task->validation_state = sequence_lstm_state(task->model, s->streams, error);
    return task->state && task->validation_state ? 0 : -1;
}

static int allocate_slot(const MusicTask *task, Slot *slot, Error *error) {
    size_t cells = (size_t)task->settings.steps * (size_t)task->settings.streams;
    size_t width = (size_t)MUSIC_CONDITION_WIDTH(task->n_genres);
    bool good = (slot->tokens = malloc(cells * sizeof *slot->tokens)) &&
                (slot->targets = malloc(cells * sizeof *slot->targets)) &&
                (slot->reset = malloc(cells)) &&
                (slot->conditions = malloc(cells * width * sizeof *slot->conditions));
    return good ? 0 : error_memory(error, "a batch", cells * (width + 3) * sizeof(float));
}

static void free_slot(Slot *slot) {
    free(slot->tokens);
    free(slot->targets);
    free(slot->reset);
    free(slot->conditions);
}

MusicTask *music_task_create(const MusicCorpus *corpus, const MusicTaskSettings *settings,
                             Error *error) {
    MusicTask *task = calloc(1, sizeof *task);
    if (!task) {
        error_memory(error, "the task", sizeof *task);
        return NULL;
    }
    task->settings = *settings;
    task->corpus = corpus;
    task->n_genres = corpus->catalogue->n_genres;
    task->validation_slot.shards = (Shards){0, 1, 1};
    int status = open_batches(task, error) || build_model(task, error) ||
                 allocate_slot(task, &task->validation_slot, error);
    for (int i = 0; !status && i < TRAIN_SLOTS; i++)
        status = allocate_slot(task, &task->slots[i], error);
    if (status) {
        music_task_destroy(task);
        return NULL;
    }
    return task;
}

void music_task_destroy(MusicTask *task) {
    if (!task)
        return;
    sequence_lstm_destroy(task->model);
    parameters_destroy(task->state);
    parameters_destroy(task->validation_state);
    music_batches_free(task->training);
    music_batches_free(task->validation);
    free_slot(&task->validation_slot);
    sequence_shard_free(&task->shard);
    for (int i = 0; i < TRAIN_SLOTS; i++)
        free_slot(&task->slots[i]);
    free(task);
}

SequenceLstm *music_task_model(const MusicTask *task) {
    return task->model;
}

int music_task_training_pieces(const MusicTask *task) {
    return music_batches_pieces(task->training);
}

int music_task_validation_pieces(const MusicTask *task) {
    return music_batches_pieces(task->validation);
}

/* ------------------------------------------------------------------ what the trainer calls */

/* Epochs differ: which pieces come, and how long their variants are, is drawn for each. */
static int steps(void *context, int epoch) {
    MusicTask *task = context;
    if (music_batches_epoch(task->training) != epoch &&
        music_batches_seek(task->training, epoch, 0, NULL))
        return 0;
    return (int)music_batches_per_epoch(task->training);
}

/* Copies a batch; `forget` (may be NULL) hides the emotion or genre of some pieces, by chance for
 * each piece and epoch. */
static void fill_slot(const MusicTask *task, const MusicBatch *batch, const Rng *forget,
                      Slot *slot) {
    int width = MUSIC_CONDITION_WIDTH(task->n_genres);
    size_t cells = (size_t)batch->steps * (size_t)batch->streams;
    memcpy(slot->tokens, batch->tokens, cells * sizeof *slot->tokens);
    memcpy(slot->targets, batch->targets, cells * sizeof *slot->targets);
    memcpy(slot->reset, batch->reset, cells);
    for (size_t i = 0; i < cells; i++) {
        float valence = batch->valence[i];
        int genre = batch->genre[i];
        if (forget && batch->piece[i] >= 0) {
            uint64_t piece = (uint64_t)batch->piece[i];
            if (rng_uniform(*forget, 2 * piece) < task->settings.forget_condition)
                valence = NAN;
            if (rng_uniform(*forget, 2 * piece + 1) < task->settings.forget_genre)
                genre = 0;
        }
        music_condition_fill(valence, batch->arousal[i], genre, task->n_genres,
                             slot->conditions + i * (size_t)width);
    }
}

static int prepare(void *context, int slot, Shards shards, int epoch, int step, Error *error) {
    MusicTask *task = context;
    MusicBatch batch;
    bool in_place =
        music_batches_epoch(task->training) == epoch && music_batches_step(task->training) == step;
    if (!in_place && music_batches_seek(task->training, epoch, step, error))
        return -1;
    if (music_batch_next(task->training, &batch, error) != 1)
        return error_set(error, "the corpus ends at batch %d of epoch %d", step, epoch + 1);
    Rng forget =
        rng_split(rng_split(rng_seed(task->settings.seed), TRAIN_RNG_FORGET), (uint64_t)epoch);
    fill_slot(task, &batch, &forget, &task->slots[slot]);
    task->slots[slot].shards = shards;
    return 0;
}

static Tensor *slot_loss(MusicTask *task, const Slot *slot, int shard, Parameters *state,
                         Tape *tape, StepCount *count, Error *error) {
    const SequenceBatch batch = {task->settings.steps, task->settings.streams,
                                 slot->tokens,         slot->conditions,
                                 slot->reset,          slot->targets};
    return sequence_shard_loss(&task->shard, task->model, tape, &batch, slot->shards, shard, state,
                               count, error);
}

static Tensor *loss(void *context, int slot, int shard, Tape *tape, StepCount *count,
                    Error *error) {
    MusicTask *task = context;
    return slot_loss(task, &task->slots[slot], shard, task->state, tape, count, error);
}

static int validate(void *context, Tape *tape, Validation *result, Error *error) {
    MusicTask *task = context;
    StepCount total = {0};
    double loss_sum = 0;
    MusicBatch batch;
    int more;
    if (music_batches_seek(task->validation, 0, 0, error))
        return -1;
    while ((more = music_batch_next(task->validation, &batch, error)) == 1) {
        StepCount count = {0};
        fill_slot(task, &batch, NULL, &task->validation_slot);
        tape_begin(tape, TAPE_EVALUATE, rng_seed(0));
        Tensor *mean =
            slot_loss(task, &task->validation_slot, 0, task->validation_state, tape, &count, error);
        if (tape_check(tape, error))
            return -1;
        loss_sum += mean->data[0] * count.examples;
        total.examples += count.examples;
        total.correct += count.correct;
    }
    if (more < 0)
        return -1;
    result->loss = loss_sum / total.examples;
    result->accuracy = total.correct / total.examples;
    result->score = -result->loss;
    return 0;
}

static int save(void *context, const char *path, json_t *metadata, Error *error) {
    const MusicTask *task = context;
    music_condition_describe(metadata, task->corpus->catalogue->genres, task->n_genres);
    return sequence_lstm_save(task->model, path, metadata, error);
}

TrainTask music_task_describe(MusicTask *task) {
    return (TrainTask){
        .unit = "tokens",
        .context = task,
        .divisible = true,
        .parameters = sequence_lstm_parameters(task->model),
        .carried = task->state,
        .data_checksum = task->corpus->checksum,
        .steps = steps,
        .prepare = prepare,
        .loss = loss,
        .validate = validate,
        .save = save,
    };
}
