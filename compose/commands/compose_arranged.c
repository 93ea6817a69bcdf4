#include "compose/commands/compose_arranged.h"

#include "datasets/music/midi.h"
#include "nn/base/text_list.h"

#include <string.h>

int compose_arranged_meter(const char *text) {
    for (int meter = 0; meter < LEAD_METERS; meter++)
        if (!strcmp(lead_meter_names[meter], text))
            return meter;
    return -1;
}

int compose_arranged_genre(const char *name, int *genre, Error *error) {
    *genre = name ? lead_find_style(name) : ARRANGED_FREE;
    if (*genre >= 0 || !name)
        return 0;
    char known[128];
    text_list_join(lead_styles, LEAD_STYLES, known, sizeof known);
    return error_set(error, "the model of lead sheets has no genre '%s'; it has %s", name, known);
}

static int read_melody(const char *path, GivenMelody *melody, Error *error) {
    Song *song = midi_read(path, error);
    if (!song)
        return -1;
    int status = given_melody_read(song, melody, error);
    if (status)
        error_context(error, "%s", path);
    song_free(song);
    return status;
}

static int read_prime(const ComposePrime *wanted, GivenPrime *prime, Error *error) {
    Song *song = compose_prime_song(wanted, error);
    if (!song)
        return -1;
    int status = given_prime_read(song, prime, error);
    if (status)
        error_context(error, "%s", wanted->file);
    song_free(song);
    return status;
}

int compose_arranged_open(ComposeArranged *arranged, const char *model, const char *genre,
                          const ComposePrime *prime, const char *harmonize, Error *error) {
    ArrangedSettings *settings = &arranged->settings;
    if (compose_arranged_genre(genre, &settings->genre, error))
        return -1;
    if (harmonize && read_melody(harmonize, &arranged->melody, error))
        return -1;
    if (prime->file && read_prime(prime, &arranged->prime, error))
        return -1;
    settings->melody = harmonize ? &arranged->melody : NULL;
    settings->prime = prime->file ? &arranged->prime : NULL;
    arranged->model = lead_model_load(model, error);
    return arranged->model ? 0 : -1;
}

void compose_arranged_close(ComposeArranged *arranged) {
    lead_model_destroy(arranged->model);
    given_prime_free(&arranged->prime);
    given_melody_free(&arranged->melody);
}
