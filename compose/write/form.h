/* form.h: the rules of form for a piece being written, besides the token grammar: requested
 * properties are kept, the piece begins at once, has no long gaps, and ends on time.
 *
 * Metric pieces end with the last bar of the countdown, and notes sound to at least its middle.
 * Performed ones place the closing so that the last onset is shortly before the end, and let the
 * last notes ring to it. The last bar, or these last notes, belong to the tonic triad and include
 * the tonic; other notes are released before. No more notes begin together than two hands can play.
 * A length is kept within a bar, or within 1.5 seconds.
 *
 * Plain values without allocated memory; used by compose/write/composer.h. */
#ifndef COMPOSE_WRITE_FORM_H
#define COMPOSE_WRITE_FORM_H

#include "datasets/music/music_tokens.h"
#include "nn/base/error.h"

/* The request: -1 (or 0 for tempo, seconds and bars) leaves a property open. Tempo, meter and bars
 * imply the metric grid. */
typedef struct FormWish {
    int grid, mode, tonic, meter;
    double tempo, seconds;
    int bars;
    double span; /* most seconds to write at a time, 0 = a bar, or 2 seconds */
} FormWish;

typedef struct Form {
    FormWish wish;
    bool closing;        /* form_close was called */
    bool exact_tempo;    /* tempo tokens mean exactly the requested tempo */
    int first_tempo;     /* index; -1 while not given */
    double bar_seconds;  /* time of the last bar line */
    double step_seconds; /* of a twelfth of a quarter note, or 20 ms */
    long last_release;   /* the latest so far */
    bool tonic_sounds;   /* in the closing */
    int chord_notes;     /* that begin at the current onset */
} Form;

void form_begin(Form *form, const FormWish *wish);

/* Asks a piece without a length to end. */
void form_close(Form *form, const MusicState *state);

/* Fills allowed[0 … MUSIC_VOCABULARY-1] with 1 for what grammar and form both allow; where that is
 * nothing, with what the grammar allows. Forbidden tokens pass their probability on to allowed ones
 * of the same kind: a bar line to the countdown's, advancing time to the closing or the end. So the
 * network still decides when a chord is complete or a bar is full. */
void form_apply(const Form *form, const MusicState *state, float *logits, uint8_t *allowed);

/* Advances both by a token that the grammar allows. */
void form_step(Form *form, MusicState *state, int token);

/* The time in seconds of a step not before the current bar. */
double form_seconds(const Form *form, const MusicState *state, long step);

/* Seconds before which every onset is written; the last release when the piece has ended. */
double form_time(const Form *form, const MusicState *state);

/* Whether the piece has ended, or reached a bar line (performed: 2 seconds) after `from` seconds,
 * or an onset at least the requested span after it. */
bool form_span_is_over(const Form *form, const MusicState *state, double from);

/* After stepping through a prime: fails when too little of the length remains for an ending. */
int form_check_prime(const Form *form, const MusicState *state, Error *error) MUST_CHECK;

#endif
