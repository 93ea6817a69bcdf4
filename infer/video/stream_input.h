/* stream_input.h: bytes of a pipe for FFmpeg, which nobody has to wait for to the end.
 *
 * FFmpeg's own reader sits in read(2) for as long as a pipe is silent, and hears of an interruption
 * only between reads. This one waits in small portions. For video.c alone. */
#ifndef INFER_VIDEO_STREAM_INPUT_H
#define INFER_VIDEO_STREAM_INPUT_H

#include "datasets/media/ffmpeg.h"

#ifdef HAVE_FFMPEG

#    include <stdatomic.h>

/* Whether the source is standard input ("-"), a named pipe or a character device. */
bool stream_input_is_meant(const char *source);

/* Opens it. Reads give AVERROR_EXIT once `*stop` is true (NULL: they wait for ever). NULL with a
 * message when it cannot be opened. */
AVIOContext *stream_input_open(const char *source, const atomic_bool *stop, Error *error);

/* Sets `*input` to NULL. Standard input stays open. */
void stream_input_close(AVIOContext **input);

#endif
#endif
