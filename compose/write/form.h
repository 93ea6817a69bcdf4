/* form.h: the rules of form that a piece in the making keeps besides the grammar of its tokens:
 * what was asked for stays so, the piece begins at once, has no long holes, and ends when it
 * should.
 *
 * Metric pieces end with the last bar of the countdown, and notes sound to at least its middle.
 * Performed ones put their closing where the last onset lies a little before the end, and let the
 * last notes ring to it. The last bar, or these last notes, are of the tonic's triad, and the tonic
 * is among them; what is not of the triad is released before. No more notes begin together than two
 * hands strike. A length is kept within a bar, or within a second and a half.
 *
 * Plain values without memory of their own; compose/write/composer.h is the user. */
#ifndef COMPOSE_WRITE_FORM_H
#define COMPOSE_WRITE_FORM_H

#include "datasets/music/music_tokens.h"
#include "nn/base/error.h"

/* What is asked for: -1 (or 0 for tempo, seconds and bars) leaves it open. Tempo, meter and bars
 * ask for the metric grid. */
typedef struct FormWish {
    int grid, mode, tonic, meter;
    double tempo, seconds;
    int bars;
    double span; /* seconds to write at a time at most, 0 = a bar, or 2 seconds */
} FormWish;

typedef struct Form {
    FormWish wish;
    bool closing;        /* form_close was called */
    bool exact_tempo;    /* tempo tokens stand for exactly the wished tempo */
    int first_tempo;     /* index; -1 while not said */
    double bar_seconds;  /* time of the bar line behind us */
    double step_seconds; /* of a twelfth of a quarter note, or 20 ms */
    long last_release;   /* the latest so far */
    bool tonic_sounds;   /* in the close */
    int chord_notes;     /* that begin at the onset at hand */
} Form;

void form_begin(Form *form, const FormWish *wish);

/* Asks a piece without a length to end. */
void form_close(Form *form, const MusicState *state);

/* Fills allowed[0 … MUSIC_VOCABULARY-1] with 1 for what grammar and form both allow; where that is
 * nothing, with what the grammar allows. What the form forbids passes its probability on to what it
 * allows of the same sort: a bar line to the countdown's, time going on to the closing or the end.
 * So the network still decides when a chord is complete or a bar is full. */
void form_apply(const Form *form, const MusicState *state, float *logits, uint8_t *allowed);

/* Moves both on by a token that the grammar allows. */
void form_step(Form *form, MusicState *state, int token);

/* Seconds of a step that is not before the bar at hand. */
double form_seconds(const Form *form, const MusicState *state, long step);

/* Seconds before which every onset is written; the last release when the piece has ended. */
double form_time(const Form *form, const MusicState *state);

/* The piece has ended, or come to a bar line (performed: 2 seconds) after `from` seconds, or to an
 * onset at least the wished span after it. */
bool form_span_is_over(const Form *form, const MusicState *state, double from);

/* After the beginning of a piece was stepped through as given: fails when it leaves too little of
 * the length to end in. */
int form_check_prime(const Form *form, const MusicState *state, Error *error) MUST_CHECK;

#endif
