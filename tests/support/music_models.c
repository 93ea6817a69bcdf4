#include "tests/support/music_models.h"

#include "datasets/music/music_tokens.h"
#include "tests/support/scratch.h"

#include <check.h>

MusicModel *music_model_untrained(uint64_t seed) {
    const SequenceLstmInfo info = {.vocabulary = MUSIC_VOCABULARY,
                                   .conditions = MUSIC_CONDITION_WIDTH(3),
                                   .embedding = 12,
                                   .hidden = 24,
                                   .layers = 2};
    Error error;
    SequenceLstm *network = sequence_lstm_create(&info, rng_seed(seed), &error);
    ck_assert_msg(network != NULL, "%s", error.message);
    json_t *metadata = json_object();
    music_condition_describe(metadata, (const char *const[]){"unknown", "pop", "folk"}, 3);
    const char *path = scratch_path("music.safetensors");
    ck_assert_msg(!sequence_lstm_save(network, path, metadata, &error), "%s", error.message);
    json_decref(metadata);
    sequence_lstm_destroy(network);
    MusicModel *model = music_model_load(path, &error);
    ck_assert_msg(model != NULL, "%s", error.message);
    return model;
}
