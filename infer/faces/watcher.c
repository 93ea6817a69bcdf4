#include "infer/faces/watcher.h"

#include "infer/faces/landmark_model.h"
#include "nn/base/array.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Follower {
    int id; /* 0 = free */
    EmotionTracker tracker;
    bool has_points;
    Point points[LANDMARKS]; /* when they were last predicted */
} Follower;

struct Watcher {
    WatcherSettings settings;
    FaceModel *model;
    LandmarkModel *landmarks; /* or NULL: without detection, unless they are requested */
    FaceFinder *detector;     /* for still pictures */
    FaceTracker *tracker;     /* for videos */
    FaceCrop crop;
    Follower followers[FACE_TRACKS_MOST]; /* of the faces of a video */
    EmotionTracker mood;
    int leader;         /* id of the face that the mood follows, 0 = none */
    int wish;           /* id of the face that is to lead once it is visible, 0 = none */
    WatchedFace *faces; /* (n_faces) of the last frame */
    FaceBox *boxes;     /* (n) of a still picture */
    int n_faces;
    uint8_t *pixels;      /* (faces, 48, 48), what the network looks at */
    const uint8_t **each; /* one pointer for each of them */
    float *probabilities; /* (faces, EMOTION_COUNT) */
    int capacity;
};

WatcherSettings watcher_defaults(void) {
    return (WatcherSettings){
        .detect = true,
        .views = FACE_VIEWS_FLIP,
        .framing = FACE_FRAMING_DEFAULT,
        .faces = face_tracker_defaults(),
        .emotions = EMOTION_TRACKER_DEFAULTS,
    };
}

int watcher_restart(Watcher *watcher, Error *error) {
    memset(watcher->followers, 0, sizeof watcher->followers);
    emotion_tracker_init(&watcher->mood, &watcher->settings.emotions);
    watcher->leader = watcher->wish = watcher->n_faces = 0;
    face_tracker_destroy(watcher->tracker);
    watcher->tracker = NULL;
    if (!watcher->settings.detect)
        return 0;
    FaceTrackerSettings alone = watcher->settings.faces;
    alone.detector.threads = 1; /* a frame's work is too short to be worth sharing */
    watcher->tracker =
        face_tracker_create(watcher->settings.detector, watcher->settings.cascade, &alone, error);
    return watcher->tracker ? 0 : -1;
}

Watcher *watcher_create(const WatcherSettings *settings, Error *error) {
    Watcher *watcher = calloc(1, sizeof *watcher);
    if (!watcher) {
        error_memory(error, "a watcher", sizeof *watcher);
        return NULL;
    }
    watcher->settings = *settings;
    watcher->model = settings->shared ? face_model_share(settings->shared, error)
                                      : face_model_load(settings->model, error);
    if (watcher->model && settings->detect)
        watcher->detector = face_finder_open(settings->detector, settings->cascade, error);
    bool landmarks = settings->landmarks || settings->detect;
    if (watcher->model && landmarks)
        watcher->landmarks = landmark_model_open(NULL, error);
    if (!watcher->model || (settings->detect && !watcher->detector) ||
        (landmarks && !watcher->landmarks) || watcher_restart(watcher, error)) {
        watcher_destroy(watcher);
        return NULL;
    }
    return watcher;
}

void watcher_destroy(Watcher *watcher) {
    if (!watcher)
        return;
    face_model_destroy(watcher->model);
    landmark_model_destroy(watcher->landmarks);
    face_finder_destroy(watcher->detector);
    face_tracker_destroy(watcher->tracker);
    face_crop_free(&watcher->crop);
    free(watcher->faces);
    free(watcher->boxes);
    free(watcher->pixels);
    free(watcher->each);
    free(watcher->probabilities);
    free(watcher);
}

