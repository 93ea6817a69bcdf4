#include "datasets/faces/face_folder.h"

#include "datasets/faces/face_input.h"
#include "datasets/media/picture.h"
#include "nn/io/file.h"
#include "nn/io/path_list.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct Picture {
    char *path;
    Emotion label;
    FaceSplit split;
} Picture;

typedef struct Listing {
    Picture *pictures;
    uint32_t count, capacity;
    uint32_t skipped;
    BadInputs *bad_inputs;
    bool has_splits;
} Listing;

/* --------------------------------------------------------------------------------- listing */

static bool is_directory(const char *path) {
    struct stat info;
    return !stat(path, &info) && S_ISDIR(info.st_mode);
}

static int is_visible(const struct dirent *entry) {
    return !path_is_clutter(entry->d_name);
}

/* Something to do with each entry of a folder; `path` is the entry's, `name` its last part. */
typedef int Visit(Listing *listing, char *path, const char *name, int label, int split,
                  Error *error);

static int visit_entries(Listing *listing, const char *folder, Visit *visit, int label, int split,
                         Error *error) {
    struct dirent **entries;
    int count = scandir(folder, &entries, is_visible, path_by_name);
    if (count < 0)
        return error_errno(error, "cannot list %s", folder);
    int status = 0;
    for (int i = 0; i < count; i++) {
        char *path = NULL;
        if (!status && asprintf(&path, "%s/%s", folder, entries[i]->d_name) < 0)
            status = error_memory(error, "a file name", strlen(folder));
        else if (!status)
            status = visit(listing, path, entries[i]->d_name, label, split, error);
        free(path);
        free(entries[i]);
    }
    free(entries);
    return status;
}

/* Whether a PNG was made of the picture beside it, as mogrify makes it of a JPEG. */
static bool has_png_twin(const char *path) {
    char twin[4096];
    const char *dot = strrchr(path, '.');
    if (!dot || file_has_suffix(path, ".png"))
        return false;
    snprintf(twin, sizeof twin, "%.*s.png", (int)(dot - path), path);
    return file_exists(twin);
}

static int list_picture(Listing *listing, char *path, const char *name, int label, int split,
                        Error *error) {
    (void)name;
    if (has_png_twin(path))
        return 0;
    if (listing->count == listing->capacity) {
        uint32_t capacity = listing->capacity ? 2 * listing->capacity : 1024;
        Picture *grown = realloc(listing->pictures, capacity * sizeof *grown);
        if (!grown)
            return error_memory(error, "the list of pictures", capacity * sizeof *grown);
        listing->pictures = grown;
        listing->capacity = capacity;
    }
    Picture picture = {.path = strdup(path), .label = (Emotion)label, .split = (FaceSplit)split};
    if (!picture.path)
        return error_memory(error, "a file name", strlen(path));
    listing->pictures[listing->count++] = picture;
    return 0;
}

/* Leaves out each picture of a folder whose name means nothing, and of the folders in it. */
static int leave_out(Listing *listing, char *path, const char *name, int label, int split,
                     Error *error) {
    (void)name;
    if (is_directory(path))
        return visit_entries(listing, path, leave_out, label, split, error);
    if (has_png_twin(path))
        return 0;
    Error what;
    error_set(&what, "%s: the name of its folder is not a known %s", path,
              split < 0 ? "split or emotion" : "emotion");
    listing->skipped++;
    return bad_inputs_add(listing->bad_inputs, &what, error);
}

/* `split` is -1 where a split's name would do as well. */
static int unknown_folder(Listing *listing, const char *path, int split, Error *error) {
    if (listing->bad_inputs && (listing->bad_inputs->skip || listing->bad_inputs->path))
        return visit_entries(listing, path, leave_out, -1, split, error);
    return error_set(error, "%s: the folder's name is not a known %s", path,
                     split < 0 ? "split or emotion" : "emotion");
}

static int list_emotion(Listing *listing, char *path, const char *name, int label, int split,
                        Error *error) {
    label = emotion_from_name(name);
    if (!is_directory(path))
        return 0;
    if (label < 0)
        return unknown_folder(listing, path, split, error);
    return visit_entries(listing, path, list_picture, label, split, error);
}

static int list_split(Listing *listing, char *path, const char *name, int label, int unsplit,
                      Error *error) {
    int split = face_split_from_name(name);
    if (!is_directory(path))
        return 0;
    if (split >= 0) {
        listing->has_splits = true;
        return visit_entries(listing, path, list_emotion, -1, split, error);
    }
    if (emotion_from_name(name) < 0)
        return unknown_folder(listing, path, -1, error);
    return list_emotion(listing, path, name, label, unsplit, error);
}

static void free_listing(Listing *listing) {
    for (uint32_t i = 0; i < listing->count; i++)
        free(listing->pictures[i].path);
    free(listing->pictures);
}

/* -------------------------------------------------------------------------------- pictures */

static int read_face(const char *path, uint8_t *pixels, Error *error) {
    Image picture;
    if (picture_read(path, IMAGE_GREY, &picture, error))
        return -1;
    face_input_fit(image_view(&picture), pixels);
    image_free(&picture);
    return 0;
}

static int read_pictures(const Listing *listing, FaceSet *set, Error *error) {
    bool *bad = calloc(listing->count + 1, sizeof *bad);
    if (!bad)
        return error_memory(error, "reading pictures", listing->count);
    if (face_set_reserve(set, listing->count, error)) {
        free(bad);
        return -1;
    }
#pragma omp parallel for schedule(dynamic, 16)
    for (uint32_t i = 0; i < listing->count; i++) {
        const Picture *picture = &listing->pictures[i];
        set->labels[i] = (uint8_t)picture->label;
        set->splits[i] = (uint8_t)picture->split;
        bad[i] = read_face(picture->path, set->pixels + (size_t)i * FACE_PIXELS, NULL);
    }
    int status = 0;
    bool words = bad_inputs_need_words(listing->bad_inputs);
    for (uint32_t i = 0; i < listing->count && words && !status; i++) {
        uint8_t pixels[FACE_PIXELS];
        Error what;
        if (bad[i] && read_face(listing->pictures[i].path, pixels, &what)) /* once more */
            status = bad_inputs_add(listing->bad_inputs, &what, error);
    }
    face_set_take(set, listing->count, bad);
    free(bad);
    return status;
}

FaceSet *face_folder_load(const char *path, FaceSplit unsplit, BadInputs *bad, Error *error) {
    Listing listing = {.bad_inputs = bad};
    FaceSet *set = face_set_create(error);
    int status = set ? visit_entries(&listing, path, list_split, -1, (int)unsplit, error) : -1;
    if (!status)
        status = read_pictures(&listing, set, error);
    if (!status && !set->count)
        status = error_set(error, "%s: no faces, expected %s/train/happy/*.png or %s/happy/*.jpg",
                           path, path, path);
    if (status) {
        face_set_destroy(set);
        set = NULL;
    } else {
        set->skipped += listing.skipped;
        set->unsplit = !listing.has_splits;
        face_set_trim(set);
    }
    free_listing(&listing);
    return set;
}
