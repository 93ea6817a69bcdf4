#include "train/tasks/lead_task.h"
#include "train/tasks/sequence_learner.h"

#include <math.h>
#include <stdlib.h>

/* The sheets of an epoch laid end to end. */
typedef struct Roll {
    int *pieces;      /* (n) indices into the corpus */
    long long *start; /* (n + 1) first token of each; the last is the number of all */
    int n, epoch;
} Roll;

struct LeadTask {
    LeadTaskSettings settings;
    const LeadCorpus *corpus;
    SequenceLearner learner;
    Roll training, counted, validation; /* `counted` is of the epoch last asked for */
    int validated;                      /* steps of the validation so far */
};

/* ------------------------------------------------------------------ the order of an epoch */

static void roll_free(Roll *roll) {
    free(roll->pieces);
    free(roll->start);
}

static int roll_allocate(Roll *roll, int most, Error *error) {
    roll->pieces = malloc((size_t)most * sizeof *roll->pieces);
    roll->start = malloc(((size_t)most + 1) * sizeof *roll->start);
    roll->epoch = -1;
    return roll->pieces && roll->start
               ? 0
               : error_memory(error, "an epoch's order", (size_t)most * sizeof *roll->start);
}

static int copies(const LeadTask *task, int piece, Rng rng) {
    const float *weights = task->settings.corpus_weights;
    float weight = weights ? weights[task->corpus->pieces[piece].entry->corpus] : 1;
    return (int)(weight + rng_uniform(rng, (uint64_t)piece));
}

/* Most sheets that an epoch can have. */
static int most_pieces(const LeadTask *task) {
    double sum = 1;
    const float *weights = task->settings.corpus_weights;
    for (int i = 0; i < task->corpus->n_pieces; i++)
        sum += weights ? ceil((double)weights[task->corpus->pieces[i].entry->corpus]) : 1;
    return (int)sum;
}

static void measure(const LeadTask *task, Roll *roll) {
    roll->start[0] = 0;
    for (int i = 0; i < roll->n; i++)
        roll->start[i + 1] = roll->start[i] + task->corpus->pieces[roll->pieces[i]].count;
}

static void roll_training(const LeadTask *task, int epoch, Roll *roll) {
    if (roll->epoch == epoch)
        return;
    Rng rng = rng_split(rng_split(rng_seed(task->settings.seed), TRAIN_RNG_ORDER), (uint64_t)epoch);
    roll->n = 0;
    for (int i = 0; i < task->corpus->n_pieces; i++)
        if (task->corpus->pieces[i].entry->split == MUSIC_TRAIN)
            for (int c = copies(task, i, rng_split(rng, 1)); c > 0; c--)
                roll->pieces[roll->n++] = i;
    for (int i = roll->n - 1; i > 0; i--) {
        int j = (int)rng_below(rng_split(rng, 2), (uint64_t)i, (uint32_t)i + 1);
        int piece = roll->pieces[i];
        roll->pieces[i] = roll->pieces[j];
        roll->pieces[j] = piece;
    }
    measure(task, roll);
    roll->epoch = epoch;
}

static void roll_validation(const LeadTask *task, Roll *roll) {
    for (int i = 0; i < task->corpus->n_pieces; i++)
        if (task->corpus->pieces[i].entry->split == MUSIC_VALIDATION)
            roll->pieces[roll->n++] = i;
    measure(task, roll);
}

static int roll_steps(const LeadTask *task, const Roll *roll) {
    long long cells = (long long)task->settings.steps * task->settings.streams;
    return (int)((roll->start[roll->n] + cells - 1) / cells);
}

/* ------------------------------------------------------------------ batches */

