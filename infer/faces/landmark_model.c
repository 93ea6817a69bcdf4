#include "infer/faces/landmark_model.h"

#include "infer/models/shipped.h"
#include "nn/models/point_network.h"

#include <math.h>
#include <stdlib.h>

/* Medians over the faces of helen_train that the cascade finds (225 of the first 250): the side of
 * the points' window over that of the cascade's square, and how far its centre lies below. */
#define WINDOW_SIDE 1.16f
#define WINDOW_DOWN 0.144f

enum { LOOKS = 2 };

struct LandmarkModel {
    PointNetwork *network;
    Tape *tape;
    uint8_t pixels[POINT_SIDE * POINT_SIDE];
    float x[POINT_SIDE * POINT_SIDE];
};

LandmarkModel *landmark_model_open(const char *path, Error *error) {
    char shipped[SHIPPED_PATH];
    if (!path && shipped_find(SHIPPED_LANDMARKS, shipped, error))
        return NULL;
    LandmarkModel *model = calloc(1, sizeof *model);
    if (!model || !(model->tape = tape_create())) {
        error_memory(error, "a model of landmarks", sizeof *model);
        landmark_model_destroy(model);
        return NULL;
    }
    model->network = point_network_load(path ? path : shipped, error);
    if (model->network && point_network_info(model->network)->points != LANDMARKS) {
        error_set(error, "%s places %d points, expected %d", path ? path : shipped,
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

static int look(LandmarkModel *model, GreyView picture, const FaceWindow *window,
                Point points[LANDMARKS], Error *error) {
    const PointNetworkInfo *info = point_network_info(model->network);
    face_window_draw(window, picture, POINT_SIDE, model->pixels);
    for (int i = 0; i < POINT_SIDE * POINT_SIDE; i++)
        model->x[i] = ((float)model->pixels[i] / 255 - info->mean) / info->std;
    tape_begin(model->tape, TAPE_EVALUATE, rng_seed(0));
    const Tensor *places = point_network_forward(
        model->network, model->tape,
        tape_input(model->tape, "face", shape(1, POINT_SIDE, POINT_SIDE, 1), model->x));
    if (tape_check(model->tape, error))
        return -1;
    for (int i = 0; i < LANDMARKS; i++)
        points[i] = face_window_out(window, (Point){places->data[2 * i], places->data[2 * i + 1]});
    return 0;
}

int landmark_model_place(LandmarkModel *model, GreyView picture, const FaceWindow *window,
                         Point points[LANDMARKS], Error *error) {
    if (picture.width < 1 || picture.height < 1 || !(window->side > 0))
        return error_set(error, "no face to place points on: a window of %g in %d×%d pixels",
                         (double)window->side, picture.width, picture.height);
    FaceWindow next = *window;
    for (int i = 0; i < LOOKS; i++) {
        if (look(model, picture, &next, points, error))
            return -1;
        float roll = landmarks_roll(points);
        next = landmarks_window(points);
        next.turn = roll;
    }
    return 0;
}
