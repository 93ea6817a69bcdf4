/* framing_sweep MODEL FACES: how well photographs are read under different framings of the same
 * detected faces. FACES is ../shared/data/faces, of which the folders yale and stills/expression
 * are labelled; MODEL "-" is the shipped one. Prints accuracy and mean log-likelihood of the right
 * emotion for each framing. */
#include "datasets/media/picture.h"
#include "infer/faces/detect/face_detector.h"
#include "infer/faces/face_framing.h"
#include "infer/faces/face_model.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FACES = 256 };

typedef struct Labelled {
    Image grey;
    Box box;
    Emotion emotion;
} Labelled;

typedef struct LabelledFaces {
    Labelled faces[MOST_FACES];
    int n, missed;
} LabelledFaces;

/* Adds the surest face of a picture. */
static void add_picture(LabelledFaces *set, FaceDetector *detector, const char *path, int emotion) {
    Error error;
    const FaceBox *found;
    Labelled *face = &set->faces[set->n];
    if (emotion < 0 || set->n == MOST_FACES || picture_read(path, IMAGE_GREY, &face->grey, &error))
        return;
    if (face_detector_find(detector, image_view(&face->grey), &DETECTOR_DEFAULTS, &found, &error) <
        1) {
        image_free(&face->grey);
        set->missed++;
        return;
    }
    face->box = found[0].box;
    face->emotion = (Emotion)emotion;
    set->n++;
}

/* The emotion of a file in stills/expression: faceapi_EMOTION.jpg, or pyfeat_…-su-ph.jpg and the
 * like. */
static int emotion_from_file(const char *name) {
    static const char *const codes[][2] = {
        {"-su", "surprise"}, {"-hao", "happy"}, {"-anc", "angry"}, {"-di", "disgust"}};
    char word[32];
    if (sscanf(name, "faceapi_%31[a-z]", word) == 1)
        return emotion_from_name(word);
    for (int i = 0; i < 4; i++)
        if (strstr(name, codes[i][0]))
            return emotion_from_name(codes[i][1]);
    return -1;
}

static void add_folder(LabelledFaces *set, FaceDetector *detector, const char *root,
                       const char *folder, int emotion) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", root, folder);
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s/%s", root, folder, entry->d_name);
        add_picture(set, detector, path, emotion < 0 ? emotion_from_file(entry->d_name) : emotion);
    }
    if (directory)
        closedir(directory);
}

static int score(FaceModel *model, LabelledFaces *set, FaceFraming framing, Error *error) {
    FaceCrop crop = {0};
    int right = 0;
    double likelihood = 0;
    for (int i = 0; i < set->n; i++) {
        const Labelled *face = &set->faces[i];
        float probabilities[EMOTION_COUNT];
        Box square = face_framing_square(framing, face->box);
        if (face_crop_take(&crop, image_view(&face->grey), square, error) ||
            face_model_look(model, crop.view, FACE_VIEWS_FLIP, probabilities, error))
            return -1;
        right += emotion_most_probable(probabilities) == face->emotion;
        likelihood += log(fmax((double)probabilities[face->emotion], 1e-4));
    }
    face_crop_free(&crop);
    printf("  %4.0f %% %6.2f", 100.0 * right / set->n, likelihood / set->n);
    return 0;
}

static int sweep(FaceModel *model, LabelledFaces *set, Error *error) {
    static const float shifts[] = {-0.08f, -0.04f, 0, 0.04f, 0.08f};
    printf("%d faces (%d not found); accuracy and mean log-likelihood; centre moved down by\n%8s",
           set->n, set->missed, "side");
    for (int k = 0; k < 5; k++)
        printf("%15.2f", (double)shifts[k]);
    for (int step = 80; step <= 130; step += 5) {
        printf("\n%8.2f", step / 100.0);
        for (int k = 0; k < 5; k++)
            if (score(model, set, (FaceFraming){(float)step / 100, shifts[k]}, error))
                return -1;
    }
    printf("\n");
    return 0;
}

int main(int argc, char **argv) {
    Error error = {{0}};
    if (argc != 3) {
        fprintf(stderr, "usage: framing_sweep MODEL FACES\n");
        return EXIT_FAILURE;
    }
    static LabelledFaces set;
    FaceModel *model = face_model_load(strcmp(argv[1], "-") ? argv[1] : NULL, &error);
    FaceDetector *detector = model ? face_detector_open(NULL, &error) : NULL;
    int status = detector ? 0 : -1;
    if (!status) {
        add_folder(&set, detector, argv[2], "yale/happy", EMOTION_HAPPY);
        add_folder(&set, detector, argv[2], "yale/neutral", EMOTION_NEUTRAL);
        add_folder(&set, detector, argv[2], "yale/sadness", EMOTION_SAD);
        add_folder(&set, detector, argv[2], "yale/surprise", EMOTION_SURPRISE);
        add_folder(&set, detector, argv[2], "stills/expression", -1);
        status = set.n ? sweep(model, &set, &error)
                       : error_set(&error, "%s: no labelled pictures", argv[2]);
    }
    for (int i = 0; i < set.n; i++)
        image_free(&set.faces[i].grey);
    face_detector_destroy(detector);
    face_model_destroy(model);
    if (status)
        fprintf(stderr, "framing_sweep: %s\n", error.message);
    return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
