#include "infer/faces/detect/cascade/cascade.h"

#include "nn/io/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cascade_free(Cascade *cascade) {
    if (!cascade)
        return;
    free(cascade->stages);
    free(cascade->trees);
    free(cascade->nodes);
    free(cascade->leaves);
    free(cascade->features);
    free(cascade);
}

static bool rectangle_inside(const Cascade *cascade, const CascadeFeature *feature, int i) {
    int x = feature->rectangles[i].x, y = feature->rectangles[i].y;
    int width = feature->rectangles[i].width, height = feature->rectangles[i].height;
    if (x < 0 || y < 0 || width < 1 || height < 1 || x > CASCADE_MAX_WINDOW ||
        y > CASCADE_MAX_WINDOW || width > CASCADE_MAX_WINDOW || height > CASCADE_MAX_WINDOW)
        return false;
    if (feature->tilted)
        return x - height >= 0 && x + width <= cascade->width &&
               y + width + height <= cascade->height;
    return x + width <= cascade->width && y + height <= cascade->height;
}

static int check_tree(const Cascade *cascade, const CascadeTree *tree, Error *error) {
    for (int i = 0; i < tree->n_nodes; i++) {
        const CascadeNode *node = &cascade->nodes[tree->first_node + i];
        if (node->feature < 0 || node->feature >= cascade->n_features)
            return error_set(error, "a node asks for feature %d, but there are %d", node->feature,
                             cascade->n_features);
        const int ways[2] = {node->below, node->above};
        for (int way = 0; way < 2; way++)
            if (ways[way] > 0 ? ways[way] <= i || ways[way] >= tree->n_nodes
                              : ways[way] < -tree->n_nodes)
                return error_set(
                    error,
                    "node %d of a tree of %d leads to %d, which is neither a later node nor a leaf",
                    i, tree->n_nodes, ways[way]);
    }
    return 0;
}

int cascade_check(const Cascade *cascade, Error *error) {
    if (cascade->width < 3 || cascade->height < 3 || cascade->width > CASCADE_MAX_WINDOW ||
        cascade->height > CASCADE_MAX_WINDOW)
        return error_set(error, "the window is %d×%d, expected 3×3 to %d×%d", cascade->width,
                         cascade->height, CASCADE_MAX_WINDOW, CASCADE_MAX_WINDOW);
    if (!cascade->n_stages || !cascade->n_features)
        return error_set(error, "%d stages and %d features, expected at least one of each",
                         cascade->n_stages, cascade->n_features);
    for (int i = 0; i < cascade->n_features; i++) {
        const CascadeFeature *feature = &cascade->features[i];
        if (feature->n_rectangles < 1)
            return error_set(error, "feature %d has no rectangle", i);
        for (int k = 0; k < feature->n_rectangles; k++)
            if (!rectangle_inside(cascade, feature, k))
                return error_set(error,
                                 "rectangle %d of feature %d lies outside the window of %d×%d", k,
                                 i, cascade->width, cascade->height);
    }
    for (int i = 0; i < cascade->n_trees; i++)
        if (check_tree(cascade, &cascade->trees[i], error))
            return -1;
    return 0;
}

int cascade_locate(const char *name, char *path, size_t size, Error *error) {
    static const char *const folders[] = {
        "/usr/share/opencv4/haarcascades", "/usr/local/share/opencv4/haarcascades",
        "/usr/share/opencv/haarcascades", "/opt/homebrew/share/opencv4/haarcascades"};
    snprintf(path, size, "%s", name);
    if (strchr(name, '/') || file_exists(name))
        return 0;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, size, "%s/%s", folders[i], name);
        if (file_exists(path))
            return 0;
    }
    return error_set(error, "%s: not found here nor in %s; Debian's package opencv-data holds it",
                     name, folders[0]);
}