static int reserve(Watcher *watcher, int n, Error *error) {
    if (n <= watcher->capacity)
        return 0;
    size_t count = (size_t)n;
    watcher->capacity = 0; /* until `each` points into what `pixels` has become */
    if (!ARRAY_RESIZE(watcher->faces, count) || !ARRAY_RESIZE(watcher->boxes, count) ||
        !ARRAY_RESIZE(watcher->pixels, count * FACE_PIXELS) ||
        !ARRAY_RESIZE(watcher->each, count) ||
        !ARRAY_RESIZE(watcher->probabilities, count * EMOTION_COUNT))
        return error_memory(error, "faces", count * FACE_PIXELS);
    for (int i = 0; i < n; i++)
        watcher->each[i] = watcher->pixels + (size_t)i * FACE_PIXELS;
    watcher->capacity = n;
    return 0;
}

/* Cuts the face with these points out of the picture, as place `i` of what the network looks at. */
static int cut_out(Watcher *watcher, GreyView picture, Box box, const Point points[LANDMARKS],
                   int i, Error *error) {
    GreyView view = picture;
    if (watcher->settings.detect) {
        Box square = face_framing_square(watcher->settings.framing, box);
        if (face_crop_take_level(&watcher->crop, picture, square, points, error))
            return -1;
        view = watcher->crop.view;
    }
    face_input_fit(view, watcher->pixels + (size_t)i * FACE_PIXELS);
    return 0;
}

/* Places the points of the face in the detector's square, from those of the last frame (or NULL)
 * where they are near. */
static int place_points(Watcher *watcher, GreyView picture, Box square, const Point *last,
                        WatchedFace *face, Error *error) {
    if (!watcher->landmarks)
        return 0;
    FaceWindow window = landmark_model_window(square);
    int status;
    if (last && landmark_model_follows(last, square)) {
        memcpy(face->points, last, sizeof face->points);
        status = landmark_model_refine(watcher->landmarks, picture, face->points, error);
    } else {
        status = landmark_model_search(watcher->landmarks, picture, &window, face->points, error);
    }
    if (status)
        return -1;
    face->geometry = face_geometry(face->points);
    face->has_points = watcher->settings.landmarks;
    return 0;
}

/* ------------------------------------------------------------------ a picture of its own */

/* The state that a single look gives, without any time. */
static EmotionState state_of(const float *probabilities) {
    EmotionTracker tracker;
    emotion_tracker_init(&tracker, &(EmotionTrackerSettings){0});
    return *emotion_tracker_update(&tracker, 0, probabilities);
}

int watcher_still(Watcher *watcher, GreyView picture, const WatchedFace **faces, Error *error) {
    const FaceBox whole = {{0, 0, picture.width, picture.height}, 0};
    const FaceBox *found = &whole;
    int n = 1;
    if (watcher->detector)
        n = face_finder_find(watcher->detector, picture, &watcher->settings.faces.detector, &found,
                             error);
    if (n < 0 || reserve(watcher, n, error))
        return -1;
    if (watcher->detector) {
        n = box_keep_apart(found, n, watcher->settings.faces.least_score, watcher->boxes);
        found = watcher->boxes;
    }
    for (int i = 0; i < n; i++) {
        WatchedFace *face = &watcher->faces[i];
        *face = (WatchedFace){.id = i + 1,
                              .box = box_clip(found[i].box, picture.width, picture.height),
                              .score = watcher->detector ? (float)found[i].neighbours : NAN};
        if (place_points(watcher, picture, found[i].box, NULL, face, error) ||
            cut_out(watcher, picture, found[i].box, face->points, i, error))
            return -1;
    }
    if (n && face_model_probabilities(watcher->model, watcher->each, n, watcher->settings.views,
                                      watcher->probabilities, error))
        return -1;
    for (int i = 0; i < n; i++)
        watcher->faces[i].state = state_of(watcher->probabilities + i * EMOTION_COUNT);
    *faces = watcher->faces;
    return n;
}

/* ------------------------------------------------------------------ videos */

static Follower *find_follower(Watcher *watcher, int id) {
    for (int i = 0; i < FACE_TRACKS_MOST; i++)
        if (watcher->followers[i].id == id)
            return &watcher->followers[i];
    return NULL;
}

/* The follower of a face, made when there is none yet: in a free place, or in that of the face that
 * was seen longest ago. */
