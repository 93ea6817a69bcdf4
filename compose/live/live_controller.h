/* live_controller.h: a live session in real time, without a user interface: commands in, status
 * out.
 *
 * The terminal (compose/live/live_perform.h) is its view. Frames are analysed as fast as they
 * arrive, always the newest; the music has its own threads (compose/live/live_stage.h), and when it
 * is not written far enough ahead, frame analysis is slowed down first. */
#ifndef COMPOSE_LIVE_LIVE_CONTROLLER_H
#define COMPOSE_LIVE_LIVE_CONTROLLER_H

#include "compose/live/live_session.h"

typedef enum LiveCommand {
    LIVE_PAUSE, /* or continue */
    LIVE_MUTE,  /* or unmute */
    LIVE_NEXT,  /* another piece */
    LIVE_POLICY,
    LIVE_FASTER,
    LIVE_SLOWER,
    LIVE_SAVE,   /* the recording so far */
    LIVE_FOLLOW, /* the face, after a mood set by hand */
    LIVE_QUIT,
    LIVE_FEEL /* + an Emotion: play for it instead of the face's */
} LiveCommand;

typedef struct LiveControllerSettings {
    const char *source; /* as in VideoSettings */
    bool camera;
    bool colour; /* whether the status includes the frame's picture */
    bool keys;   /* whether there are keys, which messages may name */
} LiveControllerSettings;

/* What to display; everything it points to belongs to the controller and is valid until its next
 * use. */
typedef struct LiveStatus {
    const Image *picture; /* IMAGE_RGB, NULL while there is none */
    bool mirrored;        /* from a camera: to be shown mirrored */
    const Box *face;      /* in the picture's pixels, NULL for none */
    const EmotionState *state;
    bool by_hand; /* the state was set by LIVE_FEEL */
    const LiveMusicStatus *music;
    double seconds;              /* played so far */
    double frames, milliseconds; /* per second; from frame to emotion */
    long gaps;
    bool paused, muted, ended;
    const char *sound, *record; /* their destinations, NULL for none */
    const char *message;        /* for a few seconds; NULL for none */
} LiveStatus;

typedef struct LiveController LiveController;

/* Starts the music and the camera or video. The session must outlive it. NULL after an error. */
LiveController *live_controller_start(LiveSession *session, const LiveControllerSettings *settings,
                                      Error *error);

/* Waits up to `seconds` for a frame and analyses it. -1 after a permanent failure; a missing camera
 * is only reported. */
int live_controller_step(LiveController *controller, double seconds, Error *error) MUST_CHECK;

void live_controller_do(LiveController *controller, LiveCommand command);

LiveStatus live_controller_status(LiveController *controller);

/* Ends the music (after a video's end sounding notes may ring), saves the recording in any case,
 * and frees the controller. Writes the seconds played. */
int live_controller_stop(LiveController *controller, double *seconds, Error *error) MUST_CHECK;

#endif
