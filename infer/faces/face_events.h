/* face_events.h: blinks and smiles of one face over a video, counted from its geometry.
 *
 * A blink is an eye opening that falls well below the face's own usual one and comes back soon;
 * eyes that stay shut are no blink. A smile is a mouth whose corners stand well above the face's
 * own usual place for a while. "Usual" is a slow mean over the frames before, so that narrow eyes
 * and upturned mouths count like others. */
#ifndef INFER_FACES_FACE_EVENTS_H
#define INFER_FACES_FACE_EVENTS_H

#include "infer/faces/face_geometry.h"

#include <stdbool.h>

/* Zeroed at first. */
typedef struct FaceEvents {
    int blinks, smiles;
    double smiling_seconds;
    /* What it remembers. */
    int frames;
    double time, open, smile;    /* of the last frame; the usual opening and smile */
    double closed_at, smiles_at; /* when it began; valid while shut, and while rising */
    bool shut, rising, told;
} FaceEvents;

/* Takes the face's next frame, `time` in seconds, not falling. A gap of more than a second ends
 * what was going on. */
void face_events_update(FaceEvents *events, double time, const FaceGeometry *geometry);

#endif
