/* train_landmarks.c: `affekt train landmarks`. */
#include "train/commands/commands.h"
#include "train/commands/train_options.h"
#include "train/tasks/landmark_task.h"

#include <stdio.h>

typedef struct Settings {
    TrainOptions train;
    LandmarkTaskSettings task;
    const char *data;
} Settings;

#define AUGMENTATION(field, name, argument, high, help)                                            \
    OPTION_FLOAT(Settings, task.field, name, argument, 0, high, help)

static const Option options[] = {
    OPTION_INPUT(Settings, data, "data", 0, "FILE,…",
                 "tables of faces with 68 points (name.csv, its pictures in the folder name)"),
    OPTION_INTEGER(Settings, task.width, "width", "N", 16, 256,
                   "channels of the network's last map, a multiple of 8"),
    OPTION_INTEGER(Settings, task.views, "views", "N", 1, 100,
                   "augmented views of each face per epoch"),
    AUGMENTATION(shift, "shift", "F", 1, "move by up to this share of the side, either way"),
    AUGMENTATION(scale, "scale", "F", 0.9, "resize by up to this share, either way"),
    AUGMENTATION(turn, "rotate", "DEGREES", 180, "turn by up to this, either way"),
    AUGMENTATION(again, "again", "P", 1,
                 "probability of a second pass, with a third of these jitters"),
    AUGMENTATION(flip, "flip", "P", 1, "mirror with this probability"),
    AUGMENTATION(light, "light", "P", 1, "change contrast and brightness with this probability"),
    AUGMENTATION(blur, "blur", "P", 1, "blur with this probability"),
    TRAIN_OPTIONS(Settings, train),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt train landmarks",
    .positionals = "",
    .summary = "trains a landmark network (68 points)",
    .notes = "The best epoch is kept, by the mean error on a tenth of the photographs.\n"
             "Example: affekt train landmarks --data helen_train.csv,afw.csv "
             "--out landmarks.safetensors\n",
};

/* Returns 0, -1, or the signal that interrupted it. */
static int train(const Settings *settings, const LandmarkSet *set, Error *error) {
    LandmarkTask *task = landmark_task_create(set, &settings->task, error);
    if (!task)
        return -1;
    TrainTask description = landmark_task_describe(task);
    if (!settings->train.common.quiet)
        fprintf(stderr, "%zu parameters, %.1f M multiply-adds; %d faces\n",
                parameters_trained_elements(description.parameters),
                (double)point_network_multiply_adds(landmark_task_network(task)) * 1e-6,
                set->n_faces);
    int status = train_options_run(&settings->train, &description, options, settings,
                                   "validation_loss", "", error);
    landmark_task_destroy(task);
    return status;
}

int train_landmarks_command(int argc, char **argv) {
    Settings settings = {
        .train = train_options_small_network(32, 1e-5f, 50),
        .task = {.width = 128,
                 .views = 4,
                 .shift = 0.1f,
                 .scale = 0.15f,
                 .turn = 30,
                 .again = 0.5f,
                 .flip = 0.5f,
                 .light = 0.5f,
                 .blur = 0.3f},
    };
    int status = train_options_begin(&settings.train, &usage, options, &settings, argc, argv,
                                     &settings.data, "tables of faces with 68 points");
    if (status != OPTIONS_RUN)
        return status;
    settings.task.batch = settings.train.batch;
    settings.task.seed = settings.train.run.seed;
    Error error;
    LandmarkSet *set = landmark_set_read(settings.data, &error);
    int result = set ? train(&settings, set, &error) : -1;
    landmark_set_destroy(set);
    return train_options_end(&settings.train, &usage, result, &error);
}
