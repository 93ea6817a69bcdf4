#include "compose/live/live_perform.h"

#include "compose/live/live_screen.h"
#include "nn/base/clock.h"

#include <string.h>

static const double draw_every = 1 / 20.0, line_every = 10;

typedef struct Performance {
    LiveController *controller;
    bool screen, quiet, help;
    double next_draw, next_line;
    int told; /* by the last line: the emotion, or -1 without a face */
    char message[sizeof(Error)];
} Performance;

/* What the screen shows. */
typedef struct Shown {
    const LiveStatus *status;
    bool help;
} Shown;

static void draw(FILE *stream, const TerminalLooks *looks, void *context) {
    const Shown *shown = context;
    live_screen_draw(stream, looks, shown->status, shown->help);
}

/* Without a screen: messages once each, and a line when the emotion changes and every ten seconds.
 */
static void write_lines(Performance *performance, const LiveStatus *status) {
    double now = clock_seconds();
    const char *message = status->message ? status->message : "";
    if (strcmp(message, performance->message) != 0) {
        bool rest = !strncmp(message, performance->message, strlen(message)); /* of the last one */
        snprintf(performance->message, sizeof performance->message, "%s", message);
        if (!rest)
            fprintf(stderr, "affekt live: %s\n", message);
    }
    int felt = status->face || status->by_hand ? (int)status->state->emotion : -1;
    if (felt == performance->told && now < performance->next_line)
        return;
    live_screen_line(stderr, status);
    fputc('\n', stderr);
    performance->told = felt;
    performance->next_line = now + line_every;
}

static int show(Performance *performance, const LiveStatus *status, Error *error) {
    double now = clock_seconds();
    if (!performance->screen && !performance->quiet)
        write_lines(performance, status);
    if (!performance->screen || now < performance->next_draw)
        return 0;
    performance->next_draw = now + draw_every;
    Shown shown = {status, performance->help};
    return terminal_draw(draw, &shown, error);
}

static int go_on(Performance *performance, const atomic_bool *stop, Error *error) {
    LiveController *controller = performance->controller;
    LiveStatus status = live_controller_status(controller);
    while (!status.ended && !atomic_load(stop)) {
        if (live_controller_step(controller, draw_every / 2, error))
            return -1;
        status = live_controller_status(controller);
        if (show(performance, &status, error))
            return -1;
        for (int key; performance->screen && (key = terminal_key()) > 0;) {
            int command = live_screen_command(key);
            if (command == LIVE_SCREEN_HELP)
                performance->help = !performance->help;
            else if (command >= 0)
                live_controller_do(controller, (LiveCommand)command);
        }
    }
    return 0;
}

int live_perform(LiveSession *session, const PerformSettings *settings, const atomic_bool *stop,
                 double *seconds, Error *error) {
    Performance performance = {.screen = settings->screen && terminal_is_there(),
                               .quiet = settings->quiet,
                               .told = EMOTION_COUNT};
    const LiveControllerSettings how = {.source = settings->source,
                                        .camera = settings->camera,
                                        .colour = performance.screen,
                                        .keys = performance.screen};
    performance.controller = live_controller_start(session, &how, error);
    if (!performance.controller)
        return -1;
    Error at_end;
    int status = performance.screen ? terminal_open(error) : 0;
    if (!status)
        status = go_on(&performance, stop, error);
    if (live_controller_stop(performance.controller, seconds, status ? &at_end : error))
        status = -1;
    if (performance.screen)
        terminal_close();
    return status;
}
