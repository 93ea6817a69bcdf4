/* timeline.h: what a whole video showed, in a few lines. */
#ifndef INFER_FACES_TIMELINE_H
#define INFER_FACES_TIMELINE_H

#include "infer/faces/face_events.h"
#include "infer/faces/watcher.h"

#include <stdio.h>

typedef struct TimelineFace {
    int id;
    int frames, by_emotion[EMOTION_COUNT];
    double first, last; /* seconds */
    bool has_points;    /* some frames had: then there are events */
    FaceEvents events;
} TimelineFace;

/* Zeroed at first; timeline_free. */
typedef struct Timeline {
    int frames, with_face;
    double last; /* seconds */
    TimelineFace *faces;
    int n_faces, room;
} Timeline;

int timeline_add(Timeline *timeline, double time, const WatchedFace *faces, int n,
                 Error *error) MUST_CHECK;

/* Prints how many frames were looked at and how many showed a face, and for the faces seen longest
 * in which share of their frames each emotion led; with points, how often they blinked and smiled.
 */
void timeline_print(const Timeline *timeline, FILE *stream);

void timeline_free(Timeline *timeline);

#endif
