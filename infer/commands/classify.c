/* affekt classify: the emotions of the faces in pictures and videos. */
#include "datasets/media/picture.h"
#include "datasets/media/png_file.h"
#include "infer/commands/commands.h"
#include "infer/faces/annotation.h"
#include "infer/faces/classification.h"
#include "infer/faces/watcher.h"
#include "infer/video/video.h"
#include "infer/video/video_writer.h"
#include "nn/base/file.h"
#include "nn/base/options.h"
#include "nn/base/threads.h"

#include <omp.h>
#include <string.h>
#include <sys/stat.h>

typedef struct Settings {
    CommonSettings common;
    const char *model, *detector, *cascade, *annotate;
    float fps;
    int smallest;
    bool json, csv, detect, landmarks;
    int threads, video_threads; /* as --threads leaves them */
} Settings;

static const Option options[] = {
    OPTION_STRING(Settings, model, "model", 'm', "FILES",
                  "a model file, or several with commas between, whose mean probability counts "
                  "(default: the shipped model)"),
    OPTION_FLAG(Settings, detect, "detect",
                "looking for faces first: each picture is one face as a whole"),
    OPTION_INTEGER(Settings, smallest, "min-face", "PIXELS", 20, 10000,
                   "side of the smallest face looked for"),
    OPTION_STRING(
        Settings, detector, "detector", 0, "NAME",
        "what finds faces: haar, net, or the weights of a network (default: " FACE_FINDER_DEFAULT
        ")"),
    OPTION_STRING(Settings, cascade, "cascade", 0, "FILE",
                  "OpenCV's cascade to find faces with (default: " CASCADE_DEFAULT
                  " of opencv-data)"),
    OPTION_FLOAT(Settings, fps, "fps", "F", 0, 1000,
                 "of a video, look at so many frames a second at most (0: at every one)"),
    OPTION_FLAG(Settings, landmarks, "landmarks",
                "place 68 points on each face: for --annotate, and with pose and shape for --json"),
    OPTION_STRING(Settings, annotate, "annotate", 'o', "OUT",
                  "write a copy with the faces marked: a PNG for a picture, a video for a video"),
    OPTION_FLAG(Settings, json, "json", "print one JSON object a line for each picture or frame"),
    OPTION_FLAG(Settings, csv, "csv", "print one CSV row for each face"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt classify",
    .positionals = "FILE…",
    .summary = "tells the emotion of faces in pictures and videos",
    .notes =
        "A picture is a file of any common kind; a video is a file, or '-' for standard input "
        "(such as\n"
        "y4m from a pipe). Faces of a video are numbered and their emotions steadied over time.\n",
};

static int tell(const Classification *seen, const Settings *settings, Error *error) {
    if (settings->json)
        return classification_print_json(seen, stdout, error);
    (settings->csv ? classification_print_csv : classification_print)(seen, stdout);
    return 0;
}

/* ------------------------------------------------------------------ pictures */

static int annotate_picture(const Classification *seen, const Settings *settings, Error *error) {
    Image colour = {0};
    if (picture_read(seen->file, IMAGE_RGB, &colour, error))
        return -1;
    int status = annotation_draw(&colour, seen->faces, seen->n_faces, false, error);
    if (!status)
        status = png_file_write(settings->annotate, &colour, error);
    image_free(&colour);
    return status;
}

/* A PNG under another kind's name would be a riddle to every other program. */
static int check_copy(const char *path, Error *error) {
    if (!path || file_has_suffix(path, ".png"))
        return 0;
    return error_set(error, "cannot write %s: a picture's copy is a PNG, so call it *.png", path);
}

static int classify_picture(Watcher *watcher, const char *path, const Settings *settings,
                            Error *error) {
    Image grey = {0};
    if (check_copy(settings->annotate, error) || picture_read(path, IMAGE_GREY, &grey, error))
        return -1;
    Classification seen = {.file = path};
    seen.n_faces = watcher_still(watcher, image_view(&grey), &seen.faces, error);
    image_free(&grey);
    if (seen.n_faces < 0 || tell(&seen, settings, error))
        return -1;
    return settings->annotate ? annotate_picture(&seen, settings, error) : 0;
}

/* ------------------------------------------------------------------ videos */

/* Whether the frame is the first in its 1/fps of a second. */
static bool is_due(const Settings *settings, double time, double *next) {
    if (settings->fps > 0) {
        if (time < *next - 1e-6)
            return false;
        *next += 1 / settings->fps;
        if (*next <= time)
            *next = time + 1 / settings->fps;
    }
    return true;
}

/* Marks the frame and adds it to the copy, which begins with the first frame. */
static int annotate_frame(VideoWriter **writer, Video *video, VideoFrame *frame,
                          const Classification *seen, const Settings *settings, Error *error) {
    if (annotation_draw(&frame->colour, seen->faces, seen->n_faces, true, error))
        return -1;
    if (!*writer)
        *writer = video_writer_create(settings->annotate, frame->colour.width, frame->colour.height,
                                      video_rate(video), error);
    return *writer ? video_writer_add(*writer, &frame->colour, frame->time, error) : -1;
}

static int classify_frames(Watcher *watcher, Video *video, VideoFrame *frame, const char *path,
                           const Settings *settings, VideoWriter **writer, Error *error) {
    Classification seen = {.file = path, .video = true};
    double next = 0;
    int status;
    while ((status = video_next(video, frame, error)) > 0) {
        if (is_due(settings, frame->time, &next)) {
            seen.time = frame->time;
            seen.n_faces =
                watcher_frame(watcher, image_view(&frame->grey), frame->time, &seen.faces, error);
            if (seen.n_faces < 0 || tell(&seen, settings, error))
                return -1;
            fflush(stdout); /* who reads along wants each frame as it comes */
        }
        if (settings->annotate && annotate_frame(writer, video, frame, &seen, settings, error))
            return -1;
    }
    return status;
}

static int classify_video(Watcher *watcher, const char *path, const Settings *settings,
                          Error *error) {
    Video *video =
        video_open(&(VideoSettings){.source = path, .colour = settings->annotate != NULL}, error);
    if (!video)
        return -1;
    VideoFrame frame = {0};
    VideoWriter *writer = NULL;
    int status = watcher_restart(watcher, error);
    if (!status && !settings->json && !settings->csv)
        printf("%s\n", path);
    if (!status)
        status = classify_frames(watcher, video, &frame, path, settings, &writer, error);
    if (writer && status)
        video_writer_abandon(writer);
    else if (writer)
        status = video_writer_finish(writer, error);
    if (!status && video_damaged(video) && !settings->common.quiet)
        fprintf(stderr, "affekt classify: %s: %ld damaged parts were passed over\n", path,
                video_damaged(video));
    video_frame_free(&frame);
    video_close(video);
    return status;
}

/* ------------------------------------------------------------------ files */

/* Whether the file is a picture: 1, or 0 for what can only be a video, or -1. */
static int is_picture(const char *path, Error *error) {
    unsigned char head[1 << 16];
    struct stat status = {0};
    if (!strcmp(path, "-") || (!stat(path, &status) && !S_ISREG(status.st_mode)))
        return S_ISDIR(status.st_mode)
                   ? error_set(error, "%s is a folder; name the files in it: %s/*", path, path)
                   : 0;
    FILE *file = fopen(path, "rb");
    if (!file)
        return error_errno(error, "%s", path);
    size_t size = fread(head, 1, sizeof head, file);
    fclose(file);
    return size == 0 || picture_recognise(head, size);
}

static int classify_file(Watcher *watcher, const char *path, const Settings *settings,
                         Error *error) {
    int picture = is_picture(path, error);
    if (picture < 0)
        return -1;
    /* The work on a frame is over before it pays to wake other threads for it. */
    threads_use(picture ? settings->threads : settings->video_threads);
    return (picture ? classify_picture : classify_video)(watcher, path, settings, error);
}

/* A file that cannot be read does not keep the others from being classified. */
static int classify_files(char **paths, int n, const Settings *settings) {
    Error error;
    WatcherSettings watching = watcher_defaults();
    watching.model = settings->model;
    watching.detector = settings->detector;
    watching.cascade = settings->cascade;
    watching.landmarks = settings->landmarks;
    watching.detect = settings->detect;
    watching.faces.detector.smallest = settings->smallest;
    watching.faces.detector.threads = settings->threads;
    Watcher *watcher = watcher_create(&watching, &error);
    if (!watcher) {
        fprintf(stderr, "affekt classify: %s\n", error.message);
        return EXIT_FAILED;
    }
    if (settings->csv)
        classification_print_csv_header(stdout);
    int status = EXIT_DONE;
    for (int i = 0; i < n; i++)
        if (classify_file(watcher, paths[i], settings, &error)) {
            fprintf(stderr, "affekt classify: %s\n", error.message);
            status = EXIT_FAILED;
        }
    watcher_destroy(watcher);
    return status;
}

int classify_command(int argc, char **argv) {
    Settings settings = {.detect = true, .smallest = DETECTOR_DEFAULTS.smallest};
    int n_files;
    int status = options_parse(&usage, options, &settings, argc, argv, &n_files);
    if (status != OPTIONS_RUN)
        return status;
    if (!n_files)
        return options_wrong(&usage, "which FILE?");
    if (settings.json && settings.csv)
        return options_wrong(&usage, "--json or --csv, not both");
    if (settings.annotate && n_files > 1)
        return options_wrong(&usage, "--annotate takes one FILE at a time, not %d", n_files);
    int asked = settings.common.threads;
    settings.threads = asked ? asked : omp_get_max_threads();
    settings.video_threads = asked ? asked : 1;
    return classify_files(argv, n_files, &settings);
}
