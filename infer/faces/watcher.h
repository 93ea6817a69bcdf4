/* watcher.h: from frames to faces with emotions; the path that pictures, videos and live share.
 *
 * frame → faces (face_tracker.h, face_finder.h) → square (face_framing.h) → probabilities
 * (face_model.h) → steady emotion (emotion_tracker.h), for each face and for the one in the lead.
 */
#ifndef INFER_FACES_WATCHER_H
#define INFER_FACES_WATCHER_H

#include "infer/faces/emotion_tracker.h"
#include "infer/faces/face_framing.h"
#include "infer/faces/face_geometry.h"
#include "infer/faces/face_model.h"
#include "infer/faces/face_tracker.h"

typedef struct WatcherSettings {
    const char *model;       /* as face_model_load takes it, NULL = the shipped one */
    const FaceModel *shared; /* a model that is loaded, to share the networks of; or NULL */
    const char *detector;    /* as face_finder_open takes them, NULL = the usual ones */
    const char *cascade;
    bool landmarks; /* places 68 points on each face, by the shipped model */
    bool detect;    /* false: every picture is one face as a whole */
    FaceViews views;
    FaceFraming framing;
    FaceTrackerSettings faces;
    EmotionTrackerSettings emotions;
} WatcherSettings;

/* The shipped model and the usual cascade, one look at each face, and the defaults of all parts. */
WatcherSettings watcher_defaults(void);

typedef struct WatchedFace {
    int id;      /* 1, 2, 3 …: in a video the same face keeps it */
    Box box;     /* as the detector draws it */
    float score; /* the detector's for it: the windows that agree on it; NAN: not looked for */
    EmotionState state;      /* in a still picture: the network's probabilities as they are */
    bool has_points;         /* the rest is set: with WatcherSettings.landmarks */
    Point points[LANDMARKS]; /* in the picture */
    FaceGeometry geometry;
} WatchedFace;

typedef struct Watcher Watcher;

Watcher *watcher_create(const WatcherSettings *settings, Error *error) MUST_CHECK;
void watcher_destroy(Watcher *watcher);

/* The faces of a picture of its own, the surest detection first. `*faces` belongs to the watcher
 * and is valid until its next use. Returns how many, or -1. */
int watcher_still(Watcher *watcher, GreyView picture, const WatchedFace **faces,
                  Error *error) MUST_CHECK;

/* The faces of a video's next frame, the largest first, `time` seconds after the first. */
int watcher_frame(Watcher *watcher, GreyView frame, double time, const WatchedFace **faces,
                  Error *error) MUST_CHECK;

/* Nothing can be seen at `time`: the mood goes on as without a face. For a camera that is away. */
void watcher_blind(Watcher *watcher, double time);

/* The emotion of the one in the lead: the largest face, for as long as it is there. Goes on through
 * moments without a face, as emotion_tracker.h tells. Updated by watcher_frame. */
const EmotionState *watcher_mood(const Watcher *watcher);
/* That face as in the last frame, valid as the others are; NULL while there is none. */
const WatchedFace *watcher_leader(const Watcher *watcher);

/* The face of this number leads, as soon as and for as long as it is there. */
void watcher_follow(Watcher *watcher, int id);

/* Forgets all faces: another video begins. */
int watcher_restart(Watcher *watcher, Error *error) MUST_CHECK;

#endif
