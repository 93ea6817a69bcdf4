/* Augmentation: each field does what it says, no more than it says, and by its own random numbers.
 */
#include "datasets/augment/face_batch.h"

#include <check.h>
#include <math.h>
#include <omp.h>
#include <string.h>

/* Leaves pixels as they are. */
static const FaceInput PIXELS = {.side = FACE_SIDE, .mean = 0, .deviation = 1.0f / 255};
enum { VARIANTS = 300 };

static void make_noise(uint8_t *face) {
    for (int i = 0; i < FACE_PIXELS; i++)
        face[i] = (uint8_t)rng_bits(rng_seed(4), (uint64_t)i);
}

/* A slope of one shade for each step to the right and two for each step down. */
static void make_slope(uint8_t *face) {
    for (int i = 0; i < FACE_PIXELS; i++)
        face[i] = (uint8_t)(50 + i % FACE_SIDE + 2 * (i / FACE_SIDE));
}

static bool same_bits(const float *a, const float *b, int count) {
    return !memcmp((const char *)a, (const char *)b, (size_t)count * sizeof *a);
}

static Rng variant(int i) {
    return rng_split(rng_seed(9), (uint64_t)i);
}

/* The slope in the middle of a variant: shades for each step to the right and down. */
static void slope_of(const float *x, float *across, float *down) {
    enum { REACH = 6, MIDDLE = FACE_SIDE / 2 };
    const float *at = x + MIDDLE * FACE_SIDE + MIDDLE;
    *across = (at[REACH] - at[-REACH]) / (2 * REACH);
    *down = (at[REACH * FACE_SIDE] - at[-REACH * FACE_SIDE]) / (2 * REACH);
}

START_TEST(flip_mirrors_with_its_probability) {
    uint8_t face[FACE_PIXELS];
    float x[FACE_PIXELS], plain[FACE_PIXELS];
    make_noise(face);
    face_input_views(&PIXELS, FACE_VIEWS_ONE, face, plain);
    int mirrored = 0;
    for (int i = 0; i < VARIANTS; i++) {
        augment_face(&(Augmentation){.flip = 0.3f}, variant(i), &PIXELS, face, x);
        bool same = same_bits(x, plain, FACE_PIXELS);
        for (int p = 0; p < FACE_PIXELS && !same; p++)
            ck_assert_float_eq(x[p],
                               plain[p / FACE_SIDE * FACE_SIDE + FACE_SIDE - 1 - p % FACE_SIDE]);
        mirrored += !same;
    }
    ck_assert_int_gt(mirrored, VARIANTS * 0.2);
    ck_assert_int_lt(mirrored, VARIANTS * 0.4);
}
END_TEST

START_TEST(rotation_turns_both_ways_by_up_to_its_degrees) {
    uint8_t face[FACE_PIXELS];
    float x[FACE_PIXELS], across, down, least = 0, most = 0;
    make_slope(face);
    for (int i = 0; i < VARIANTS; i++) {
        augment_face(&(Augmentation){.rotation = 20}, variant(i), &PIXELS, face, x);
        slope_of(x, &across, &down);
        float turn = (atan2f(down, across) - atan2f(2, 1)) * 180 / (float)M_PI;
        ck_assert_float_eq_tol(hypotf(across, down), hypotf(1, 2), 0.01f);
        least = fminf(least, turn);
        most = fmaxf(most, turn);
    }
    ck_assert_float_eq_tol(least, -20, 1);
    ck_assert_float_eq_tol(most, 20, 1);
}
END_TEST

START_TEST(scale_enlarges_and_shrinks_within_its_limits) {
    uint8_t face[FACE_PIXELS];
    float x[FACE_PIXELS], across, down, least = 1, most = 1;
    make_slope(face);
    for (int i = 0; i < VARIANTS; i++) {
        augment_face(&(Augmentation){.scale = 0.25f}, variant(i), &PIXELS, face, x);
        slope_of(x, &across, &down);
        ck_assert_float_eq_tol(down, 2 * across, 0.01f);
        least = fminf(least, 1 / across); /* a larger face has a gentler slope */
        most = fmaxf(most, 1 / across);
    }
    ck_assert_float_eq_tol(least, 0.8f, 0.01f);
    ck_assert_float_eq_tol(most, 1.25f, 0.01f);
}
END_TEST

