#include "infer/faces/face_events.h"

#include <math.h>

/* Eyes are shut below this part of their usual opening and open again above the second (Soukupová
 * and Čech 2016 use 0.2 of 0.3, for frames at 30 a second). */
#define SHUT   0.65
#define REOPEN 0.8
/* A blink takes 0.1 to 0.4 s (Schiffman 1990); with a frame's time on both sides. */
#define LONGEST_BLINK 0.6

/* A smile's corners stand this much higher than usual, in widths of the mouth, and then that. */
#define SMILE       0.08
#define SMILE_OVER  0.05
#define SMILE_LEAST 0.3 /* seconds; less is a twitch, or the points' jitter */

#define USUAL_SECONDS 5.0 /* the means' time constant */
#define GAP_SECONDS   1.0
enum { FRAMES_BEFORE = 5 }; /* that tell what is usual */

static void eyes(FaceEvents *events, double time, double open) {
    if (!events->shut && open < SHUT * events->open) {
        events->shut = true;
        events->closed_at = time;
    } else if (events->shut && open > REOPEN * events->open) {
        events->shut = false;
        events->blinks += time - events->closed_at <= LONGEST_BLINK;
    }
}

static void mouth(FaceEvents *events, double time, double smile) {
    double above = smile - events->smile;
    if (!events->rising && above > SMILE) {
        events->rising = true;
        events->told = false;
        events->smiles_at = time;
    } else if (events->rising && above < SMILE_OVER) {
        events->rising = false;
    }
    if (!events->rising || time - events->smiles_at < SMILE_LEAST)
        return;
    events->smiling_seconds += events->told ? time - events->time : time - events->smiles_at;
    events->smiles += !events->told;
    events->told = true;
}

void face_events_update(FaceEvents *events, double time, const FaceGeometry *geometry) {
    double open = 0.5 * ((double)geometry->left_eye + (double)geometry->right_eye);
    double smile = (double)geometry->smile, elapsed = time - events->time;
    if (events->frames && elapsed > GAP_SECONDS)
        events->shut = events->rising = false;
    if (events->frames >= FRAMES_BEFORE) {
        eyes(events, time, open);
        mouth(events, time, smile);
    }
    /* What is out of the usual does not become it, but for the little that lets a changed face,
     * or one that was first seen laughing, come to be usual in the end. */
    double part = events->frames < FRAMES_BEFORE ? 1.0 / (events->frames + 1)
                                                 : 1 - exp(-elapsed / USUAL_SECONDS);
    events->open += (events->shut ? 0.1 : 1) * part * (open - events->open);
    events->smile += (events->rising ? 0.1 : 1) * part * (smile - events->smile);
    events->time = time;
    events->frames++;
}
