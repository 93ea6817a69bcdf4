/* train_face.c: `affekt train face`. */
#include "datasets/faces/face_load.h"
#include "nn/base/threads.h"
#include "nn/conv/bfloat16.h"
#include "nn/io/file.h"
#include "train/commands/commands.h"
#include "train/commands/recipes.h"
#include "train/commands/train_options.h"
#include "train/tasks/face_task.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct Settings {
    TrainOptions train;
    FaceTaskSettings task;
    const char *data, *cache, *preview, *list_bad, *recipe;
    bool skip_bad;
} Settings;

#define AUGMENTATION(field, name, argument, high, help)                                            \
    OPTION_FLOAT(Settings, task.augmentation.field, name, argument, 0, high, help)

static const Option options[] = {
    OPTION_INPUT(
        Settings, data, "data", 0, "FILE_OR_DIR,…",
        "fer2013.csv (or .csv.gz), folders of pictures by split and class, or 'synthetic'"),
    OPTION_INPUT(Settings, task.votes, "votes", 0, "FILE.csv",
                 "train on the votes of several people per face (FER+) instead of one label"),
    OPTION_CHOICE(Settings, recipe, "recipe", "NAME", face_recipes,
                  "begin with the settings of a shipped network; other options change them"),
    OPTION_CHOICE(Settings, task.arch, "arch", "NAME", image_classifier_archs, "the network"),
    OPTION_INPUT(Settings, task.start, "start", 0, "MODEL",
                 "start from this model's weights (fine-tuning)"),
    OPTION_INPUT(Settings, task.teacher, "teacher", 0, "MODEL,…",
                 "distil from these models: their mean prediction joins the targets"),
    OPTION_FLOAT(Settings, task.teacher_weight, "teacher-weight", "F", 0, 1,
                 "weight of the teacher's prediction in the targets"),
    OPTION_FLAG(
        Settings, task.share_teachers, "share-teachers",
        "each teacher predicts its share of a batch: the same on average, at the cost of one"),
    OPTION_INTEGER(Settings, task.size, "size", "PIXELS", 16, 48,
                   "side of the window that the network sees"),
    OPTION_FLOAT(Settings, task.dropout, "dropout", "P", 0, 0.95, "dropout in the head"),
    OPTION_FLOAT(Settings, task.block_dropout, "block-dropout", "P", 0, 0.95,
                 "dropout after each block but the last"),
    OPTION_FLOAT(Settings, task.label_smoothing, "label-smoothing", "F", 0, 0.95,
                 "label smoothing"),
    OPTION_FLAG(Settings, task.class_weights, "class-weights",
                "weight classes by inverse frequency"),
    OPTION_FLAG(Settings, task.drop_leaks, "drop-leaks",
                "drop training faces whose pixels also occur in a test split"),
    OPTION_OUTPUT(Settings, cache, "cache", 0, "FILE",
                  "keep the decoded faces in this file, mapped into memory"),
    OPTION_FLAG(Settings, skip_bad, "skip-bad", "skip bad rows or files, and count them"),
    OPTION_OUTPUT(Settings, list_bad, "list-bad", 0, "FILE",
                  "list all bad rows or files, and what is wrong with each, in this file"),
    AUGMENTATION(flip, "flip", "P", 1, "mirror with this probability"),
    AUGMENTATION(rotation, "rotate", "DEGREES", 180, "turn by up to this, either way"),
    AUGMENTATION(scale, "scale", "F", 1, "resize by up to this share, either way"),
    AUGMENTATION(shear, "shear", "DEGREES", 45, "lean by up to this, either way"),
    AUGMENTATION(shift, "shift", "F", 1, "move by up to this share of the side, either way"),
    AUGMENTATION(skip, "skip-geometry", "P", 1,
                 "leave out rotation, scale, shear or shift, each with this probability"),
    AUGMENTATION(crop, "crop", "PIXELS", 24, "move the window by up to so many whole pixels"),
    AUGMENTATION(brightness, "brightness", "F", 1,
                 "lighten or darken by up to this share of the range"),
    AUGMENTATION(contrast, "contrast", "F", 1, "strengthen or weaken the contrast by up to this"),
    AUGMENTATION(framing, "framing", "F", 1,
                 "jitter position and size like a detector's boxes: standard deviation"),
    AUGMENTATION(degradation.chance, "degrade", "P", 1,
                 "probability of each of gamma, side-light, blur, coarse and jpeg"),
    AUGMENTATION(degradation.gamma, "gamma", "F", 9,
                 "gamma correction with exponents from 1/(1+F) to 1+F"),
    AUGMENTATION(degradation.side_light, "side-light", "F", 1,
                 "darken towards one side by up to this share"),
    AUGMENTATION(degradation.blur, "blur", "PIXELS", 8,
                 "Gaussian blur of up to this standard deviation"),
    AUGMENTATION(degradation.coarse, "coarse", "F", 15,
                 "lower the resolution by up to 1+F, like a distant face"),
    AUGMENTATION(degradation.jpeg, "jpeg", "F", 99, "JPEG compression, at qualities down to 100-F"),
    AUGMENTATION(erase, "erase", "P", 1, "random erasing: probability"),
    AUGMENTATION(erase_area, "erase-area", "F", 1, "random erasing: largest share of the picture"),
    AUGMENTATION(mixup, "mixup", "ALPHA", 10, "mixup with weights from Beta(ALPHA, ALPHA)"),
    AUGMENTATION(cutmix, "cutmix", "ALPHA", 10, "CutMix with areas from Beta(ALPHA, ALPHA)"),
    OPTION_FLOAT(Settings, train.run.sharpness, "sam", "RADIUS", 0, 10,
                 "sharpness-aware minimization: radius (0: off)"),
    OPTION_FLAG(Settings, train.run.bfloat16, "bfloat16",
                "round what 3×3 convolutions multiply, not what they add up: faster on processors "
                "with AMX, slower on others"),
    OPTION_FLAG(Settings, train.run.sync_norm, "sync-norm",
                "batch norm over the whole batch, even where it is cut into shards"),
    OPTION_OUTPUT(Settings, preview, "preview", 0, "FILE.png",
                  "write a sheet of augmented faces and stop, without training"),
    TRAIN_OPTIONS(Settings, train),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt train face",
    .positionals = "",
    .summary = "trains an emotion classifier on faces",
    .notes = "The best epoch on PublicTest is kept; PrivateTest is never looked at.\n"
             "Example: affekt train face --data fer2013.csv --out faces.safetensors --epochs 60\n",
};

