/* style_options.h: what music is composed in, arranged or performed, and the sampling options of
 * commands that generate it, stored in a ComposerSettings `composer` (initialised by
 * composer_defaults) of the command's settings S. */
#ifndef COMPOSE_COMMANDS_STYLE_OPTIONS_H
#define COMPOSE_COMMANDS_STYLE_OPTIONS_H

#include "compose/arrange/arranger.h"
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
int style_check_arranged(const ComposerSettings *given, const ComposerSettings *usual,
                         const Usage *usage);

/* What is asked for by --style, --ensemble and the model's option (each NULL where not given), and
 * how to sample. */
typedef struct StyleOptions {
    const char *style, *ensemble, *model;
    const ComposerSettings *given, *usual;
} StyleOptions;

/* Sets whether music is arranged: by its option or, without it, by what the model is for. Reports
 * a model that cannot be read, or an option that only the other style has a use for. Returns an
 * exit status. */
int style_options_choose(const StyleOptions *asked, bool *arranged, const Usage *usage);

/* The ensemble of that name, or without one (NULL) the usual. */
Ensemble style_ensemble(const char *name, Ensemble usual);

#endif
