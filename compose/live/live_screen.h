/* live_screen.h: a live session as one screenful of text.
 *
 * The camera's picture in half-block characters, two pixels a character (without colours, shades of
 * ASCII), the face in a box; beside it the emotion and its probabilities, valence and arousal, what
 * the music is asked for and what is playing, and how fast all goes. Where the terminal is narrow
 * the picture is left out, where it is low the last lines are. */
#ifndef COMPOSE_LIVE_LIVE_SCREEN_H
#define COMPOSE_LIVE_LIVE_SCREEN_H

#include "compose/live/live_controller.h"
#include "compose/live/terminal.h"

#include <stdio.h>

/* Writes the whole screen, without clearing it first, so that nothing flickers. What is too long
 * for a line is left to the terminal to cut off (terminal.h). */
void live_screen_draw(FILE *stream, const TerminalLooks *looks, const LiveStatus *status);

/* The same in a line of text without its end: for where there is no terminal. */
void live_screen_line(FILE *stream, const LiveStatus *status);

/* The command that a key gives, or -1. */
int live_screen_command(int key);

#endif
