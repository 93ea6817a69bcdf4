/* stereo_sound.h: two channels of samples. */
#ifndef DATASETS_AUDIO_STEREO_SOUND_H
#define DATASETS_AUDIO_STEREO_SOUND_H

typedef struct StereoSound {
    float *samples; /* (frames, 2) interleaved, about [-1, 1] */
    long frames;
    int rate; /* frames per second */
} StereoSound;

#endif
