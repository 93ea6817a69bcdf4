/* listener_options.h: the options of commands that compose for the listener of a library, stored in
 * a ListenerChoice of the command's settings S. */
#ifndef COMPOSE_COMMANDS_LISTENER_OPTIONS_H
#define COMPOSE_COMMANDS_LISTENER_OPTIONS_H

#include "compose/library/feedback.h"
#include "nn/command_line/options.h"

typedef struct ListenerChoice {
    bool feedback;
    const char *library; /* NULL for the user's own */
} ListenerChoice;

/* clang-format off: a list of rows, which it would indent as a block */
#define OPTION_LISTENER(S, field)                                                                  \
    OPTION_FLAG(S, field.feedback, "feedback",                                                     \
                "the corrections that your feedback on songs has taught (affekt feedback show)"),  \
        OPTION_INPUT(S, field.library, "library", 0, "FILE",                                       \
                     "the library whose feedback counts (default: affekt/library.db in "           \
                     "$XDG_DATA_HOME or ~/.local/share)")
/* clang-format on */

/* EXIT_DONE, or reports the error and returns EXIT_USAGE. */
static inline int listener_choice_check(const ListenerChoice *choice, const Usage *usage) {
    return choice->library && !choice->feedback
               ? options_wrong(usage, "--library requires --feedback")
               : EXIT_DONE;
}

/* The taste of that listener; plain without feedback. */
static inline int listener_choice_taste(const ListenerChoice *choice, MoodTaste *taste,
                                        Error *error) {
    *taste = (MoodTaste){0};
    return choice->feedback ? feedback_taste(choice->library, taste, error) : 0;
}

#endif
