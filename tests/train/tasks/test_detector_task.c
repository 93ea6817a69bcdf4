/* What a detector is taught, and that it learns it. */
#include "nn/core/optimizer.h"
#include "train/tasks/detector_targets.h"
#include "train/tasks/detector_task.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static Error error;

START_TEST(a_face_is_found_on_the_map_of_its_size) {
    enum { SIDE = 128, POSITIONS = 16 * 16 + 8 * 8 + 4 * 4 };
    PositionTarget targets[POSITIONS];
    TruthBox boxes[] = {{.box = {20, 20, 20, 20, 0}}, {.box = {40, 60, 60, 60, 0}}};
    detector_targets(boxes, 2, 1, 0, SIDE, targets);
    int found[BOX_LEVELS] = {0};
    const PositionTarget *map = targets;
    for (int level = 0; level < BOX_LEVELS; level++) {
        int positions = box_level_positions(level, SIDE, SIDE),
            columns = SIDE / box_level_stride(level);
        for (int p = 0; p < positions; p++) {
            if (map[p].kind != POSITION_FOUND)
                continue;
            found[level]++;
            float values[BOX_VALUES] = {0};
            memcpy(values + 1, map[p].values, sizeof map[p].values);
            ScoredBox box = box_decode(values, box_level_stride(level), p % columns, p / columns);
            ck_assert_float_eq_tol(box.x, boxes[level].box.x, 1e-3f);
            ck_assert_float_eq_tol(box.width, boxes[level].box.width, 1e-3f);
        }
        map += positions;
    }
    ck_assert_int_eq(found[0], 4);
    ck_assert_int_ge(found[1], 2);
    ck_assert_int_eq(found[2], 0);
}
END_TEST

START_TEST(an_ignored_face_is_left_out_of_the_loss) {
    enum { SIDE = 64, POSITIONS = 8 * 8 + 4 * 4 + 2 * 2 };
    PositionTarget targets[POSITIONS];
    TruthBox box = {.box = {16, 16, 24, 24, 0}, .ignored = true};
    detector_targets(&box, 1, 1, 0, SIDE, targets);
    int left_out = 0;
    for (int p = 0; p < POSITIONS; p++) {
        ck_assert_int_ne(targets[p].kind, POSITION_FOUND);
        left_out += targets[p].kind == POSITION_LEFT_OUT;
    }
    ck_assert_int_gt(left_out, 4);
    ck_assert_int_lt(left_out, POSITIONS / 2);
}
END_TEST

/* Grey noise with a bright square each: their faces. */
static BoxSet *squares(int n) {
    BoxSet *set = calloc(1, sizeof *set);
    set->pictures = calloc((size_t)n, sizeof *set->pictures);
    set->n_pictures = n;
    for (int i = 0; i < n; i++) {
        BoxPicture *picture = &set->pictures[i];
        picture->photograph = i;
        Rng rng = rng_split(rng_seed(8), (uint64_t)i);
        ck_assert_int_eq(image_create(&picture->grey, 96, 96, IMAGE_GREY, &error), 0);
        for (int p = 0; p < 96 * 96; p++)
            picture->grey.pixels[p] = (uint8_t)(40 + rng_below(rng, (uint64_t)p, 60));
        int x = (int)rng_below(rng, 10000, 60), y = (int)rng_below(rng, 10001, 60);
        for (int row = y; row < y + 28; row++)
            memset(picture->grey.pixels + row * 96 + x, 230, 28);
        picture->boxes = calloc(1, sizeof *picture->boxes);
        picture->boxes[0].box = (ScoredBox){(float)x, (float)y, 28, 28, 0};
        picture->n_boxes = 1;
    }
    return set;
}

START_TEST(it_learns_to_find_squares) {
    BoxSet *set = squares(40);
    DetectorTaskSettings settings = {.width = 16,
                                     .window = 64,
                                     .batch = 8,
                                     .windows = 1,
                                     .seed = 1,
                                     .augmentation = {.smallest = 16, .largest = 32, .flip = 0.5f}};
    DetectorTask *task = detector_task_create(set, &settings, &error);
    ck_assert_msg(task != NULL, "%s", error.message);
    TrainTask description = detector_task_describe(task);
    ck_assert_int_eq(parameters_enable_gradients(description.parameters, &error), 0);
    Optimizer *optimizer = optimizer_create(description.parameters,
                                            (OptimizerSettings){.kind = OPTIMIZER_ADAM,
                                                                .momentum = 0.9f,
                                                                .beta1 = 0.9f,
                                                                .beta2 = 0.999f,
                                                                .epsilon = 1e-8f},
                                            &error);
    Tape *tape = tape_create();
    ValidationSums before = {0}, after = {0};
    ck_assert_int_eq(description.validate(task, tape, (Shards){0, 1, 1}, &before, &error), 0);
    for (int step = 0; step < 120; step++) {
        StepCount count = {0};
        ck_assert_int_eq(
            description.prepare(task, 0, (Shards){0, 1, 1}, step / 4, step % 4, &error), 0);
        tape_begin(tape, TAPE_TRAIN, rng_split(rng_seed(1), (uint64_t)step));
        Tensor *loss = description.loss(task, 0, 0, tape, &count, &error);
        ck_assert_int_eq(tape_backward(tape, loss, &error), 0);
        optimizer_step(optimizer, 5e-3f);
    }
    ck_assert_int_eq(description.validate(task, tape, (Shards){0, 1, 1}, &after, &error), 0);
    ck_assert_double_lt(before.score, 0.2);
    ck_assert_double_gt(after.score, 0.6);
    tape_destroy(tape);
    optimizer_destroy(optimizer);
    detector_task_destroy(task);
    box_set_destroy(set);
}
END_TEST

Suite *detector_task_suite(void) {
    Suite *suite = suite_create("detector task");
    TCase *tcase = tcase_create("detector task");
    tcase_add_test(tcase, a_face_is_found_on_the_map_of_its_size);
    tcase_add_test(tcase, an_ignored_face_is_left_out_of_the_loss);
    tcase_add_test(tcase, it_learns_to_find_squares);
    suite_add_tcase(suite, tcase);
    return suite;
}