static Follower *follow(Watcher *watcher, int id) {
    Follower *follower = find_follower(watcher, id);
    if (follower)
        return follower;
    follower = &watcher->followers[0];
    for (int i = 0; i < FACE_TRACKS_MOST && follower->id; i++) {
        Follower *other = &watcher->followers[i];
        if (!other->id || other->tracker.last_face < follower->tracker.last_face)
            follower = other;
    }
    follower->id = id;
    follower->has_points = false;
    emotion_tracker_init(&follower->tracker, &watcher->settings.emotions);
    return follower;
}

/* The faces of the frame: as tracked, or the whole frame as one. */
static int track(Watcher *watcher, GreyView frame, double time, const TrackedFace **faces,
                 Error *error) {
    static const TrackedFace first = {.id = 1, .seen = true};
    if (watcher->tracker)
        return face_tracker_update(watcher->tracker, frame, time, faces, error);
    *faces = &first;
    return 1;
}

/* The place of the face with this id among the `n`, or -1. */
static int place_of(const TrackedFace *faces, int n, int id) {
    for (int i = 0; i < n; i++)
        if (faces[i].id == id)
            return i;
    return -1;
}

/* Chooses the leader, and takes its probabilities into the mood. */
static void lead(Watcher *watcher, const TrackedFace *faces, const float *const *probabilities,
                 int n, double time) {
    int leader = place_of(faces, n, watcher->wish);
    if (leader >= 0)
        watcher->wish = 0;
    else
        leader = place_of(faces, n, watcher->leader);
    if (leader < 0 && n)
        leader = 0;
    watcher->leader = leader < 0 ? 0 : faces[leader].id;
    emotion_tracker_update(&watcher->mood, time, leader < 0 ? NULL : probabilities[leader]);
}

int watcher_frame(Watcher *watcher, GreyView frame, double time, const WatchedFace **faces,
                  Error *error) {
    const TrackedFace *tracked;
    int n = track(watcher, frame, time, &tracked, error), n_seen = 0;
    if (n < 0 || reserve(watcher, n, error))
        return -1;
    const float *probabilities[FACE_TRACKS_MOST] = {NULL};
    for (int i = 0; i < n; i++) {
        WatchedFace *face = &watcher->faces[i];
        Box box = watcher->tracker ? tracked[i].box : (Box){0, 0, frame.width, frame.height};
        *face = (WatchedFace){.id = tracked[i].id,
                              .box = box_clip(box, frame.width, frame.height),
                              .score = watcher->tracker ? tracked[i].score : NAN};
        if (!tracked[i].seen)
            continue;
        const Follower *known = find_follower(watcher, face->id);
        const Point *last = known && known->has_points ? known->points : NULL;
        if (place_points(watcher, frame, box, last, face, error) ||
            cut_out(watcher, frame, box, face->points, n_seen, error))
            return -1;
        probabilities[i] = watcher->probabilities + (size_t)n_seen++ * EMOTION_COUNT;
    }
    if (n_seen && face_model_probabilities(watcher->model, watcher->each, n_seen,
                                           watcher->settings.views, watcher->probabilities, error))
        return -1;
    for (int i = 0; i < n; i++) {
        WatchedFace *face = &watcher->faces[i];
        Follower *follower = follow(watcher, face->id);
        face->state = *emotion_tracker_update(&follower->tracker, time, probabilities[i]);
        if (tracked[i].seen && watcher->landmarks) {
            memcpy(follower->points, face->points, sizeof follower->points);
            follower->has_points = true;
        }
    }
    lead(watcher, tracked, probabilities, n, time);
    watcher->n_faces = n;
    *faces = watcher->faces;
    return n;
}

void watcher_blind(Watcher *watcher, double time) {
    lead(watcher, NULL, NULL, 0, time);
    watcher->n_faces = 0;
}

void watcher_follow(Watcher *watcher, int id) {
    watcher->wish = id;
}

const EmotionState *watcher_mood(const Watcher *watcher) {
    return &watcher->mood.state;
}

const WatchedFace *watcher_leader(const Watcher *watcher) {
    for (int i = 0; i < watcher->n_faces && watcher->leader; i++)
        if (watcher->faces[i].id == watcher->leader)
            return &watcher->faces[i];
    return NULL;
}
