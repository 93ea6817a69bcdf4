/* affekt classify: the emotions of the faces in pictures. */
#include "datasets/png_file.h"
#include "infer/classification.h"
#include "infer/commands.h"
#include "infer/face_model.h"
#include "nn/base/options.h"
#include "nn/base/threads.h"

typedef struct Settings {
    CommonSettings common;
    const char *model;
    bool json, detect;
} Settings;

static const Option options[] = {
    OPTION_STRING(Settings, model, "model", 'm', "FILES",
                  "a model file, or several with commas between, whose mean probability counts "
                  "(default: the shipped model)"),
    OPTION_FLAG(Settings, detect, "detect",
                "looking for faces first: each picture is one face as a whole"),
    OPTION_FLAG(Settings, json, "json", "print one JSON object a line for each file"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "classify",
    .positionals = "FILE…",
    .summary = "tells the emotion of faces in pictures",
    .notes = "Takes PNG files of single faces, grey or colour, of any size.\n",
};

/* Looks at the whole picture as one face. */
static int classify_whole(FaceModel *model, const Image *grey, ClassifiedFace *face, Error *error) {
    *face = (ClassifiedFace){.width = grey->width, .height = grey->height};
    return face_model_look(model, image_view(grey), face->probabilities, error);
}

static int tell(const Classification *seen, const Settings *settings, Error *error) {
    if (settings->json)
        return classification_print_json(seen, stdout, error);
    classification_print(seen, stdout);
    return 0;
}

static int classify_file(FaceModel *model, const char *path, const Settings *settings,
                         Error *error) {
    Image picture = {0}, grey = {0};
    ClassifiedFace face;
    int status = -1;
    if (!png_file_read(path, &picture, error) && !image_grey(&picture, &grey, error) &&
        !classify_whole(model, &grey, &face, error)) {
        Classification seen = {.file = path, .faces = &face, .n_faces = 1};
        status = tell(&seen, settings, error);
    }
    image_free(&grey);
    image_free(&picture);
    return status;
}

/* A file that cannot be read does not keep the others from being classified. */
static int classify_files(char **paths, int n, const Settings *settings) {
    Error error;
    FaceModel *model = face_model_load(settings->model, &error);
    if (!model) {
        fprintf(stderr, "affekt classify: %s\n", error.message);
        return EXIT_FAILED;
    }
    int status = EXIT_DONE;
    for (int i = 0; i < n; i++)
        if (classify_file(model, paths[i], settings, &error)) {
            fprintf(stderr, "affekt classify: %s\n", error.message);
            status = EXIT_FAILED;
        }
    face_model_destroy(model);
    return status;
}

int classify_command(int argc, char **argv) {
    Settings settings = {.detect = true};
    int n_files;
    switch (options_parse(&usage, options, &settings, argc, argv, &n_files)) {
    case OPTIONS_HELP:
        return EXIT_DONE;
    case OPTIONS_WRONG:
        return EXIT_USAGE;
    case OPTIONS_RUN:
        break;
    }
    if (!n_files)
        return options_wrong(&usage, "which FILE?");
    threads_use(settings.common.threads);
    return classify_files(argv, n_files, &settings);
}
