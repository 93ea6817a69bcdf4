#include "infer/faces/face_tracker.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A face is followed in a square this many times its size around its last place, at sizes between
 * these parts of its own. */
#define SURROUNDINGS 1.8
#define SIZE_SMALLER 0.78
#define SIZE_LARGER  1.3
/* Sizes are rounded to powers of this, so that the detector finds its tables ready from frame to
 * frame. */
#define SIZE_STEP 1.15

enum { LOCAL_NEIGHBOURS = 3 }; /* a confirmed face needs less proof than one to be found */

struct FaceTracker {
    FaceTrackerSettings settings;
    FaceFinder *whole, *local;
    FaceTracks tracks;
    bool started;
    double last_search;
    TrackedFace faces[FACE_TRACKS_MOST];
};

FaceTrackerSettings face_tracker_defaults(void) {
    return (FaceTrackerSettings){
        .detector = DETECTOR_DEFAULTS,
        .search_seconds = 1.0,
        .seek_seconds = 0.15,
        .hold_seconds = 0.3,
        .forget_seconds = 2.0,
    };
}

FaceTracker *face_tracker_create(const char *detector, const char *cascade,
                                 const FaceTrackerSettings *settings, Error *error) {
    FaceTracker *tracker = calloc(1, sizeof *tracker);
    if (!tracker) {
        error_memory(error, "a face tracker", sizeof *tracker);
        return NULL;
    }
    tracker->settings = *settings;
    tracker->whole = face_finder_open(detector, cascade, error);
    tracker->local = tracker->whole ? face_finder_open(detector, cascade, error) : NULL;
    if (!tracker->local) {
        face_tracker_destroy(tracker);
        return NULL;
    }
    return tracker;
}

void face_tracker_destroy(FaceTracker *tracker) {
    if (!tracker)
        return;
    face_finder_destroy(tracker->whole);
    face_finder_destroy(tracker->local);
    free(tracker);
}

static int search_whole(FaceTracker *tracker, GreyView frame, double time, Error *error) {
    const FaceBox *found;
    int n = face_finder_find(tracker->whole, frame, &tracker->settings.detector, &found, error);
    if (n < 0)
        return -1;
    FaceBox *kept = malloc(((size_t)n + 1) * sizeof *kept);
    if (!kept)
        return error_memory(error, "faces", (size_t)n * sizeof *kept);
    n = box_keep_apart(found, n, tracker->settings.least_score, kept);
    face_tracks_assign(&tracker->tracks, kept, n, time);
    free(kept);
    tracker->last_search = time;
    return 0;
}

/* Looks for the track's face around its last place: whose face is hidden does not take that of the
 * one in front. */
static int search_around(FaceTracker *tracker, GreyView frame, FaceTrack *track, double time,
                         Error *error) {
    double size = pow(SIZE_STEP, round(log(track->raw.width) / log(SIZE_STEP)));
    int side = (int)(SURROUNDINGS * size);
    Box around = {track->raw.x + track->raw.width / 2 - side / 2,
                  track->raw.y + track->raw.height / 2 - side / 2, side, side};
    around = box_clip(around, frame.width, frame.height);
    if (!around.width || !around.height)
        return 0;
    GreyView view = {frame.pixels + around.y * frame.stride + around.x, around.width, around.height,
                     frame.stride};
    DetectorSettings settings = tracker->settings.detector;
    if (face_track_is_confirmed(track))
        settings.neighbours = LOCAL_NEIGHBOURS;
    settings.smallest = (int)(SIZE_SMALLER * size);
    settings.largest = (int)(SIZE_LARGER * size);
    const FaceBox *found;
    int n = face_finder_find(tracker->local, view, &settings, &found, error);
    float best = FACE_TRACKS_OVERLAP;
    FaceBox face = {0};
    for (int i = 0; i < n; i++) {
        FaceBox moved = found[i];
        if ((float)moved.neighbours < tracker->settings.least_score)
            continue;
        moved.box.x += around.x;
        moved.box.y += around.y;
        float overlap = box_overlap(track->raw, moved.box);
        if (overlap >= best && !face_tracks_is_anothers(&tracker->tracks, track, moved.box)) {
            best = overlap;
            face = moved;
        }
    }
    if (face.box.width)
        face_track_sight(track, face, time);
    return n < 0 ? -1 : 0;
}

/* Whether a face was seen in the frame of the tracks. */
static bool is_followed(const FaceTracker *tracker) {
    bool followed = false;
    for (int i = 0; i < tracker->tracks.count; i++)
        followed |= tracker->tracks.list[i].face.seen;
    return followed;
}

/* Whether the whole picture is due. */
static bool search_is_due(const FaceTracker *tracker, double time) {
    double since = time - tracker->last_search;
    return !tracker->started || since < 0 ||
           since >= (is_followed(tracker) ? tracker->settings.search_seconds
                                          : tracker->settings.seek_seconds);
}

int face_tracker_update(FaceTracker *tracker, GreyView frame, double time,
                        const TrackedFace **faces, Error *error) {
    bool due = search_is_due(tracker, time);
    face_tracks_next_frame(&tracker->tracks, tracker->settings.forget_seconds, time);
    if (due && search_whole(tracker, frame, time, error))
        return -1;
    for (int i = 0; i < tracker->tracks.count; i++)
        if (!tracker->tracks.list[i].face.seen &&
            search_around(tracker, frame, &tracker->tracks.list[i], time, error))
            return -1;
    if (!due && tracker->tracks.apart && !is_followed(tracker) &&
        search_whole(tracker, frame, time, error))
        return -1;
    tracker->started = true;
    face_tracks_prune(&tracker->tracks, tracker->settings.forget_seconds, time);
    *faces = tracker->faces;
    return face_tracks_report(&tracker->tracks, tracker->settings.hold_seconds, time,
                              tracker->faces);
}
