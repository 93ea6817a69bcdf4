#include "datasets/corpus/synthetic_music.h"

#include "datasets/music/music_encode.h"

#include <math.h>
#include <stdlib.h>

enum {
    TICKS = 480, /* a quarter note */
    SIXTEENTH = TICKS / 4,
    PHRASE_BARS = 4,
    LONGEST_RHYTHM = 16,
};

/* What valence and arousal decide once for a piece. */
typedef struct Style {
    bool minor;
    int tonic;         /* pitch class */
    int beats;         /* quarter notes a bar: 4 or 3 */
    int melody_centre; /* scale degree, 0 = the tonic nearest middle C */
    int velocity;
    int density;         /* 0 … 3: which rhythms the melody takes */
    int accompaniment;   /* 0 held chords, 1 broken chords, 2 repeated chords over a pulsing bass */
    float legato;        /* share of its time for which a note is held */
    const int *harmony;  /* (PHRASE_BARS) degrees of the chords of a phrase */
    const int *contrast; /* and of the contrasting one */
} Style;

/* Chords a bar: scale degrees of the roots, 0 = tonic. Ordered from dark to bright. */
static const int major_harmonies[][PHRASE_BARS] = {
    {0, 5, 1, 4}, {0, 2, 5, 3}, {0, 5, 3, 4}, {0, 3, 0, 4}, {0, 4, 5, 3}, {0, 3, 4, 0},
};
static const int minor_harmonies[][PHRASE_BARS] = {
    {0, 1, 4, 0}, {0, 3, 1, 4}, {0, 3, 4, 0}, {0, 5, 3, 4}, {0, 6, 5, 4}, {0, 5, 2, 6},
};
enum { HARMONIES = sizeof major_harmonies / sizeof *major_harmonies };

/* Rhythms of a quarter-note beat or two, in sixteenths; 0 ends. By density. */
static const int rhythms[4][4][8] = {
    {{8}, {4, 4}, {8}, {6, 2}},
    {{4, 4}, {4, 2, 2}, {6, 2}, {8}},
    {{2, 2, 2, 2}, {4, 2, 2}, {2, 2, 4}, {3, 3, 2}},
    {{2, 1, 1, 2, 2}, {1, 1, 1, 1, 2, 2}, {3, 3, 2}, {2, 2, 1, 1, 1, 1}},
};

/* A piece in the making. Random numbers are drawn by counting up. */
typedef struct Composer {
    Style style;
    Song *song;
    Rng rng;
    uint64_t draws;
    int degree;                                  /* of the melody */
    int themes[2][LONGEST_RHYTHM * PHRASE_BARS]; /* steps from note to note: the theme's, and the
                                                    latest contrast's */
    uint64_t contrasts;                          /* so far; their rhythms are drawn from here */
    Error *error;
} Composer;

static int draw(Composer *composer, uint32_t count) {
    return (int)rng_below(composer->rng, composer->draws++, count);
}

static int clamp(int value, int low, int high) {
    return value < low ? low : value > high ? high : value;
}

/* ------------------------------------------------------------------ style */

static Style choose_style(float valence, float arousal, Rng rng) {
    int brightness = clamp((int)((valence + 1) / 2 * HARMONIES), 0, HARMONIES - 1);
    int harmony = clamp(brightness + (int)rng_below(rng, 0, 3) - 1, 0, HARMONIES - 1);
    int contrast = (harmony + 1 + (int)rng_below(rng, 1, HARMONIES - 1)) % HARMONIES;
    float drive = arousal + rng_between(rng, 2, -0.15f, 0.15f);
    Style style = {
        .minor = valence < 0,
        .tonic = (int)rng_below(rng, 3, 12),
        .beats = rng_below(rng, 4, 4) == 0 && arousal < 0.5f ? 3 : 4,
        .melody_centre = 9 + (int)lroundf(2 * valence + arousal),
        .velocity = (int)lroundf(68 + 34 * arousal),
        .density = clamp((int)((drive + 1) * 2), 0, 3),
        .accompaniment = drive < -0.35f  ? 0
                         : drive < 0.35f ? 1
                                         : 2,
        .legato = arousal < 0 ? 1.0f : 1.0f - 0.4f * arousal,
    };
    style.harmony = style.minor ? minor_harmonies[harmony] : major_harmonies[harmony];
    style.contrast = style.minor ? minor_harmonies[contrast] : major_harmonies[contrast];
    return style;
}

/* MIDI pitch of a scale degree, 0 = the tonic at or below middle C's octave. Over the dominant of a
 * minor key the seventh is raised. */
