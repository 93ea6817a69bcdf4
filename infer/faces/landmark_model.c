#include "infer/faces/landmark_model.h"

#include "infer/models/shipped.h"
#include "nn/models/point_network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Medians over the faces of helen_train that the cascade finds (225 of the first 250): the side of
 * the points' window over that of the cascade's square, and how far its centre lies below. */
#define WINDOW_SIDE 1.16f
#define WINDOW_DOWN 0.144f

/* Points of the last frame are still near a face whose window is off by no more than this. */
#define FOLLOW_SHIFT 0.2f
#define FOLLOW_SCALE 1.3f

/* Of the second look at a face in the mean with the first one. On faces68's training faces the
 * error is 3.86 % with 0.5 and 0.6, 3.93 with 0.8. */
#define SECOND_SHARE 0.6f

/* Two looks at a face are less far apart: of faces68's test faces that the network detector finds,
 * for 319 of 327 upright ones, and for 50 of 52 (every fifth) upside down in a window that is so
 * too (in an upright one for two). */
#define AGREE 0.06f
/* Sides of the window that a landmark lies from its middle at most, unless the weights are damaged.
 */
#define FARTHEST 16

enum { PIXELS = POINT_SIDE * POINT_SIDE };

struct LandmarkModel {
    PointNetwork *network;
    Tape *tape;
    uint8_t pixels[PIXELS];
    float x[PIXELS];
};

LandmarkModel *landmark_model_open(const char *path, Error *error) {
    char shipped[SHIPPED_PATH];
    if (!(path = shipped_or(path, SHIPPED_LANDMARKS, shipped, error)))
        return NULL;
    LandmarkModel *model = calloc(1, sizeof *model);
    if (!model || !(model->tape = tape_create())) {
        error_memory(error, "a model of landmarks", sizeof *model);
        landmark_model_destroy(model);
        return NULL;
    }
    model->network = point_network_load(path, error);
    if (model->network && point_network_info(model->network)->points != LANDMARKS) {
        error_set(error, "%s places %d points, expected %d", path,
                  point_network_info(model->network)->points, LANDMARKS);
        landmark_model_destroy(model);
        return NULL;
    }
    if (!model->network || point_network_fold(model->network, error)) {
        landmark_model_destroy(model);
        return NULL;
    }
    return model;
}

void landmark_model_destroy(LandmarkModel *model) {
    if (!model)
        return;
    point_network_destroy(model->network);
    tape_destroy(model->tape);
    free(model);
}

FaceWindow landmark_model_window(Box square) {
    float side = 0.5f * (float)(square.width + square.height);
    return (FaceWindow){
        .x = (float)square.x + 0.5f * (float)square.width,
        .y = (float)square.y + 0.5f * (float)square.height + WINDOW_DOWN * side,
        .side = WINDOW_SIDE * side,
    };
}

FaceWindow landmark_model_turned(const FaceWindow *window, float turn) {
    float down = WINDOW_DOWN / WINDOW_SIDE * window->side;
    return (FaceWindow){.x = window->x - down * sinf(turn),
                        .y = window->y + down * (cosf(turn) - 1),
                        .side = window->side,
                        .turn = window->turn + turn};
}

/* Predicts the points in one pass on the window. */
static int look(LandmarkModel *model, GreyView picture, const FaceWindow *window,
                Point points[LANDMARKS], Error *error) {
    const PointNetworkInfo *info = point_network_info(model->network);
    face_window_draw(window, picture, POINT_SIDE, model->pixels);
    for (int i = 0; i < PIXELS; i++)
        model->x[i] = ((float)model->pixels[i] / 255 - info->mean) / info->std;
    tape_begin(model->tape, TAPE_EVALUATE, rng_seed(0));
    const Tensor *places = point_network_forward(
        model->network, model->tape,
        tape_input(model->tape, "face", shape(1, POINT_SIDE, POINT_SIDE, 1), model->x));
    if (tape_check(model->tape, error))
        return -1;
    const Point *seen = (const Point *)places->data;
    for (int i = 0; i < 2 * LANDMARKS; i++)
        if (!(fabsf(places->data[i]) < FARTHEST))
            return error_set(error,
                             "the network places a landmark at %g windows from the face; its "
                             "weights are damaged",
                             (double)places->data[i]);
    for (int i = 0; i < LANDMARKS; i++)
        points[i] = face_window_out(window, seen[window->mirrored ? landmark_mirrored(i) : i]);
    return 0;
}

