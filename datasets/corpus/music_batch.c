#include "datasets/corpus/music_batch.h"

#include "datasets/music/music_encode.h"
#include "nn/base/arena.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Keys of the random streams below an epoch's. */
enum { STREAM_ORDER = 1, STREAM_COPIES, STREAM_VARIATION };

/* One piece being played. */
typedef struct Stream {
    const uint16_t *tokens;
    uint16_t *varied;     /* owned tokens of a varied piece, or NULL */
    int count, at, piece; /* piece -1: idle */
} Stream;

struct MusicBatches {
    const MusicCorpus *corpus;
    MusicBatchSettings settings;
    Arena *arena;
    float *weights;
    int *chosen; /* (n_chosen) pieces of the split */
    int n_chosen;
    uint32_t *queue,
        *order; /* (n_queue) pieces of this epoch in order; room for the fullest epoch */
    long n_queue, queue_room, taken;
    Stream *streams; /* (B) */
    int epoch;
    long step, per_epoch;
    bool begun;                                /* the epoch's queue is laid out */
    int32_t *tokens, *targets, *genre, *piece; /* (T,B) */
    float *valence, *arousal;
    uint8_t *reset;
};

/* ------------------------------------------------------------------ epochs */

static float weight_of(const MusicBatches *batches, int piece) {
    float weight =
        batches->weights ? batches->weights[batches->corpus->pieces[piece].entry->corpus] : 1;
    return batches->settings.once ? weight > 0 : weight;
}

/* Lays out the epoch's pieces, in the order in which streams will take them. */
static void begin_epoch(MusicBatches *batches) {
    Rng epoch = rng_split(batches->settings.rng, (uint64_t)batches->epoch);
    Rng copies = rng_split(epoch, STREAM_COPIES);
    long count = 0, steps = 0;
    for (int i = 0; i < batches->n_chosen; i++) {
        float weight = weight_of(batches, batches->chosen[i]), whole = floorf(weight);
        long times = (long)whole + (rng_uniform(copies, (uint64_t)i) < weight - whole);
        steps += times * (batches->corpus->pieces[batches->chosen[i]].count - 1);
        while (times-- > 0)
            batches->order[count++] = (uint32_t)batches->chosen[i];
    }
    if (!count) { /* weights below 1 may by chance leave nothing */
        steps = batches->corpus->pieces[batches->chosen[0]].count - 1;
        batches->order[count++] = (uint32_t)batches->chosen[0];
    }
    batches->n_queue = count;
    if (batches->settings.once) {
        memcpy(batches->queue, batches->order, (size_t)count * sizeof *batches->queue);
    } else {
        rng_permutation(rng_split(epoch, STREAM_ORDER), batches->queue, (uint32_t)count);
        for (long i = 0; i < count; i++)
            batches->queue[i] = batches->order[batches->queue[i]];
        long size = (long)batches->settings.steps * batches->settings.streams;
        batches->per_epoch = (steps + size - 1) / size;
    }
    for (int i = 0; i < batches->settings.streams; i++) {
        free(batches->streams[i].varied);
        batches->streams[i] = (Stream){.piece = -1};
    }
    batches->taken = 0;
    batches->step = 0;
    batches->begun = true;
}

/* ------------------------------------------------------------------ streams */

static int vary(MusicBatches *batches, Stream *stream, long taken, Error *error) {
    Rng rng =
        rng_split(rng_split(batches->settings.rng, (uint64_t)batches->epoch), STREAM_VARIATION);
    float range = batches->settings.tempo_range;
    uint64_t draw = 2 * (uint64_t)taken;
    if (range > 0) {
        double factor = exp2f(rng_between(rng, draw, -range, range));
        if (music_stretch(stream->tokens, stream->count, factor, &stream->varied, &stream->count,
                          error))
            return -1;
    } else {
        size_t size = (size_t)stream->count * sizeof *stream->varied;
        if (!(stream->varied = malloc(size)))
            return error_memory(error, "tokens", size);
        memcpy(stream->varied, stream->tokens, size);
    }
    stream->tokens = stream->varied;
    int tonic = (int)rng_below(rng, draw + 1, 12), index;
    for (int i = 0; batches->settings.transpose && i < stream->count; i++)
        if (music_token_kind(stream->varied[i], &index) == MUSIC_TONIC) {
            if (music_can_transpose(stream->varied, stream->count, tonic))
                stream->varied[i] = (uint16_t)music_token(MUSIC_TONIC, tonic);
            break;
        }
    return 0;
}

