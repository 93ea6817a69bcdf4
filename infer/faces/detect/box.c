#include "infer/faces/detect/box.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static int smaller(int a, int b) {
    return a < b ? a : b;
}

static int larger(int a, int b) {
    return a > b ? a : b;
}

float box_overlap(Box a, Box b) {
    long long width = (long long)smaller(a.x + a.width, b.x + b.width) - larger(a.x, b.x);
    long long height = (long long)smaller(a.y + a.height, b.y + b.height) - larger(a.y, b.y);
    if (width <= 0 || height <= 0)
        return 0;
    long long both = width * height;
    long long either = (long long)a.width * a.height + (long long)b.width * b.height - both;
    return (float)((double)both / (double)either);
}

/* The common part of the boxes, as a part of the smaller one. */
static double shared_part(Box a, Box b) {
    Box common = {larger(a.x, b.x), larger(a.y, b.y), 0, 0};
    common.width = smaller(a.x + a.width, b.x + b.width) - common.x;
    common.height = smaller(a.y + a.height, b.y + b.height) - common.y;
    double area_a = (double)a.width * a.height, area_b = (double)b.width * b.height;
    if (common.width <= 0 || common.height <= 0)
        return 0;
    return (double)common.width * common.height / fmin(area_a, area_b);
}

int box_keep_apart(const FaceBox *faces, int n, float least, FaceBox *kept) {
    int count = 0;
    for (int i = 0; i < n; i++) {
        bool apart = (float)faces[i].neighbours >= least;
        for (int j = 0; j < count && apart; j++)
            apart = shared_part(faces[i].box, kept[j].box) < BOX_SHARED_MOST;
        if (apart)
            kept[count++] = faces[i];
    }
    return count;
}

Box box_clip(Box box, int width, int height) {
    int right = smaller(box.x + box.width, width), bottom = smaller(box.y + box.height, height);
    box.x = larger(box.x, 0);
    box.y = larger(box.y, 0);
    box.width = larger(right - box.x, 0);
    box.height = larger(bottom - box.y, 0);
    return box;
}

static bool similar(Box a, Box b, double tolerance) {
    double delta = tolerance * (smaller(a.width, b.width) + smaller(a.height, b.height)) * 0.5;
    return abs(a.x - b.x) <= delta && abs(a.y - b.y) <= delta &&
           abs(a.x + a.width - b.x - b.width) <= delta &&
           abs(a.y + a.height - b.y - b.height) <= delta;
}

/* Boxes in order of their left edge: a box can only be similar to those soon after it. */
typedef struct Entry {
    Box box;
    int group;
} Entry;

static int by_left_edge(const void *a, const void *b) {
    const Box *first = &((const Entry *)a)->box, *second = &((const Entry *)b)->box;
    if (first->x != second->x)
        return first->x < second->x ? -1 : 1;
    if (first->y != second->y)
        return first->y < second->y ? -1 : 1;
    return (first->width > second->width) - (first->width < second->width);
}

/* The representative of the entry's group (union-find with path halving). */
static int find_group(Entry *entries, int i) {
    while (entries[i].group != i) {
        entries[i].group = entries[entries[i].group].group;
        i = entries[i].group;
    }
    return i;
}

static void join_similar(Entry *entries, int n, double tolerance) {
    for (int i = 0; i < n; i++) {
        double reach = tolerance * (entries[i].box.width + entries[i].box.height) * 0.5;
        for (int j = i + 1; j < n && entries[j].box.x - entries[i].box.x <= reach; j++)
            if (similar(entries[i].box, entries[j].box, tolerance)) {
                int a = find_group(entries, i), b = find_group(entries, j);
                entries[larger(a, b)].group = smaller(a, b);
            }
    }
}

typedef struct Sums {
    long long x, y, width, height;
    int n;
} Sums;

