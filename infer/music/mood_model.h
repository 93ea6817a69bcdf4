/* mood_model.h: the mood that people would hear in a piece, estimated from what can be measured.
 *
 * A model file (metadata `kind` mood) holds up to two regressions
 * (nn/models/kernel_regression.h), to valence and arousal in [-1, 1]:
 *
 * - "notes", of a MIDI piece, from datasets/music/music_features.h;
 * - "sound", of recorded audio, from those of datasets/music/audio_features.h that its metadata
 *   `sound.inputs` names.
 *
 * With each stands the standard deviation of what it was wrong by on songs that it had not seen
 * (`notes.valence_deviation` …): an estimate without its doubt is worth little. */
#ifndef INFER_MUSIC_MOOD_MODEL_H
#define INFER_MUSIC_MOOD_MODEL_H

#include "datasets/music/audio_features.h"
#include "datasets/music/music_features.h"

#include <stdbool.h>
#include <stdint.h>

/* Where in the plane a piece lies, and how unsure that is (standard deviations). */
typedef struct MoodEstimate {
    float valence, arousal; /* [-1, 1] */
    float valence_deviation, arousal_deviation;
} MoodEstimate;

typedef enum MoodSource { MOOD_FROM_NOTES, MOOD_FROM_SOUND, MOOD_SOURCES } MoodSource;

/* "notes", "sound" */
extern const char *const mood_source_names[MOOD_SOURCES];

typedef struct MoodModel MoodModel;

/* Loads the file, the shipped one where path is NULL. Free with mood_model_destroy (NULL is fine).
 */
MoodModel *mood_model_load(const char *path, Error *error);
void mood_model_destroy(MoodModel *model);

/* A number that differs between different models, for whoever keeps estimates. */
uint64_t mood_model_number(const MoodModel *model);

/* Whether the model can estimate from that source. */
bool mood_model_knows(const MoodModel *model, MoodSource source);

/* Estimates from features[MUSIC_FEATURES] of notes or features[AUDIO_FEATURES] of sound; the model
 * knows the source. */
MoodEstimate mood_model_estimate(const MoodModel *model, MoodSource source, const float *features);

#endif
