#include "train/tasks/sequence_learner.h"

#include <stdlib.h>

static int allocate_slot(const SequenceLearner *learner, SequenceSlot *slot, Error *error) {
    size_t cells = (size_t)learner->steps * (size_t)learner->streams;
    size_t width = (size_t)sequence_lstm_info(learner->model)->conditions;
    bool good = (slot->tokens = malloc(cells * sizeof *slot->tokens)) &&
                (slot->targets = malloc(cells * sizeof *slot->targets)) &&
                (slot->reset = malloc(cells)) &&
                (slot->conditions = malloc(cells * width * sizeof *slot->conditions));
    return good ? 0 : error_memory(error, "a batch", cells * (width + 3) * sizeof(float));
}

static void free_slot(SequenceSlot *slot) {
    free(slot->tokens);
    free(slot->targets);
    free(slot->reset);
    free(slot->conditions);
}

int sequence_learner_build(SequenceLearner *learner, const SequenceLstmInfo *info, int steps,
                           int streams, uint64_t seed, Error *error) {
    learner->steps = steps;
    learner->streams = streams;
    learner->model =
        sequence_lstm_create(info, rng_split(rng_seed(seed), TRAIN_RNG_WEIGHTS), error);
    if (!learner->model)
        return -1;
    learner->state = sequence_lstm_state(learner->model, streams, error);
    learner->validation_state = sequence_lstm_state(learner->model, streams, error);
    if (!learner->state || !learner->validation_state)
        return -1;
    int status = allocate_slot(learner, &learner->validation_slot, error);
    for (int i = 0; !status && i < TRAIN_SLOTS; i++)
        status = allocate_slot(learner, &learner->slots[i], error);
    return status;
}

int sequence_learner_start(SequenceLearner *learner, const SafetensorsFile *file, Error *error) {
    double layers;
    int own = sequence_lstm_info(learner->model)->layers;
    if (safetensors_expect_kind(file, "sequence_lstm", error) ||
        safetensors_number(file, "layers", 1, SEQUENCE_LSTM_MAX_LAYERS, &layers, error))
        return -1;
    if ((int)layers != own)
        return error_set(error, "--start: %s has %d layers, expected %d (--layers)",
                         safetensors_name(file), (int)layers, own);
    return safetensors_read(file, sequence_lstm_parameters(learner->model), error);
}

void sequence_learner_free(SequenceLearner *learner) {
    sequence_lstm_destroy(learner->model);
    parameters_destroy(learner->state);
    parameters_destroy(learner->validation_state);
    free_slot(&learner->validation_slot);
    for (int i = 0; i < TRAIN_SLOTS; i++)
        free_slot(&learner->slots[i]);
    sequence_shard_free(&learner->shard);
}

static Tensor *slot_loss(SequenceLearner *learner, const SequenceSlot *slot, int shard,
                         Parameters *state, Tape *tape, StepCount *count, Error *error) {
    const SequenceBatch batch = {learner->steps,   learner->streams, slot->tokens,
                                 slot->conditions, slot->reset,      slot->targets};
    return sequence_shard_loss(&learner->shard, learner->model, tape, &batch, slot->shards, shard,
                               state, count, error);
}

Tensor *sequence_learner_loss(SequenceLearner *learner, int slot, int shard, Tape *tape,
                              StepCount *count, Error *error) {
    return slot_loss(learner, &learner->slots[slot], shard, learner->state, tape, count, error);
}

/* Adds one shard of the batch in the validation slot. */
static int validate_shard(SequenceLearner *learner, int shard, Tape *tape, ValidationSums *sums,
                          Error *error) {
    StepCount count = {0};
    int shards = learner->validation_slot.shards.count;
    if (shard_start(learner->streams, shard, shards) ==
        shard_start(learner->streams, shard + 1, shards))
        return 0;
    tape_begin(tape, TAPE_EVALUATE, rng_seed(0));
    Tensor *mean = slot_loss(learner, &learner->validation_slot, shard, learner->validation_state,
                             tape, &count, error);
    if (tape_check(tape, error) || !mean)
        return -1;
    double loss = mean->data[0] * count.examples;
    sums->loss += loss;
    sums->score -= loss;
    sums->correct += count.correct;
    sums->examples += count.examples;
    return 0;
}

int sequence_learner_validate(SequenceLearner *learner, SequenceNext *next, void *context,
                              Tape *tape, Shards shards, ValidationSums *sums, Error *error) {
    SequenceSlot *slot = &learner->validation_slot;
    int more;
    slot->shards = shards;
    while ((more = next(context, slot, error)) == 1)
        for (int i = shards.first; i < shards.last; i++)
            if (validate_shard(learner, i, tape, &sums[i - shards.first], error))
                return -1;
    return more;
}

TrainTask sequence_learner_describe(const SequenceLearner *learner) {
    return (TrainTask){
        .unit = "tokens",
        .divisible = true,
        .parameters = sequence_lstm_parameters(learner->model),
        .carried = learner->state,
    };
}