START_TEST(shear_leans_within_its_degrees_and_keeps_the_width) {
    uint8_t face[FACE_PIXELS];
    float x[FACE_PIXELS], across, down, most = 0;
    make_slope(face);
    for (int i = 0; i < VARIANTS; i++) {
        augment_face(&(Augmentation){.shear = 10}, variant(i), &PIXELS, face, x);
        slope_of(x, &across, &down);
        ck_assert_float_eq_tol(across, 1, 0.01f);
        most = fmaxf(most, fabsf(down - 2));
    }
    ck_assert_float_eq_tol(most, tanf(10 * (float)M_PI / 180), 0.01f);
}
END_TEST

START_TEST(shift_moves_within_its_share_on_each_axis_by_itself) {
    uint8_t face[FACE_PIXELS];
    float x[FACE_PIXELS], most[2] = {0}, most_apart = 0;
    for (int i = 0; i < VARIANTS; i++) {
        float moved[2];
        for (int axis = 0; axis < 2; axis++) {
            for (int p = 0; p < FACE_PIXELS; p++)
                face[p] = (uint8_t)(4 * (axis ? p / FACE_SIDE : p % FACE_SIDE));
            augment_face(&(Augmentation){.shift = 0.125f}, variant(i), &PIXELS, face, x);
            moved[axis] = (x[24 * FACE_SIDE + 24] - 4 * 24) / 4;
            ck_assert_float_le(fabsf(moved[axis]), 0.125f * FACE_SIDE + 0.01f);
            most[axis] = fmaxf(most[axis], fabsf(moved[axis]));
        }
        most_apart = fmaxf(most_apart, fabsf(moved[0] - moved[1]));
    }
    ck_assert_float_ge(most[0], 5.8f);
    ck_assert_float_ge(most[1], 5.8f);
    ck_assert_float_ge(most_apart, 8);
}
END_TEST

/* Rotation and scale are told apart on the slope: one turns it, the other changes its steepness. */
START_TEST(skipping_leaves_out_each_geometric_change_by_its_own_coin) {
    uint8_t face[FACE_PIXELS];
    float x[FACE_PIXELS], across, down;
    int counts[2][2] = {{0}};
    make_slope(face);
    for (int i = 0; i < VARIANTS; i++) {
        augment_face(&(Augmentation){.rotation = 20, .scale = 0.25f, .skip = 0.3f}, variant(i),
                     &PIXELS, face, x);
        slope_of(x, &across, &down);
        bool turned = fabsf(atan2f(down, across) - atan2f(2, 1)) > 1e-3f;
        bool scaled = fabsf(hypotf(across, down) - hypotf(1, 2)) > 1e-3f;
        counts[turned][scaled]++;
    }
    ck_assert_int_gt(counts[0][0], VARIANTS * 0.04); /* 0.3 * 0.3 */
    ck_assert_int_lt(counts[0][0], VARIANTS * 0.15);
    ck_assert_int_gt(counts[1][0], VARIANTS * 0.14); /* 0.7 * 0.3 */
    ck_assert_int_gt(counts[0][1], VARIANTS * 0.14);
    ck_assert_int_gt(counts[1][1], VARIANTS * 0.40); /* 0.7 * 0.7 */
}
END_TEST

START_TEST(skipping_all_leaves_crop_and_flip) {
    uint8_t face[FACE_PIXELS];
    float x[FACE_PIXELS], kept[FACE_PIXELS];
    make_noise(face);
    const Augmentation all = {.flip = 0.5f,
                              .rotation = 20,
                              .scale = 0.2f,
                              .shear = 9,
                              .shift = 0.1f,
                              .crop = 2,
                              .skip = 1};
    for (int i = 0; i < 20; i++) {
        augment_face(&all, variant(i), &PIXELS, face, x);
        augment_face(&(Augmentation){.flip = 0.5f, .crop = 2}, variant(i), &PIXELS, face, kept);
        ck_assert(same_bits(x, kept, FACE_PIXELS));
    }
}
END_TEST

