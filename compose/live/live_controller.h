/* live_controller.h: a live session in real time, without a face of its own: commands go in, a
 * status comes out.
 *
 * The terminal (compose/live/live_perform.h) is one view of it; another may be a page. Frames are
 * looked at as fast as they come, the newest always; the music has its own threads
 * (compose/live/live_stage.h), and when it is written less far ahead than it should be, looking is
 * slowed down first. */
#ifndef COMPOSE_LIVE_LIVE_CONTROLLER_H
#define COMPOSE_LIVE_LIVE_CONTROLLER_H

#include "compose/live/live_session.h"

typedef enum LiveCommand {
    LIVE_PAUSE, /* and go on */
    LIVE_MUTE,  /* and sound again */
    LIVE_NEXT,  /* another piece */
    LIVE_POLICY,
    LIVE_FASTER,
    LIVE_SLOWER,
    LIVE_SAVE,   /* the record so far */
    LIVE_FOLLOW, /* the face, after a mood set by hand */
    LIVE_QUIT,
    LIVE_FEEL /* + an Emotion: plays for it instead of the face's */
} LiveCommand;

typedef struct LiveControllerSettings {
    const char *source; /* as VideoSettings has it */
    bool camera;
    bool colour; /* whether the status has the frame's picture */
} LiveControllerSettings;

/* What there is to show; all that it points to belongs to the controller and is valid until its
 * next use. */
typedef struct LiveStatus {
    const Image *picture; /* IMAGE_RGB, NULL while there is none */
    bool mirrored;        /* a camera's: to be shown as a mirror does */
    const Box *face;      /* in the picture's pixels, NULL for none */
    const EmotionState *state;
    bool by_hand; /* the state was set by LIVE_FEEL */
    const LiveMusicStatus *music;
    double seconds;              /* played so far */
    double frames, milliseconds; /* per second; from frame to emotion */
    long gaps;
    bool paused, muted, ended;
    const char *sound, *record; /* where they go, NULL for nowhere */
    const char *message;        /* for a few seconds; NULL for none */
} LiveStatus;

typedef struct LiveController LiveController;

/* Starts the music and the camera or video. The session must outlive it. NULL after an error. */
LiveController *live_controller_start(LiveSession *session, const LiveControllerSettings *settings,
                                      Error *error);

/* Waits up to `seconds` for a frame and looks at it. -1 when something has failed for good; that a
 * camera is away is only told. */
int live_controller_step(LiveController *controller, double seconds, Error *error) MUST_CHECK;

void live_controller_do(LiveController *controller, LiveCommand command);

LiveStatus live_controller_status(LiveController *controller);

/* Ends the music (after a video's end what sounds may ring), saves the record in any case, and
 * frees the controller. Writes the seconds that were played. */
int live_controller_stop(LiveController *controller, double *seconds, Error *error) MUST_CHECK;

#endif
