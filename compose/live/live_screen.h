/* live_screen.h: a live session as one screenful of text.
 *
 * The camera's picture in half-block characters, two pixels a character (without colours, shades of
 * ASCII), the face in a box; beside it the emotion and its probabilities, valence and arousal, what
 * the music is asked for and what is playing, and how fast all goes; or, instead of these, what the
 * keys do. Where the terminal is narrow the picture is left out, where it is low the last lines
 * are. */
#ifndef COMPOSE_LIVE_LIVE_SCREEN_H
#define COMPOSE_LIVE_LIVE_SCREEN_H

#include "compose/live/live_controller.h"
#include "compose/live/terminal.h"

#include <stdio.h>

/* What the keys do, in lines that fit beside the picture. */
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

/* Writes the whole screen, without clearing it first, so that nothing flickers. What is too long
 * for a line is left to the terminal to cut off (terminal.h). With `help` it says what the keys do
 * instead of what is felt. */
void live_screen_draw(FILE *stream, const TerminalLooks *looks, const LiveStatus *status,
                      bool help);

/* The same in a line of text without its end: for where there is no terminal. */
void live_screen_line(FILE *stream, const LiveStatus *status);

/* What a key gives besides the controller's commands: to show or hide what the keys do. */
enum { LIVE_SCREEN_HELP = LIVE_FEEL + EMOTION_COUNT };

/* The command that a key gives, or -1. */
int live_screen_command(int key);

#endif