/* The window that the points give, turned level. */
static FaceWindow level_window(const Point points[LANDMARKS]) {
    FaceWindow level = landmarks_window(points);
    level.turn = landmarks_roll(points);
    return level;
}

/* Moves the points towards what the network sees in the window's mirror image. Returns how far that
 * is from them, as by landmarks_error; or -1. */
static float look_mirrored(LandmarkModel *model, GreyView picture, FaceWindow window, float share,
                           Point points[LANDMARKS], Error *error) {
    Point other[LANDMARKS];
    window.mirrored = true;
    if (look(model, picture, &window, other, error))
        return -1;
    float distance = landmarks_error(other, points);
    for (int i = 0; i < LANDMARKS; i++)
        points[i] = (Point){points[i].x + share * (other[i].x - points[i].x),
                            points[i].y + share * (other[i].y - points[i].y)};
    return distance;
}

/* Places the points of a face in that window; returns how far both looks are apart, or -1. */
static float look_twice(LandmarkModel *model, GreyView picture, const FaceWindow *window,
                        Point points[LANDMARKS], Error *error) {
    if (look(model, picture, window, points, error))
        return -1;
    return look_mirrored(model, picture, level_window(points), SECOND_SHARE, points, error);
}

/* Replaces the points of a face on which both looks disagree by those of the quarter turn in which
 * they agree best, if they agree in any. */
static int look_turned(LandmarkModel *model, GreyView picture, const FaceWindow *window,
                       Point points[LANDMARKS], Error *error) {
    float least = AGREE;
    for (int quarter = 1; quarter < 4; quarter++) {
        FaceWindow turned = landmark_model_turned(window, (float)quarter * (float)M_PI_2);
        Point other[LANDMARKS];
        float apart = look_twice(model, picture, &turned, other, error);
        if (apart < 0)
            return -1;
        if (apart < least) {
            least = apart;
            memcpy(points, other, sizeof other);
        }
    }
    return least < AGREE ? landmark_model_refine(model, picture, points, error) : 0;
}

/* As look_twice, for a window that the caller chose. */
static float begin(LandmarkModel *model, GreyView picture, const FaceWindow *window,
                   Point points[LANDMARKS], Error *error) {
    if (picture.width < 1 || picture.height < 1 || !(window->side > 0))
        return (float)error_set(error, "no face to place points on: a window of %g in %d×%d pixels",
                                (double)window->side, picture.width, picture.height);
    return look_twice(model, picture, window, points, error);
}

int landmark_model_place(LandmarkModel *model, GreyView picture, const FaceWindow *window,
                         Point points[LANDMARKS], Error *error) {
    return begin(model, picture, window, points, error) < 0 ? -1 : 0;
}

int landmark_model_search(LandmarkModel *model, GreyView picture, const FaceWindow *window,
                          Point points[LANDMARKS], Error *error) {
    float apart = begin(model, picture, window, points, error);
    if (apart > AGREE)
        return look_turned(model, picture, window, points, error);
    return apart < 0 ? -1 : 0;
}

int landmark_model_refine(LandmarkModel *model, GreyView picture, Point points[LANDMARKS],
                          Error *error) {
    FaceWindow level = level_window(points);
    if (look(model, picture, &level, points, error))
        return -1;
    return look_mirrored(model, picture, level, 0.5f, points, error) < 0 ? -1 : 0;
}

bool landmark_model_follows(const Point points[LANDMARKS], Box square) {
    FaceWindow is = landmarks_window(points), expected = landmark_model_window(square);
    float ratio = is.side / expected.side;
    return ratio > 1 / FOLLOW_SCALE && ratio < FOLLOW_SCALE &&
           hypotf(is.x - expected.x, is.y - expected.y) < FOLLOW_SHIFT * expected.side;
}
