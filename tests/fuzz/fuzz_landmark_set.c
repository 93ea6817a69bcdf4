/* Any bytes as a table of 68 landmarks, whose pictures are in a folder with one: read or refused;
 * every face that is read has a picture and finite points. */
#include "datasets/detection/landmark_set.h"
#include "datasets/media/png_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static char folder[] = "/tmp/affekt-fuzz-XXXXXX", table[sizeof folder + 8];

static void remove_all(void) {
    char picture[sizeof folder + 8];
    snprintf(picture, sizeof picture, "%s/a.png", folder);
    remove(picture);
    remove(folder);
    remove(table);
}

/* The folder with "a.png" in it, of 4 by 3 pixels. */
static void prepare(void) {
    Image image;
    Error error;
    char picture[sizeof folder + 8];
    if (!mkdtemp(folder) || image_create(&image, 4, 3, IMAGE_GREY, &error))
        abort();
    snprintf(picture, sizeof picture, "%s/a.png", folder);
    snprintf(table, sizeof table, "%s.csv", folder);
    if (png_file_write(picture, &image, &error))
        abort();
    image_free(&image);
    atexit(remove_all);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    Error error;
    if (!table[0])
        prepare();
    FILE *stream = fopen(table, "wb");
    if (!stream || fwrite(bytes, 1, size, stream) != size || fclose(stream))
        abort();
    LandmarkSet *set = landmark_set_read(table, &error);
    for (int i = 0; set && i < set->n_faces; i++) {
        if (!set->faces[i].grey.pixels)
            abort();
        for (int k = 0; k < LANDMARKS; k++)
            if (!isfinite(set->faces[i].points[k].x) || !isfinite(set->faces[i].points[k].y))
                abort();
    }
    landmark_set_destroy(set);
    return 0;
}
