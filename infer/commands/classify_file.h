/* classify_file.h: one picture or video of `affekt classify`. */
#ifndef INFER_COMMANDS_CLASSIFY_FILE_H
#define INFER_COMMANDS_CLASSIFY_FILE_H

#include "infer/faces/watcher.h"
#include "nn/base/path_list.h"

typedef struct ClassifySettings {
    bool json, csv, quiet; /* neither JSON nor CSV: text */
    float fps;             /* frames of a video looked at in a second, 0 = every one */
    const char *annotate;  /* where to write a copy with the faces marked, or NULL */
    bool annotate_folder;  /* it is a folder, which takes a copy of each file */
    int threads;           /* for a picture */
    int video_threads;     /* for a video: a frame is over before it pays to wake other threads */
} ClassifySettings;

/* What is known of all files so far; zeroed at first, path_list_free(&copies). */
typedef struct ClassifyCount {
    int pictures, faceless;
    int small_squares; /* of the faceless: as faces that were cut out already are */
    PathList copies;   /* names taken in the folder of --annotate */
} ClassifyCount;

/* Prints what is in the file to standard output. What holds a single frame is a picture, whatever
 * kind of file it is. */
int classify_file(Watcher *watcher, const char *path, const ClassifySettings *settings,
                  ClassifyCount *count, Error *error) MUST_CHECK;

/* Whether the file is neither a picture nor a video by its first bytes: what a folder may hold
 * besides. */
bool classify_passes_over(const char *path);

#endif
