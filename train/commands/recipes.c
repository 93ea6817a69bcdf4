#include "train/commands/recipes.h"

#include <stdio.h>
#include <string.h>

enum { MOST_WORDS = 48 };

const char *const face_recipes[] = {"shipped", "continued", "labels", "vgg", "taught",
                                    "student", "mini",      "voted",  NULL};
const char *const music_recipes[] = {"shipped", "lead", "lead-end", NULL};

/* What was typed, as the model cards (infer/models/README.md, compose/models/README.md) have it,
 * but for the data and what teaches. */
typedef struct Recipe {
    const char *const *list, *name;
    const char *further; /* the options that name the files it builds on, or NULL */
    const char *words[MOST_WORDS];
} Recipe;

static const char notes_weights[] =
    "emopia=2.5,vgmidi=1,ym2413_mdb=0.25,pop909=0.35,piano_midi_de=0.15,maestro_subset=0.1,"
    "nottingham=0.15,jsb_chorales=0.15,asap_scores=0,weimar_jazz=0";
static const char lead_weights[] =
    "pop909=1,vgmidi=1,nottingham=0.8,weimar_jazz=0.3,jsb_chorales=0.7,emopia=0,ym2413_mdb=0,"
    "maestro_subset=0,piano_midi_de=0,asap_scores=0";

/* What several of them have in common. */
#define DISTILLED "--mixup", "0.2", "--label-smoothing", "0.05", "--dropout", "0.3"
#define WIDER_GEOMETRY                                                                             \
    "--batch", "128", "--rotate", "10", "--scale", "0.25", "--shift", "0.2", "--skip-geometry",    \
        "0.5", "--brightness", "0", "--contrast", "0", "--erase", "0.5"

static const Recipe recipes[] = {
    {face_recipes,
     "shipped",
     "--teacher labels.safetensors,taught.safetensors,continued.safetensors,"
     "infer/models/vgg.safetensors, of which --recipe labels, --recipe taught and --recipe "
     "continued train the first three",
     {"--arch", "resnet", "--epochs", "150", "--lr", "0.1", "--teacher-weight", "0.7",
      "--share-teachers", DISTILLED, WIDER_GEOMETRY, "--average", "0.999", "--drop-leaks",
      "--bfloat16", "--seed", "4"}},
    {face_recipes,
     "continued",
     "--start student.safetensors --teacher "
     "labels.safetensors,taught.safetensors,student.safetensors, which --recipe labels, --recipe "
     "taught and --recipe student train",
     {"--arch", "resnet", "--epochs", "40", "--lr", "0.1", "--warmup", "0.5", "--teacher-weight",
      "0.7", "--share-teachers", DISTILLED, WIDER_GEOMETRY, "--average", "0.999", "--drop-leaks",
      "--seed", "2"}},
    {face_recipes,
     "student",
     "--start labels.safetensors --teacher labels.safetensors,taught.safetensors, which --recipe "
     "labels and --recipe taught train",
     {"--arch", "resnet", "--epochs", "30", "--lr", "0.06", "--teacher-weight", "0.7", DISTILLED,
      WIDER_GEOMETRY, "--average", "0.999", "--drop-leaks", "--seed", "1"}},
    {face_recipes,
     "labels",
     NULL,
     {"--arch", "resnet", "--epochs", "120", "--lr", "0.1", "--dropout", "0.4", WIDER_GEOMETRY,
      "--average", "0.999", "--drop-leaks", "--seed", "1"}},
    {face_recipes,
     "vgg",
     NULL,
     {"--arch", "vgg", "--epochs", "96", "--lr", "0.025", "--average", "0.999", "--drop-leaks",
      "--seed", "1"}},
    {face_recipes,
     "taught",
     "--teacher infer/models/vgg.safetensors, which is shipped with the program",
     {"--arch", "resnet", "--epochs", "68", "--teacher-weight", "0.5", DISTILLED, "--average",
      "0.999", "--drop-leaks", "--seed", "3"}},
    {face_recipes,
     "mini",
     "--teacher continued.safetensors,infer/models/vgg.safetensors, of which --recipe continued "
     "trains the first",
     {"--arch",
      "mini",
      "--epochs",
      "150",
      "--lr",
      "0.1",
      "--teacher-weight",
      "0.8",
      "--share-teachers",
      "--label-smoothing",
      "0.05",
      "--dropout",
      "0.1",
      WIDER_GEOMETRY,
      "--weight-decay",
      "0.0002",
      "--average",
      "0.999",
      "--drop-leaks",
      "--seed",
      "1"}},
    {face_recipes,
     "voted",
     "--start continued.safetensors, which --recipe continued trains, and --votes "
     "fer2013new.csv, FER+'s votes",
     {"--arch", "resnet", "--epochs", "36", "--lr", "0.05", "--warmup", "0.5", "--mixup", "0.2",
      "--dropout", "0.3", WIDER_GEOMETRY, "--average", "0.999", "--drop-leaks", "--seed", "1"}},
    {music_recipes,
     "shipped",
     NULL,
     {"--weights", notes_weights, "--hidden", "384", "--embedding", "128", "--steps", "64",
      "--epochs", "3", "--average", "0.999", "--seed", "1"}},
    {music_recipes,
     "lead",
     NULL,
     {"--task",    "lead", "--weights", lead_weights, "--hidden", "192", "--embedding", "64",
      "--steps",   "256",  "--batch",   "16",         "--epochs", "8",   "--lr",        "0.004",
      "--average", "0.98", "--dropout", "0.1",        "--seed",   "1"}},
    {music_recipes,
     "lead-end",
     "--start first.safetensors, which --recipe lead trains",
     {"--task",    "lead",  "--weights", lead_weights, "--hidden", "192", "--embedding", "64",
      "--steps",   "256",   "--batch",   "16",         "--epochs", "4",   "--lr",        "0.002",
      "--average", "0.995", "--dropout", "0.15",       "--seed",   "2"}},
};

static const Recipe *find(const char *recipe, const char *const *list) {
    int name = choice_index(list, recipe);
    const Recipe *found = recipes;
    while (found->list != list || choice_index(list, found->name) != name)
        found++;
    return found;
}

/* Whether the settings lack the value of one of the further options. */
static bool lacks(const Recipe *recipe, const Option *options, const void *settings) {
    for (const Option *option = options; option->name; option++) {
        char word[64];
        snprintf(word, sizeof word, "--%s ", option->name);
        if (option->kind == OPTION_KIND_INPUT && strstr(recipe->further, word) &&
            !option_text(option, settings))
            return true;
    }
    return false;
}

bool recipe_gave_weights(const char *weights) {
    return weights == notes_weights || weights == lead_weights;
}

int recipe_parse(const char *recipe, const char *const *list, const Usage *usage,
                 const Option *options, void *settings, int argc, char **argv) {
    const Recipe *found = find(recipe, list);
    int count = 0;
    char *words[MOST_WORDS + 1] = {(char *)usage->command};
    while (count < MOST_WORDS && found->words[count]) {
        words[count + 1] = (char *)found->words[count];
        count++;
    }
    int status = options_parse(usage, options, settings, count + 1, words, NULL);
    if (status == OPTIONS_RUN)
        status = options_parse(usage, options, settings, argc, argv, NULL);
    return status == OPTIONS_RUN && found->further && lacks(found, options, settings)
               ? options_wrong(usage, "--recipe %s builds on further files: add %s", recipe,
                               found->further)
               : status;
}
