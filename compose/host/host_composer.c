/* host_composer.c: the music of affekt.h. */
#include "compose/host/host.h"
#include "compose/write/piece.h"
#include "datasets/music/midi.h"

#include <math.h>
#include <stdlib.h>

struct affekt_composer {
    MusicModel *model;
    Composer *composer;
};

struct affekt_song {
    Song *song;
    affekt_note *notes; /* (song->n_notes) as the host sees them */
    unsigned char *midi;
    size_t midi_size;
};

affekt_composer *affekt_composer_create(const char *model, affekt_error *error) {
    Error why;
    affekt_composer *host = calloc(1, sizeof *host);
    if (!host)
        error_memory(&why, "a composer", sizeof *host);
    else
        HOST_REGION {
            omp_set_num_threads(1);
            host->model = music_model_load(model, &why);
            host->composer = host->model ? composer_create(host->model, &why) : NULL;
        }
    if (host && host->composer)
        return host;
    affekt_composer_destroy(host);
    host_error(error, &why);
    return NULL;
}

void affekt_composer_destroy(affekt_composer *composer) {
    if (!composer)
        return;
    composer_destroy(composer->composer);
    music_model_destroy(composer->model);
    free(composer);
}

/* Takes over the song, or destroys it and fails. */
static affekt_song *hand_over(Song *song, Error *why) {
    size_t count = (size_t)song->n_notes;
    affekt_song *host = calloc(1, sizeof *host);
    if (!host) {
        error_memory(why, "a song", sizeof *host);
        song_free(song);
        return NULL;
    }
    host->song = song;
    host->notes = calloc(count + 1, sizeof *host->notes);
    if (!host->notes)
        error_memory(why, "notes", count * sizeof *host->notes);
    if (!host->notes || midi_encode(song, &host->midi, &host->midi_size, why)) {
        affekt_song_destroy(host);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        host->notes[i] = (affekt_note){song->notes[i].start, song->notes[i].end,
                                       song->notes[i].pitch, song->notes[i].velocity};
    return host;
}

/* `drawn` is the composer's seed, `seed` the one that the host and the file know it by. */
static affekt_song *compose(affekt_composer *composer, Mood felt, double seconds, uint64_t drawn,
                            uint64_t seed, affekt_error *error) {
    enum { LONGEST = 3600 };
    Error why;
    PieceSettings settings = {.composer = composer_defaults, .felt = felt, .policy = MOOD_MIRROR};
    settings.composer.seed = drawn;
    settings.composer.seconds = seconds;
    Song *song = NULL;
    if (seconds >= 1 && seconds <= LONGEST)
        HOST_REGION {
            omp_set_num_threads(1); /* a token is too little work to share */
            song = piece_compose(composer->composer, &settings, &why);
        }
    else
        error_set(&why, "a piece of %g s, expected 1 … %d", seconds, LONGEST);
    if (song)
        song->seed = seed;
    affekt_song *host = song ? hand_over(song, &why) : NULL;
    if (!host)
        host_error(error, &why);
    return host;
}

affekt_song *affekt_compose(affekt_composer *composer, int emotion, double seconds, uint64_t seed,
                            affekt_error *error) {
    if (emotion >= 0 && emotion < EMOTION_COUNT)
        return compose(composer, mood_of_emotion((Emotion)emotion), seconds,
                       piece_seed(seed, (Emotion)emotion), seed, error);
    Error why;
    error_set(&why, "emotion %d, expected 0 … %d", emotion, EMOTION_COUNT - 1);
    host_error(error, &why);
    return NULL;
}

affekt_song *affekt_compose_mood(affekt_composer *composer, double valence, double arousal,
                                 double seconds, uint64_t seed, affekt_error *error) {
    if (fabs(valence) <= 1 && fabs(arousal) <= 1)
        return compose(composer, (Mood){.valence = (float)valence, .arousal = (float)arousal},
                       seconds, seed, seed, error);
    Error why;
    error_set(&why, "valence %g and arousal %g, expected -1 … 1 each", valence, arousal);
    host_error(error, &why);
    return NULL;
}

void affekt_song_destroy(affekt_song *song) {
    if (!song)
        return;
    song_free(song->song);
    free(song->notes);
    free(song->midi);
    free(song);
}

double affekt_song_seconds(const affekt_song *song) {
    return song->song->seconds;
}

const affekt_note *affekt_song_notes(const affekt_song *song, size_t *count) {
    *count = (size_t)song->song->n_notes;
    return song->notes;
}

const unsigned char *affekt_song_midi(const affekt_song *song, size_t *size) {
    *size = song->midi_size;
    return song->midi;
}

int affekt_song_write_midi(const affekt_song *song, const char *path, affekt_error *error) {
    Error why;
    return midi_write(song->song, path, &why) ? host_error(error, &why) : 0;
}
