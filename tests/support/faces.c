#include "tests/support/faces.h"

#include "datasets/faces/synthetic_faces.h"
#include "tests/support/scratch.h"

#include <check.h>
#include <stdio.h>

const char *faces_write(uint32_t training, uint32_t test, uint64_t seed) {
    Error error;
    FaceSet *set = synthetic_faces_make(training, test, seed, &error);
    ck_assert_msg(set != NULL, "%s", error.message);
    const char *path = scratch_path("fer2013.csv");
    FILE *csv = fopen(path, "w");
    ck_assert_ptr_nonnull(csv);
    fprintf(csv, "emotion,pixels,Usage\n");
    for (uint32_t i = 0; i < set->count; i++) {
        const uint8_t *face = face_set_face(set, i);
        fprintf(csv, "%d,", set->labels[i]);
        for (int p = 0; p < FACE_PIXELS; p++)
            fprintf(csv, "%s%d", p ? " " : "", face[p]);
        fprintf(csv, ",%s\n", face_split_name((FaceSplit)set->splits[i]));
    }
    ck_assert_int_eq(fclose(csv), 0);
    face_set_destroy(set);
    return path;
}
