/* stream_input.h: interruptible reading of a pipe for FFmpeg.
 *
 * FFmpeg's own reader blocks in read(2) while a pipe is silent, and checks for interruption only
 * between reads. This one waits in short intervals. For video.c only. */
#ifndef INFER_VIDEO_STREAM_INPUT_H
#define INFER_VIDEO_STREAM_INPUT_H

#include "datasets/media/ffmpeg.h"

#ifdef HAVE_FFMPEG

#    include <stdatomic.h>

/* Whether the source is standard input ("-"), a named pipe or a character device. */
bool stream_input_is_meant(const char *source);

/* Opens it. Reads return AVERROR_EXIT once `*stop` is true (NULL: they wait forever). NULL with a
 * message when it cannot be opened. */
AVIOContext *stream_input_open(const char *source, const atomic_bool *stop, Error *error);

/* Sets `*input` to NULL. Standard input stays open. */
void stream_input_close(AVIOContext **input);

#endif
#endif
