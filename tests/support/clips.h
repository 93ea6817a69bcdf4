/* clips.h: small videos for tests, as YUV4MPEG2 files. */
#ifndef TESTS_SUPPORT_CLIPS_H
#define TESTS_SUPPORT_CLIPS_H

/* Writes a grey clip of 25 frames per second into the scratch directory; frame i's pixels are all
 * 10 · i + 20. Returns its path. */
const char *clip_write(const char *name, int width, int height, int frames);

#endif