START_TEST(framing_moves_and_resizes_with_its_deviation) {
    uint8_t face[FACE_PIXELS];
    float x[FACE_PIXELS], across, down, sums[3] = {0};
    make_slope(face);
    for (int i = 0; i < VARIANTS; i++) {
        augment_face(&(Augmentation){.framing = 0.05f}, variant(i), &PIXELS, face, x);
        slope_of(x, &across, &down);
        ck_assert_float_eq_tol(down, 2 * across, 0.01f);
        float size = logf(across);
        sums[0] += size * size;
        for (int axis = 0; axis < 2; axis++) {
            for (int p = 0; p < FACE_PIXELS; p++)
                face[p] = (uint8_t)(4 * (axis ? p / FACE_SIDE : p % FACE_SIDE));
            augment_face(&(Augmentation){.framing = 0.05f}, variant(i), &PIXELS, face, x);
            /* the mean of the four pixels about the centre, which a change of size leaves */
            float middle = (x[23 * 48 + 23] + x[23 * 48 + 24] + x[24 * 48 + 23] + x[24 * 48 + 24]);
            float moved = (middle / 4 - 4 * 23.5f) / 4 / FACE_SIDE;
            sums[1 + axis] += moved * moved;
        }
        make_slope(face);
    }
    for (int i = 0; i < 3; i++)
        ck_assert_float_eq_tol(sqrtf(sums[i] / VARIANTS), 0.05f, 0.008f);
}
END_TEST

START_TEST(crop_takes_each_window_of_whole_pixels) {
    enum { SIDE = 44, ROOM = FACE_SIDE - SIDE };
    FaceInput input = PIXELS;
    input.side = SIDE;
    uint8_t face[FACE_PIXELS];
    float x[SIDE * SIDE];
    int seen[ROOM + 1][ROOM + 1] = {{0}};
    make_noise(face);
    for (int i = 0; i < VARIANTS; i++) {
        augment_face(&(Augmentation){.crop = ROOM / 2}, variant(i), &input, face, x);
        int found = 0;
        for (int top = 0; top <= ROOM; top++)
            for (int left = 0; left <= ROOM; left++) {
                bool same = true;
                for (int p = 0; p < SIDE * SIDE && same; p++)
                    same =
                        fabsf(x[p] - face[(top + p / SIDE) * FACE_SIDE + left + p % SIDE]) < 1e-3f;
                found += same;
                seen[top][left] += same;
            }
        ck_assert_int_eq(found, 1);
    }
    for (int top = 0; top <= ROOM; top++)
        for (int left = 0; left <= ROOM; left++)
            ck_assert_int_gt(seen[top][left], 0);
}
END_TEST

START_TEST(brightness_adds_and_contrast_stretches_about_the_mean) {
    uint8_t face[FACE_PIXELS];
    float x[FACE_PIXELS];
    for (int p = 0; p < FACE_PIXELS; p++)
        face[p] = p % 2 ? 100 : 140;
    float brightest = 0, strongest = 0, weakest = 9;
    for (int i = 0; i < VARIANTS; i++) {
        augment_face(&(Augmentation){.brightness = 0.2f, .contrast = 0.3f}, variant(i), &PIXELS,
                     face, x);
        float added = (x[0] + x[1]) / 2 - 120, factor = (x[0] - x[1]) / 40;
        ck_assert_float_le(fabsf(added), 0.2f * 255 + 0.01f);
        brightest = fmaxf(brightest, added);
        strongest = fmaxf(strongest, factor);
        weakest = fminf(weakest, factor);
    }
    ck_assert_float_eq_tol(brightest, 51, 2);
    ck_assert_float_eq_tol(strongest, 1.3f, 0.02f);
    ck_assert_float_eq_tol(weakest, 0.7f, 0.02f);
}
END_TEST

