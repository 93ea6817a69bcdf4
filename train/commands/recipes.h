/* recipes.h: named sets of settings: `--recipe shipped` trains the shipped model. */
#ifndef TRAIN_COMMANDS_RECIPES_H
#define TRAIN_COMMANDS_RECIPES_H

#include "nn/command_line/options.h"

/* The networks of infer/models, and of compose/models; NULL-terminated names for OPTION_CHOICE. */
extern const char *const face_recipes[], *const music_recipes[];

/* For a recipe of one of the lists above that builds on trained networks: the options to add, and
 * where those networks come from. NULL where it takes none that `start` and `teacher`, the options'
 * values or NULL, do not give. */
const char *recipe_lacks(const char *recipe, const char *const *list, const char *start,
                         const char *teacher);

/* Parses the options of a recipe of one of the lists above into the command's settings, and then
 * argv, whose options override them. Returns as options_parse. */
int recipe_parse(const char *recipe, const char *const *list, const Usage *usage,
                 const Option *options, void *settings, int argc, char **argv);

#endif