/* The mean is rounded as OpenCV rounds it: in float, ties to even. */
static FaceBox mean_box(const Sums *sums) {
    float scale = 1.0f / (float)sums->n;
    Box box = {(int)lrintf((float)sums->x * scale), (int)lrintf((float)sums->y * scale),
               (int)lrintf((float)sums->width * scale), (int)lrintf((float)sums->height * scale)};
    return (FaceBox){box, sums->n};
}

/* Whether the face lies in another, stronger one. */
static bool swallowed(FaceBox face, FaceBox other, double tolerance) {
    int dx = (int)lrint(other.box.width * tolerance), dy = (int)lrint(other.box.height * tolerance);
    return face.box.x >= other.box.x - dx && face.box.y >= other.box.y - dy &&
           face.box.x + face.box.width <= other.box.x + other.box.width + dx &&
           face.box.y + face.box.height <= other.box.y + other.box.height + dy &&
           (other.neighbours > larger(3, face.neighbours) || face.neighbours < 3);
}

static int by_strength(const void *a, const void *b) {
    const FaceBox *first = a, *second = b;
    if (first->neighbours != second->neighbours)
        return first->neighbours > second->neighbours ? -1 : 1;
    if (first->box.y != second->box.y)
        return first->box.y < second->box.y ? -1 : 1;
    if (first->box.x != second->box.x)
        return first->box.x < second->box.x ? -1 : 1;
    return (first->box.width > second->box.width) - (first->box.width < second->box.width);
}

/* Adds up the groups of the entries and keeps the means of those with more than `neighbours`. */
static int strong_groups(Entry *entries, Sums *sums, int n, int neighbours, FaceBox *faces) {
    for (int i = 0; i < n; i++) {
        Sums *sum = &sums[find_group(entries, i)];
        Box box = entries[i].box;
        *sum = (Sums){sum->x + box.x, sum->y + box.y, sum->width + box.width,
                      sum->height + box.height, sum->n + 1};
    }
    int n_faces = 0;
    for (int i = 0; i < n; i++)
        if (sums[i].n > neighbours)
            faces[n_faces++] = mean_box(&sums[i]);
    return n_faces;
}

static int drop_swallowed(const FaceBox *faces, int n, double tolerance, FaceBox *kept) {
    int n_kept = 0;
    for (int i = 0; i < n; i++) {
        int j = 0;
        while (j < n && (j == i || !swallowed(faces[i], faces[j], tolerance)))
            j++;
        if (j == n)
            kept[n_kept++] = faces[i];
    }
    return n_kept;
}

int box_group(const Box *boxes, size_t n, int neighbours, double tolerance, FaceBox **faces,
              Error *error) {
    if (n > INT_MAX / 2)
        return error_set(error, "%zu boxes are too many to group", n);
    Entry *entries = malloc((n + 1) * sizeof *entries);
    Sums *sums = calloc(n + 1, sizeof *sums);
    FaceBox *means = malloc((n + 1) * sizeof *means);
    FaceBox *kept = malloc((n + 1) * sizeof *kept);
    int n_kept = -1;
    if (!entries || !sums || !means || !kept) {
        error_memory(error, "boxes", (n + 1) * sizeof *entries);
    } else {
        for (size_t i = 0; i < n; i++) {
            entries[i] = (Entry){boxes[i], (int)i};
            kept[i] = (FaceBox){boxes[i], 1};
        }
        n_kept = (int)n;
        if (neighbours > 0) {
            qsort(entries, n, sizeof *entries, by_left_edge);
            for (size_t i = 0; i < n; i++)
                entries[i].group = (int)i;
            join_similar(entries, (int)n, tolerance);
            int n_means = strong_groups(entries, sums, (int)n, neighbours, means);
            n_kept = drop_swallowed(means, n_means, tolerance, kept);
        }
        qsort(kept, (size_t)n_kept, sizeof *kept, by_strength);
    }
    free(entries);
    free(sums);
    free(means);
    if (n_kept < 0)
        free(kept);
    else
        *faces = kept;
    return n_kept;
}