/* Which sheet token `at` belongs to. */
static int find_piece(const Roll *roll, long long at) {
    int low = 0, high = roll->n;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (roll->start[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static LeadHead forgetful_head(const LeadTask *task, const LeadPiece *piece, int index,
                               const Rng *forget) {
    LeadHead head = piece->head;
    if (forget && rng_uniform(*forget, 2 * (uint64_t)index) < task->settings.forget_condition)
        head.valence = NAN;
    if (forget && rng_uniform(*forget, 2 * (uint64_t)index + 1) < task->settings.forget_style)
        head.style = -1;
    return head;
}

/* Batch `step`: stream b goes from token b · steps · T of the roll. */
static void fill_slot(const LeadTask *task, const Roll *roll, int step, const Rng *forget,
                      SequenceSlot *slot) {
    int steps = task->settings.steps, streams = task->settings.streams;
    long long total = roll->start[roll->n], length = (long long)roll_steps(task, roll) * steps;
    for (int b = 0; b < streams; b++) {
        long long at = b * length + (long long)step * steps;
        int place = find_piece(roll, at < total ? at : 0);
        for (int t = 0; t < steps; t++, at++) {
            size_t cell = (size_t)t * (size_t)streams + (size_t)b;
            if (at < total && at >= roll->start[place + 1])
                place++;
            int index = roll->pieces[place];
            const LeadPiece *piece = &task->corpus->pieces[index];
            long long i = at < total ? at - roll->start[place] : piece->count - 1;
            bool last = i + 1 >= piece->count;
            LeadHead head = forgetful_head(task, piece, index, forget);
            slot->tokens[cell] = piece->tokens[i];
            slot->targets[cell] = last ? -1 : piece->tokens[i + 1];
            slot->reset[cell] = i == 0 || (step == 0 && t == 0);
            lead_features(&piece->contexts[i], &head, slot->conditions + cell * LEAD_FEATURES);
        }
    }
}

static int steps(void *context, int epoch) {
    LeadTask *task = context;
    roll_training(task, epoch, &task->counted);
    return roll_steps(task, &task->counted);
}

static int prepare(void *context, int slot, Shards shards, int epoch, int step, Error *error) {
    (void)error;
    LeadTask *task = context;
    roll_training(task, epoch, &task->training);
    Rng forget =
        rng_split(rng_split(rng_seed(task->settings.seed), TRAIN_RNG_FORGET), (uint64_t)epoch);
    fill_slot(task, &task->training, step, &forget, &task->learner.slots[slot]);
    task->learner.slots[slot].shards = shards;
    return 0;
}

static Tensor *loss(void *context, int slot, int shard, Tape *tape, StepCount *count,
                    Error *error) {
    LeadTask *task = context;
    return sequence_learner_loss(&task->learner, slot, shard, tape, count, error);
}

static int next_validation(void *context, SequenceSlot *slot, Error *error) {
    (void)error;
    LeadTask *task = context;
    if (task->validated == roll_steps(task, &task->validation))
        return 0;
    fill_slot(task, &task->validation, task->validated++, NULL, slot);
    return 1;
}

static int validate(void *context, Tape *tape, Shards shards, ValidationSums *sums, Error *error) {
    LeadTask *task = context;
    task->validated = 0;
    return sequence_learner_validate(&task->learner, next_validation, task, tape, shards, sums,
                                     error);
}

static int save(void *context, const char *path, json_t *metadata, Error *error) {
    const LeadTask *task = context;
    json_object_set_new(metadata, "lead_language", json_sprintf("%d", LEAD_LANGUAGE));
    return sequence_lstm_save(task->learner.model, path, metadata, error);
}

/* ------------------------------------------------------------------ building */

static int read_weights(const char *path, SequenceLearner *learner, Error *error) {
    SafetensorsFile *file = safetensors_open(path, error);
    int status = file ? lead_language_check(file, error) : -1;
    if (!status)
        status = sequence_learner_start(learner, file, error);
    safetensors_close(file);
    return status;
}

static int build_model(LeadTask *task, Error *error) {
    const LeadTaskSettings *s = &task->settings;
    const SequenceLstmInfo info = {.vocabulary = LEAD_VOCABULARY,
                                   .conditions = LEAD_FEATURES,
                                   .embedding = s->embedding,
                                   .hidden = s->hidden,
                                   .layers = s->layers,
                                   .dropout = s->dropout};
    if (sequence_learner_build(&task->learner, &info, s->steps, s->streams, s->seed, error))
        return -1;
    return s->start ? read_weights(s->start, &task->learner, error) : 0;
}

static int lay_out(LeadTask *task, Error *error) {
    int most = most_pieces(task);
    if (roll_allocate(&task->training, most, error) || roll_allocate(&task->counted, most, error) ||
        roll_allocate(&task->validation, task->corpus->n_pieces, error))
        return -1;
    roll_training(task, 0, &task->training);
    roll_validation(task, &task->validation);
    if (!task->training.n || !task->validation.n)
        return error_set(error, "%d lead sheets to train on and %d to validate on; both need one",
                         task->training.n, task->validation.n);
    return 0;
}

LeadTask *lead_task_create(const LeadCorpus *corpus, const LeadTaskSettings *settings,
                           Error *error) {
    LeadTask *task = calloc(1, sizeof *task);
    if (!task) {
        error_memory(error, "the task", sizeof *task);
        return NULL;
    }
    task->settings = *settings;
    task->corpus = corpus;
    if (!lay_out(task, error) && !build_model(task, error))
        return task;
    lead_task_destroy(task);
    return NULL;
}

void lead_task_destroy(LeadTask *task) {
    if (!task)
        return;
    sequence_learner_free(&task->learner);
    roll_free(&task->training);
    roll_free(&task->counted);
    roll_free(&task->validation);
    free(task);
}

SequenceLstm *lead_task_model(const LeadTask *task) {
    return task->learner.model;
}

TrainTask lead_task_describe(LeadTask *task) {
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