/* Gives the stream its next piece; leaves it idle when there is none. */
static int take_piece(MusicBatches *batches, Stream *stream, Error *error) {
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): begin_epoch has cleared what it freed. */
    free(stream->varied);
    *stream = (Stream){.piece = -1};
    if (batches->settings.once && batches->taken >= batches->n_queue)
        return 0;
    long taken = batches->taken++;
    int piece = (int)batches->queue[taken % batches->n_queue];
    const MusicPiece *source = &batches->corpus->pieces[piece];
    *stream = (Stream){.tokens = source->tokens, .count = source->count, .piece = piece};
    bool varied = !batches->settings.once &&
                  (batches->settings.tempo_range > 0 || batches->settings.transpose);
    return varied ? vary(batches, stream, taken, error) : 0;
}

static void put_step(MusicBatches *batches, size_t cell, Stream *stream) {
    bool idle = stream->piece < 0;
    const MusicEntry *entry = idle ? NULL : batches->corpus->pieces[stream->piece].entry;
    batches->tokens[cell] = idle ? 0 : stream->tokens[stream->at];
    batches->targets[cell] = idle ? -1 : stream->tokens[stream->at + 1];
    batches->reset[cell] = idle || stream->at == 0;
    batches->valence[cell] = idle ? NAN : entry->valence;
    batches->arousal[cell] = idle ? NAN : entry->arousal;
    batches->genre[cell] = idle ? 0 : entry->genre;
    batches->piece[cell] = stream->piece;
    stream->at++;
}

/* Plays all streams on by one batch; returns how many steps were music. With `skip` nothing is
 * written. */
static long advance(MusicBatches *batches, bool skip, Error *error) {
    int streams = batches->settings.streams;
    long music = 0;
    for (int t = 0; t < batches->settings.steps; t++)
        for (int b = 0; b < streams; b++) {
            Stream *stream = &batches->streams[b];
            bool over = stream->piece < 0 || stream->at + 1 >= stream->count;
            if (over && take_piece(batches, stream, error))
                return -1;
            music += stream->piece >= 0;
            if (skip)
                stream->at++;
            else
                put_step(batches, (size_t)t * (size_t)streams + (size_t)b, stream);
        }
    return music;
}

/* ------------------------------------------------------------------ public */

static void count_once(MusicBatches *batches) {
    long steps = 0, size = batches->settings.streams;
    long *busy = arena_calloc(batches->arena, (size_t)size, sizeof *busy);
    if (!busy)
        return;
    /* As the streams will do: whoever is done first, lowest number first, takes the next piece. */
    for (int i = 0; i < batches->n_chosen; i++) {
        int first = 0;
        for (int b = 1; b < size; b++)
            if (busy[b] < busy[first])
                first = b;
        busy[first] += batches->corpus->pieces[batches->chosen[i]].count - 1;
        steps = busy[first] > steps ? busy[first] : steps;
    }
    batches->per_epoch = (steps + batches->settings.steps - 1) / batches->settings.steps;
}

static int choose_pieces(MusicBatches *batches, Error *error) {
    const MusicCorpus *corpus = batches->corpus;
    const MusicBatchSettings *settings = &batches->settings;
    batches->chosen =
        arena_calloc(batches->arena, (size_t)corpus->n_pieces, sizeof *batches->chosen);
    if (!batches->chosen)
        return error_memory(error, "pieces", (size_t)corpus->n_pieces * sizeof *batches->chosen);
    for (int i = 0; i < corpus->n_pieces; i++) {
        const MusicEntry *entry = corpus->pieces[i].entry;
        bool labelled = !isnan(entry->valence) && !isnan(entry->arousal);
        if (entry->split != settings->split || (settings->labelled_only && !labelled) ||
            weight_of(batches, i) <= 0 || corpus->pieces[i].count < 2)
            continue;
        batches->chosen[batches->n_chosen++] = i;
        batches->queue_room += (long)ceilf(weight_of(batches, i));
    }
    if (!batches->n_chosen)
        return error_set(error,
                         "no %spiece in the %s split; songs are split as wholes, and files whose "
                         "names differ in a number at the end count as one song: a stats.csv of "
                         "file,song,split can tell otherwise",
                         settings->labelled_only ? "labelled " : "",
                         music_split_name(settings->split));
    return 0;
}

/* By falling length, then by number. Streams that take the longest pieces first end together. */
static int compare_lengths(const void *a, const void *b, void *context) {
    const MusicPiece *pieces = context;
    int first = *(const int *)a, second = *(const int *)b;
    if (pieces[first].count != pieces[second].count)
        return pieces[first].count > pieces[second].count ? -1 : 1;
    return (first > second) - (first < second);
}

