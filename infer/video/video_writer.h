/* video_writer.h: writes frames to a video file, through FFmpeg.
 *
 * The container follows from the suffix (.mp4, .mkv, .avi, .webm, .y4m …), the encoder from the
 * container. The file appears under its name only when complete. */
#ifndef INFER_VIDEO_VIDEO_WRITER_H
#define INFER_VIDEO_VIDEO_WRITER_H

#include "datasets/media/image.h"

typedef struct VideoWriter VideoWriter;

/* Begins a file of frames of width × height (an odd side loses its last pixel where the encoder
 * requires even ones), `rate` per second: on average, or exactly where the container knows no other
 * (.avi, .y4m). */
VideoWriter *video_writer_create(const char *path, int width, int height, double rate,
                                 Error *error) MUST_CHECK;

/* Adds a frame (IMAGE_RGB), shown from `time` on, in seconds; times must increase. Frames of
 * another size are scaled to the file's. */
int video_writer_add(VideoWriter *writer, const Image *frame, double time, Error *error) MUST_CHECK;

/* Completes the file and frees the writer, even on failure. */
int video_writer_finish(VideoWriter *writer, Error *error) MUST_CHECK;

/* Discards what was written and frees the writer. */
void video_writer_abandon(VideoWriter *writer);

#endif
