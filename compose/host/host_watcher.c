/* host_watcher.c: the faces of affekt.h. */
#include "compose/host/host.h"
#include "datasets/media/picture.h"
#include "infer/faces/watcher.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)AFFEKT_EMOTIONS == (int)EMOTION_COUNT &&
                   (int)AFFEKT_NEUTRAL == (int)EMOTION_NEUTRAL,
               "affekt.h has the emotions of the table");

struct affekt_watcher {
    Watcher *watcher;
    affekt_face *faces; /* (n_faces) as the host sees them */
    size_t room;
    int threads;
};

affekt_watcher *affekt_watcher_create(const char *model, unsigned flags, affekt_error *error) {
    Error why;
    WatcherSettings settings = watcher_defaults();
    settings.model = model;
    settings.detect = !(flags & AFFEKT_WHOLE_PICTURE);
    affekt_watcher *host = calloc(1, sizeof *host);
    if (!host)
        error_memory(&why, "a watcher", sizeof *host);
    else
        HOST_REGION {
            host->threads = 1;
            omp_set_num_threads(host->threads);
            host->watcher = watcher_create(&settings, &why);
        }
    if (host && host->watcher)
        return host;
    free(host);
    host_error(error, &why);
    return NULL;
}

void affekt_watcher_set_threads(affekt_watcher *watcher, int threads) {
    watcher->threads = threads < 1 ? 1 : threads;
}

void affekt_watcher_destroy(affekt_watcher *watcher) {
    if (!watcher)
        return;
    watcher_destroy(watcher->watcher);
    free(watcher->faces);
    free(watcher);
}

static affekt_face host_face(const WatchedFace *face) {
    affekt_face to = {.id = face->id,
                      .x = face->box.x,
                      .y = face->box.y,
                      .width = face->box.width,
                      .height = face->box.height,
                      .emotion = face->state.emotion,
                      .valence = face->state.valence,
                      .arousal = face->state.arousal};
    memcpy(to.probabilities, face->state.probabilities, sizeof to.probabilities);
    return to;
}

/* A still picture where `seconds` is NAN, else a frame. */
static int look(affekt_watcher *host, GreyView view, double seconds, const WatchedFace **seen,
                Error *why) {
    int n;
    HOST_REGION {
        omp_set_num_threads(host->threads);
        n = isnan(seconds) ? watcher_still(host->watcher, view, seen, why)
                           : watcher_frame(host->watcher, view, seconds, seen, why);
    }
    return n;
}

/* Hands `n` faces on, or the failure that n = -1 means. */
static int hand_over(affekt_watcher *host, int n, const WatchedFace *seen,
                     const affekt_face **faces, const Error *why, affekt_error *error) {
    if (n < 0)
        return host_error(error, why);
    if ((size_t)n > host->room) {
        affekt_face *larger = realloc(host->faces, (size_t)n * sizeof *larger);
        Error memory;
        if (!larger) {
            error_memory(&memory, "faces", (size_t)n * sizeof *larger);
            return host_error(error, &memory);
        }
        host->faces = larger;
        host->room = (size_t)n;
    }
    for (int i = 0; i < n; i++)
        host->faces[i] = host_face(&seen[i]);
    *faces = host->faces;
    return n;
}

/* Checks what a host says of its picture. */
static int view_of(const affekt_picture *picture, GreyView *view, Error *error) {
    *view = (GreyView){picture->grey, picture->width, picture->height, picture->stride};
    if (!picture->grey || picture->width < 1 || picture->height < 1 ||
        picture->width > IMAGE_LARGEST_SIDE || picture->height > IMAGE_LARGEST_SIDE)
        return error_set(error, "a picture of %d×%d pixels, expected 1×1 to %d×%d", picture->width,
                         picture->height, IMAGE_LARGEST_SIDE, IMAGE_LARGEST_SIDE);
    if (picture->stride < picture->width && picture->stride > -picture->width)
        return error_set(error, "rows %td bytes apart, expected at least their %d pixels",
                         picture->stride, picture->width);
    return 0;
}

int affekt_watcher_picture(affekt_watcher *watcher, const affekt_picture *picture,
                           const affekt_face **faces, affekt_error *error) {
    Error why;
    GreyView view = {0};
    const WatchedFace *seen = NULL;
    int n = view_of(picture, &view, &why) ? -1 : look(watcher, view, NAN, &seen, &why);
    return hand_over(watcher, n, seen, faces, &why, error);
}

int affekt_watcher_file(affekt_watcher *watcher, const char *path, const affekt_face **faces,
                        affekt_error *error) {
    Error why;
    Image image = {0};
    const WatchedFace *seen = NULL;
    int n = picture_read(path, IMAGE_GREY, &image, &why)
                ? -1
                : look(watcher, image_view(&image), NAN, &seen, &why);
    n = hand_over(watcher, n, seen, faces, &why, error);
    image_free(&image);
    return n;
}

int affekt_watcher_frame(affekt_watcher *watcher, const affekt_picture *frame, double seconds,
                         const affekt_face **faces, affekt_error *error) {
    Error why;
    GreyView view = {0};
    const WatchedFace *seen = NULL;
    int n = -1;
    if (!isfinite(seconds))
        error_set(&why, "a frame at %g seconds", seconds);
    else if (!view_of(frame, &view, &why))
        n = look(watcher, view, seconds, &seen, &why);
    return hand_over(watcher, n, seen, faces, &why, error);
}
