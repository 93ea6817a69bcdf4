/* style.h: the two styles of composed music, each with a kind of model of its own. */
#ifndef COMPOSE_WRITE_STYLE_H
#define COMPOSE_WRITE_STYLE_H

#include "nn/base/error.h"

typedef enum ComposeStyle {
    STYLE_ARRANGED, /* a theme with chords in a planned form, arranged (infer/music/lead_model.h) */
    STYLE_PERFORMED, /* as a pianist plays (infer/music/music_model.h) */
    STYLES
} ComposeStyle;

/* "arranged", "performed"; NULL after the last. */
extern const char *const compose_style_names[STYLES + 1];

/* The style of that name; with a name of NULL the one that the model file is for; with a model of
 * NULL too, arranged. Fails when the file is not a model file. */
int compose_style_choose(const char *name, const char *model, ComposeStyle *style,
                         Error *error) MUST_CHECK;

#endif
