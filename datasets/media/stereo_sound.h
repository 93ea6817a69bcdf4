/* stereo_sound.h: two channels of samples, as they are played and written. */
#ifndef DATASETS_MEDIA_STEREO_SOUND_H
#define DATASETS_MEDIA_STEREO_SOUND_H

typedef struct StereoSound {
    float *samples; /* (frames, 2) left and right in turn, about [-1, 1] */
    long frames;
    int rate; /* frames a second */
} StereoSound;

#endif
