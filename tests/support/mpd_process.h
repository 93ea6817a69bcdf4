/* mpd_process.h: an MPD of the test's own, whose sound goes nowhere, in the scratch directory. */
#ifndef TESTS_SUPPORT_MPD_PROCESS_H
#define TESTS_SUPPORT_MPD_PROCESS_H

/* Starts it, with the volume 60 % and a crossfade of 1 s, and returns its socket; NULL, after
 * reporting that the test is skipped, where mpd or libmpdclient is missing. */
const char *mpd_process_start(void);

void mpd_process_end(void);

#endif
