/* levelling MODEL DATA FACES: what it gives to turn a face level by its landmarks before the
 * network sees it. The first FACES faces of FER2013's PublicTest (DATA) are enlarged to 192 pixels,
 * turned, and laid on a grey picture of 384 × 384; the default detector finds them, the landmarks
 * give the roll. One line of JSON an angle: how many were found, the mean difference between roll
 * and angle in degrees, and accuracy and mean log-likelihood of the right emotion where faces that
 * roll by more than 0, 10, 15, 20 degrees and none at all are turned level. MODEL "-" is the
 * shipped one. */
#include "datasets/faces/face_load.h"
#include "infer/faces/detect/face_finder.h"
#include "infer/faces/face_framing.h"
#include "infer/faces/face_model.h"
#include "infer/faces/landmark_model.h"
#include "nn/base/threads.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CANVAS = 384, PADDED = 2 * FACE_SIDE, GREY = 128 };

typedef struct Tools {
    FaceModel *model;
    FaceFinder *finder;
    LandmarkModel *landmarks;
    FaceCrop crop;
} Tools;

static const float limits[] = {0, 10, 15, 20, 180}; /* degrees; beyond, faces are turned */
enum { LIMITS = sizeof limits / sizeof *limits };

typedef struct Sums {
    int faces, found, right[LIMITS];
    double likelihood[LIMITS], roll_error;
} Sums;

/* canvas (CANVAS, CANVAS): the face in the middle, turned clockwise. */
static void lay_out(const uint8_t *face, float turn, uint8_t *canvas) {
    uint8_t padded[PADDED * PADDED];
    memset(padded, GREY, sizeof padded);
    for (int y = 0; y < FACE_SIDE; y++)
        memcpy(padded + (y + FACE_SIDE / 2) * PADDED + FACE_SIDE / 2, face + y * FACE_SIDE,
               FACE_SIDE);
    FaceWindow window = {PADDED / 2.0f, PADDED / 2.0f, PADDED, -turn, false};
    face_window_draw(&window, (GreyView){padded, PADDED, PADDED, PADDED}, CANVAS, canvas);
}

static int add_face(Tools *tools, const uint8_t *face, Emotion label, float turn, Sums *sums,
                    Error *error) {
    static uint8_t canvas[CANVAS * CANVAS];
    GreyView picture = {canvas, CANVAS, CANVAS, CANVAS};
    lay_out(face, turn, canvas);
    const FaceBox *found;
    int n = face_finder_find(tools->finder, picture, &DETECTOR_DEFAULTS, &found, error);
    sums->faces++;
    if (n < 1)
        return n;
    Box square = face_framing_square(FACE_FRAMING_DEFAULT, found[0].box);
    FaceWindow window = landmark_model_window(found[0].box);
    Point points[LANDMARKS];
    float seen[2][EMOTION_COUNT]; /* as it is, turned level */
    if (face_crop_take(&tools->crop, picture, square, error) ||
        face_model_look(tools->model, tools->crop.view, FACE_VIEWS_FLIP, seen[0], error) ||
        landmark_model_search(tools->landmarks, picture, &window, points, error))
        return -1;
    float roll = landmarks_roll(points);
    if (face_crop_take_turned(&tools->crop, picture, square, roll, error) ||
        face_model_look(tools->model, tools->crop.view, FACE_VIEWS_FLIP, seen[1], error))
        return -1;
    sums->found++;
    sums->roll_error += fabs((double)(roll - turn)) * 180 / M_PI;
    for (int i = 0; i < LIMITS; i++) {
        const float *probabilities = seen[fabsf(roll) * 180 / (float)M_PI > limits[i]];
        sums->right[i] += emotion_most_probable(probabilities) == label;
        sums->likelihood[i] += log(fmax((double)probabilities[label], 1e-4));
    }
    return 0;
}

static int measure(Tools *tools, const FaceSet *set, int most, int degrees, Error *error) {
    Sums sums = {0};
    for (uint32_t i = 0; i < set->count && sums.faces < most; i++)
        if (set->splits[i] == FACE_PUBLIC_TEST &&
            add_face(tools, face_set_face(set, i), (Emotion)set->labels[i],
                     (float)degrees * (float)M_PI / 180, &sums, error) < 0)
            return -1;
    double n = sums.found ? sums.found : 1;
    printf("{\"degrees\": %d, \"faces\": %d, \"found\": %d, \"roll_error\": %.2f, \"beyond\": [",
           degrees, sums.faces, sums.found, sums.roll_error / n);
    for (int k = 0; k < LIMITS; k++)
        printf("%s{\"limit\": %g, \"accuracy\": %.2f, \"likelihood\": %.4f}", k ? ", " : "",
               (double)limits[k], 100 * sums.right[k] / n, sums.likelihood[k] / n);
    printf("]}\n");
    fflush(stdout);
    return 0;
}

int main(int argc, char **argv) {
    static const int angles[] = {0, 15, -15, 30, -30};
    Error error = {{0}};
    if (argc != 4) {
        fprintf(stderr, "usage: levelling MODEL DATA FACES\n");
        return EXIT_FAILURE;
    }
    threads_use(1);
    Tools tools = {.model = face_model_load(strcmp(argv[1], "-") ? argv[1] : NULL, &error)};
    FaceSet *set = tools.model ? face_load(argv[2], (FaceLoadOptions){0}, &error) : NULL;
    tools.finder = set ? face_finder_open(NULL, NULL, &error) : NULL;
    tools.landmarks = tools.finder ? landmark_model_open(NULL, &error) : NULL;
    int status = tools.landmarks ? 0 : -1;
    for (size_t i = 0; i < sizeof angles / sizeof *angles && !status; i++)
        status = measure(&tools, set, atoi(argv[3]), angles[i], &error);
    if (status)
        fprintf(stderr, "levelling: %s\n", error.message);
    face_crop_free(&tools.crop);
    landmark_model_destroy(tools.landmarks);
    face_finder_destroy(tools.finder);
    face_set_destroy(set);
    face_model_destroy(tools.model);
    return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
