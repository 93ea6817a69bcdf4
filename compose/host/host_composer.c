/* host_composer.c: the music of affekt.h. */
#include "compose/arrange/arranged_piece.h"
#include "compose/host/host.h"
#include "compose/write/piece.h"
#include "compose/write/style.h"
#include "datasets/music/midi.h"

#include <math.h>
#include <stdlib.h>

struct affekt_composer {
    LeadModel *lead; /* of arranged music, or */
    MusicModel *model;
    Composer *composer; /* of performed */
};

struct affekt_song {
    Song *song;
    affekt_note *notes; /* (song->n_notes) as the host sees them */
    unsigned char *midi;
    size_t midi_size;
};

static int load(affekt_composer *host, const char *model, Error *why) {
    ComposeStyle style;
    if (compose_style_choose(NULL, model, &style, why))
        return -1;
    if (style == STYLE_ARRANGED)
        return (host->lead = lead_model_load(model, why)) ? 0 : -1;
    host->model = music_model_load(model, why);
    host->composer = host->model ? composer_create(host->model, why) : NULL;
    return host->composer ? 0 : -1;
}

affekt_composer *affekt_composer_create(const char *model, affekt_error *error) {
    Error why;
    int status = -1;
    affekt_composer *host = calloc(1, sizeof *host);
    if (!host)
        error_memory(&why, "a composer", sizeof *host);
    else
        HOST_REGION {
            omp_set_num_threads(1);
            status = load(host, model, &why);
        }
    if (!status)
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
    lead_model_destroy(composer->lead);
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

/* What to compose. */
typedef struct Wish {
    Mood felt;
    Cues cues; /* of arranged music */
    double seconds;
    uint64_t drawn, seed; /* the composer's, and the one that the host and the file know it by */
} Wish;

static Song *write_song(affekt_composer *composer, const Wish *wish, Error *why) {
    PieceSettings settings = {
        .composer = composer_defaults, .felt = wish->felt, .policy = MOOD_MIRROR};
    settings.composer.seed = wish->drawn;
    settings.composer.seconds = wish->seconds;
    if (composer->composer)
        return piece_compose(composer->composer, &settings, why);
    ArrangedSettings arranged = arranged_defaults;
    ArrangedPiece piece;
    arranged.sampler = settings.composer.sampler;
    arranged.seed = wish->drawn;
    arranged.cues = wish->cues;
    arranged.felt = wish->felt;
    arranged.seconds = wish->seconds;
    return arranged_piece_compose(composer->lead, &arranged, &piece, why)
               ? NULL
               : arranged_piece_take_song(&piece);
}

static affekt_song *compose(affekt_composer *composer, const Wish *wish, affekt_error *error) {
    enum { LONGEST = 3600 };
    Error why;
    Song *song = NULL;
    if (wish->seconds >= 1 && wish->seconds <= LONGEST)
        HOST_REGION {
            omp_set_num_threads(1); /* a token is too little work to share */
            song = write_song(composer, wish, &why);
        }
    else
        error_set(&why, "a piece of %g s, expected 1 … %d", wish->seconds, LONGEST);
    if (song)
        song->seed = wish->seed;
    affekt_song *host = song ? hand_over(song, &why) : NULL;
    if (!host)
        host_error(error, &why);
    return host;
}

affekt_song *affekt_compose(affekt_composer *composer, int emotion, double seconds, uint64_t seed,
                            affekt_error *error) {
    Error why;
    if (emotion >= 0 && emotion < EMOTION_COUNT) {
        const Wish wish = {.felt = mood_of_emotion((Emotion)emotion),
                           .cues = cues_table[emotion],
                           .seconds = seconds,
                           .drawn = piece_seed(seed, (Emotion)emotion),
                           .seed = seed};
        return compose(composer, &wish, error);
    }
    error_set(&why, "emotion %d, expected 0 … %d", emotion, EMOTION_COUNT - 1);
    host_error(error, &why);
    return NULL;
}

affekt_song *affekt_compose_mood(affekt_composer *composer, double valence, double arousal,
                                 double seconds, uint64_t seed, affekt_error *error) {
    Error why;
    if (fabs(valence) <= 1 && fabs(arousal) <= 1) {
        Wish wish = {.felt = {.valence = (float)valence, .arousal = (float)arousal},
                     .seconds = seconds,
                     .drawn = seed,
                     .seed = seed};
        wish.cues = cues_at(wish.felt);
        return compose(composer, &wish, error);
    }
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
