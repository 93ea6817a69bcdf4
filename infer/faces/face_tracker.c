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
#define SAME_FACE 0.25f /* overlap of a face's boxes in two frames, at least */
#define SMOOTH_SECONDS                                                                             \
    0.08         /* the box's time constant: the detector's jitter lasts a frame or two */
#define JUMP 0.3 /* of its size: a move so large is one, not jitter */

enum {
    LOCAL_NEIGHBOURS = 3, /* a confirmed face needs less proof than one to be found */
    CONFIRMATIONS = 2,    /* a face is told when it has been seen in so many frames */
};

typedef struct Track {
    TrackedFace face;
    Box raw;           /* the last box as found */
    double x, y, size; /* the smoothed one: centre and side */
    int sightings;
} Track;

struct FaceTracker {
    FaceTrackerSettings settings;
    FaceFinder *whole, *local;
    Track tracks[FACE_TRACKER_MOST];
    int n_tracks, next_id;
    bool started;
    double last_search;
    TrackedFace faces[FACE_TRACKER_MOST];
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
    tracker->next_id = 1;
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

static double centre_x(Box box) {
    return box.x + 0.5 * box.width;
}

static double centre_y(Box box) {
    return box.y + 0.5 * box.height;
}

/* Moves the smoothed box towards the one just found. */
static void smooth(Track *track, Box found, double elapsed) {
    double moved = hypot(centre_x(found) - track->x, centre_y(found) - track->y);
    bool jumped =
        moved > JUMP * track->size || fabs(found.width - track->size) > JUMP * track->size;
    double part = jumped ? 1 : 1 - exp(-elapsed / SMOOTH_SECONDS);
    track->x += part * (centre_x(found) - track->x);
    track->y += part * (centre_y(found) - track->y);
    track->size += part * (found.width - track->size);
    int side = (int)lrint(track->size);
    track->face.box =
        (Box){(int)lrint(track->x - 0.5 * side), (int)lrint(track->y - 0.5 * side), side, side};
}

static void sight(Track *track, FaceBox found, double time) {
    smooth(track, found.box, time - track->face.last_time);
    track->raw = found.box;
    track->face.score = (float)found.neighbours;
    track->face.seen = true;
    track->face.last_time = time;
    track->sightings++;
}

static void begin_track(FaceTracker *tracker, FaceBox face, double time) {
    Box found = face.box;
    if (tracker->n_tracks == FACE_TRACKER_MOST)
        return;
    Track *track = &tracker->tracks[tracker->n_tracks++];
    *track = (Track){.raw = found, .x = centre_x(found), .y = centre_y(found), .size = found.width};
    track->face = (TrackedFace){.box = found, .first_time = time, .last_time = time};
    sight(track, face, time);
}

/* Gives each face found to the track that it overlaps most with, best pairs first; the others begin
 * tracks of their own. */
static void associate(FaceTracker *tracker, const FaceBox *found, int n, double time) {
    bool *taken = calloc((size_t)n + 1, sizeof *taken);
    if (!taken)
        return; /* this search is lost, the next one comes */
    int known = tracker->n_tracks;
    for (;;) {
        float best = SAME_FACE;
        int best_track = -1, best_face = -1;
        for (int i = 0; i < known; i++)
            for (int k = 0; k < n && !tracker->tracks[i].face.seen; k++) {
                float overlap = taken[k] ? 0 : box_overlap(tracker->tracks[i].raw, found[k].box);
                if (overlap >= best) {
                    best = overlap;
                    best_track = i;
                    best_face = k;
                }
            }
        if (best_track < 0)
            break;
        sight(&tracker->tracks[best_track], found[best_face], time);
        taken[best_face] = true;
    }
    for (int k = 0; k < n; k++)
        if (!taken[k])
            begin_track(tracker, found[k], time);
    free(taken);
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
    associate(tracker, kept, n, time);
    free(kept);
    tracker->last_search = time;
    return 0;
}

/* Looks for the track's face around its last place. */
static int search_around(FaceTracker *tracker, GreyView frame, Track *track, double time,
                         Error *error) {
    double size = pow(SIZE_STEP, round(log(track->raw.width) / log(SIZE_STEP)));
    int side = (int)(SURROUNDINGS * size);
    Box around = {(int)centre_x(track->raw) - side / 2, (int)centre_y(track->raw) - side / 2, side,
                  side};
    around = box_clip(around, frame.width, frame.height);
    if (!around.width || !around.height)
        return 0;
    GreyView view = {frame.pixels + around.y * frame.stride + around.x, around.width, around.height,
                     frame.stride};
    DetectorSettings settings = tracker->settings.detector;
    if (track->sightings >= CONFIRMATIONS)
        settings.neighbours = LOCAL_NEIGHBOURS;
    settings.smallest = (int)(SIZE_SMALLER * size);
    settings.largest = (int)(SIZE_LARGER * size);
    const FaceBox *found;
    int n = face_finder_find(tracker->local, view, &settings, &found, error);
    float best = SAME_FACE;
    FaceBox face = {0};
    for (int i = 0; i < n; i++) {
        FaceBox moved = found[i];
        moved.box.x += around.x;
        moved.box.y += around.y;
        float overlap = box_overlap(track->raw, moved.box);
        if (overlap >= best) {
            best = overlap;
            face = moved;
        }
    }
    if (face.box.width)
        sight(track, face, time);
    return n < 0 ? -1 : 0;
}

/* Whether the track has come to follow the face of one of the `n` older ones, which goes on. */
static bool is_double(const Track *olders, int n, const Track *track) {
    for (const Track *older = olders; older < olders + n; older++)
        if (older->face.seen && track->face.seen && box_overlap(older->raw, track->raw) > 0.6f)
            return true;
    return false;
}

/* Forgets what has not been seen for long, or was seen once and then not again. */
static void forget(FaceTracker *tracker, double time) {
    int kept = 0;
    for (int i = 0; i < tracker->n_tracks; i++) {
        Track *track = &tracker->tracks[i];
        double unseen = time - track->face.last_time;
        bool stray = !track->face.seen && track->sightings < CONFIRMATIONS;
        if (unseen <= tracker->settings.forget_seconds && !stray &&
            !is_double(tracker->tracks, kept, track))
            tracker->tracks[kept++] = *track;
    }
    tracker->n_tracks = kept;
}

static int larger_first(const void *a, const void *b) {
    const TrackedFace *first = a, *second = b;
    if (first->box.width != second->box.width)
        return first->box.width > second->box.width ? -1 : 1;
    return first->id - second->id;
}

/* Lists the faces that have been seen more than once, and lately. */
static int list_faces(FaceTracker *tracker, double time) {
    int n = 0;
    for (int i = 0; i < tracker->n_tracks; i++) {
        Track *track = &tracker->tracks[i];
        if (track->sightings < CONFIRMATIONS ||
            time - track->face.last_time > tracker->settings.hold_seconds)
            continue;
        if (!track->face.id)
            track->face.id = tracker->next_id++;
        tracker->faces[n++] = track->face;
    }
    qsort(tracker->faces, (size_t)n, sizeof *tracker->faces, larger_first);
    return n;
}

/* Whether the whole picture is due. */
static bool search_is_due(const FaceTracker *tracker, double time) {
    double since = time - tracker->last_search;
    bool followed = false;
    for (int i = 0; i < tracker->n_tracks; i++)
        followed |= tracker->tracks[i].face.seen;
    return !tracker->started || since < 0 ||
           since >= (followed ? tracker->settings.search_seconds : tracker->settings.seek_seconds);
}

int face_tracker_update(FaceTracker *tracker, GreyView frame, double time,
                        const TrackedFace **faces, Error *error) {
    bool due = search_is_due(tracker, time);
    for (int i = 0; i < tracker->n_tracks; i++)
        tracker->tracks[i].face.seen = false;
    if (due && search_whole(tracker, frame, time, error))
        return -1;
    int known = tracker->n_tracks;
    for (int i = 0; i < known; i++)
        if (!tracker->tracks[i].face.seen &&
            search_around(tracker, frame, &tracker->tracks[i], time, error))
            return -1;
    tracker->started = true;
    forget(tracker, time);
    *faces = tracker->faces;
    return list_faces(tracker, time);
}
