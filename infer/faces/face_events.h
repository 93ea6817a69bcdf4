/* face_events.h: blinks and smiles of one face over a video, counted from its geometry.
 *
 * A blink is an eye opening that falls well below the face's usual value and soon recovers; eyes
 * that stay shut are not a blink. A smile is a mouth whose corners are well above their usual
 * position for a while. "Usual" is a slow moving average over previous frames, to allow for narrow
 * eyes and upturned mouths. */
#ifndef INFER_FACES_FACE_EVENTS_H
#define INFER_FACES_FACE_EVENTS_H

#include "infer/faces/face_geometry.h"

#include <stdbool.h>

/* Initialise with zeros. */
typedef struct FaceEvents {
    int blinks, smiles;
    double smiling_seconds;
    /* Internal state. */
    int frames;
    double time, open, smile;    /* of the last frame; the usual opening and smile */
    double closed_at, smiles_at; /* when it began; valid while shut, and while rising */
    bool shut, rising, told;
} FaceEvents;

/* Takes the face's next frame, `time` in seconds, non-decreasing. A gap of more than a second ends
 * a current event. */
void face_events_update(FaceEvents *events, double time, const FaceGeometry *geometry);

#endif
