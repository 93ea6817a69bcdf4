#include "infer/commands/classify_file.h"

#include "datasets/media/picture.h"
#include "datasets/media/picture_structure.h"
#include "datasets/media/png_file.h"
#include "infer/faces/annotation.h"
#include "infer/faces/classification.h"
#include "infer/faces/timeline.h"
#include "infer/video/video.h"
#include "infer/video/video_writer.h"
#include "nn/base/plain_text.h"
#include "nn/base/threads.h"
#include "nn/io/file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The sides of pictures that are so small are those of faces cut out for a network to learn from.
 */
enum { SMALL_SQUARE = 128 };

static int print(const Classification *seen, const ClassifySettings *settings, Error *error) {
    if (settings->json)
        return classification_print_json(seen, stdout, error);
    (settings->csv ? classification_print_csv : classification_print)(seen, stdout);
    return 0;
}

/* ------------------------------------------------------------------ copies */

static bool is_listed(const PathList *names, const char *path) {
    for (int i = 0; i < names->count; i++)
        if (!strcmp(names->paths[i], path))
            return true;
    return false;
}

/* Whether one of the files to be classified lies there, by whatever name. */
static bool is_input(const PathList *files, const char *path) {
    for (int i = 0; i < files->count; i++)
        if (file_is_same(files->paths[i], path))
            return true;
    return false;
}

/* The name of the file's copy (caller frees): --annotate's own, or one in its folder, where a name
 * that is taken gets a number. */
static char *copy_name(const char *path, const char *ending, const ClassifySettings *settings,
                       ClassifyCount *count, Error *error) {
    char *copy = NULL;
    if (!settings->annotate_folder) {
        if (!(copy = strdup(settings->annotate)))
            error_memory(error, "a file name", strlen(settings->annotate));
        return copy;
    }
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    int length = (int)(dot && dot > name ? (size_t)(dot - name) : strlen(name));
    if (!strcmp(name, "-")) {
        name = "standard-input";
        length = (int)strlen(name);
    }
    for (int number = 1; !copy; number++) {
        char suffix[16] = "";
        if (number > 1)
            snprintf(suffix, sizeof suffix, "-%d", number);
        if (asprintf(&copy, "%s/%.*s%s%s", settings->annotate, length, name, suffix, ending) < 0) {
            error_memory(error, "a file name", strlen(path));
            return NULL;
        }
        if (is_listed(&count->copies, copy) || is_input(settings->files, copy)) {
            free(copy);
            copy = NULL;
        }
    }
    if (!path_list_add(&count->copies, copy, error))
        return copy;
    free(copy);
    return NULL;
}

/* A PNG under another kind's name would be a riddle to every other program. */
static int check_copy(const ClassifySettings *settings, Error *error) {
    if (!settings->annotate || settings->annotate_folder)
        return 0;
    if (file_has_suffix(settings->annotate, ".png"))
        return 0;
    return error_set(error, "cannot write %s: a picture's copy is a PNG, so call it *.png",
                     settings->annotate);
}

/* Marks the faces in the picture's colours and writes it. */
static int annotate_picture(Image *colour, const Classification *seen,
                            const ClassifySettings *settings, ClassifyCount *count, Error *error) {
    if (annotation_draw(colour, seen->faces, seen->n_faces, false, error))
        return -1;
    char *copy = copy_name(seen->file, ".png", settings, count, error);
    int status = copy ? png_file_write(copy, colour, error) : -1;
    free(copy);
    return status;
}

/* ------------------------------------------------------------------ pictures */

static int classify_still(Watcher *watcher, const char *path, const Image *grey,
                          const ClassifySettings *settings, ClassifyCount *count,
                          Classification *seen, Error *error) {
    *seen = (Classification){.file = path};
    seen->n_faces = watcher_still(watcher, image_view(grey), &seen->faces, error);
    if (seen->n_faces < 0)
        return -1;
    count->pictures++;
    if (!seen->n_faces) {
        count->faceless++;
        count->small_squares += grey->width == grey->height && grey->width <= SMALL_SQUARE;
    }
    return print(seen, settings, error);
}

