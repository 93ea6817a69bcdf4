/* capture.h: the newest frame of a camera or a video, for live use.
 *
 * A thread of its own reads frames as they come (from a file: at the file's pace) and keeps only
 * the newest. A caller that is slow therefore sees fewer frames, never old ones. A camera that is
 * missing, busy or pulled out is tried again every second until capture_stop; its frames' times go
 * on from where they were. */
#ifndef INFER_VIDEO_CAPTURE_H
#define INFER_VIDEO_CAPTURE_H

#include "infer/video/video.h"

typedef struct Capture Capture;

typedef enum CaptureState {
    CAPTURE_FRAME,   /* there is a newer frame */
    CAPTURE_WAITING, /* not yet */
    CAPTURE_LOST,    /* the camera is away, the message says why; it is being tried again */
    CAPTURE_FAILED,  /* the file cannot be read (further), the message says why */
    CAPTURE_ENDED,   /* the file is over */
} CaptureState;

/* Starts the thread (the settings' `stop` is not used); what cannot be opened is told by
 * capture_take. NULL when no thread can be started. */
Capture *capture_start(const VideoSettings *settings, Error *error);

/* Waits up to `seconds` for something new. With CAPTURE_FRAME the newest frame is in `*frame`
 * (zeroed at first, the caller's; its memory changes hands, nothing is copied). */
CaptureState capture_take(Capture *capture, double seconds, VideoFrame *frame, Error *error);

/* Frames that were overtaken by newer ones before anyone took them. */
long capture_dropped(Capture *capture);

/* Ends the thread, also one that waits for a silent pipe, and frees the capture. */
void capture_stop(Capture *capture);

#endif
