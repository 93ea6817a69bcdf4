/* music_tokens.h: the token language of the music network.
 *
 * A piece is one sequence of tokens:
 *
 *   start  grid  mode  tonic  body  end
 *
 * grid:metric (music that follows its beats). The body consists of bars. A bar begins with `bar`,
 * or, for the last four bars of a piece, with the countdown `last-bars:4` … `last-bars:1`, so that
 * an ending can be requested and is prepared. A meter and a tempo follow in the first bar, and
 * later where they change. Then, for each position in the bar (a twelfth of a quarter note, counted
 * from 0) that has an onset: the position and its notes.
 *
 * grid:performed (music without a beat, timed in steps of 20 ms). The body consists of shifts,
 * which advance time by 1 … 40 steps (longer ones as several: all but the last are 40), and notes.
 * `closing` precedes the first onset within the last 4 seconds of onsets.
 *
 * A note is pitch and duration, lowest pitch first where several begin together, with a velocity
 * (16 levels) before the pitch where it changes. Durations instead of note-offs: no note can hang.
 * Pitches are written as if the tonic were C, by the smaller shift (tonics up to F# are lowered to
 * C, G and above are raised), so that all keys share what is learnt and mode, known to drive
 * valence, is explicit; the tonic token restores the key, and transposing means changing that one
 * token.
 *
 * Every sequence that the grammar allows is the only encoding of its music: tokens → MIDI → tokens
 * is the identity. Origins: durations and relative keys after EMO-Disentanger (Huang et al. 2024)
 * and TSD (MidiTok); bars and positions after REMI (Huang and Yang 2020); plain shifts for
 * performed music after Performance RNN (Oore et al. 2018), since positions relative to
 * non-existent beats carry no information.
 *
 * Instruments are not distinguished: all pitched notes are one piano, drums are dropped, and the
 * sustain pedal is part of the durations. */
#ifndef DATASETS_MUSIC_MUSIC_TOKENS_H
#define DATASETS_MUSIC_MUSIC_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MUSIC_STEPS_PER_QUARTER = 12, /* metric grid */
    MUSIC_STEP_MILLISECONDS = 20, /* performed grid */
    MUSIC_CLOSING_BARS = 4,
    MUSIC_CLOSING_STEPS = 200, /* 4 s */
    MUSIC_LONGEST_SHIFT = 40,
};

typedef enum MusicKind {
    MUSIC_START,
    MUSIC_END,
    MUSIC_GRID,  /* 0 metric, 1 performed */
    MUSIC_MODE,  /* 0 major, 1 minor */
    MUSIC_TONIC, /* pitch class */
    MUSIC_METER, /* index into music_meters */
    MUSIC_TEMPO, /* 30 · 2^(index/12) quarter notes per minute: 30 … 240 */
    MUSIC_BAR,
    MUSIC_LAST_BARS, /* index + 1 bars left, this one included */
    MUSIC_CLOSING,
    MUSIC_POSITION,           /* twelfths of a quarter note since the bar line */
    MUSIC_SHIFT,              /* index + 1 steps */
    MUSIC_VELOCITY,           /* MIDI velocity 8 · index + 4 */
    MUSIC_PITCH,              /* MIDI pitch index - 6, as if the tonic were C */
    MUSIC_METRIC_DURATION,    /* index into a table of twelfths of a quarter note */
    MUSIC_PERFORMED_DURATION, /* index into a table of 20 ms steps */
    MUSIC_KINDS
} MusicKind;

enum {
    MUSIC_METERS = 11,
    MUSIC_TEMPOS = 37,
    MUSIC_POSITIONS = 72,
    MUSIC_VELOCITIES = 16,
    MUSIC_PITCHES = 139,
    MUSIC_LOWEST_PITCH = -6, /* of index 0, as if the tonic were C */
    MUSIC_DURATIONS = 30,    /* of either grid */
    MUSIC_VOCABULARY = 1 + 1 + 2 + 2 + 12 + MUSIC_METERS + MUSIC_TEMPOS + 1 + MUSIC_CLOSING_BARS +
                       1 + MUSIC_POSITIONS + MUSIC_LONGEST_SHIFT + MUSIC_VELOCITIES +
                       MUSIC_PITCHES + 2 * MUSIC_DURATIONS,
    /* Changes whenever the meaning of any token does. */
    MUSIC_LANGUAGE = 1,
};

/* One row per kind: its tokens are first … first + count - 1. */
typedef struct MusicRange {
    const char *name;
    int first, count;
} MusicRange;
extern const MusicRange music_ranges[MUSIC_KINDS];

typedef struct MusicMeter {
    int numerator, denominator;
} MusicMeter;
extern const MusicMeter music_meters[MUSIC_METERS];

/* Length of a bar in positions. */
int music_meter_steps(int meter);
/* Quarter notes per minute of a tempo index, and the index nearest to a tempo (clamped). */
double music_tempo_bpm(int index);
int music_tempo_index(double bpm);
/* Steps of a duration index, and the index nearest to `steps` whose steps do not exceed `most` (≥
 * 1). */
int music_duration_steps(bool performed, int index);
int music_duration_index(bool performed, long steps, long most);
/* Semitones from C to the tonic, by the smaller shift: -5 … 6. */
int music_tonic_shift(int tonic);

int music_token(MusicKind kind, int index);
MusicKind music_token_kind(int token, int *index);
/* "pitch:E4", "position:36", "start". */
void music_token_name(int token, char *name, size_t size);

/* ---------------------------------------------------------------------------- grammar */

/* The state of a sequence: enough to determine the allowed next tokens and the time of the next
 * note. A plain value: copy it freely. Fields are read-only for callers. */
typedef struct MusicState {
    MusicKind last; /* kind of the last token; MUSIC_KINDS before the first */
    int last_index; /* and its index */
    bool performed, minor;
    int tonic, meter, tempo, velocity; /* indices; -1 while not given */
    int closing; /* metric: bars left in the countdown, 0 before it; performed: 1 after `closing` */
    bool ended;
    long bars;       /* bar tokens so far */
    long bar_start;  /* step of the bar line */
    long bar_notes;  /* notes in this bar, or since `closing` */
    long now;        /* step of the current onset: twelfths of a quarter note, or 20 ms */
    int pitch;       /* MIDI pitch of the last note that begins now, -1 when none does yet */
    long notes;      /* notes so far */
    long last_onset; /* step of the last note, -1 before the first */
    long before_closing,
        closing_start;      /* performed: last onset before `closing`, first after it; -1 */
    long sounds_until[128]; /* step at which each MIDI pitch is free again */
} MusicState;

void music_state_begin(MusicState *state);

/* Whether `token` may come next. */
bool music_grammar_allows(const MusicState *state, int token);

/* Fills allowed[0 … MUSIC_VOCABULARY-1] with 1 or 0; returns how many are allowed (0 only after
 * `end`). */
int music_grammar_mask(const MusicState *state, uint8_t *allowed);

/* Advances the state by one token; returns false and leaves it unchanged when the token is not
 * allowed. */
bool music_grammar_step(MusicState *state, int token);

#endif
