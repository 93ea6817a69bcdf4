/* host_watcher.c: the faces of affekt.h. */
#include "compose/host/host.h"
#include "datasets/media/picture.h"
#include "infer/faces/watcher.h"

#include <stdlib.h>
#include <string.h>

_Static_assert((int)AFFEKT_EMOTIONS == (int)EMOTION_COUNT &&
                   (int)AFFEKT_NEUTRAL == (int)EMOTION_NEUTRAL,
               "affekt.h has the emotions of the table");

struct affekt_watcher {
    Watcher *watcher;
    affekt_face *faces; /* (n_faces) as the host sees them */
    size_t room;
};

affekt_watcher *affekt_watcher_create(const char *model, unsigned flags, affekt_error *error) {
    Error why;
    WatcherSettings settings = watcher_defaults();
    settings.model = model;
    settings.detect = !(flags & AFFEKT_WHOLE_PICTURE);
    affekt_watcher *host = calloc(1, sizeof *host);
    if (!host)
        error_memory(&why, "a watcher", sizeof *host);
    else if ((host->watcher = watcher_create(&settings, &why)))
        return host;
    free(host);
    host_error(error, &why);
    return NULL;
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
    if (!picture->grey || picture->width < 1 || picture->height < 1 ||
        picture->width > IMAGE_LARGEST_SIDE || picture->height > IMAGE_LARGEST_SIDE)
        return error_set(error, "a picture of %d×%d pixels, expected 1×1 to %d×%d", picture->width,
                         picture->height, IMAGE_LARGEST_SIDE, IMAGE_LARGEST_SIDE);
    if (picture->stride < picture->width && picture->stride > -picture->width)
        return error_set(error, "rows %td bytes apart, expected at least their %d pixels",
                         picture->stride, picture->width);
    *view = (GreyView){picture->grey, picture->width, picture->height, picture->stride};
    return 0;
}

int affekt_watcher_picture(affekt_watcher *watcher, const affekt_picture *picture,
                           const affekt_face **faces, affekt_error *error) {
    Error why;
    GreyView view;
    const WatchedFace *seen = NULL;
    int n = view_of(picture, &view, &why) ? -1 : watcher_still(watcher->watcher, view, &seen, &why);
    return hand_over(watcher, n, seen, faces, &why, error);
}

int affekt_watcher_file(affekt_watcher *watcher, const char *path, const affekt_face **faces,
                        affekt_error *error) {
    Error why;
    Image image = {0};
    const WatchedFace *seen = NULL;
    int n = picture_read(path, IMAGE_GREY, &image, &why)
                ? -1
                : watcher_still(watcher->watcher, image_view(&image), &seen, &why);
    n = hand_over(watcher, n, seen, faces, &why, error);
    image_free(&image);
    return n;
}

int affekt_watcher_frame(affekt_watcher *watcher, const affekt_picture *frame, double seconds,
                         const affekt_face **faces, affekt_error *error) {
    Error why;
    GreyView view;
    const WatchedFace *seen = NULL;
    int n = view_of(frame, &view, &why)
                ? -1
                : watcher_frame(watcher->watcher, view, seconds, &seen, &why);
    return hand_over(watcher, n, seen, faces, &why, error);
}
