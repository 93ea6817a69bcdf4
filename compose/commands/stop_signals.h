/* stop_signals.h: Ctrl-C, SIGTERM and a closed terminal as an orderly end, for commands that run
 * until they are told to stop. */
#ifndef COMPOSE_COMMANDS_STOP_SIGNALS_H
#define COMPOSE_COMMANDS_STOP_SIGNALS_H

#include <stdatomic.h>

/* From here on the first of SIGINT, SIGTERM and SIGHUP sets the flag that is returned, and a second
 * one ends the program at once, after a call of `give_up` (NULL: none; it must be safe in a signal
 * handler). For a program's main thread, once. */
const atomic_bool *stop_signals_catch(void (*give_up)(void));

/* The signal that came, or 0: what command_status takes. */
int stop_signals_caught(void);

#endif
