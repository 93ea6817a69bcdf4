/* terminal.h: the terminal as a screen with keys, always restored.
 *
 * A process has one terminal, and signal handlers must be able to restore it: so this is the only
 * module with global state. Between terminal_open and terminal_close the terminal shows its
 * alternate screen without a cursor, long lines are cut off, and keys are read one at a time
 * without echo. A crash (SIGSEGV and the like, SIGABRT) and Ctrl-\ restore it first, Ctrl-Z with
 * the next terminal_write; Ctrl-C and SIGTERM are left to the caller. */
#ifndef COMPOSE_LIVE_TERMINAL_H
#define COMPOSE_LIVE_TERMINAL_H

#include "nn/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef enum TerminalColours {
    TERMINAL_PLAIN, /* NO_COLOR is set, or TERM supports no more */
    TERMINAL_256,
    TERMINAL_TRUE, /* 24 bits */
} TerminalColours;

/* Its properties from the environment and the kernel. */
typedef struct TerminalLooks {
    TerminalColours colours;
    bool unicode;
    int width, height; /* characters */
} TerminalLooks;

/* Whether standard input and output are a terminal usable as a screen. */
bool terminal_is_there(void);

TerminalLooks terminal_looks(void);

int terminal_open(Error *error) MUST_CHECK;
/* Restores the terminal; harmless when it is not open, and safe in a signal handler. */
void terminal_close(void);

/* Writes all bytes, or fails. */
int terminal_write(const char *bytes, size_t count, Error *error) MUST_CHECK;

/* Shows a picture of text: `draw` writes it to the stream. Where the terminal knows no Unicode,
 * what is not ASCII is written as nn/command_line/ascii_output.h has it. */
typedef void TerminalPicture(FILE *stream, const TerminalLooks *looks, void *context);
int terminal_draw(TerminalPicture *draw, void *context, Error *error) MUST_CHECK;

/* The next key that was pressed, or 0. Cursor and function keys are skipped. */
int terminal_key(void);

#endif
