/* live_screen.h: a live session as a text screen.
 *
 * The camera's picture in half-block characters, two pixels per character (without colours, shades
 * of ASCII), the face in a box; beside it the emotion and its probabilities, valence and arousal,
 * the music's requested mood and what is playing, and the speed; or, instead of these, help on the
 * keys. On a narrow terminal the picture is omitted, on a low one the last lines. */
#ifndef COMPOSE_LIVE_LIVE_SCREEN_H
#define COMPOSE_LIVE_LIVE_SCREEN_H

#include "compose/live/live_controller.h"
#include "compose/live/terminal.h"

#include <stdio.h>

/* Help on the keys, in lines that fit beside the picture. */
#define LIVE_SCREEN_KEYS                                                                           \
    "  q     end, and save the record\n"                                                           \
    "  p     pause, or go on (also space)\n"                                                       \
    "  1-7   play for angry, disgust, fear,\n"                                                     \
    "        happy, sad, surprise, neutral\n"                                                      \
    "  0     follow the face again\n"                                                              \
    "  m     mute, or sound again\n"                                                               \
    "  n     begin the next piece\n"                                                               \
    "  s     save the record so far\n"                                                             \
    "  o     change the policy\n"                                                                  \
    "  + -   faster, slower\n"                                                                     \
    "  ?     show these keys, or hide them\n"

/* Writes the whole screen, without clearing it first, to avoid flicker. The terminal cuts off long
 * lines (terminal.h). With `help` it shows the keys instead of the emotion. */
void live_screen_draw(FILE *stream, const TerminalLooks *looks, const LiveStatus *status,
                      bool help);

/* The same in a line of text without a newline, for use without a terminal. */
void live_screen_line(FILE *stream, const LiveStatus *status);

/* In addition to the controller's commands: show or hide the help on keys. */
enum { LIVE_SCREEN_HELP = LIVE_FEEL + EMOTION_COUNT };

/* The command of a key, or -1. */
int live_screen_command(int key);

#endif