static int pitch_of(const Style *style, int degree, int root) {
    static const int scales[2][7] = {{0, 2, 4, 5, 7, 9, 11}, {0, 2, 3, 5, 7, 8, 10}};
    int octave = degree >= 0 ? degree / 7 : -((6 - degree) / 7);
    int step = degree - 7 * octave;
    int raised = style->minor && root == 4 && step == 6;
    return 60 + music_tonic_shift(style->tonic) + 12 * octave + scales[style->minor][step] + raised;
}

static bool is_chord_tone(int degree, int root) {
    int above = ((degree - root) % 7 + 7) % 7;
    return above == 0 || above == 2 || above == 4;
}

/* ------------------------------------------------------------------ notes */

static int put_note(Composer *composer, int sixteenth, int length, int degree, int root,
                    int louder) {
    const Style *style = &composer->style;
    int pitch = pitch_of(style, degree, root);
    uint32_t onset = (uint32_t)sixteenth * SIXTEENTH;
    uint32_t held = (uint32_t)lroundf((float)(length * SIXTEENTH) * style->legato);
    SongNote note = {.onset = onset,
                     .release = onset + (held > 30 ? held : 30),
                     .pitch = (uint8_t)clamp(pitch, 24, 100),
                     .velocity = (uint8_t)clamp(style->velocity + louder, 16, 120)};
    return song_add_note(composer->song, note, composer->error);
}

/* One step of the melody: on the beat to the nearest chord tone in its direction, else along the
 * scale. */
static int next_degree(Composer *composer, int step, int root, bool strong) {
    int centre = composer->style.melody_centre, degree = composer->degree + step;
    if (degree > centre + 7)
        degree -= 3;
    if (degree < centre - 3)
        degree += 3;
    while (strong && !is_chord_tone(degree, root))
        degree += step < 0 ? -1 : 1;
    return degree;
}

/* The melody of one bar; the theme's rhythm and steps return whenever its bar does. */
static int put_melody(Composer *composer, int bar, int start, int root, bool contrasting,
                      bool fresh) {
    int length = composer->style.beats * 4, at = 0, note = 0;
    int *theme = composer->themes[contrasting] + bar * LONGEST_RHYTHM;
    uint64_t rhythms_of_theme = contrasting ? composer->contrasts : 0;
    Rng rhythm_rng = rng_split(composer->rng, 2 * rhythms_of_theme + (uint64_t)(bar % 2));
    for (int group = 0; at < length; group++) {
        const int *rhythm =
            rhythms[composer->style.density][rng_below(rhythm_rng, (uint64_t)group, 4)];
        for (int i = 0; i < 8 && rhythm[i] && at < length; i++, note++) {
            int sixteenths = rhythm[i] < length - at ? rhythm[i] : length - at;
            if (fresh)
                theme[note % LONGEST_RHYTHM] = draw(composer, 5) - 2;
            int step = theme[note % LONGEST_RHYTHM];
            composer->degree = next_degree(composer, step, root, at % 4 == 0);
            if (put_note(composer, start + at, sixteenths, composer->degree, root,
                         at == 0 ? 12 : 6))
                return -1;
            at += sixteenths;
        }
    }
    return 0;
}

static int put_chord(Composer *composer, int start, int length, int root, int louder) {
    for (int third = 0; third < 3; third++)
        if (put_note(composer, start, length, root + 2 * third - (root > 2 ? 7 : 0), root, louder))
            return -1;
    return 0;
}

static int put_accompaniment(Composer *composer, int start, int root) {
    static const int broken[] = {0, 4, 2, 4}; /* root, fifth, third, fifth */
    int length = composer->style.beats * 4, bass = root - (root > 3 ? 14 : 7), status = 0;
    switch (composer->style.accompaniment) {
    case 0:
        status = put_note(composer, start, length, bass, root, -4);
        return status ? status : put_chord(composer, start, length, root, -14);
    case 1:
        for (int i = 0; i < length / 2 && !status; i++)
            status = put_note(composer, start + 2 * i, 2, bass + broken[i % 4], root, i ? -14 : -4);
        return status;
    default:
        for (int i = 0; i < length / 2 && !status; i++)
            status = put_note(composer, start + 2 * i, 2, bass, root, i % 2 ? -10 : 0);
        for (int i = 1; i < length / 4 && !status; i += 2)
            status = put_chord(composer, start + 4 * i, 4, root, -8);
        return status;
    }
}

/* ------------------------------------------------------------------ form */

