/* cascade.h: a boosted cascade of Haar features in OpenCV's XML format.
 *
 * Viola and Jones, "Rapid object detection using a boosted cascade of simple features" (2001);
 * Lienhart and Maydt, "An extended set of Haar-like features" (2002) for the tilted ones. A window
 * of the cascade's training size passes stage after stage; the first stage whose sum of trees is
 * below its threshold rejects it. A tree tests at each node whether a feature (a weighted sum of
 * rectangles, divided by the window's standard deviation) is below a threshold, and ends in a leaf.
 */
#ifndef INFER_FACES_DETECT_CASCADE_CASCADE_H
#define INFER_FACES_DETECT_CASCADE_CASCADE_H

#include "nn/base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    CASCADE_RECTANGLES = 3,   /* of a feature, at most */
    CASCADE_MAX_WINDOW = 128, /* pixels: sums of squares of such a window fit 31 bits */
    CASCADE_MAX_STAGES = 1024,
    CASCADE_MAX_TREES = 1 << 16,
    CASCADE_MAX_NODES = 1 << 17,
    CASCADE_MAX_FEATURES = 1 << 17,
    CASCADE_TREE_NODES = 32, /* of one tree, at most */
};

/* Weighted rectangles inside the window. A tilted rectangle is rotated by 45°: (x, y) is its
 * topmost corner, `width` runs down to the right and `height` down to the left. */
typedef struct CascadeFeature {
    struct {
        int x, y, width, height;
        float weight;
    } rectangles[CASCADE_RECTANGLES];
    int n_rectangles;
    bool tilted;
} CascadeFeature;

/* `below` and `above` are the targets when the feature is below the threshold or not: > 0 is a
 * later node of the same tree, ≤ 0 is the leaf -below. */
typedef struct CascadeNode {
    int feature;
    float threshold;
    int below, above;
} CascadeNode;

/* The tree's leaves are leaves[first_leaf] …; it has one more of them than nodes. */
typedef struct CascadeTree {
    int first_node, n_nodes, first_leaf;
} CascadeTree;

typedef struct CascadeStage {
    int first_tree, n_trees;
    float threshold;
} CascadeStage;

typedef struct Cascade {
    int width, height; /* of the window in pixels */
    bool has_tilted;
    CascadeStage *stages;
    CascadeTree *trees;
    CascadeNode *nodes;
    float *leaves;
    CascadeFeature *features;
    int n_stages, n_trees, n_nodes, n_leaves, n_features;
} Cascade;

/* Reads the XML file; the caller frees with cascade_free. NULL with a message that names the line
 * when the file is not a boosted Haar cascade in the format of OpenCV 2 and later, or exceeds a
 * limit above. */
Cascade *cascade_load(const char *path, Error *error) MUST_CHECK;

/* As cascade_load, from bytes in memory; `name` is for messages. */
Cascade *cascade_parse(const char *name, const void *bytes, size_t size, Error *error) MUST_CHECK;

void cascade_free(Cascade *cascade);

/* Checks what evaluation relies on: every index in range, every rectangle inside the window, every
 * node leading to a later node or a leaf. */
int cascade_check(const Cascade *cascade, Error *error) MUST_CHECK;

/* The default cascade, from Debian's opencv-data. */
#define CASCADE_DEFAULT "haarcascade_frontalface_default.xml"

/* Writes the path of the cascade: `name` itself when it has a '/' or is a file, else that file in
 * the folders where distributions put OpenCV's data. The message on failure names the package to
 * install. */
int cascade_locate(const char *name, char *path, size_t size, Error *error) MUST_CHECK;

#endif
