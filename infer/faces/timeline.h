/* timeline.h: a summary of a whole video. */
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

/* Initialise with zeros; free with timeline_free. */
typedef struct Timeline {
    int frames, with_face;
    double last; /* seconds */
    TimelineFace *faces;
    int n_faces, room;
} Timeline;

int timeline_add(Timeline *timeline, double time, const WatchedFace *faces, int n,
                 Error *error) MUST_CHECK;

/* Prints how many frames were analysed and how many had a face, and for the faces seen longest the
 * share of their frames in which each emotion led; with landmarks, their blinks and smiles. */
void timeline_print(const Timeline *timeline, FILE *stream);

void timeline_free(Timeline *timeline);

#endif
