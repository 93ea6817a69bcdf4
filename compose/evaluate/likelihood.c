#include "compose/evaluate/likelihood.h"

#include "datasets/corpus/music_batch.h"
#include "datasets/music/music_tokens.h"

#include <stdlib.h>

enum { STEPS = 128, STREAMS = 32 };

typedef struct Reader {
    const MusicModel *model;
    const MusicCorpus *corpus;
    Parameters *state;
    Tape *tape;
    float *conditions; /* (STEPS, STREAMS, width) */
    int *genres;       /* (n_genres of the corpus) the model's index for each */
} Reader;

/* The genres of a corpus by the names that the model knows them under. */
static int match_genres(Reader *reader, Error *error) {
    const MusicCatalogue *catalogue = reader->corpus->catalogue;
    reader->genres = malloc((size_t)catalogue->n_genres * sizeof *reader->genres);
    if (!reader->genres)
        return error_memory(error, "the genres", (size_t)catalogue->n_genres * sizeof(int));
    for (int g = 0; g < catalogue->n_genres; g++) {
        int known = music_model_find_genre(reader->model, catalogue->genres[g]);
        reader->genres[g] = known < 0 ? 0 : known;
    }
    return 0;
}

static int open_reader(Reader *reader, Error *error) {
    size_t floats = (size_t)STEPS * STREAMS * (size_t)music_model_condition_width(reader->model);
    reader->conditions = malloc(floats * sizeof *reader->conditions);
    reader->tape = tape_create();
    if (!reader->conditions || !reader->tape)
        return error_memory(error, "the likelihood", floats * sizeof *reader->conditions);
    reader->state = sequence_lstm_state(music_model_network(reader->model), STREAMS, error);
    return reader->state ? match_genres(reader, error) : -1;
}

static void close_reader(Reader *reader) {
    free(reader->conditions);
    free(reader->genres);
    tape_destroy(reader->tape);
    parameters_destroy(reader->state);
}

static int read_batch(Reader *reader, const MusicBatch *batch, Likelihood *per_corpus,
                      Error *error) {
    int width = music_model_condition_width(reader->model),
        genres = music_model_genres(reader->model), cells = batch->steps * batch->streams;
    for (int i = 0; i < cells; i++)
        music_condition_fill(batch->valence[i], batch->arousal[i], reader->genres[batch->genre[i]],
                             genres, reader->conditions + (size_t)i * (size_t)width);
    tape_begin(reader->tape, TAPE_EVALUATE, rng_seed(0));
    Tensor *logits = sequence_lstm_forward(music_model_network(reader->model), reader->tape,
                                           batch->steps, batch->streams, batch->tokens,
                                           reader->conditions, batch->reset, reader->state);
    const Tensor *log_probabilities = op_log_softmax(reader->tape, logits);
    if (tape_check(reader->tape, error))
        return -1;
    for (int i = 0; i < cells; i++) {
        int target = batch->targets[i], index;
        if (target < 0)
            continue;
        const MusicEntry *entry = reader->corpus->pieces[batch->piece[i]].entry;
        Likelihood *likelihood = &per_corpus[entry->corpus];
        likelihood->nats -=
            (double)log_probabilities->data[(size_t)i * MUSIC_VOCABULARY + (size_t)target];
        likelihood->tokens++;
        likelihood->notes += music_token_kind(target, &index) == MUSIC_PITCH;
    }
    return 0;
}

int likelihood_measure(const MusicModel *model, const MusicCorpus *corpus, MusicSplit split,
                       Likelihood *per_corpus, Progress *progress, Error *error) {
    const MusicBatchSettings settings = {
        .split = split, .steps = STEPS, .streams = STREAMS, .once = true};
    Reader reader = {.model = model, .corpus = corpus};
    MusicBatches *batches = music_batches_create(corpus, &settings, error);
    int status = batches ? open_reader(&reader, error) : -1, more = 1;
    while (!status && more > 0) {
        MusicBatch batch;
        more = music_batch_next(batches, &batch, error);
        status = more < 0 ? -1 : more ? read_batch(&reader, &batch, per_corpus, error) : 0;
        double done =
            batches ? (double)music_batches_step(batches) / (double)music_batches_per_epoch(batches)
                    : 0;
        if (more > 0 && progress_is_due(progress))
            progress_show(progress, done, "likelihood of held-out pieces");
    }
    close_reader(&reader);
    music_batches_free(batches);
    return status;
}

Likelihood likelihood_total(const Likelihood *per_corpus, int n_corpora) {
    Likelihood total = {0};
    for (int c = 0; c < n_corpora; c++) {
        total.nats += per_corpus[c].nats;
        total.tokens += per_corpus[c].tokens;
        total.notes += per_corpus[c].notes;
    }
    return total;
}
