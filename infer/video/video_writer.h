/* video_writer.h: frames into a video file, through FFmpeg.
 *
 * The kind of file follows from the name's ending (.mp4, .mkv, .avi, .webm, .y4m …), the encoder
 * from the kind. The file appears under its name only when it is complete. */
#ifndef INFER_VIDEO_VIDEO_WRITER_H
#define INFER_VIDEO_VIDEO_WRITER_H

#include "datasets/media/image.h"

typedef struct VideoWriter VideoWriter;

/* Begins a file of frames of width × height (an odd side loses its last pixel where the encoder
 * needs that), `rate` a second. */
VideoWriter *video_writer_create(const char *path, int width, int height, double rate,
                                 Error *error) MUST_CHECK;

/* Adds a frame (IMAGE_RGB), shown from `time` on, in seconds; times must rise. Frames of another
 * size are scaled to the file's. */
int video_writer_add(VideoWriter *writer, const Image *frame, double time, Error *error) MUST_CHECK;

/* Completes the file; whatever comes of it, the writer is gone. */
int video_writer_finish(VideoWriter *writer, Error *error) MUST_CHECK;

/* Gives up and removes what was written. */
void video_writer_abandon(VideoWriter *writer);

#endif
