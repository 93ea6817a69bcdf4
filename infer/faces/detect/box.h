/* box.h: rectangles of pixels, and merging several detections of one face into one box. */
#ifndef INFER_FACES_DETECT_BOX_H
#define INFER_FACES_DETECT_BOX_H

#include "nn/base/error.h"

#include <stddef.h>

/* The pixels x … x+width-1 and y … y+height-1. */
typedef struct Box {
    int x, y, width, height;
} Box;

/* A detected face, and how many windows of the cascade agreed on it, or a network's score in per
 * cent. */
typedef struct FaceBox {
    Box box;
    int neighbours;
} FaceBox;

/* A false positive on a mouth or a coat overlaps the face beside it more than two faces in a crowd
 * overlap: of 1,747 annotated faces of at least 30 pixels in 1,239 pictures of WIDER FACE, 0.7 %
 * overlap by more than this. */
#define BOX_SHARED_MOST 0.4

/* Area of the intersection divided by the area of the union, 0 … 1. */
float box_overlap(Box a, Box b);

/* Copies, from faces sorted by strength, those that at least `least` windows agree on and that do
 * not overlap a stronger one: less than BOX_SHARED_MOST of the smaller box is common to both.
 * `kept` has room for all. Returns their number. */
int box_keep_apart(const FaceBox *faces, int n, float least, FaceBox *kept);

/* The part of the box inside a picture of width × height; its width or height is 0 when there is
 * none. */
Box box_clip(Box box, int width, int height);

/* Groups `n` boxes into faces as OpenCV's groupRectangles does: two boxes belong together when each
 * edge of one is within `tolerance` times their mean size (of the smaller width and height) of the
 * other's, and so do boxes joined by a chain of such pairs. A group of more than `neighbours`
 * becomes its mean box; a group inside a stronger group's box is dropped. With `neighbours` 0 every
 * box is returned unchanged.
 *
 * Writes the faces to `*faces` (caller frees), the one with the most neighbours first, then from
 * top to bottom and left to right, and returns how many; -1 when out of memory. */
int box_group(const Box *boxes, size_t n, int neighbours, double tolerance, FaceBox **faces,
              Error *error) MUST_CHECK;

#endif
