/* canvas.h: a text screen that shows a face and its emotion, with a panel of lines.
 *
 *     Canvas canvas = canvas_begin(stream, &looks, &picture);
 *     canvas_emotion(&canvas, state, true, false);
 *     canvas_line(&canvas, canvas_bright, "  piece %d", 1);
 *     canvas_end(&canvas, message, keys, n_keys);
 *
 * On the left the camera's picture in half-block characters, two pixels a character (without
 * colours, shades of ASCII), the face in a box; beside it a panel of lines; the message above the
 * keys, in as many lines as it needs. Where the terminal is narrow the picture is left out, where
 * it is low the last lines are. Nothing is cleared first, so that nothing flickers; what is too
 * long for a line is left to the terminal to cut off (terminal.h). */
#ifndef COMPOSE_LIVE_CANVAS_H
#define COMPOSE_LIVE_CANVAS_H

#include "compose/live/terminal.h"
#include "datasets/media/image.h"
#include "infer/faces/detect/box.h"
#include "infer/faces/emotion_tracker.h"

#include <stdio.h>

enum { CANVAS_PANEL = 38 }; /* columns of the panel beside the picture */

typedef struct Colour {
    uint8_t red, green, blue;
} Colour;

extern const Colour canvas_marked, canvas_dim, canvas_bright;
/* One for each emotion. */
extern const Colour canvas_emotion_colours[EMOTION_COUNT];

typedef struct CanvasPicture {
    const Image *image; /* IMAGE_RGB, NULL while there is none: its place stays empty */
    bool mirrored;      /* shown mirrored */
    const Box *face;    /* in the image's pixels, NULL for none */
} CanvasPicture;

typedef struct Canvas {
    FILE *stream;
    const TerminalLooks *looks;
    int column; /* of the panel, from 1 */
    int row;    /* of the next line, from 1 */
} Canvas;

/* Draws the picture; with NULL the panel fills the screen. */
Canvas canvas_begin(FILE *stream, const TerminalLooks *looks, const CanvasPicture *picture);

/* A line of the panel. */
void canvas_line(Canvas *canvas, Colour colour, const char *format, ...) PRINTF_LIKE(3, 4);

/* The emotion, its probabilities, valence and arousal; `face` is whether one is visible, `by_hand`
 * whether the emotion was set. */
void canvas_emotion(Canvas *canvas, const EmotionState *state, bool face, bool by_hand);

/* For a line written in parts: moves to it, false when the screen has no more. */
bool canvas_next_line(Canvas *canvas);
void canvas_write_in(const Canvas *canvas, Colour colour);
void canvas_end_colour(const Canvas *canvas);

/* Ends the screen with a message (NULL for none) and the key labels, of which the last are omitted
 * where there is no room; NULLs are skipped. */
void canvas_end(Canvas *canvas, const char *message, const char *const keys[], int n_keys);

#endif
