#include "datasets/detection/box_set.h"

#include "datasets/detection/landmark_set.h"
#include "datasets/media/picture.h"
#include "nn/base/array.h"
#include "nn/base/number.h"
#include "nn/io/file.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_BOXES = 100000, PATH_LIMIT = 4096 };

typedef struct Reader {
    FILE *stream;
    const char *path;
    char *line;
    size_t capacity;
    long number;
} Reader;

/* The next line without its end; false at the end of the file. */
static bool next_line(Reader *reader) {
    ssize_t length = getline(&reader->line, &reader->capacity, reader->stream);
    if (length < 0)
        return false;
    reader->number++;
    reader->line[strcspn(reader->line, "\r\n")] = 0;
    return true;
}

static BoxPicture *add_picture(BoxSet *set, int *capacity, char *path) {
    if (!path || !ARRAY_GROW(set->pictures, *capacity, set->n_pictures)) {
        free(path);
        return NULL;
    }
    BoxPicture *picture = &set->pictures[set->n_pictures++];
    *picture = (BoxPicture){.path = path, .photograph = set->n_pictures - 1};
    return picture;
}

/* The numbers that the line begins with, at most `most`; returns how many. */
static int read_numbers(const char *line, float *values, int most) {
    int n = 0;
    for (char *end; n < most; line = end) {
        double value = number_read(line, &end);
        if (end == line)
            break;
        values[n++] = (float)value;
    }
    return n;
}

static int read_box(Reader *reader, TruthBox *truth, Error *error) {
    enum { BOX = 4, INVALID = 7, VALUES };
    float values[VALUES];
    if (!next_line(reader))
        return error_set(error, "%s: ends after line %ld, expected a box", reader->path,
                         reader->number);
    int n = read_numbers(reader->line, values, VALUES);
    bool finite = true;
    for (int i = 0; i < n; i++)
        finite &= isfinite(values[i]) != 0;
    if (n < BOX || !finite)
        return error_set(error, "%s:%ld: '%.60s', expected a box: x y width height …", reader->path,
                         reader->number, reader->line);
    truth->box = (ScoredBox){values[0], values[1], values[2], values[3], 0};
    truth->ignored = n > INVALID && values[INVALID] != 0;
    return 0;
}

static int read_boxes(Reader *reader, BoxPicture *picture, Error *error) {
    int count;
    char rest;
    if (!next_line(reader) || sscanf(reader->line, "%d %c", &count, &rest) != 1 || count < 0 ||
        count > MOST_BOXES)
        return error_set(error, "%s:%ld: expected the number of boxes of %s", reader->path,
                         reader->number, picture->path);
    picture->boxes = calloc((size_t)count + 1, sizeof *picture->boxes);
    if (!picture->boxes)
        return error_memory(error, "boxes", (size_t)count * sizeof *picture->boxes);
    for (int i = 0; i < count; i++) {
        TruthBox truth = {0};
        if (read_box(reader, &truth, error))
            return -1;
        if (truth.box.width > 0 && truth.box.height > 0)
            picture->boxes[picture->n_boxes++] = truth;
    }
    return 0;
}

/* Whether the line is a box: WIDER's lists have one of zeros after a count of 0. */
static bool is_box(const char *line) {
    float values[4];
    return read_numbers(line, values, 4) == 4;
}

static int read_all(Reader *reader, const char *folder, BoxSet *set, Error *error) {
    int capacity = 0;
    while (next_line(reader)) {
        if (!reader->line[0] || is_box(reader->line))
            continue;
        char path[2 * PATH_LIMIT];
        snprintf(path, sizeof path, "%s/%s", folder, reader->line);
        BoxPicture *picture = add_picture(set, &capacity, strdup(path));
        if (!picture)
            return error_memory(error, "a list of pictures", sizeof *picture);
        if (read_boxes(reader, picture, error))
            return -1;
    }
    return set->n_pictures ? 0 : error_set(error, "%s lists no picture", reader->path);
}

BoxSet *box_set_read(const char *path, Error *error) {
    char list[PATH_LIMIT], folder[PATH_LIMIT];
    struct stat status;
    bool is_folder = !stat(path, &status) && S_ISDIR(status.st_mode);
    snprintf(list, sizeof list, is_folder ? "%s/bbx_gt.txt" : "%s", path);
    snprintf(folder, sizeof folder, "%s", list);
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = 0;
    else
        strcpy(folder, ".");
    Reader reader = {.stream = file_open(list, error), .path = list};
    if (!reader.stream)
        return NULL;
    BoxSet *set = calloc(1, sizeof *set);
    int failed = set ? read_all(&reader, folder, set, error)
                     : error_memory(error, "a list of pictures", sizeof *set);
    free(reader.line);
    fclose(reader.stream);
    if (!failed)
        return set;
    box_set_destroy(set);
    return NULL;
}

