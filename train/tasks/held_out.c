#include "train/tasks/held_out.h"

#include "train/loop/task.h"

#include <stdlib.h>

int held_out_create(HeldOut *data, int examples, const int *groups, int views, uint64_t seed,
                    const char *unit, Error *error) {
    *data = (HeldOut){.views = views, .seed = seed, .order_epoch = -1};
    size_t count = (size_t)examples + 1;
    data->training = malloc(count * sizeof *data->training);
    data->validation = malloc(count * sizeof *data->validation);
    data->order = malloc(count * (size_t)views * sizeof *data->order);
    if (!data->training || !data->validation || !data->order)
        return error_memory(error, "the order of the examples",
                            count * (size_t)views * sizeof *data->order);
    Rng rng = rng_split(rng_seed(seed), TRAIN_RNG_HOLD_OUT);
    for (int i = 0; i < examples; i++) {
        if (rng_below(rng, (uint64_t)(groups ? groups[i] : i), 10))
            data->training[data->n_training++] = i;
        else
            data->validation[data->n_validation++] = i;
    }
    if (data->n_training < 2 || !data->n_validation)
        return error_set(error, "%d %s are too few to hold out a tenth of them", examples, unit);
    return 0;
}

void held_out_free(HeldOut *data) {
    free(data->training);
    free(data->validation);
    free(data->order);
    *data = (HeldOut){0};
}

static int views_of_epoch(const HeldOut *data) {
    return data->n_training * data->views;
}

int held_out_steps(const HeldOut *data, int batch) {
    int whole = views_of_epoch(data) / batch;
    return whole ? whole : 1;
}

int held_out_batch(HeldOut *data, int epoch, int step, int batch) {
    int total = views_of_epoch(data), first = step * batch;
    if (data->order_epoch != epoch) {
        Rng rng = rng_split(rng_seed(data->seed), TRAIN_RNG_ORDER);
        rng_permutation(rng_split(rng, (uint64_t)epoch), data->order, (uint32_t)total);
        data->order_epoch = epoch;
    }
    return total - first < batch ? total - first : batch;
}

View held_out_view(const HeldOut *data, int step, int batch, int i) {
    uint32_t view = data->order[step * batch + i];
    Rng rng = rng_split(rng_seed(data->seed), TRAIN_RNG_AUGMENT);
    return (View){data->training[view % (uint32_t)data->n_training],
                  rng_split(rng_split(rng, (uint64_t)data->order_epoch), view)};
}