/* Returns 0, -1, or the signal that interrupted it. */
static int train(const Settings *settings, FaceTask *task, Error *error) {
    TrainTask description = face_task_describe(task);
    uint32_t training, validation;
    face_task_training(task, &training);
    face_task_validation(task, &validation);
    if (!settings->train.common.quiet)
        fprintf(stderr,
                "%s: %zu parameters, %.1f M multiply-adds; %" PRIu32 " faces to train on, %" PRIu32
                " to validate on\n",
                settings->task.arch, parameters_trained_elements(description.parameters),
                (double)image_classifier_multiply_adds(face_task_model(task)) * 1e-6, training,
                validation);
    if (settings->train.run.bfloat16 && !settings->train.common.quiet)
        fprintf(stderr, "bfloat16: %s\n",
                conv_bfloat16_has_unit() ? "on this processor's matrix unit"
                                         : "without a matrix unit, slower than in full precision");
    return train_options_run(&settings->train, &description, options, settings, "validation_loss",
                             "", error);
}

static int preview(const Settings *settings, FaceTask *task, Error *error) {
    if (face_task_preview(task, settings->preview, error))
        return -1;
    if (!settings->train.common.quiet)
        fprintf(stderr, "%s: a row for each face, first as it is, then as training may see it\n",
                settings->preview);
    return 0;
}

