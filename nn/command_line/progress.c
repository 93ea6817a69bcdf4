#include "nn/command_line/progress.h"

#include "nn/base/clock.h"
#include "nn/command_line/ascii_output.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* Returns to the line's start and clears it. */
static const char RENEW[] = "\r\033[K";

Progress progress_start(bool quiet, double fraction_done) {
    double now = clock_seconds();
    return (Progress){.quiet = quiet,
                      .terminal = isatty(STDERR_FILENO) && !terminal_is_dumb(),
                      .started = now,
                      .shown = now,
                      .first = fraction_done};
}

bool progress_is_due(const Progress *progress) {
    double interval = progress->terminal ? 0.1 : 60;
    return !progress->quiet && clock_seconds() - progress->shown >= interval;
}

const char *duration_text(double seconds, char buffer[DURATION_TEXT]) {
    long s = (long)(seconds + 0.5);
    if (s < 60)
        snprintf(buffer, DURATION_TEXT, "%ld s", s);
    else if (s < 3600)
        snprintf(buffer, DURATION_TEXT, "%ld:%02ld", s / 60, s % 60);
    else
        snprintf(buffer, DURATION_TEXT, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
    return buffer;
}

void progress_show(Progress *progress, double fraction_done, const char *format, ...) {
    if (progress->quiet)
        return;
    progress->shown = clock_seconds();
    va_list arguments;
    va_start(arguments, format);
    fputs(progress->terminal ? RENEW : "", stderr);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    double done = fraction_done - progress->first;
    if (done > 0) {
        char left[DURATION_TEXT];
        double elapsed = progress->shown - progress->started;
        fprintf(stderr, ", %s left", duration_text(elapsed / done * (1 - fraction_done), left));
    }
    fputs(progress->terminal ? "" : "\n", stderr);
    fflush(stderr);
}

void progress_note(Progress *progress, const char *format, ...) {
    if (progress->quiet)
        return;
    va_list arguments;
    va_start(arguments, format);
    fputs(progress->terminal ? RENEW : "", stderr);
    vfprintf(stderr, format, arguments);
    fputs("\n", stderr);
    va_end(arguments);
}

void progress_end(Progress *progress) {
    if (!progress->quiet && progress->terminal)
        fputs(RENEW, stderr);
}
