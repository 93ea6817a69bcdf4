/* Any bytes as a list of pictures and boxes: read or refused; every box that is read has sides. */
#include "datasets/detection/box_set.h"
#include "tests/fuzz/input_file.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    InputFile input = input_file_open(bytes, size);
    Error error;
    BoxSet *set = box_set_read(input.path, &error);
    int boxes = 0;
    for (int i = 0; set && i < set->n_pictures; i++)
        for (int k = 0; k < set->pictures[i].n_boxes; k++) {
            const TruthBox *truth = &set->pictures[i].boxes[k];
            if (!(truth->box.width > 0 && truth->box.height > 0) || !isfinite(truth->box.x) ||
                !isfinite(truth->box.y))
                abort();
            boxes += !truth->ignored;
        }
    if (set && box_set_count(set, 0) != boxes)
        abort();
    if (set)
        box_set_destroy(set);
    input_file_close(&input);
    return 0;
}