static int classify_picture(Watcher *watcher, const char *path, const ClassifySettings *settings,
                            ClassifyCount *count, Error *error) {
    Image grey = {0}, colour = {0};
    Classification seen;
    if (check_copy(settings, error) || picture_read(path, IMAGE_GREY, &grey, error))
        return -1;
    int status = classify_still(watcher, path, &grey, settings, count, &seen, error);
    if (!status && settings->annotate)
        status = picture_read(path, IMAGE_RGB, &colour, error);
    if (!status && settings->annotate)
        status = annotate_picture(&colour, &seen, settings, count, error);
    image_free(&grey);
    image_free(&colour);
    return status;
}

/* ------------------------------------------------------------------ videos */

/* Frames of the copy that wait at most: those of FACE_TRACKS_APART at a hundred per second. */
enum { WAITING_MOST = 32 };

/* A video at work. */
typedef struct Run {
    Watcher *watcher;
    const char *path;
    const ClassifySettings *settings;
    ClassifyCount *count;
    Video *video;
    VideoWriter *writer;
    Timeline timeline;
    Classification seen;
    double next;   /* seconds: when the next frame is due */
    int looked_at; /* frames */
    bool apart;    /* these are more than FACE_TRACKS_APART from each other */
    /* The first frame looked at. It is printed with the second: a face counts from its second
     * sighting, and where there is no second frame, the first is looked at as a picture is. */
    Image first;
    WatchedFace first_faces[FACE_TRACKS_MOST];
    Classification first_seen;
    /* Frames of the copy up to the second one looked at, as nobody knows before what is in them. */
    VideoFrame waiting[WAITING_MOST];
    int n_waiting;
    bool waits;
} Run;

/* Whether the frame is the first in its 1/fps of a second. */
static bool is_due(Run *run, double time) {
    float fps = run->settings->fps;
    if (fps > 0) {
        if (time < run->next - 1e-6)
            return false;
        run->next += 1 / fps;
        if (run->next <= time)
            run->next = time + 1 / fps;
    }
    return true;
}

static int print_frame(Run *run, const Classification *seen, Error *error) {
    if (print(seen, run->settings, error) ||
        timeline_add(&run->timeline, seen->time, seen->faces, seen->n_faces, error))
        return -1;
    /* Who reads along wants each frame as it comes. */
    return fflush(stdout) ? error_errno(error, "cannot write to standard output") : 0;
}

static int keep_first(Run *run, const Image *grey, Error *error) {
    run->first_seen = run->seen;
    for (int i = 0; i < run->seen.n_faces; i++)
        run->first_faces[i] = run->seen.faces[i];
    run->first_seen.faces = run->first_faces;
    if (image_create(&run->first, grey->width, grey->height, IMAGE_GREY, error))
        return -1;
    memcpy(run->first.pixels, grey->pixels, (size_t)grey->width * (size_t)grey->height);
    return 0;
}

static int look_at(Run *run, const VideoFrame *frame, Error *error) {
    Classification *seen = &run->seen;
    seen->time = frame->time;
    /* The first of frames that are apart is passed on twice: no other frame confirms its faces. */
    for (int looks = run->apart && !run->looked_at ? 2 : 1; looks; looks--) {
        seen->n_faces =
            watcher_frame(run->watcher, image_view(&frame->grey), frame->time, &seen->faces, error);
        if (seen->n_faces < 0)
            return -1;
    }
    if (!run->looked_at++)
        return keep_first(run, &frame->grey, error);
    if (run->looked_at == 2 && print_frame(run, &run->first_seen, error))
        return -1;
    return print_frame(run, seen, error);
}

/* Where only one of several frames was looked at. */
static int print_only_frame(Run *run, Error *error) {
    Classification *seen = &run->first_seen;
    seen->n_faces = watcher_still(run->watcher, image_view(&run->first), &seen->faces, error);
    return seen->n_faces < 0 ? -1 : print_frame(run, seen, error);
}

