#include "compose/commands/style_options.h"

#include "compose/write/style.h"

int style_check_arranged(const ComposerSettings *given, const ComposerSettings *usual,
                         const Usage *usage) {
    const char *performed = given->sampler.guidance != usual->sampler.guidance ? "--guidance"
                            : given->openings != usual->openings               ? "--openings"
                                                                               : NULL;
    return performed ? options_wrong(usage, "%s is for --style performed", performed) : EXIT_DONE;
}

int style_options_choose(const StyleOptions *asked, bool *arranged, const Usage *usage) {
    ComposeStyle style;
    Error error;
    if (compose_style_choose(asked->style, asked->model, &style, &error))
        return command_status(usage, -1, &error);
    *arranged = style == STYLE_ARRANGED;
    if (*arranged)
        return style_check_arranged(asked->given, asked->usual, usage);
    if (asked->ensemble && asked->style)
        return options_wrong(usage, "--ensemble is for --style arranged");
    if (asked->ensemble)
        return options_wrong(usage,
                             "--ensemble is for arranged music, and %s is a model of performed "
                             "music",
                             asked->model);
    return EXIT_DONE;
}

Ensemble style_ensemble(const char *name, Ensemble usual) {
    return name ? (Ensemble)choice_index(ensemble_names, name) : usual;
}