static int run(const Settings *settings, Error *error) {
    FaceLoadOptions load = {.skip_bad = settings->skip_bad,
                            .list_bad = settings->list_bad,
                            .unsplit = FACE_TRAINING,
                            .seed = settings->train.run.seed,
                            .cache = settings->cache};
    FaceSet *set = face_load(settings->data, load, error);
    if (!set)
        return -1;
    if (set->skipped && !settings->train.common.quiet)
        fprintf(stderr, "%s: skipped %" PRIu32 " bad rows or files\n", settings->data,
                set->skipped);
    FaceTask *task = face_task_create(set, &settings->task, error);
    int status = -1;
    if (task)
        status = (settings->preview ? preview : train)(settings, task, error);
    face_task_destroy(task);
    face_set_destroy(set);
    return status;
}

static Settings defaults(void) {
    return (Settings){
        .train = train_options_defaults(),
        .task = {.arch = "vgg",
                 .size = 48,
                 .dropout = 0.4f,
                 .teacher_weight = 0.7f,
                 .label_smoothing = 0.1f,
                 .augmentation = {.flip = 0.5f,
                                  .rotation = 15,
                                  .scale = 0.12f,
                                  .shift = 0.12f,
                                  .degradation.chance = 0.5f,
                                  .brightness = 0.1f,
                                  .contrast = 0.2f,
                                  .erase = 0.5f,
                                  .erase_area = 0.2f}},
    };
}

/* Reads the options; those of a recipe first, so that others change it. */
static int read_options(Settings *settings, int argc, char **argv) {
    *settings = defaults();
    int status = train_options_parse(&settings->train, &usage, options, settings, argc, argv);
    if (status != OPTIONS_RUN || !settings->recipe)
        return status;
    const char *recipe = settings->recipe;
    TrainTeam *team = settings->train.run.team;
    *settings = defaults();
    settings->train.run.team = team;
    return recipe_parse(recipe, face_recipes, &usage, options, settings, argc, argv);
}

int train_face_command(int argc, char **argv) {
    Settings settings;
    int status = read_options(&settings, argc, argv);
    if (status != OPTIONS_RUN)
        return status;
    if (!settings.data)
        return options_wrong(
            &usage, "--data is missing: fer2013.csv, a folder of pictures, or 'synthetic'");
    if (settings.task.share_teachers &&
        (!settings.task.teacher || !strchr(settings.task.teacher, ',')))
        return options_wrong(&usage, "--share-teachers requires several models in --teacher");
    if (!settings.task.teacher && settings.task.teacher_weight != defaults().task.teacher_weight)
        return options_wrong(&usage, "--teacher-weight requires --teacher");
    if (settings.preview && !file_has_suffix(settings.preview, ".png"))
        return options_wrong(&usage, "--preview: '%s' is the picture's name and must end in .png",
                             settings.preview);
    if (settings.preview && settings.train.run.team)
        return options_wrong(&usage, "--preview requires a single process");
    if (settings.preview)
        threads_use(settings.train.common.threads);
    else if ((status = train_options_check(&settings.train, &usage)) != OPTIONS_RUN)
        return status;
    const Settings standard = defaults();
    const Augmentation *usual = &standard.task.augmentation,
                       *augmentation = &settings.task.augmentation;
    const Degradation *camera = &augmentation->degradation;
    if (augmentation->erase_area != usual->erase_area && augmentation->erase <= 0)
        return options_wrong(&usage, "--erase-area requires --erase");
    if (camera->chance != usual->degradation.chance && camera->gamma <= 0 &&
        camera->side_light <= 0 && camera->blur <= 0 && camera->coarse <= 0 && camera->jpeg <= 0)
        return options_wrong(&usage,
                             "--degrade requires --gamma, --side-light, --blur, --coarse or "
                             "--jpeg");
    settings.task.batch = settings.train.batch;
    settings.task.seed = settings.train.run.seed;
    Error error;
    return train_options_end(&settings.train, &usage, run(&settings, &error), &error);
}
