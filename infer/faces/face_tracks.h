/* face_tracks.h: which face of a frame is which of the frames before: the tracker's bookkeeping of
 * boxes and times, without pictures (those are face_tracker.h's). */
#ifndef INFER_FACES_FACE_TRACKS_H
#define INFER_FACES_FACE_TRACKS_H

#include "infer/faces/detect/face_detector.h"

#include <stdbool.h>

enum { FACE_TRACKS_MOST = 64 }; /* faces at a time */

typedef struct TrackedFace {
    int id;           /* 1, 2, 3 … in order of appearance */
    Box box;          /* the detector's box, slightly smoothed over time */
    float score;      /* the detector's, from the last detection */
    bool seen;        /* in this frame, not just held */
    double last_time; /* when it was last seen, seconds */
} TrackedFace;

typedef struct FaceTrack {
    TrackedFace face;  /* its id is 0 until it is reported */
    Box raw;           /* the last box as found */
    double x, y, size; /* the smoothed one: centre and side */
    int sightings;
} FaceTrack;

/* Initialise with zeros. */
typedef struct FaceTracks {
    FaceTrack list[FACE_TRACKS_MOST]; /* (count), the oldest first */
    int count, reported;
    bool begun;  /* there has been a frame */
    bool apart;  /* this frame is more than FACE_TRACKS_APART after the one before */
    double time; /* of this frame */
} FaceTracks;

/* The minimum overlap (intersection over union) of a face's boxes in two frames. */
#define FACE_TRACKS_OVERLAP 0.25f

/* Frames further apart than this, in seconds, need not show a face at the same place twice. */
#define FACE_TRACKS_APART 0.3

/* Begins the frame at `time`, in which no face has been seen yet; removes tracks that were not seen
 * in the frame before, and for more than `forget_seconds`. */
void face_tracks_next_frame(FaceTracks *tracks, double forget_seconds, double time);

/* The face of the track was found in this frame. */
void face_track_sight(FaceTrack *track, FaceBox found, double time);

/* Whether it has been seen often enough to be reported: twice, or once where frames are apart. */
bool face_track_is_confirmed(const FaceTrack *track);

/* Assigns each face found to the track that it overlaps most, best pairs first; the others start
 * tracks of their own, as far as there is room. Where the frame is apart from the one before, these
 * are confirmed at once, as faces of a still picture are. */
void face_tracks_assign(FaceTracks *tracks, const FaceBox *found, int n, double time);

/* Whether a face found there is more likely another track's: a confirmed one that it overlaps more
 * than `track`, which is of the list. */
bool face_tracks_is_anothers(const FaceTracks *tracks, const FaceTrack *track, Box found);

/* Ends a frame: removes tracks that were not seen for more than `forget_seconds`, that were seen
 * once and then not again, and that now follow the same face as an older one. */
void face_tracks_prune(FaceTracks *tracks, double forget_seconds, double time);

/* Writes the confirmed faces that were seen within `hold_seconds` to faces[FACE_TRACKS_MOST], the
 * largest first, numbering new ones. Returns how many. */
int face_tracks_report(FaceTracks *tracks, double hold_seconds, double time, TrackedFace *faces);

#endif