START_TEST(light_stays_within_black_and_white) {
    uint8_t face[FACE_PIXELS];
    float x[FACE_PIXELS];
    make_noise(face);
    for (int i = 0; i < VARIANTS; i++) {
        augment_face(&(Augmentation){.brightness = 1, .contrast = 0.9f}, variant(i), &PIXELS, face,
                     x);
        for (int p = 0; p < FACE_PIXELS; p++)
            ck_assert(x[p] >= 0 && x[p] <= 255.01f);
    }
}
END_TEST

START_TEST(erasing_blanks_one_rectangle_of_the_size_asked_for) {
    uint8_t face[FACE_PIXELS];
    float x[FACE_PIXELS];
    memset(face, 200, sizeof face);
    int erased = 0, largest = 0;
    for (int i = 0; i < VARIANTS; i++) {
        augment_face(&(Augmentation){.erase = 0.5f, .erase_area = 0.25f}, variant(i), &PIXELS, face,
                     x);
        int area = 0, left = FACE_SIDE, right = -1, top = FACE_SIDE, bottom = -1;
        for (int p = 0; p < FACE_PIXELS; p++) {
            if (x[p] != 0)
                continue;
            area++;
            left = p % FACE_SIDE < left ? p % FACE_SIDE : left;
            right = p % FACE_SIDE > right ? p % FACE_SIDE : right;
            top = p / FACE_SIDE < top ? p / FACE_SIDE : top;
            bottom = p / FACE_SIDE > bottom ? p / FACE_SIDE : bottom;
        }
        if (!area)
            continue;
        erased++;
        largest = area > largest ? area : largest;
        ck_assert_int_eq(area, (right - left + 1) * (bottom - top + 1));
        ck_assert_int_ge(area, 0.015 * FACE_PIXELS);
    }
    ck_assert_int_le(largest, 0.27 * FACE_PIXELS);
    ck_assert_int_ge(largest, 0.22 * FACE_PIXELS);
    ck_assert_int_gt(erased, VARIANTS * 0.4);
    ck_assert_int_lt(erased, VARIANTS * 0.6);
}
END_TEST

START_TEST(switching_one_augmentation_on_leaves_the_others_draws_alone) {
    uint8_t face[FACE_PIXELS];
    float without[FACE_PIXELS], with[FACE_PIXELS];
    make_noise(face);
    for (int i = 0; i < 20; i++) {
        Augmentation augmentation = {
            .flip = 0.5f, .rotation = 15, .scale = 0.2f, .shift = 0.1f, .contrast = 0.2f};
        augment_face(&augmentation, variant(i), &PIXELS, face, without);
        augmentation.erase = 1;
        augmentation.erase_area = 0.2f;
        augment_face(&augmentation, variant(i), &PIXELS, face, with);
        int kept = 0;
        for (int p = 0; p < FACE_PIXELS; p++) {
            ck_assert(with[p] == 0 || with[p] == without[p]);
            kept += with[p] == without[p];
        }
        ck_assert_int_ge(kept, FACE_PIXELS * 0.75);
    }
}
END_TEST

static FaceSet *noisy_set(uint32_t count) {
    FaceSet *set = face_set_create(NULL);
    uint8_t face[FACE_PIXELS];
    for (uint32_t f = 0; f < count; f++) {
        for (int i = 0; i < FACE_PIXELS; i++)
            face[i] = (uint8_t)rng_bits(rng_split(rng_seed(7), f), (uint64_t)i);
        ck_assert_int_eq(face_set_append(set, face, (Emotion)(f % 7), FACE_TRAINING, NULL), 0);
    }
    return set;
}

static const Augmentation everything = {.flip = 0.5f,
                                        .rotation = 15,
                                        .scale = 0.12f,
                                        .shear = 5,
                                        .shift = 0.12f,
                                        .crop = 2,
                                        .brightness = 0.2f,
                                        .contrast = 0.2f,
                                        .erase = 0.5f,
                                        .erase_area = 0.2f};

