/* capture.h: the newest frame of a camera or a video, for live use.
 *
 * A separate thread reads frames as they arrive (from a file: in real time) and keeps only the
 * newest. A slow caller therefore gets fewer frames, never old ones. A camera that is missing, busy
 * or unplugged is retried every second until capture_stop; its frame times continue from the last
 * one. */
#ifndef INFER_VIDEO_CAPTURE_H
#define INFER_VIDEO_CAPTURE_H

#include "infer/video/video.h"

typedef struct Capture Capture;

typedef enum CaptureState {
    CAPTURE_FRAME,   /* there is a newer frame */
    CAPTURE_WAITING, /* not yet */
    CAPTURE_LOST,    /* the camera is unavailable, the message says why; it is being retried */
    CAPTURE_FAILED,  /* the file cannot be read (any further), the message says why */
    CAPTURE_ENDED,   /* the end of the file */
} CaptureState;

/* Starts the thread (the settings' `stop` is not used); capture_take reports failures to open the
 * source. NULL when no thread can be started. */
Capture *capture_start(const VideoSettings *settings, Error *error);

/* Waits up to `seconds` for something new. With CAPTURE_FRAME the newest frame is in `*frame` (the
 * caller's, initialised with zeros; memory is swapped, nothing is copied). */
CaptureState capture_take(Capture *capture, double seconds, VideoFrame *frame, Error *error);

/* Stops the thread, even one waiting on a silent pipe, and frees the capture. */
void capture_stop(Capture *capture);

#endif
