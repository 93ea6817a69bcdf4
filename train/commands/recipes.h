/* recipes.h: named sets of settings: `--recipe shipped` trains the shipped model. */
#ifndef TRAIN_COMMANDS_RECIPES_H
#define TRAIN_COMMANDS_RECIPES_H

#include "nn/command_line/options.h"

/* The networks of infer/models, and of compose/models; NULL-terminated names for OPTION_CHOICE. */
extern const char *const face_recipes[], *const music_recipes[];

/* Parses the options of a recipe of one of the lists above into the command's settings, and then
 * argv, whose options override them. Returns as options_parse; refuses, naming the options to add
 * and where their files come from, where argv lacks one of the files that the recipe builds on. */
int recipe_parse(const char *recipe, const char *const *list, const Usage *usage,
                 const Option *options, void *settings, int argc, char **argv);

/* Whether the sampling weights are those of a recipe, which name more corpora than a user may have,
 * rather than typed. */
bool recipe_gave_weights(const char *weights);

#endif
