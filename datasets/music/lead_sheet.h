/* lead_sheet.h: a melody with chords on a grid of bars, and its token language.
 *
 * A bar of 4/4 has 16 places, one of 3/4 or 6/8 has 12. Each half of a bar has a chord. A melody is
 * a list of events in each bar: a pitch or a rest begins at a place and lasts until the next event,
 * across bar lines too. Pitches and roots are relative to the tonic, so that all keys share what is
 * learnt and the mode is explicit.
 *
 * As tokens a sheet is
 *
 *   start { chord (chord | hold) { place (pitch | rest) } } end
 *
 * with one group in outer braces for each bar. Further context (mode, meter, style, position in bar
 * and phrase, the bar's chords) is given beside the token as features: LeadContext follows from the
 * tokens read so far and the number of bars to come. */
#ifndef DATASETS_MUSIC_LEAD_SHEET_H
#define DATASETS_MUSIC_LEAD_SHEET_H

#include "nn/base/error.h"
#include "nn/io/safetensors.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum LeadStyle {
    LEAD_CHORALE,
    LEAD_CLASSICAL,
    LEAD_FOLK,
    LEAD_GAME,
    LEAD_JAZZ,
    LEAD_POP,
    LEAD_STYLES
} LeadStyle;

enum {
    LEAD_PLACES = 16, /* most in a bar */
    LEAD_QUALITIES = 5,
    LEAD_CHORDS = 12 * LEAD_QUALITIES,
    LEAD_LOWEST = -12, /* semitones above the tonic nearest to middle C */
    LEAD_PITCHES = 43,
    LEAD_REST = 127,
    LEAD_FEATURES = 3 + LEAD_STYLES + 1 + 3 + 24 + LEAD_PLACES + 8 + 4,
    LEAD_MOST_BARS = 512,
};

typedef enum LeadMeter { LEAD_4_4, LEAD_3_4, LEAD_6_8, LEAD_METERS } LeadMeter;

/* "4/4", "3/4", "6/8" */
extern const char *const lead_meter_names[LEAD_METERS];

typedef enum LeadQuality {
    LEAD_MAJOR,
    LEAD_MINOR,
    LEAD_DIMINISHED,
    LEAD_SEVENTH,
    LEAD_SUSPENDED
} LeadQuality;

/* Tokens: 0 end, 1 start, 2 hold, 3 rest, then places, chords and pitches. */
enum {
    LEAD_TOKEN_END,
    LEAD_TOKEN_START,
    LEAD_TOKEN_HOLD,
    LEAD_TOKEN_REST,
    LEAD_TOKEN_PLACE,
    LEAD_TOKEN_CHORD = LEAD_TOKEN_PLACE + LEAD_PLACES,
    LEAD_TOKEN_PITCH = LEAD_TOKEN_CHORD + LEAD_CHORDS,
    LEAD_VOCABULARY = LEAD_TOKEN_PITCH + LEAD_PITCHES,
    /* Changes whenever the meaning of a token or feature does. */
    LEAD_LANGUAGE = 1,
};

/* Whether weights are of this language, by their metadata's 'lead_language'; fails naming both. */
int lead_language_check(const SafetensorsFile *file, Error *error) MUST_CHECK;

typedef struct LeadEvent {
    uint8_t place;
    int8_t pitch; /* semitones above the tonic, or LEAD_REST */
} LeadEvent;

typedef struct LeadBar {
    uint8_t chords[2]; /* root above the tonic · LEAD_QUALITIES + quality, of each half */
    uint8_t n_events;
    LeadEvent events[LEAD_PLACES]; /* by place, one per place */
} LeadBar;

/* Properties of the whole sheet. */
typedef struct LeadHead {
    float valence, arousal; /* [-1, 1], NAN = unknown */
    int style;              /* index into lead_styles, -1 = unknown */
    bool minor;
    LeadMeter meter;
} LeadHead;

typedef struct LeadSheet {
    LeadHead head;
    LeadBar *bars; /* (n_bars) */
    int n_bars;
} LeadSheet;

/* "chorale", "classical", "folk", "game", "jazz", "pop" */
extern const char *const lead_styles[LEAD_STYLES];
/* The index of a style, or -1. */
int lead_find_style(const char *name);

/* The pitch, semitones above the home pitch, moved by octaves into what a sheet holds. */
int lead_fold(int pitch);

int lead_places(LeadMeter meter);
/* The place from which a bar's second chord is played: the middle, or in 3/4 the third beat. */
int lead_second_chord(LeadMeter meter);
/* The pitch classes of a chord above its root, -1 after the last; and whether `pitch_class` (above
 * the tonic) is among a chord's. */
extern const int lead_quality_notes[LEAD_QUALITIES][4];
bool lead_chord_has(int chord, int pitch_class);
/* Whether a pitch class above the tonic is of the major or natural minor scale. */
bool lead_scale_has(bool minor, int pitch_class);

/* The bars as tokens (`tokens` has room for `most`); returns how many, or -1 where there are more.
 */
int lead_tokens(const LeadSheet *sheet, uint16_t *tokens, int most);
/* The most tokens that n bars need. */
int lead_tokens_room(int n_bars);

/* The position in a token sequence. */
typedef struct LeadContext {
    uint8_t chords[2]; /* of the current bar, LEAD_CHORDS while not given */
    uint8_t place;     /* of the latest event */
    uint8_t said;      /* chords given for this bar: 0 … 2 */
    uint8_t waiting;   /* a place was given, its pitch not yet */
    uint8_t begun;     /* a place was given in this bar */
    uint16_t bar;      /* number of the current bar, counted from 0 */
    uint16_t left;     /* bars after it, or UINT16_MAX for many */
} LeadContext;

/* Before the first token of a sheet of `bars` bars (0: unknown). */
LeadContext lead_context_begin(int bars);
/* Advances by an allowed token. */
void lead_context_step(LeadContext *context, int token);
/* Fills allowed[LEAD_VOCABULARY] with 1 for the tokens that the language allows next. The end is
 * allowed after a complete bar. */
void lead_context_allowed(const LeadContext *context, LeadMeter meter, uint8_t *allowed);
/* Fills features[LEAD_FEATURES] for the token that led to the context. */
void lead_features(const LeadContext *context, const LeadHead *head, float *features);

#endif