void box_set_destroy(BoxSet *set) {
    if (!set)
        return;
    for (int i = 0; i < set->n_pictures; i++) {
        free(set->pictures[i].path);
        free(set->pictures[i].boxes);
        image_free(&set->pictures[i].grey);
    }
    free(set->pictures);
    free(set);
}

static int by_path(const void *a, const void *b) {
    return strcmp(((const BoxPicture *)a)->path, ((const BoxPicture *)b)->path);
}

static bool is_picture_name(const char *path) {
    static const char *const suffixes[] = {".jpg", ".jpeg", ".png", ".webp",
                                           ".bmp", ".tif",  ".tiff"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (file_has_suffix(path, suffixes[i]))
            return true;
    return false;
}

static int add_folder(BoxSet *set, int *capacity, const char *folder, Error *error) {
    DIR *directory = opendir(folder);
    if (!directory)
        return error_set(error, "%s: %s", folder, strerror(errno));
    int failed = 0;
    for (const struct dirent *entry; !failed && (entry = readdir(directory));) {
        char path[PATH_LIMIT];
        struct stat status;
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (stat(path, &status))
            continue;
        if (S_ISDIR(status.st_mode))
            failed = add_folder(set, capacity, path, error);
        else if (is_picture_name(path) && !add_picture(set, capacity, strdup(path)))
            failed = error_memory(error, "a list of pictures", sizeof(BoxPicture));
    }
    closedir(directory);
    return failed;
}

int box_set_add_empty(BoxSet *set, const char *folder, Error *error) {
    int first = set->n_pictures, capacity = first;
    if (add_folder(set, &capacity, folder, error))
        return -1;
    if (set->n_pictures == first)
        return error_set(error, "%s: there is no picture in it", folder);
    qsort(set->pictures + first, (size_t)(set->n_pictures - first), sizeof *set->pictures, by_path);
    return 0;
}

/* The forehead is as high as the brows are above the nose's foot, and the nose's foot above the
 * chin (the rule of thirds); boxes end a little below the hairline. */
#define FOREHEAD 0.4f

static ScoredBox box_around(const Point points[LANDMARKS]) {
    float left = points[0].x, right = left, top = points[0].y, bottom = top;
    for (int i = 1; i < LANDMARKS; i++) {
        left = fminf(left, points[i].x);
        right = fmaxf(right, points[i].x);
        top = fminf(top, points[i].y);
        bottom = fmaxf(bottom, points[i].y);
    }
    float height = bottom - top;
    return (ScoredBox){left, top - FOREHEAD * height, right - left, (1 + FOREHEAD) * height, 0};
}

/* A picture of one face, which was cut from the photograph that begins at that picture. */
static int add_face(BoxSet *set, int *capacity, const LandmarkFace *face, int photograph,
                    Error *error) {
    BoxPicture *picture = add_picture(set, capacity, strdup(face->path));
    if (!picture || !(picture->boxes = calloc(1, sizeof *picture->boxes)))
        return error_memory(error, "a list of pictures", sizeof *picture);
    picture->boxes[0].box = box_around(face->points);
    picture->n_boxes = 1;
    picture->photograph = photograph;
    return 0;
}

int box_set_add_landmarks(BoxSet *set, const char *tables, Error *error) {
    LandmarkSet *faces = landmark_set_read(tables, error);
    int capacity = set->n_pictures, first = set->n_pictures;
    int *groups = faces ? malloc((size_t)faces->n_faces * sizeof *groups) : NULL;
    int status = faces ? 0 : -1;
    if (faces && !groups)
        status = error_memory(error, "photographs", (size_t)faces->n_faces * sizeof *groups);
    if (!status)
        landmark_set_photographs(faces, groups);
    for (int i = 0; !status && i < faces->n_faces; i++)
        status = add_face(set, &capacity, &faces->faces[i], first + groups[i], error);
    free(groups);
    landmark_set_destroy(faces);
    return status;
}

int box_set_load_pictures(BoxSet *set, Error *error) {
    for (int i = 0; i < set->n_pictures; i++)
        if (picture_read(set->pictures[i].path, IMAGE_GREY, &set->pictures[i].grey, error))
            return -1;
    return 0;
}

int box_set_count(const BoxSet *set, float smallest) {
    int count = 0;
    for (int i = 0; i < set->n_pictures; i++)
        for (int k = 0; k < set->pictures[i].n_boxes; k++) {
            const TruthBox *truth = &set->pictures[i].boxes[k];
            count +=
                !truth->ignored && truth->box.width >= smallest && truth->box.height >= smallest;
        }
    return count;
}
