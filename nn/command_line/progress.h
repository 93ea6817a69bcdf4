/* progress.h: progress of a long run: one line that is redrawn on a terminal, plain lines
 * elsewhere. Everything goes to standard error; quiet shows nothing. */
#ifndef NN_COMMAND_LINE_PROGRESS_H
#define NN_COMMAND_LINE_PROGRESS_H

#include <stdbool.h>

typedef struct Progress {
    bool quiet, terminal;
    double started, shown; /* clock_seconds */
    double first;          /* fraction already done at the start (of a resumed run) */
} Progress;

Progress progress_start(bool quiet, double fraction_done);

/* Whether it is time for another line: a tenth of a second on a terminal, a minute elsewhere. */
bool progress_is_due(const Progress *progress);

/* Shows the text, and the time left, estimated from the fraction done so far. */
void progress_show(Progress *progress, double fraction_done, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Shows a line that stays. */
void progress_note(Progress *progress, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Clears the redrawn line, so that later output starts on a clean line. */
void progress_end(Progress *progress);

/* Writes "12 s", "4:05" or "1:02:03" into `buffer` and returns it. */
enum { DURATION_TEXT = 24 };
const char *duration_text(double seconds, char buffer[DURATION_TEXT]);

#endif
