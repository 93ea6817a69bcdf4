#include "datasets/detection/landmark_set.h"

#include "datasets/media/picture.h"
#include "nn/base/array.h"
#include "nn/base/number.h"
#include "nn/io/file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_LIMIT = 4096, POINT_VALUES = 2 * LANDMARKS };

/* The column of x0 in the heading, or -1. */
static int first_point(const char *heading) {
    int column = 0;
    for (const char *at = heading; at; at = strchr(at, ','), at = at ? at + 1 : NULL, column++)
        if (!strncmp(at, "x0,y0,", 6))
            return column;
    return -1;
}

static const char *skip_columns(const char *line, int columns) {
    for (; line && columns > 0; columns--) {
        line = strchr(line, ',');
        line = line ? line + 1 : NULL;
    }
    return line;
}

/* Points from the text "x0,y0,…"; false when it holds others than finite numbers. */
static bool read_points(const char *text, Point *points) {
    for (int i = 0; text && i < POINT_VALUES; i++) {
        char *end;
        float value = (float)number_read(text, &end);
        if (end == text || !isfinite(value) || fabsf(value) > IMAGE_LARGEST_SIDE)
            return false;
        *(i % 2 ? &points[i / 2].y : &points[i / 2].x) = value + 0.5f;
        text = *end == ',' ? end + 1 : i == POINT_VALUES - 1 ? end : NULL;
    }
    return text != NULL;
}

static int read_face(LandmarkSet *set, const char *folder, const char *line, int column,
                     Error *error) {
    if (!ARRAY_GROW(set->faces, set->capacity, set->n_faces))
        return error_memory(error, "faces", sizeof *set->faces);
    LandmarkFace *face = &set->faces[set->n_faces];
    *face = (LandmarkFace){0};
    if (!read_points(skip_columns(line, column), face->points) ||
        !(landmarks_eye_distance(face->points) > 0))
        return error_set(error, "expected %d points after the picture's name", LANDMARKS);
    char path[PATH_LIMIT];
    int length = snprintf(path, sizeof path, "%s/%.*s", folder, (int)strcspn(line, ","), line);
    if (length < 0 || length >= PATH_LIMIT)
        return error_set(error, "the picture's name is too long");
    if (picture_read(path, IMAGE_GREY, &face->grey, error))
        return -1;
    face->path = strdup(path);
    set->n_faces++;
    return face->path ? 0 : error_memory(error, "a path", strlen(path));
}

static int read_table(LandmarkSet *set, const char *table, Error *error) {
    char folder[PATH_LIMIT];
    snprintf(folder, sizeof folder, "%s", table);
    char *suffix = strrchr(folder, '.');
    if (!suffix || !file_has_suffix(table, ".csv"))
        return error_set(error, "%s: expected a table whose name ends in .csv", table);
    *suffix = 0;
    FILE *stream = file_open(table, error);
    if (!stream)
        return -1;
    char *line = NULL;
    size_t capacity = 0;
    int number = 0, column = -1, failed = 0;
    while (!failed && getline(&line, &capacity, stream) > 0) {
        line[strcspn(line, "\r\n")] = 0;
        Error own;
        if (!number++) {
            column = first_point(line);
            if (column < 1)
                failed = error_set(error, "%s:1: expected a heading with x0,y0,…", table);
        } else if (*line && read_face(set, folder, line, column, &own)) {
            failed = error_set(error, "%s:%d: %s", table, number, own.message);
        }
    }
    free(line);
    fclose(stream);
    return failed;
}

LandmarkSet *landmark_set_read(const char *tables, Error *error) {
    LandmarkSet *set = calloc(1, sizeof *set);
    char *list = strdup(tables), *rest = list;
    int failed = set && list ? 0 : error_memory(error, "faces", sizeof *set);
    for (char *table; !failed && (table = strsep(&rest, ","));)
        failed = read_table(set, table, error);
    if (!failed && !set->n_faces)
        failed = error_set(error, "%s: no face", tables);
    free(list);
    if (!failed)
        return set;
    landmark_set_destroy(set);
    return NULL;
}

void landmark_set_destroy(LandmarkSet *set) {
    if (!set)
        return;
    for (int i = 0; i < set->n_faces; i++) {
        free(set->faces[i].path);
        image_free(&set->faces[i].grey);
    }
    free(set->faces);
    free(set);
}

/* The length of the name without ending and number. */
static size_t photograph_length(const char *path) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.'), *end = dot ? dot : name + strlen(name), *digits = end;
    while (digits > name && digits[-1] >= '0' && digits[-1] <= '9')
        digits--;
    bool number = digits < end && end - digits <= 2 && *digits != '0';
    bool numbered = number && digits > name + 1 && digits[-1] == '_';
    return (size_t)((numbered ? digits - 1 : end) - path);
}

void landmark_set_photographs(const LandmarkSet *set, int *groups) {
    int most = 0;
    for (int i = 0; i < set->n_faces; i++) {
        const char *path = set->faces[i].path, *before = i ? set->faces[i - 1].path : "";
        size_t length = photograph_length(path);
        bool same = length == photograph_length(before) && !strncmp(path, before, length);
        groups[i] = same && i ? groups[i - 1] : i;
        most = i + 1 - groups[i] > most ? i + 1 - groups[i] : most;
    }
    if (10 * most > set->n_faces)
        for (int i = 0; i < set->n_faces; i++)
            groups[i] = i;
}
