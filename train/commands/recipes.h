/* recipes.h: named sets of settings: `--recipe shipped` trains the shipped model. */
#ifndef TRAIN_COMMANDS_RECIPES_H
#define TRAIN_COMMANDS_RECIPES_H

#include "nn/base/options.h"

/* The networks of infer/models, and of compose/models; NULL-terminated names for OPTION_CHOICE. */
extern const char *const face_recipes[], *const music_recipes[];

/* Stores the options of a recipe of one of the lists above in the command's settings, as if they
 * had been typed. Returns OPTIONS_RUN, as options_parse. */
int recipe_apply(const char *recipe, const char *const *list, const Usage *usage,
                 const Option *options, void *settings);

#endif
