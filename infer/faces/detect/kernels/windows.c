#include "infer/faces/detect/kernels/windows.h"

#include <math.h>
#include <string.h>

#if defined ISA_AVX2 || defined ISA_AVX512
#    include <immintrin.h>
#endif

typedef uint32_t VectorWord __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
/* With no more than this many windows of a vector left it is faster to go on with them one by one
 * (measured; without vector instructions for all that is asked here, one by one pays sooner). */
#ifdef ISA_PORTABLE
enum { FEW = LANES / 4 };
#else
enum { FEW = 1 };
#endif

static inline VectorWord load(const uint32_t *at) {
    return *(const VectorWord *)at;
}

/* LANES sums in double, as two vectors of half as many: how to add floats to them, and bit i set
 * where sum i is at least the threshold. */
typedef double HalfDouble __attribute__((vector_size(LANES * 4)));
typedef struct Sums {
    HalfDouble low, high;
} Sums;

#if defined ISA_AVX512

static inline void sums_add(Sums *sums, Vector values) {
    sums->low += _mm512_cvtps_pd(_mm512_castps512_ps256(values));
    sums->high += _mm512_cvtps_pd(_mm512_extractf32x8_ps(values, 1));
}

static inline uint32_t sums_reached(const Sums *sums, double threshold) {
    __m512d limit = _mm512_set1_pd(threshold);
    return (uint32_t)_mm512_cmp_pd_mask(sums->low, limit, _CMP_GE_OQ) |
           (uint32_t)_mm512_cmp_pd_mask(sums->high, limit, _CMP_GE_OQ) << 8;
}

#elif defined ISA_AVX2

static inline void sums_add(Sums *sums, Vector values) {
    sums->low += _mm256_cvtps_pd(_mm256_castps256_ps128(values));
    sums->high += _mm256_cvtps_pd(_mm256_extractf128_ps(values, 1));
}

static inline uint32_t sums_reached(const Sums *sums, double threshold) {
    __m256d limit = _mm256_set1_pd(threshold);
    return (uint32_t)_mm256_movemask_pd(_mm256_cmp_pd(sums->low, limit, _CMP_GE_OQ)) |
           (uint32_t)_mm256_movemask_pd(_mm256_cmp_pd(sums->high, limit, _CMP_GE_OQ)) << 4;
}

#else

static inline void sums_add(Sums *sums, Vector values) {
    for (int i = 0; i < LANES / 2; i++) {
        sums->low[i] += values[i];
        sums->high[i] += values[i + LANES / 2];
    }
}

static inline uint32_t sums_reached(const Sums *sums, double threshold) {
    uint32_t bits = 0;
    for (int i = 0; i < LANES / 2; i++)
        bits |= (uint32_t)(sums->low[i] >= threshold) << i | (uint32_t)(sums->high[i] >= threshold)
                                                                 << (i + LANES / 2);
    return bits;
}

#endif

static inline VectorInt rectangle_sums(const uint32_t *at, const WindowCorners *corners) {
    return (VectorInt)(load(at + corners->at[0]) - load(at + corners->at[1]) -
                       load(at + corners->at[2]) + load(at + corners->at[3]));
}

/* The node's feature for LANES windows, divided by their standard deviations. */
static inline Vector features(const WindowNode *node, const uint32_t *at, Vector norm) {
    Vector sum = node->weights[0] *
                     __builtin_convertvector(rectangle_sums(at, &node->rectangles[0]), Vector) +
                 node->weights[1] *
                     __builtin_convertvector(rectangle_sums(at, &node->rectangles[1]), Vector);
    if (node->n_rectangles > 2)
        sum += node->weights[2] *
               __builtin_convertvector(rectangle_sums(at, &node->rectangles[2]), Vector);
    return sum * norm;
}

static inline Vector splat(float value) {
    return value - (Vector){0};
}

static inline Vector choose(VectorInt condition, Vector yes, Vector no) {
    return (Vector)((condition & (VectorInt)yes) | (~condition & (VectorInt)no));
}

/* The leaves that LANES windows end in. All nodes are asked, from the last to the root, each
 * choosing between what its two ways have already given. */
static Vector tree_values(const WindowNode *nodes, int n_nodes, const float *leaves,
                          const uint32_t *at, Vector norm) {
    Vector values[CASCADE_TREE_NODES];
    for (int i = n_nodes - 1; i >= 0; i--) {
        int below = nodes[i].ways[0], above = nodes[i].ways[1];
        values[i] = choose(features(&nodes[i], at, norm) < nodes[i].threshold,
                           below > 0 ? values[below] : splat(leaves[-below]),
                           above > 0 ? values[above] : splat(leaves[-above]));
    }
    return values[0];
}

/* The same for a tree of one node, which is what most cascades are made of. */
static inline Vector stump_values(const WindowNode *node, const float *leaves, const uint32_t *at,
                                  Vector norm) {
    return choose(features(node, at, norm) < node->threshold, splat(leaves[-node->ways[0]]),
                  splat(leaves[-node->ways[1]]));
}

