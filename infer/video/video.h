/* video.h: frames of a video file, a raw pipe or a camera, through FFmpeg.
 *
 * Every frame, in order; capture.h is the reader for live use, which drops late frames. Frames are
 * upright and their pixels square, regardless of the file; their size may change midway. Nothing is
 * recorded. */
#ifndef INFER_VIDEO_VIDEO_H
#define INFER_VIDEO_VIDEO_H

#include "datasets/media/image.h"

#include <stdatomic.h>
#include <stdbool.h>

typedef struct VideoSettings {
    const char *source; /* a file or pipe, "-" for standard input, or a camera ("/dev/video0") */
    bool camera;
    const char *driver;      /* of the camera, FFmpeg's name for it, NULL = "v4l2" */
    bool colour;             /* also colour frames */
    int width, height;       /* requested from a camera, 0 = its default */
    int rate;                /* frames per second requested from a camera, 0 = its default */
    const atomic_bool *stop; /* once it is true, all waiting for the source soon fails; NULL = keeps
                                waiting. Must outlive the video */
} VideoSettings;

/* The caller's: initialise with zeros and pass to every video_next, which reuses the memory. */
typedef struct VideoFrame {
    long index;   /* 0, 1, 2 … of the decoded frames */
    double time;  /* seconds since the first frame; non-decreasing */
    Image grey;   /* IMAGE_GREY */
    Image colour; /* IMAGE_RGB, where requested */
} VideoFrame;

void video_frame_free(VideoFrame *frame);

typedef struct Video Video;

/* Whether the source is a network address ("rtsp://…") rather than a file. Those are not opened:
 * the message says how to pipe one in. */
bool video_is_address(const char *source);

/* NULL with a message where the source is missing, empty, busy or not a video. Free with
 * video_close. */
Video *video_open(const VideoSettings *settings, Error *error);
void video_close(Video *video);

/* Fills the next frame: 1, or 0 at the end, or -1. Damaged parts of a file are skipped; a file
 * without a single good frame is a failure, and so is a camera that is unplugged or stops sending:
 * close it and open it again. */
int video_next(Video *video, VideoFrame *frame, Error *error) MUST_CHECK;

/* How many seconds what follows a file's clock leaves out between frames of these times: a hole of
 * more than VIDEO_LONGEST_WAIT seconds, else 0. */
enum { VIDEO_LONGEST_WAIT = 10 };
double video_hole(double before, double time);

/* Frames per second according to the file, 0 if unknown; and the number so far of damaged packets
 * skipped and of frames in which the decoder filled gaps. */
double video_rate(const Video *video);
long video_damaged(const Video *video);
/* At the end of a file: the seconds of video that it declares beyond the last frame; 0 where
 * unknown or small: up to a quarter of a second or a fiftieth of the total, whichever is larger;
 * where the file declares only one duration for pictures and sound, which may outlast the pictures,
 * up to a second or a tenth. */
double video_missing(const Video *video);

#endif
