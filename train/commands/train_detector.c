/* train_detector.c: `affekt train detector`. */
#include "train/commands/commands.h"
#include "train/commands/train_options.h"
#include "train/tasks/detector_task.h"

#include <stdio.h>

typedef struct Settings {
    TrainOptions train;
    DetectorTaskSettings task;
    const char *data, *empty, *landmarks;
} Settings;

#define AUGMENTATION(field, name, argument, high, help)                                            \
    OPTION_FLOAT(Settings, task.augmentation.field, name, argument, 0, high, help)

static const Option options[] = {
    OPTION_INPUT(Settings, data, "data", 0, "FILE_OR_DIR",
                 "pictures with boxes as WIDER FACE lists them: bbx_gt.txt, or its folder"),
    OPTION_INPUT(Settings, empty, "empty", 0, "DIR", "pictures without a face, as negatives"),
    OPTION_INPUT(Settings, landmarks, "landmarks", 0, "FILE,…",
                 "faces with 68 points, as train landmarks takes them, to learn from too"),
    OPTION_INPUT(Settings, task.start, "start", 0, "MODEL",
                 "start from this model's weights (fine-tuning)"),
    OPTION_INTEGER(Settings, task.width, "width", "N", 16, 256,
                   "channels of the network's maps, a multiple of 16"),
    OPTION_INTEGER(Settings, task.window, "window", "PIXELS", 64, 1024,
                   "side of the windows it learns from, a multiple of 32"),
    OPTION_INTEGER(Settings, task.windows, "windows", "N", 1, 100,
                   "windows drawn from each picture per epoch"),
    AUGMENTATION(smallest, "smallest", "PIXELS", 512, "smallest face in the windows"),
    AUGMENTATION(largest, "largest", "PIXELS", 512, "largest face in the windows"),
    AUGMENTATION(tilt, "tilt", "DEGREES", 180, "turn half of the windows by up to this"),
    AUGMENTATION(sway, "sway", "DEGREES", 180, "turn the others by up to this"),
    AUGMENTATION(flip, "flip", "P", 1, "mirror with this probability"),
    AUGMENTATION(empty, "elsewhere", "P", 1, "look at a random place with this probability"),
    AUGMENTATION(light, "light", "P", 1, "change contrast and brightness with this probability"),
    AUGMENTATION(dark, "dark", "P", 1, "darken, down to a tenth, with this probability"),
    AUGMENTATION(blur, "blur", "P", 1, "blur with this probability"),
    TRAIN_OPTIONS(Settings, train),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt train detector",
    .positionals = "",
    .summary = "trains a face detector",
    .notes = "The best epoch is kept, by average precision on a tenth of the pictures.\n"
             "Example: affekt train detector --data wider_train --out detector.safetensors\n",
};

/* Returns 0, -1, or the signal that interrupted it. */
static int train(const Settings *settings, const BoxSet *set, Error *error) {
    DetectorTask *task = detector_task_create(set, &settings->task, error);
    if (!task)
        return -1;
    TrainTask description = detector_task_describe(task);
    if (!settings->train.common.quiet)
        fprintf(
            stderr,
            "%zu parameters, %.1f M multiply-adds per window; %d faces in %d pictures, of which "
            "%d to train on\n",
            parameters_trained_elements(description.parameters),
            (double)detector_task_multiply_adds(task) * 1e-6, box_set_count(set, BOX_SMALLEST_SIDE),
            set->n_pictures, detector_task_training_pictures(task));
    int status = train_options_run(&settings->train, &description, options, settings,
                                   "validation_loss", "", error);
    detector_task_destroy(task);
    return status;
}

static int run(const Settings *settings, Error *error) {
    BoxSet *set = box_set_read(settings->data, error);
    if (!set)
        return -1;
    int status = -1;
    if ((!settings->empty || !box_set_add_empty(set, settings->empty, error)) &&
        (!settings->landmarks || !box_set_add_landmarks(set, settings->landmarks, error)) &&
        !box_set_load_pictures(set, error))
        status = train(settings, set, error);
    box_set_destroy(set);
    return status;
}

int train_detector_command(int argc, char **argv) {
    Settings settings = {
        .train = train_options_small_network(16, 2e-5f, 10),
        .task = {.width = 64,
                 .window = 192,
                 .windows = 2,
                 .augmentation = {.smallest = 12,
                                  .largest = 130,
                                  .tilt = 45,
                                  .sway = 12,
                                  .flip = 0.5f,
                                  .empty = 0.15f,
                                  .light = 0.6f,
                                  .dark = 0.08f,
                                  .blur = 0.15f}},
    };
    int status = train_options_begin(&settings.train, &usage, options, &settings, argc, argv,
                                     &settings.data, "a list of pictures and boxes");
    if (status != OPTIONS_RUN)
        return status;
    const BoxAugmentation *windows = &settings.task.augmentation;
    if (windows->smallest < 1 || windows->largest < windows->smallest)
        return options_wrong(&usage, "--smallest and --largest: faces of %g to %g pixels",
                             (double)windows->smallest, (double)windows->largest);
    settings.task.batch = settings.train.batch;
    settings.task.seed = settings.train.run.seed;
    Error error;
    return train_options_end(&settings.train, &usage, run(&settings, &error), &error);
}
