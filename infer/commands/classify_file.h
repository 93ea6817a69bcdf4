/* classify_file.h: one picture or video of `affekt classify`. */
#ifndef INFER_COMMANDS_CLASSIFY_FILE_H
#define INFER_COMMANDS_CLASSIFY_FILE_H

#include "infer/faces/watcher.h"
#include "nn/io/path_list.h"

typedef struct ClassifySettings {
    bool json, csv, quiet; /* neither JSON nor CSV: text */
    float fps;             /* frames of a video analysed per second, 0 = all */
    const char *annotate;  /* where to write an annotated copy, or NULL */
    bool annotate_folder;  /* it is a folder, for a copy of each file */
    const PathList *files; /* all that are to be classified: no copy takes the place of one */
    int threads;           /* for a picture */
    int video_threads;     /* for a video: a frame is too short to be worth waking other threads */
} ClassifySettings;

/* Counts over all files so far; initialise with zeros, free with path_list_free(&copies). */
typedef struct ClassifyCount {
    int pictures, faceless;
    int small_squares; /* of the faceless: probably faces already cropped */
    PathList copies;   /* names already used in the folder of --annotate */
} ClassifyCount;

/* Prints the file's classification to standard output. A file with a single frame is a picture,
 * whatever its format. */
int classify_file(Watcher *watcher, const char *path, const ClassifySettings *settings,
                  ClassifyCount *count, Error *error) MUST_CHECK;

/* Whether the file is neither a picture nor a video by its first bytes, and so skipped in a folder.
 */
bool classify_passes_over(const char *path);

#endif
