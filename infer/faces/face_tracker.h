/* face_tracker.h: the faces of a video, each with its own id.
 *
 * The whole picture is searched periodically; in between only the surroundings of known faces, at
 * about their size, which takes a small fraction of the time. Frames further apart than
 * FACE_TRACKS_APART are searched as a whole where no known face is found. A face that is lost for a
 * moment keeps its place and its id. */
#ifndef INFER_FACES_FACE_TRACKER_H
#define INFER_FACES_FACE_TRACKER_H

#include "infer/faces/detect/face_finder.h"
#include "infer/faces/face_tracks.h"

typedef struct FaceTrackerSettings {
    DetectorSettings detector; /* of the search of the whole picture */
    float least_score;         /* of a face that is found in it */
    double search_seconds;     /* between two of them while a face is being tracked */
    double seek_seconds;       /* between two of them while there is none */
    double hold_seconds;       /* a face not seen for this long is no longer reported … */
    double forget_seconds; /* … and one not seen for this long gets a new id when it returns */
} FaceTrackerSettings;

/* The detector's defaults; 1 s, 0.15 s, 0.3 s and 2 s. */
FaceTrackerSettings face_tracker_defaults(void);

typedef struct FaceTracker FaceTracker;

/* Opens the detector as face_finder_open does. */
FaceTracker *face_tracker_create(const char *detector, const char *cascade,
                                 const FaceTrackerSettings *settings, Error *error) MUST_CHECK;
void face_tracker_destroy(FaceTracker *tracker);

/* Takes the next frame, `time` seconds after the first. `*faces`, the largest first, belongs to the
 * tracker and is valid until its next use. Returns how many, or -1. The result depends only on the
 * frames and their times. */
int face_tracker_update(FaceTracker *tracker, GreyView frame, double time,
                        const TrackedFace **faces, Error *error) MUST_CHECK;

#endif
