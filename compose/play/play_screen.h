/* play_screen.h: the player as a text screen (compose/live/canvas.h), and its keys. */
#ifndef COMPOSE_PLAY_PLAY_SCREEN_H
#define COMPOSE_PLAY_PLAY_SCREEN_H

#include "compose/live/canvas.h"
#include "compose/play/jukebox.h"

typedef struct PlayView {
    JukeboxStatus jukebox;
    const LibrarySongs *songs;  /* that its plan indexes */
    bool camera;                /* whether there is a picture to show … */
    CanvasPicture picture;      /* … and it */
    double seconds;             /* of the session */
    const char *sound, *record; /* their destinations, NULL for none */
    long gaps;                  /* of the sound */
    const char *message;        /* NULL for none */
} PlayView;

/* Writes the whole screen. */
void play_screen_draw(FILE *stream, const TerminalLooks *looks, const PlayView *view);

/* The same in a line of text without a newline, for use without a terminal. */
void play_screen_line(FILE *stream, const PlayView *view);

/* The JukeboxCommand of a key, PLAY_SCREEN_QUIT, or -1. */
enum { PLAY_SCREEN_QUIT = 1000 };
int play_screen_command(int key);

#endif
