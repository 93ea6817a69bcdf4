/* mood_model.h: estimates the perceived mood of a piece from its features.
 *
 * A model file (metadata `kind` mood) contains up to two regressions
 * (nn/models/kernel_regression.h), to valence and arousal in [-1, 1]:
 *
 * - "notes", of a MIDI piece, from datasets/measures/music_features.h;
 * - "sound", of recorded audio, from those of datasets/audio/audio_features.h that its metadata
 *   `sound.inputs` names.
 *
 * Each comes with the standard deviation of its errors on unseen songs (`notes.valence_deviation`
 * …). */
#ifndef INFER_MUSIC_MOOD_MODEL_H
#define INFER_MUSIC_MOOD_MODEL_H

#include "datasets/audio/audio_features.h"
#include "datasets/measures/music_features.h"

#include <stdbool.h>
#include <stdint.h>

/* A piece's position in the plane, and its uncertainty (standard deviations). */
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

/* A number that identifies the model, for cached estimates. */
uint64_t mood_model_number(const MoodModel *model);

/* Whether the model can estimate from that source. */
bool mood_model_knows(const MoodModel *model, MoodSource source);

/* Estimates from features[MUSIC_FEATURES] of notes or features[AUDIO_FEATURES] of sound; the model
 * must know the source. NAN where a feature of sound that it needs is missing (not finite). */
MoodEstimate mood_model_estimate(const MoodModel *model, MoodSource source, const float *features);

#endif
