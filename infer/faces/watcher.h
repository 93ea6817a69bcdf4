/* watcher.h: from frames to faces with emotions; shared by pictures, videos and live use.
 *
 * frame → faces (face_tracker.h, face_finder.h) → square (face_framing.h), turned level by the
 * landmarks (landmark_model.h) where the face is tilted → probabilities (face_model.h) → stable
 * emotion (emotion_tracker.h), for each face and for the leading one. */
#ifndef INFER_FACES_WATCHER_H
#define INFER_FACES_WATCHER_H

#include "infer/faces/emotion_tracker.h"
#include "infer/faces/face_framing.h"
#include "infer/faces/face_geometry.h"
#include "infer/faces/face_model.h"
#include "infer/faces/face_tracker.h"

typedef struct WatcherSettings {
    const char *model;       /* as for face_model_load, NULL = the shipped one */
    const FaceModel *shared; /* a loaded model whose networks to share; or NULL */
    const char *detector;    /* as for face_finder_open, NULL = the defaults */
    const char *cascade;
    bool landmarks;  /* tell the 68 landmarks of each face, which level detected faces anyhow */
    bool detect;     /* false: treat every picture as one face */
    FaceViews views; /* of each face: by default also its mirror image, which steadies videos */
    FaceFraming framing;
    FaceTrackerSettings faces;
    EmotionTrackerSettings emotions;
} WatcherSettings;

/* The shipped model and the default detector, two views of each face, and the defaults of all
 * parts.
 */
WatcherSettings watcher_defaults(void);

typedef struct WatchedFace {
    int id;                  /* 1, 2, 3 …: constant for a face in a video */
    Box box;                 /* from the detector; what of it is inside the picture */
    float score;             /* the detector's: see face_finder.h; NAN without detection */
    EmotionState state;      /* in a still picture: the network's probabilities, unsmoothed */
    bool has_points;         /* the rest is valid: with WatcherSettings.landmarks */
    Point points[LANDMARKS]; /* in the picture */
    FaceGeometry geometry;
} WatchedFace;

typedef struct Watcher Watcher;

Watcher *watcher_create(const WatcherSettings *settings, Error *error) MUST_CHECK;
void watcher_destroy(Watcher *watcher);

/* The faces of a single picture, the most certain detection first. `*faces` belongs to the watcher
 * and is valid until its next use. Returns how many, or -1. */
int watcher_still(Watcher *watcher, GreyView picture, const WatchedFace **faces,
                  Error *error) MUST_CHECK;

/* The faces of a video's next frame, the largest first, `time` seconds after the first. */
int watcher_frame(Watcher *watcher, GreyView frame, double time, const WatchedFace **faces,
                  Error *error) MUST_CHECK;

/* There is no frame at `time`: the mood continues as without a face. For a missing camera. */
void watcher_blind(Watcher *watcher, double time);

/* The emotion of the leading face: the largest, for as long as it is visible. Continues through
 * moments without a face, as in emotion_tracker.h. Updated by watcher_frame. */
const EmotionState *watcher_mood(const Watcher *watcher);
/* That face as in the last frame, valid as long as the others; NULL while there is none. */
const WatchedFace *watcher_leader(const Watcher *watcher);

/* Makes the face with this id lead, as soon and as long as it is visible; until then the leader
 * stays. A later call takes the place of an earlier one. No id is used twice, so the wish for a
 * face that has gone for good has no effect. */
void watcher_follow(Watcher *watcher, int id);

/* Forgets all faces, for another video. */
int watcher_restart(Watcher *watcher, Error *error) MUST_CHECK;

#endif