START_TEST(a_batch_is_the_same_for_any_threads_and_any_order) {
    enum { N = 37 };
    FaceSet *set = noisy_set(N);
    uint32_t forward[N], backward[N];
    for (uint32_t i = 0; i < N; i++) {
        forward[i] = i;
        backward[i] = N - 1 - i;
    }
    static float expected[N * FACE_PIXELS], x[N * FACE_PIXELS];
    omp_set_num_threads(1);
    face_batch_fill(set, forward, N, &everything, rng_seed(3), &PIXELS, expected);
    for (int threads = 1; threads <= 4; threads++) {
        omp_set_num_threads(threads);
        face_batch_fill(set, forward, N, &everything, rng_seed(3), &PIXELS, x);
        ck_assert_mem_eq(x, expected, sizeof x);
        face_batch_fill(set, backward, N, &everything, rng_seed(3), &PIXELS, x);
        for (int i = 0; i < N; i++)
            ck_assert(
                same_bits(x + i * FACE_PIXELS, expected + (N - 1 - i) * FACE_PIXELS, FACE_PIXELS));
    }
    face_set_destroy(set);
}
END_TEST

START_TEST(epochs_and_seeds_give_other_variants) {
    FaceSet *set = noisy_set(1);
    float a[FACE_PIXELS], b[FACE_PIXELS];
    face_batch_fill(set, &(uint32_t){0}, 1, &everything, rng_split(rng_seed(3), 0), &PIXELS, a);
    face_batch_fill(set, &(uint32_t){0}, 1, &everything, rng_split(rng_seed(3), 1), &PIXELS, b);
    ck_assert(!same_bits(a, b, FACE_PIXELS));
    face_batch_fill(set, &(uint32_t){0}, 1, &everything, rng_split(rng_seed(4), 0), &PIXELS, b);
    ck_assert(!same_bits(a, b, FACE_PIXELS));
    face_set_destroy(set);
}
END_TEST

START_TEST(labels_and_targets_agree) {
    FaceSet *set = noisy_set(9);
    static const uint32_t indices[] = {8, 3, 0};
    int32_t labels[3];
    float targets[3 * EMOTION_COUNT];
    face_batch_labels(set, indices, 3, labels);
    face_batch_targets(set, indices, 3, targets);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(labels[i], (int)(indices[i] % 7));
        for (int code = 0; code < EMOTION_COUNT; code++)
            ck_assert_float_eq(targets[i * EMOTION_COUNT + code], code == labels[i]);
    }
    face_set_destroy(set);
}
END_TEST

/* Element i starts with all pixels i and target i % 7, so that a mixture shows what it is made of.
 */
static void mixture(const Augmentation *augmentation, int n, Rng rng, float *x, float *targets) {
    for (int i = 0; i < n * FACE_PIXELS; i++)
        x[i] = (float)(i / FACE_PIXELS);
    for (int i = 0; i < n * EMOTION_COUNT; i++)
        targets[i] = i / EMOTION_COUNT % EMOTION_COUNT == i % EMOTION_COUNT;
    augment_mix(augmentation, rng, n, FACE_SIDE, x, targets);
}

enum { MIXED = 7 };

START_TEST(mixup_blends_pictures_and_targets_by_the_same_share) {
    float x[MIXED * FACE_PIXELS], targets[MIXED * EMOTION_COUNT];
    mixture(&(Augmentation){.mixup = 0.4f}, MIXED, rng_seed(1), x, targets);
    for (int i = 0; i < MIXED; i++) {
        int partner = MIXED - 1 - i;
        float share = targets[i * EMOTION_COUNT + i];
        float expected = i == partner ? (float)i : share * (float)i + (1 - share) * (float)partner;
        for (int p = 0; p < FACE_PIXELS; p++)
            ck_assert_float_eq_tol(x[i * FACE_PIXELS + p], expected, 1e-5f);
        if (i != partner)
            ck_assert_float_eq_tol(targets[i * EMOTION_COUNT + partner], 1 - share, 1e-6f);
    }
}
END_TEST