static int make_room(MusicBatches *batches) {
    Arena *arena = batches->arena;
    size_t cells = (size_t)batches->settings.steps * (size_t)batches->settings.streams;
    size_t queue = (size_t)batches->queue_room;
    batches->queue = arena_calloc(arena, queue, sizeof *batches->queue);
    batches->order = arena_calloc(arena, queue, sizeof *batches->order);
    batches->streams =
        arena_calloc(arena, (size_t)batches->settings.streams, sizeof *batches->streams);
    batches->tokens = arena_calloc(arena, cells, sizeof *batches->tokens);
    batches->targets = arena_calloc(arena, cells, sizeof *batches->targets);
    batches->genre = arena_calloc(arena, cells, sizeof *batches->genre);
    batches->piece = arena_calloc(arena, cells, sizeof *batches->piece);
    batches->valence = arena_calloc(arena, cells, sizeof *batches->valence);
    batches->arousal = arena_calloc(arena, cells, sizeof *batches->arousal);
    batches->reset = arena_calloc(arena, cells, sizeof *batches->reset);
    return batches->queue && batches->order && batches->streams && batches->tokens &&
                   batches->targets && batches->genre && batches->piece && batches->valence &&
                   batches->arousal && batches->reset
               ? 0
               : -1;
}

static int fill(MusicBatches *batches, Error *error) {
    if (batches->settings.steps < 1 || batches->settings.streams < 1)
        return error_set(error, "%d streams of %d steps, expected at least 1",
                         batches->settings.streams, batches->settings.steps);
    if (batches->settings.weights) {
        size_t count = (size_t)batches->corpus->catalogue->n_corpora;
        batches->weights = arena_calloc(batches->arena, count, sizeof *batches->weights);
        if (!batches->weights)
            return error_memory(error, "weights", count * sizeof *batches->weights);
        memcpy(batches->weights, batches->settings.weights, count * sizeof *batches->weights);
    }
    if (choose_pieces(batches, error))
        return -1;
    if (make_room(batches))
        return error_memory(error, "a batch", (size_t)batches->queue_room * sizeof *batches->queue);
    if (batches->settings.once) {
        qsort_r(batches->chosen, (size_t)batches->n_chosen, sizeof *batches->chosen,
                compare_lengths, batches->corpus->pieces);
        count_once(batches);
    }
    begin_epoch(batches);
    return 0;
}

MusicBatches *music_batches_create(const MusicCorpus *corpus, const MusicBatchSettings *settings,
                                   Error *error) {
    MusicBatches *batches = calloc(1, sizeof *batches);
    Arena *arena = arena_create();
    if (!batches || !arena) {
        free(batches);
        arena_destroy(arena);
        error_memory(error, "a batch", sizeof *batches);
        return NULL;
    }
    batches->corpus = corpus;
    batches->settings = *settings;
    batches->arena = arena;
    if (fill(batches, error)) {
        music_batches_free(batches);
        return NULL;
    }
    return batches;
}

void music_batches_free(MusicBatches *batches) {
    if (!batches)
        return;
    for (int i = 0; batches->streams && i < batches->settings.streams; i++)
        free(batches->streams[i].varied);
    arena_destroy(batches->arena);
    free(batches);
}

int music_batches_pieces(const MusicBatches *batches) {
    return batches->n_chosen;
}

long music_batches_per_epoch(const MusicBatches *batches) {
    return batches->per_epoch;
}

int music_batches_epoch(const MusicBatches *batches) {
    return batches->epoch;
}

long music_batches_step(const MusicBatches *batches) {
    return batches->step;
}

int music_batch_next(MusicBatches *batches, MusicBatch *batch, Error *error) {
    if (!batches->begun)
        begin_epoch(batches);
    if (batches->step >= batches->per_epoch) {
        batches->epoch++;
        batches->begun = false;
        batches->step = 0;
        return 0;
    }
    if (advance(batches, false, error) < 0)
        return -1;
    batches->step++;
    *batch = (MusicBatch){.steps = batches->settings.steps,
                          .streams = batches->settings.streams,
                          .tokens = batches->tokens,
                          .targets = batches->targets,
                          .reset = batches->reset,
                          .valence = batches->valence,
                          .arousal = batches->arousal,
                          .genre = batches->genre,
                          .piece = batches->piece};
    return 1;
}

int music_batches_seek(MusicBatches *batches, int epoch, long step, Error *error) {
    batches->epoch = epoch;
    begin_epoch(batches);
    if (step > batches->per_epoch)
        return error_set(error, "batch %ld of an epoch of %ld", step, batches->per_epoch);
    for (; batches->step < step; batches->step++)
        if (advance(batches, true, error) < 0)
            return -1;
    return 0;
}