/* The close: tonic in all voices, held for the bar. */
static int put_close(Composer *composer, int start) {
    int length = composer->style.beats * 4;
    int top = composer->style.melody_centre >= 10 ? 14 : 7;
    composer->style.legato = 1;
    return put_note(composer, start, length, -7, 0, 0) ||
                   put_chord(composer, start, length, 0, -8) ||
                   put_note(composer, start, length, top, 0, 8)
               ? -1
               : 0;
}

static int put_phrase(Composer *composer, int phrase, int phrases) {
    const Style *style = &composer->style;
    bool last = phrase + 1 == phrases, contrasting = phrase % 4 == 2 && !last;
    bool fresh = phrase == 0 || contrasting;
    composer->contrasts += contrasting;
    if (phrase == 0 || phrase % 4 == 3)
        composer->degree = style->melody_centre;
    for (int bar = 0; bar < PHRASE_BARS; bar++) {
        int root = (contrasting ? style->contrast : style->harmony)[bar];
        int start = (phrase * PHRASE_BARS + bar) * style->beats * 4;
        if (bar == PHRASE_BARS - 1)
            root = phrase % 2 ? 0 : 4; /* half closes, then full ones */
        if (last && bar == PHRASE_BARS - 2)
            root = 4;
        if (last && bar == PHRASE_BARS - 1)
            return put_close(composer, start);
        if (put_melody(composer, bar, start, root, contrasting, fresh) ||
            put_accompaniment(composer, start, root))
            return -1;
    }
    return 0;
}

static int compose(Composer *composer, float arousal, int phrases) {
    Song *song = composer->song;
    const Style *style = &composer->style;
    double bpm = 104 + 52 * arousal;
    if (song_add_track(song, "Piano", composer->error) ||
        song_add_tempo(song, 0, (uint32_t)lround(60e6 / bpm), composer->error) ||
        song_add_meter(song, 0, style->beats, 4, composer->error) ||
        song_add_key(song, 0, style->tonic, style->minor, composer->error))
        return -1;
    for (int phrase = 0; phrase < phrases; phrase++)
        if (put_phrase(composer, phrase, phrases))
            return -1;
    song->grid = SONG_GRID_METRIC;
    return song_finish(song, composer->error);
}

Song *synthetic_music_compose(float valence, float arousal, int phrases, Rng rng, Error *error) {
    Composer composer = {.style = choose_style(valence, arousal, rng_split(rng, 0)),
                         .song = song_create(TICKS),
                         .rng = rng_split(rng, 1),
                         .error = error};
    composer.degree = composer.style.melody_centre;
    if (!composer.song)
        error_memory(error, "a song", sizeof *composer.song);
    else if (compose(&composer, arousal, phrases)) {
        song_free(composer.song);
        composer.song = NULL;
    }
    return composer.song;
}

/* ------------------------------------------------------------------ corpus */

static int compose_piece(MusicEntry *entry, uint16_t **tokens, int *count, Rng rng, Error *error) {
    const MusicEncodeSettings settings = {.trim = true};
    Song *song = synthetic_music_compose(entry->valence, entry->arousal, 4, rng, error);
    int status = song ? music_encode(song, &settings, tokens, count, error) : -1;
    song_free(song);
    return status;
}

MusicCorpus *synthetic_music_corpus(int n_pieces, uint64_t seed, Error *error) {
    static const MusicSplit splits[10] = {[8] = MUSIC_VALIDATION, [9] = MUSIC_TEST};
    size_t count = (size_t)n_pieces;
    MusicEntry *entries = calloc(count, sizeof *entries);
    uint16_t **tokens = calloc(count, sizeof *tokens);
    int *counts = calloc(count, sizeof *counts), status = 0;
    if (!entries || !tokens || !counts)
        status = error_memory(error, "the built-in pieces", count * sizeof *entries);
    for (int i = 0; i < n_pieces && !status; i++) {
        Rng rng = rng_split(rng_seed(seed), (uint64_t)i);
        entries[i] = (MusicEntry){.path = "built-in",
                                  .file = "built-in",
                                  .valence = rng_between(rng, 0, -1, 1),
                                  .arousal = rng_between(rng, 1, -1, 1),
                                  .song = (uint64_t)i,
                                  .split = splits[i % 10]};
        status = compose_piece(&entries[i], &tokens[i], &counts[i], rng_split(rng, 1), error);
    }
    MusicCorpus *corpus =
        status ? NULL
               : music_corpus_from_pieces(entries, tokens, counts, n_pieces, "built-in", error);
    for (int i = 0; tokens && i < n_pieces; i++)
        free(tokens[i]);
    free(tokens);
    free(entries);
    free(counts);
    return corpus;
}
