/* ffmpeg_quiet.c: separate, so that the shared library does not contain it. */
#include "datasets/media/ffmpeg.h"

#ifdef HAVE_FFMPEG

void ffmpeg_quiet(void) {
    av_log_set_level(AV_LOG_QUIET);
}

#else

void ffmpeg_quiet(void) {
}

#endif