START_TEST(cutmix_swaps_as_many_pixels_as_the_targets_say) {
    float x[MIXED * FACE_PIXELS], targets[MIXED * EMOTION_COUNT];
    int partial = 0;
    for (uint64_t seed = 0; seed < 20; seed++) {
        mixture(&(Augmentation){.cutmix = 1}, MIXED, rng_seed(seed), x, targets);
        for (int i = 0; i < MIXED; i++) {
            int kept = 0;
            for (int p = 0; p < FACE_PIXELS; p++) {
                kept += x[i * FACE_PIXELS + p] == (float)i;
                ck_assert(x[i * FACE_PIXELS + p] == (float)i ||
                          x[i * FACE_PIXELS + p] == (float)(MIXED - 1 - i));
            }
            ck_assert_float_eq_tol(targets[i * EMOTION_COUNT + i], (float)kept / FACE_PIXELS,
                                   1e-5f);
            partial += kept > 0 && kept < FACE_PIXELS;
        }
    }
    ck_assert_int_gt(partial, 60);
}
END_TEST

START_TEST(the_shares_follow_the_beta_distribution) {
    static const float alphas[] = {0.1f, 0.4f, 1, 3};
    float x[2 * FACE_PIXELS], targets[2 * EMOTION_COUNT];
    enum { DRAWS = 2000 };
    for (unsigned a = 0; a < sizeof alphas / sizeof *alphas; a++) {
        double sum = 0, squares = 0;
        for (int i = 0; i < DRAWS; i++) {
            for (int t = 0; t < 2 * EMOTION_COUNT; t++)
                targets[t] = t == 0 || t == EMOTION_COUNT + 1;
            augment_mix(&(Augmentation){.mixup = alphas[a]}, variant(i), 2, 1, x, targets);
            sum += targets[0];
            squares += (targets[0] - 0.5) * (targets[0] - 0.5);
        }
        double variance = 1 / (4 * (2 * (double)alphas[a] + 1));
        ck_assert_double_eq_tol(sum / DRAWS, 0.5, 0.03);
        ck_assert_double_eq_tol(squares / DRAWS, variance, 0.08 * variance);
    }
}
END_TEST

START_TEST(without_mixtures_nothing_is_mixed) {
    float x[MIXED * FACE_PIXELS], targets[MIXED * EMOTION_COUNT];
    mixture(&everything, MIXED, rng_seed(1), x, targets);
    for (int i = 0; i < MIXED; i++) {
        ck_assert_float_eq(x[i * FACE_PIXELS], (float)i);
        ck_assert_float_eq(targets[i * EMOTION_COUNT + i], 1);
    }
}
END_TEST

Suite *augment_suite(void) {
    Suite *suite = suite_create("augment");
    TCase *tcase = tcase_create("variants and batches");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, flip_mirrors_with_its_probability);
    tcase_add_test(tcase, rotation_turns_both_ways_by_up_to_its_degrees);
    tcase_add_test(tcase, scale_enlarges_and_shrinks_within_its_limits);
    tcase_add_test(tcase, shear_leans_within_its_degrees_and_keeps_the_width);
    tcase_add_test(tcase, shift_moves_within_its_share_on_each_axis_by_itself);
    tcase_add_test(tcase, skipping_leaves_out_each_geometric_change_by_its_own_coin);
    tcase_add_test(tcase, skipping_all_leaves_crop_and_flip);
    tcase_add_test(tcase, framing_moves_and_resizes_with_its_deviation);
    tcase_add_test(tcase, crop_takes_each_window_of_whole_pixels);
    tcase_add_test(tcase, brightness_adds_and_contrast_stretches_about_the_mean);
    tcase_add_test(tcase, light_stays_within_black_and_white);
    tcase_add_test(tcase, erasing_blanks_one_rectangle_of_the_size_asked_for);
    tcase_add_test(tcase, switching_one_augmentation_on_leaves_the_others_draws_alone);
    tcase_add_test(tcase, a_batch_is_the_same_for_any_threads_and_any_order);
    tcase_add_test(tcase, epochs_and_seeds_give_other_variants);
    tcase_add_test(tcase, labels_and_targets_agree);
    tcase_add_test(tcase, mixup_blends_pictures_and_targets_by_the_same_share);
    tcase_add_test(tcase, cutmix_swaps_as_many_pixels_as_the_targets_say);
    tcase_add_test(tcase, the_shares_follow_the_beta_distribution);
    tcase_add_test(tcase, without_mixtures_nothing_is_mixed);
    suite_add_tcase(suite, tcase);
    return suite;
}
