/* video.h: frames of a video file, a raw pipe or a camera, through FFmpeg.
 *
 * Frame after frame, none left out; capture.h is the reader for live use, which drops what is too
 * late. Frames are upright and their pixels square, whatever the file's are; they may change their
 * size in the middle. Nothing is recorded. */
#ifndef INFER_VIDEO_VIDEO_H
#define INFER_VIDEO_VIDEO_H

#include "datasets/media/image.h"

#include <stdatomic.h>
#include <stdbool.h>

typedef struct VideoSettings {
    const char *source; /* a file or pipe, "-" for standard input, or a camera ("/dev/video0") */
    bool camera;
    const char *driver;      /* of the camera, as FFmpeg calls it, NULL = "v4l2" */
    bool colour;             /* frames in colour too */
    int width, height;       /* what a camera is asked for, 0 = its own choice */
    int rate;                /* frames a second asked of a camera, 0 = its own choice */
    const atomic_bool *stop; /* once it is true, all that waits for the source fails soon;
                                NULL = waits on. Must outlive the video */
} VideoSettings;

/* The caller's: zeroed at first, handed to video_next again and again, which keeps the memory. */
typedef struct VideoFrame {
    long index;   /* 0, 1, 2 … of what was decoded */
    double time;  /* seconds since the first frame; never goes back */
    Image grey;   /* IMAGE_GREY */
    Image colour; /* IMAGE_RGB, where asked for */
} VideoFrame;

void video_frame_free(VideoFrame *frame);

typedef struct Video Video;

/* Whether the source is an address on the network ("rtsp://…") rather than a file. Those are not
 * opened: the message says how to pipe one in. */
bool video_is_address(const char *source);

/* NULL with a message for what is missing, empty, busy or no video. Free with video_close. */
Video *video_open(const VideoSettings *settings, Error *error);
void video_close(Video *video);

/* Fills the next frame: 1, or 0 at the end, or -1. Damaged parts of a file are passed over; a file
 * without one good frame is a failure. A camera that is pulled out or falls silent is one too:
 * close it and try again to open it. */
int video_next(Video *video, VideoFrame *frame, Error *error) MUST_CHECK;

/* Frames a second as the file tells, 0 when it does not; so far, packets passed over as damaged and
 * frames in which the decoder had to fill gaps. */
double video_rate(const Video *video);
long video_damaged(const Video *video);
/* At the end of a file: the seconds of video that it claims to hold beyond the last frame; 0 where
 * that is not known, or no more than one and a tenth of it all, since sound may last longer than
 * pictures. */
double video_missing(const Video *video);

#endif
