#include "compose/commands/stop_signals.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

static atomic_bool stopped; /* which a signal handler may set: it needs no lock */
static volatile sig_atomic_t stopped_by;
static void (*last_act)(void);

static void on_stop(int number) {
    if (atomic_load(&stopped)) {
        if (last_act)
            last_act();
        signal(number, SIG_DFL);
        raise(number);
    }
    stopped_by = number;
    atomic_store(&stopped, true);
}

const atomic_bool *stop_signals_catch(void (*give_up)(void)) {
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    const struct sigaction action = {.sa_handler = on_stop};
    last_act = give_up;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
    return &stopped;
}

int stop_signals_caught(void) {
    return stopped_by;
}
