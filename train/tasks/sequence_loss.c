#include "train/tasks/sequence_loss.h"

#include "nn/base/arg_max.h"

#include <stdlib.h>
#include <string.h>

Tensor *sequence_loss(const SequenceLstm *model, Tape *tape, const SequenceBatch *batch,
                      Parameters *state, StepCount *count) {
    Tensor *logits = sequence_lstm_forward(model, tape, batch->steps, batch->streams, batch->tokens,
                                           batch->conditions, batch->reset, state);
    Tensor *mean = op_cross_entropy(tape, logits, (CrossEntropy){.labels = batch->targets});
    size_t cells = (size_t)batch->steps * (size_t)batch->streams;
    int vocabulary = sequence_lstm_info(model)->vocabulary;
    for (size_t i = 0; mean && i < cells; i++) {
        if (batch->targets[i] < 0)
            continue;
        const float *row = logits->data + i * (size_t)vocabulary;
        count->examples++;
        count->correct += arg_max(row, vocabulary) == batch->targets[i];
    }
    return mean;
}

static int allocate(SequenceShard *cut, const SequenceLstm *model, const SequenceBatch *batch,
                    Shards shards, Error *error) {
    int streams = batch->streams / shards.count;
    size_t cells = (size_t)batch->steps * ((size_t)streams + 1);
    size_t width = (size_t)sequence_lstm_info(model)->conditions;
    cut->tokens = malloc(cells * sizeof *cut->tokens);
    cut->targets = malloc(cells * sizeof *cut->targets);
    cut->reset = malloc(cells);
    cut->conditions = malloc(cells * width * sizeof *cut->conditions);
    if (!cut->tokens || !cut->targets || !cut->reset || !cut->conditions)
        return error_memory(error, "a shard", cells * (width + 3) * sizeof(float));
    for (int i = 0; i < 2; i++)
        if (streams + i && !(cut->state[i] = sequence_lstm_state(model, streams + i, error)))
            return -1;
    return 0;
}

void sequence_shard_free(SequenceShard *cut) {
    free(cut->tokens);
    free(cut->targets);
    free(cut->reset);
    free(cut->conditions);
    parameters_destroy(cut->state[0]);
    parameters_destroy(cut->state[1]);
    *cut = (SequenceShard){0};
}

/* Streams first … first + cut->batch.streams - 1 of the batch. */
static void cut_out(SequenceShard *cut, const SequenceBatch *batch, int first, size_t width) {
    size_t streams = (size_t)cut->batch.streams;
    for (int t = 0; t < batch->steps; t++) {
        size_t from = (size_t)t * (size_t)batch->streams + (size_t)first, to = (size_t)t * streams;
        memcpy(cut->tokens + to, batch->tokens + from, streams * sizeof *cut->tokens);
        memcpy(cut->targets + to, batch->targets + from, streams * sizeof *cut->targets);
        memcpy(cut->reset + to, batch->reset + from, streams);
        memcpy(cut->conditions + to * width, batch->conditions + from * width,
               streams * width * sizeof *cut->conditions);
    }
}

/* Copies rows of the batch's state, from row `first` on, to the shard's or back. */
static void copy_rows(Parameters *batch, Parameters *shard, int first, bool back) {
    for (int i = 0; i < parameters_count(shard); i++) {
        Tensor *rows = &parameters_at(shard, i)->tensor;
        size_t count = tensor_count(rows), width = count / (size_t)rows->shape.size[0];
        float *all = parameters_at(batch, i)->tensor.data + (size_t)first * width;
        memcpy(back ? all : rows->data, back ? rows->data : all, count * sizeof *all);
    }
}

Tensor *sequence_shard_loss(SequenceShard *cut, const SequenceLstm *model, Tape *tape,
                            const SequenceBatch *batch, Shards shards, int shard, Parameters *state,
                            StepCount *count, Error *error) {
    if (shards.count == 1)
        return sequence_loss(model, tape, batch, state, count);
    int first = shard_start(batch->streams, shard, shards.count),
        streams = shard_start(batch->streams, shard + 1, shards.count) - first;
    if (!streams)
        return NULL;
    if (!cut->tokens && allocate(cut, model, batch, shards, error)) {
        sequence_shard_free(cut);
        count->examples = streams; /* the shard is not an empty one */
        return NULL;
    }
    cut->batch = (SequenceBatch){batch->steps,    streams,    cut->tokens,
                                 cut->conditions, cut->reset, cut->targets};
    Parameters *rows = cut->state[streams - batch->streams / shards.count];
    cut_out(cut, batch, first, (size_t)sequence_lstm_info(model)->conditions);
    copy_rows(state, rows, first, false);
    Tensor *mean = sequence_loss(model, tape, &cut->batch, rows, count);
    copy_rows(state, rows, first, true);
    return mean;
}
