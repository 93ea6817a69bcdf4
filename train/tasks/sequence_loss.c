#include "train/tasks/sequence_loss.h"

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
        int best = 0;
        for (int k = 1; k < vocabulary; k++)
            best = row[k] > row[best] ? k : best;
        count->examples++;
        count->correct += best == batch->targets[i];
    }
    return mean;
}
