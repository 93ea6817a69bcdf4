/* ffmpeg_quiet.c: apart from the rest, so that a host's library does not even hold it. */
#include "datasets/media/ffmpeg.h"

#ifdef HAVE_FFMPEG

void ffmpeg_quiet(void) {
    av_log_set_level(AV_LOG_QUIET);
}

#else

void ffmpeg_quiet(void) {
}

#endif