/* Marks the frame and adds it to the copy, which begins with the first frame. */
static int annotate_frame(Run *run, VideoFrame *frame, const Classification *seen, Error *error) {
    if (annotation_draw(&frame->colour, seen->faces, seen->n_faces, true, error))
        return -1;
    if (!run->writer) {
        char *copy = copy_name(run->path, ".mp4", run->settings, run->count, error);
        if (copy)
            run->writer = video_writer_create(copy, frame->colour.width, frame->colour.height,
                                              video_rate(run->video), error);
        free(copy);
    }
    return run->writer ? video_writer_add(run->writer, &frame->colour, frame->time, error) : -1;
}

/* No frame waits any longer. */
static int annotate_waiting(Run *run, Error *error) {
    int status = 0;
    for (int i = 0; i < run->n_waiting; i++) {
        if (!status)
            status = annotate_frame(run, &run->waiting[i], &run->first_seen, error);
        video_frame_free(&run->waiting[i]);
    }
    run->n_waiting = 0;
    run->waits = false;
    return status;
}

/* Takes the frame's colours. */
static int keep_waiting(Run *run, VideoFrame *frame, Error *error) {
    run->waiting[run->n_waiting++] = (VideoFrame){.time = frame->time, .colour = frame->colour};
    frame->colour = (Image){0};
    return run->n_waiting == WAITING_MOST ? annotate_waiting(run, error) : 0;
}

static int take_frame(Run *run, VideoFrame *frame, Error *error) {
    if (is_due(run, frame->time) && look_at(run, frame, error))
        return -1;
    if (!run->settings->annotate)
        return 0;
    if (run->waits && run->looked_at == 1)
        return keep_waiting(run, frame, error);
    return annotate_waiting(run, error) ? -1 : annotate_frame(run, frame, &run->seen, error);
}

static int only_frame(Run *run, VideoFrame *frame, Error *error) {
    Classification seen;
    if (check_copy(run->settings, error) || classify_still(run->watcher, run->path, &frame->grey,
                                                           run->settings, run->count, &seen, error))
        return -1;
    return run->settings->annotate
               ? annotate_picture(&frame->colour, &seen, run->settings, run->count, error)
               : 0;
}

/* Whether the frames looked at are so far apart that each must speak for itself. */
static bool are_apart(const Run *run, double first, double second) {
    double fps = (double)run->settings->fps;
    return second - first > FACE_TRACKS_APART || (fps > 0 && 1 / fps > FACE_TRACKS_APART);
}

static int all_frames(Run *run, VideoFrame *first, VideoFrame *second, Error *error) {
    bool text = !run->settings->json && !run->settings->csv;
    if (text) {
        plain_print(run->path, stdout);
        fputc('\n', stdout);
    }
    int status = 1;
    run->apart = are_apart(run, first->time, second->time);
    run->waits = run->settings->fps > 0 && !run->apart;
    if (take_frame(run, first, error) || take_frame(run, second, error))
        return -1;
    while ((status = video_next(run->video, second, error)) > 0)
        if (take_frame(run, second, error))
            return -1;
    if (!status && run->looked_at == 1)
        status = print_only_frame(run, error);
    if (!status)
        status = annotate_waiting(run, error);
    if (!status && text)
        timeline_print(&run->timeline, stdout);
    return status;
}

/* What was not as the file claims. */
static void note_faults(const Run *run) {
    PlainText name;
    long damaged = video_damaged(run->video);
    double missing = video_missing(run->video);
    if (damaged)
        fprintf(stderr,
                "affekt classify: %s: %ld damaged part%s skipped or concealed by the decoder\n",
                plain_text(run->path, &name), damaged, damaged == 1 ? " was" : "s were");
    if (missing > 0)
        fprintf(stderr,
                "affekt classify: %s: ends %.1f s earlier than it claims; is it complete?\n",
                plain_text(run->path, &name), missing);
}

