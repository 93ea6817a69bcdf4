/* video_end.h: whether a video file has its end, for formats whose cut files FFmpeg takes for
 * shorter ones without a word.
 *
 * Needs FFmpeg (datasets/media/ffmpeg.h). */
#ifndef INFER_VIDEO_VIDEO_END_H
#define INFER_VIDEO_VIDEO_END_H

#include "datasets/media/ffmpeg.h"

#ifdef HAVE_FFMPEG

/* To be asked when all frames have been read, since it reads the file's last bytes. YUV4MPEG2 ends
 * with a whole frame, GIF with a trailer, PNG with a chunk IEND, Ogg with a page marked as its
 * stream's last. True for every other format, and for what is not a file. */
bool video_has_end(const AVFormatContext *file, const AVCodecContext *decoder);

#endif

#endif
