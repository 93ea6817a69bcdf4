#include "train/tasks/music_task.h"

#include "datasets/music/music_condition.h"
#include "datasets/music/music_tokens.h"
#include "train/tasks/sequence_learner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct MusicTask {
    MusicTaskSettings settings;
    const MusicCorpus *corpus;
    SequenceLearner learner;
    MusicBatches *training, *validation;
    int n_genres;
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
                                   .once = true,
                                   .weights = s->corpus_weights};
    return (task->validation = music_batches_create(task->corpus, &batches, error)) ? 0 : -1;
}

static int read_weights(MusicTask *task, const char *path, Error *error) {
    SafetensorsFile *file = safetensors_open(path, error);
    if (!file)
        return -1;
    int status =
        music_condition_check(file, task->corpus->catalogue->genres, task->n_genres, error);
    if (!status)
        status = sequence_learner_start(&task->learner, file, error);
    safetensors_close(file);
    return status;
}

static int build_model(MusicTask *task, Error *error) {
    const MusicTaskSettings *s = &task->settings;
    const SequenceLstmInfo info = {
        .vocabulary = MUSIC_VOCABULARY,
        .conditions = MUSIC_CONDITION_WIDTH(task->n_genres),
        .embedding = s->embedding,
        .hidden = s->hidden,
        .layers = s->layers,
        .dropout = s->dropout,
    };
    if (sequence_learner_build(&task->learner, &info, s->steps, s->streams, s->seed, error))
        return -1;
    return s->start ? read_weights(task, s->start, error) : 0;
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
    if (!open_batches(task, error) && !build_model(task, error))
        return task;
    music_task_destroy(task);
    return NULL;
}

void music_task_destroy(MusicTask *task) {
    if (!task)
        return;
    sequence_learner_free(&task->learner);
    music_batches_free(task->training);
    music_batches_free(task->validation);
    free(task);
}

SequenceLstm *music_task_model(const MusicTask *task) {
    return task->learner.model;
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
                      SequenceSlot *slot) {
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
    fill_slot(task, &batch, &forget, &task->learner.slots[slot]);
    task->learner.slots[slot].shards = shards;
    return 0;
}

static Tensor *loss(void *context, int slot, int shard, Tape *tape, StepCount *count,
                    Error *error) {
    MusicTask *task = context;
    return sequence_learner_loss(&task->learner, slot, shard, tape, count, error);
}

static int next_validation(void *context, SequenceSlot *slot, Error *error) {
    MusicTask *task = context;
    MusicBatch batch;
    int more = music_batch_next(task->validation, &batch, error);
    if (more == 1)
        fill_slot(task, &batch, NULL, slot);
    return more;
}

static int validate(void *context, Tape *tape, Shards shards, ValidationSums *sums, Error *error) {
    MusicTask *task = context;
    if (music_batches_seek(task->validation, 0, 0, error))
        return -1;
    return sequence_learner_validate(&task->learner, next_validation, task, tape, shards, sums,
                                     error);
}

static int save(void *context, const char *path, json_t *metadata, Error *error) {
    const MusicTask *task = context;
    music_condition_describe(metadata, task->corpus->catalogue->genres, task->n_genres);
    return sequence_lstm_save(task->learner.model, path, metadata, error);
}

TrainTask music_task_describe(MusicTask *task) {
    TrainTask described = sequence_learner_describe(&task->learner);
    described.context = task;
    described.data_checksum = task->corpus->checksum;
    described.steps = steps;
    described.prepare = prepare;
    described.loss = loss;
    described.validate = validate;
    described.save = save;
    return described;
}
