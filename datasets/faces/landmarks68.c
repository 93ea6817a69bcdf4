#include "datasets/faces/landmarks68.h"

#include <math.h>

/* first + last of each row of points that mirroring turns around. */
int landmark_mirrored(int i) {
    static const struct {
        int last, sum;
    } rows[] = {{16, 16}, {26, 43}, {30, 0}, {35, 66}, {54, 102}, {59, 114}, {64, 124}, {67, 132}};
    static const int eyes[] = {45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40};
    if (i >= 36 && i <= 47)
        return eyes[i - 36];
    int row = 0;
    while (i > rows[row].last)
        row++;
    return rows[row].sum ? rows[row].sum - i : i;
}

float point_distance(Point a, Point b) {
    return hypotf(a.x - b.x, a.y - b.y);
}

Point point_middle(Point a, Point b) {
    return (Point){0.5f * (a.x + b.x), 0.5f * (a.y + b.y)};
}

float point_ratio(float above, float below) {
    return below > 0 ? above / below : 0;
}

float landmarks_eye_openness(const Point eye[6]) {
    return point_ratio(point_distance(eye[1], eye[5]) + point_distance(eye[2], eye[4]),
                       2 * point_distance(eye[0], eye[3]));
}

float landmarks_lip_openness(const Point points[LANDMARKS]) {
    return point_ratio(point_distance(points[62], points[66]),
                       point_distance(points[60], points[64]));
}

Point landmarks_eyes_middle(const Point points[LANDMARKS]) {
    return point_middle(point_middle(points[36], points[39]), point_middle(points[42], points[45]));
}

float landmarks_eye_distance(const Point points[LANDMARKS]) {
    return point_distance(points[36], points[45]);
}

float landmarks_error(const Point points[LANDMARKS], const Point truth[LANDMARKS]) {
    float sum = 0;
    for (int i = 0; i < LANDMARKS; i++)
        sum += point_distance(points[i], truth[i]);
    return sum / (LANDMARKS * landmarks_eye_distance(truth));
}

FaceWindow landmarks_window(const Point points[LANDMARKS]) {
    Point low = points[0], high = points[0];
    for (int i = 1; i < LANDMARKS; i++) {
        low = (Point){fminf(low.x, points[i].x), fminf(low.y, points[i].y)};
        high = (Point){fmaxf(high.x, points[i].x), fmaxf(high.y, points[i].y)};
    }
    float side = 1.35f * fmaxf(high.x - low.x, high.y - low.y);
    return (FaceWindow){0.5f * (low.x + high.x), 0.5f * (low.y + high.y), fmaxf(side, 1), 0, false};
}

/* The middle of the six points of an eye. */
static Point eye(const Point *points) {
    Point sum = {0, 0};
    for (int i = 0; i < 6; i++)
        sum = (Point){sum.x + points[i].x / 6, sum.y + points[i].y / 6};
    return sum;
}

float landmarks_roll(const Point points[LANDMARKS]) {
    Point left = eye(points + 36), right = eye(points + 42);
    return atan2f(right.y - left.y, right.x - left.x);
}

Point face_window_out(const FaceWindow *window, Point inside) {
    float c = cosf(window->turn) * window->side, s = sinf(window->turn) * window->side;
    float x = window->mirrored ? -inside.x : inside.x;
    return (Point){window->x + c * x - s * inside.y, window->y + s * x + c * inside.y};
}

Point face_window_into(const FaceWindow *window, Point picture) {
    float c = cosf(window->turn) / window->side, s = sinf(window->turn) / window->side;
    float dx = picture.x - window->x, dy = picture.y - window->y;
    float x = c * dx + s * dy;
    return (Point){window->mirrored ? -x : x, c * dy - s * dx};
}

static float clamp(float value, float most) {
    return value < 0 ? 0 : value > most ? most : value;
}

/* Bilinear, the edge repeated; pixel centres lie at halves. */
static float sample(GreyView picture, float x, float y) {
    x = clamp(x - 0.5f, (float)(picture.width - 1));
    y = clamp(y - 0.5f, (float)(picture.height - 1));
    int left = (int)x, top = (int)y;
    int right = left + 1 < picture.width ? left + 1 : left;
    int bottom = top + 1 < picture.height ? top + 1 : top;
    float fx = x - (float)left, fy = y - (float)top;
    const uint8_t *above = picture.pixels + top * picture.stride;
    const uint8_t *below = picture.pixels + bottom * picture.stride;
    float a = (float)above[left] + fx * (float)(above[right] - above[left]);
    float b = (float)below[left] + fx * (float)(below[right] - below[left]);
    return a + fy * (b - a);
}

void face_window_draw(const FaceWindow *window, GreyView picture, int side, uint8_t *pixels) {
    int taps = (int)lrintf(window->side / (float)side);
    taps = taps < 1 ? 1 : taps > 8 ? 8 : taps;
    float step = 1 / (float)side;
    Point origin = face_window_out(window, (Point){-0.5f, -0.5f});
    Point right = face_window_out(window, (Point){0.5f, -0.5f});
    Point down = face_window_out(window, (Point){-0.5f, 0.5f});
    Point across = {(right.x - origin.x) * step, (right.y - origin.y) * step};
    Point along = {(down.x - origin.x) * step, (down.y - origin.y) * step};
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) {
            float sum = 0;
            for (int i = 0; i < taps * taps; i++) {
                float u = (float)x + ((float)(i % taps) + 0.5f) / (float)taps;
                float v = (float)y + ((float)(i / taps) + 0.5f) / (float)taps;
                sum += sample(picture, origin.x + u * across.x + v * along.x,
                              origin.y + u * across.y + v * along.y);
            }
            pixels[y * side + x] = (uint8_t)(sum / (float)(taps * taps) + 0.5f);
        }
}
