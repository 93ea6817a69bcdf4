/* box_decode.h: decoding the output of a box network (box_network.h). */
#ifndef NN_MODELS_BOX_DECODE_H
#define NN_MODELS_BOX_DECODE_H

enum {
    BOX_LEVELS = 3,
    BOX_VALUES = 5,        /* at a position: logit, x, y, log width, log height */
    BOX_MULTIPLE = 32,     /* the picture's sides are multiples of this */
    BOX_SMALLEST_SIDE = 8, /* of a detectable object, in pixels of the network's picture */
};

/* A box in pixels of some picture: corner, size and confidence, 0 … 1. */
typedef struct ScoredBox {
    float x, y, width, height, score;
} ScoredBox;

/* Pixels from one position of map `level` to the next, and its number of positions for a picture.
 */
int box_level_stride(int level);
int box_level_positions(int level, int height, int width);

/* Encodes a box at the position (column, row) of a map: the offset of its centre from the
 * position's, and the logarithms of its sides, in strides. */
void box_encode(const ScoredBox *box, int stride, int column, int row, float values[4]);
/* The reverse, with the score of its logit; sides are limited to exp(9) strides. */
ScoredBox box_decode(const float values[BOX_VALUES], int stride, int column, int row);

/* Area of the intersection divided by the area of the union, 0 … 1. */
float scored_box_overlap(const ScoredBox *a, const ScoredBox *b);

/* Non-maximum suppression: sorts by score, the best first, and keeps at most `most`, none of which
 * overlaps a better one by more than `overlap`. Returns how many. */
int box_suppress(ScoredBox *boxes, int n, float overlap, int most);

/* Decodes picture `image` of a forward pass over `n` pictures of height × width: boxes of at least
 * `score`, the best of those that overlap by more than `overlap` (non-maximum suppression), best
 * first. Writes at most `most` and returns how many. */
int box_network_decode(const float *values, int n, int image, int height, int width, float score,
                       float overlap, ScoredBox *boxes, int most);

#endif
