/* terminal.h: the terminal as a screen with keys, and always given back.
 *
 * There is one terminal for a process, and signals must be able to restore it: this is the one
 * place with state of its own. Between terminal_open and terminal_close the terminal shows its
 * alternate screen without a cursor, lines that are too long are cut off, and keys come singly and
 * unseen. A crash (SIGSEGV and its kin, SIGABRT) and Ctrl-\ restore it first, Ctrl-Z with the next
 * terminal_write; Ctrl-C and SIGTERM are left to the caller. */
#ifndef COMPOSE_LIVE_TERMINAL_H
#define COMPOSE_LIVE_TERMINAL_H

#include "nn/base/error.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum TerminalColours {
    TERMINAL_PLAIN, /* NO_COLOR is set, or TERM promises no more */
    TERMINAL_256,
    TERMINAL_TRUE, /* 24 bits */
} TerminalColours;

/* What the environment and the kernel tell of it. */
typedef struct TerminalLooks {
    TerminalColours colours;
    bool unicode;
    int width, height; /* characters */
} TerminalLooks;

/* Whether standard input and output are a terminal that can be a screen. */
bool terminal_is_there(void);

TerminalLooks terminal_looks(void);

int terminal_open(Error *error) MUST_CHECK;
/* Restores the terminal; harmless when it is not open, and safe in a signal handler. */
void terminal_close(void);

/* Writes all bytes, or fails. */
int terminal_write(const char *bytes, size_t count, Error *error) MUST_CHECK;

/* The next key that was pressed, or 0. Cursor and function keys are passed over. */
int terminal_key(void);

#endif