static int finish_copy(VideoWriter *writer, int status, Error *error) {
    if (!writer)
        return status;
    if (!status)
        return video_writer_finish(writer, error);
    video_writer_abandon(writer);
    return status;
}

static int classify_video(Watcher *watcher, const char *path, const ClassifySettings *settings,
                          ClassifyCount *count, Error *error) {
    Run run = {.watcher = watcher,
               .path = path,
               .settings = settings,
               .count = count,
               .seen = {.file = path, .video = true}};
    run.video =
        video_open(&(VideoSettings){.source = path, .colour = settings->annotate != NULL}, error);
    if (!run.video)
        return -1;
    VideoFrame first = {0}, second = {0};
    int status = watcher_restart(watcher, error), more = 0;
    if (!status)
        status = video_next(run.video, &first, error) > 0 ? 0 : -1;
    if (!status)
        more = video_next(run.video, &second, error);
    if (!status)
        status = more < 0   ? -1
                 : more > 0 ? all_frames(&run, &first, &second, error)
                            : only_frame(&run, &first, error);
    status = finish_copy(run.writer, status, error);
    if (!status && !settings->quiet)
        note_faults(&run);
    timeline_free(&run.timeline);
    image_free(&run.first);
    for (int i = 0; i < run.n_waiting; i++)
        video_frame_free(&run.waiting[i]);
    video_frame_free(&first);
    video_frame_free(&second);
    video_close(run.video);
    return status;
}

/* ------------------------------------------------------------------ either */

enum { HEAD = 1 << 16 };

/* Whether the file begins as a picture does, or is empty: then the reader of pictures says so; -1
 * when it cannot be read. `can_move` (may be NULL): whether that kind of picture can be animated.
 */
static int begins_as_picture(const char *path, bool *can_move, Error *error) {
    unsigned char head[HEAD];
    FILE *file = file_open(path, error);
    if (!file)
        return -1;
    size_t size = fread(head, 1, HEAD, file);
    fclose(file);
    if (can_move)
        *can_move = picture_can_be_animated(head, size);
    return !size || picture_recognise(head, size);
}

/* Whether it is a picture that moves. One too large to be read as a picture is none. */
static bool is_animated(const char *path) {
    unsigned char *bytes;
    size_t size;
    if (file_read(path, PICTURE_MOST_BYTES, &bytes, &size, NULL))
        return false;
    bool animated = picture_is_animated(bytes, size);
    free(bytes);
    return animated;
}

/* Whether the file is a still picture: 1, or 0 for what can only be a video, or -1. */
static int is_still(const char *path, Error *error) {
    struct stat status = {0};
    /* A camera's bare stream begins like its first picture. */
    bool stream = file_has_suffix(path, ".mjpeg") || file_has_suffix(path, ".mjpg");
    if (!strcmp(path, "-") || video_is_address(path) || stream ||
        (!stat(path, &status) && !S_ISREG(status.st_mode)))
        return 0;
    bool can_move = false;
    int picture = begins_as_picture(path, &can_move, error);
    return picture > 0 && can_move ? !is_animated(path) : picture;
}

bool classify_passes_over(const char *path) {
    if (begins_as_picture(path, NULL, NULL) != 0)
        return false;
    Video *video = video_open(&(VideoSettings){.source = path}, NULL);
    video_close(video);
    return !video;
}

/* Who waits for a pipe that nobody writes into should know it. */
static void note_pipe(const char *path, const ClassifySettings *settings) {
    struct stat status;
    PlainText name;
    if (!settings->quiet && !stat(path, &status) && S_ISFIFO(status.st_mode))
        fprintf(stderr, "affekt classify: %s is a pipe: waiting for what is written into it\n",
                plain_text(path, &name));
}

int classify_file(Watcher *watcher, const char *path, const ClassifySettings *settings,
                  ClassifyCount *count, Error *error) {
    int still = is_still(path, error);
    if (still < 0)
        return -1;
    threads_use(still ? settings->threads : settings->video_threads);
    note_pipe(path, settings);
    return (still ? classify_picture : classify_video)(watcher, path, settings, count, error);
}