/* Bit i set where window i of the vector passes the stage. */
static inline uint32_t stage_passed(const WindowPlan *plan, const CascadeStage *stage,
                                    const uint32_t *at, Vector norm) {
    Sums sums = {{0}, {0}};
    const CascadeTree *tree = plan->cascade->trees + stage->first_tree;
    for (int i = 0; i < stage->n_trees; i++, tree++) {
        const WindowNode *nodes = plan->nodes + tree->first_node;
        const float *leaves = plan->cascade->leaves + tree->first_leaf;
        sums_add(&sums, tree->n_nodes == 1 ? stump_values(nodes, leaves, at, norm)
                                           : tree_values(nodes, tree->n_nodes, leaves, at, norm));
    }
    return sums_reached(&sums, stage->threshold);
}

static inline int32_t rectangle_sum(const uint32_t *at, const WindowCorners *corners) {
    return (int32_t)(at[corners->at[0]] - at[corners->at[1]] - at[corners->at[2]] +
                     at[corners->at[3]]);
}

static inline float feature(const WindowNode *node, const uint32_t *at, float norm) {
    float sum = node->weights[0] * (float)rectangle_sum(at, &node->rectangles[0]) +
                node->weights[1] * (float)rectangle_sum(at, &node->rectangles[1]);
    if (node->n_rectangles > 2)
        sum += node->weights[2] * (float)rectangle_sum(at, &node->rectangles[2]);
    return sum * norm;
}

/* Whether one window passes all stages from `stage` on. */
static int window_passes(const WindowPlan *plan, int stage, const uint32_t *at, float norm) {
    const Cascade *cascade = plan->cascade;
    for (; stage < cascade->n_stages; stage++) {
        const CascadeTree *tree = cascade->trees + cascade->stages[stage].first_tree;
        double sum = 0;
        for (int i = 0; i < cascade->stages[stage].n_trees; i++, tree++) {
            const WindowNode *nodes = plan->nodes + tree->first_node;
            int way = 0;
            do /* the way is looked up: a jump would be mispredicted half of the time */
                way = nodes[way].ways[!(feature(&nodes[way], at, norm) < nodes[way].threshold)];
            while (way > 0);
            sum += cascade->leaves[tree->first_leaf - way];
        }
        if (sum < cascade->stages[stage].threshold)
            return 0;
    }
    return 1;
}

/* Writes the factors of LANES windows to `norm`; bit i set where window i has some contrast. OpenCV
 * leaves out a window with area / (area · deviation) of 0.1 or more, and treats exactly even ones
 * (where the formula would divide by zero) likewise. */
static inline uint32_t normalise(const WindowPlan *plan, const uint32_t *sums,
                                 const uint32_t *squares, float *norm) {
    VectorInt sum = rectangle_sums(sums, &plan->inner),
              square = rectangle_sums(squares, &plan->inner);
    double variance[LANES];
    for (int i = 0; i < LANES; i++)
        variance[i] = plan->inner_area * square[i] - (double)sum[i] * sum[i];
    for (int i = 0; i < LANES; i++)
        norm[i] = (float)(1.0 / sqrt(variance[i] > 0 ? variance[i] : 1.0));
    uint32_t textured = 0;
    for (int i = 0; i < LANES; i++)
        textured |= (uint32_t)(variance[i] > 0 && plan->inner_area * norm[i] < 0.1) << i;
    return textured;
}

static void first_stage(const WindowPlan *plan, const uint32_t *sums, const uint32_t *squares,
                        int n, float *norm, uint64_t *passed, uint64_t *rejected) {
    memset(passed, 0, ((size_t)n + 63) / 64 * sizeof *passed);
    memset(rejected, 0, ((size_t)n + 63) / 64 * sizeof *rejected);
    for (int i = 0; i < n; i += LANES) {
        uint32_t textured = normalise(plan, sums + i, squares + i, norm + i);
        if (n - i < LANES)
            textured &= (1u << (n - i)) - 1;
        if (!textured)
            continue;
        uint32_t pass =
            stage_passed(plan, &plan->cascade->stages[0], sums + i, *(const Vector *)(norm + i));
        passed[i / 64] |= (uint64_t)(pass & textured) << i % 64;
        rejected[i / 64] |= (uint64_t)(~pass & textured) << i % 64;
    }
}

static void later_stages(const WindowPlan *plan, const uint32_t *sums, int n, const float *norm,
                         uint64_t *alive) {
    const uint64_t lanes = (1u << LANES) - 1;
    for (int i = 0; i < n; i += LANES) {
        uint32_t left = (uint32_t)(alive[i / 64] >> i % 64 & lanes);
        if (!left)
            continue;
        int stage = 1;
        for (; stage < plan->cascade->n_stages && __builtin_popcount(left) > FEW; stage++)
            left &= stage_passed(plan, &plan->cascade->stages[stage], sums + i,
                                 *(const Vector *)(norm + i));
        if (stage < plan->cascade->n_stages)
            for (uint32_t bits = left; bits; bits &= bits - 1) {
                int lane = __builtin_ctz(bits);
                if (!window_passes(plan, stage, sums + i + lane, norm[i + lane]))
                    left &= ~(1u << lane);
            }
        alive[i / 64] = (alive[i / 64] & ~(lanes << i % 64)) | (uint64_t)left << i % 64;
    }
}

const WindowKernels KERNEL_TABLE(window) = {
    .first_stage = first_stage,
    .later_stages = later_stages,
};
