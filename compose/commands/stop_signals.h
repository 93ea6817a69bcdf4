/* stop_signals.h: Ctrl-C, SIGTERM and a closed terminal as an orderly shutdown, for commands that
 * run until stopped. */
#ifndef COMPOSE_COMMANDS_STOP_SIGNALS_H
#define COMPOSE_COMMANDS_STOP_SIGNALS_H

#include <stdatomic.h>

/* From here on the first SIGINT, SIGTERM or SIGHUP sets the returned flag, and a second one ends
 * the program at once, after a call of `give_up` (NULL: none; it must be safe in a signal handler).
 * For a program's main thread, once. */
const atomic_bool *stop_signals_catch(void (*give_up)(void));

/* The signal received, or 0; for command_status. */
int stop_signals_caught(void);

#endif
