/* sampling_options.h: the sampling options of commands that generate music, stored in a
 * ComposerSettings `composer` (initialised by composer_defaults) of the command's settings S. */
#ifndef COMPOSE_COMMANDS_SAMPLING_OPTIONS_H
#define COMPOSE_COMMANDS_SAMPLING_OPTIONS_H

#include "compose/write/composer.h"
#include "nn/command_line/options.h"

/* clang-format off: a list of rows, which it would indent as a block */
#define OPTION_SAMPLING(S, composer)                                                               \
    OPTION_FLOAT(S, composer.sampler.temperature, "temperature", "F", 0, 5,                        \
                 "sampling temperature: below 1 more predictable, above 1 more varied"),           \
        OPTION_FLOAT(S, composer.sampler.top_p, "top-p", "P", 0.01, 1,                             \
                     "nucleus sampling: keep the most likely tokens up to total probability P"),   \
        OPTION_FLOAT(                                                                              \
            S, composer.sampler.guidance, "guidance", "F", 0, 20,                                  \
            "performed: classifier-free guidance, strength of the emotion; 1 is as trained"),      \
        OPTION_INTEGER(S, composer.openings, "openings", "N", 1, OPENINGS_MOST,                    \
                       "performed: draw this many openings and continue the best")
/* clang-format on */

/* What arranged music has no use for: EXIT_DONE, or reports an option that is not as usual and
 * returns EXIT_USAGE. */
static inline int sampling_check_arranged(const ComposerSettings *given,
                                          const ComposerSettings *usual, const Usage *usage) {
    const char *performed = given->sampler.guidance != usual->sampler.guidance ? "--guidance"
                            : given->openings != usual->openings               ? "--openings"
                                                                               : NULL;
    return performed ? options_wrong(usage, "%s is for --style performed", performed) : EXIT_DONE;
}

#endif
