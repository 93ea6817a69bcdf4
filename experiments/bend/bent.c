/* Whether bent pieces and sounds are as they were asked to be: bent FOLDER EVERY SCRATCH. Takes
 * each EVERY-th MIDI file of the folder, leaves its sounds in SCRATCH; prints JSON. */
#include "compose/sound/audio_bend.h"
#include "compose/sound/sound_format.h"
#include "datasets/audio/audio.h"
#include "datasets/audio/wav_file.h"
#include "datasets/corpus/music_catalogue.h"
#include "datasets/music/midi.h"
#include "infer/music/mood_model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const Emotion asked[] = {EMOTION_HAPPY, EMOTION_SAD, EMOTION_ANGRY};
static const char *const presets[] = {"mild", "strong", "fixed"};
enum { ASKED = 3, PRESETS = 3, HERTZ = 440, CLICKS = 100, SECONDS = 12 };

typedef struct Count {
    int pieces, nearer, valence, arousal;
} Count;

static bool judge_song(const MoodModel *judge, const Song *song, MoodEstimate *mood) {
    float features[MUSIC_FEATURES];
    if (music_features(song, features, NULL))
        return false;
    *mood = mood_model_estimate(judge, MOOD_FROM_NOTES, features);
    return true;
}

static float away(MoodEstimate mood, Mood goal) {
    return hypotf(mood.valence - goal.valence, mood.arousal - goal.arousal);
}

static bool moved(float before, float after, float goal) {
    return fabsf(after - goal) < fabsf(before - goal);
}

/* Onsets in order, and as many notes. */
static bool is_kept(const Song *song, const Song *bent) {
    if (bent->n_notes != song->n_notes)
        return false;
    for (int i = 1; i < bent->n_notes; i++)
        if (bent->notes[i].onset < bent->notes[i - 1].onset)
            return false;
    return true;
}

static int bend_piece(const MoodModel *judge, const Song *song, Count counts[PRESETS][ASKED],
                      int *kept, int *all, Error *error) {
    MoodEstimate before, after;
    if (!judge_song(judge, song, &before))
        return 0;
    for (int preset = 0; preset < PRESETS; preset++)
        for (int i = 0; i < ASKED; i++) {
            Bend bend = bend_preset(presets[preset], asked[i]);
            Song *bent = bend_song(song, &bend, error);
            if (!bent)
                return -1;
            Mood goal = mood_of_emotion(asked[i]);
            Count *count = &counts[preset][i];
            if (judge_song(judge, bent, &after)) {
                count->pieces++;
                count->nearer += away(after, goal) < away(before, goal);
                count->valence += moved(before.valence, after.valence, goal.valence);
                count->arousal += moved(before.arousal, after.arousal, goal.arousal);
            }
            *kept += is_kept(song, bent);
            ++*all;
            song_free(bent);
        }
    return 0;
}

static int bend_notes(const char *folder, int every, Error *error) {
    Count counts[PRESETS][ASKED] = {0};
    int kept = 0, all = 0, status = 0;
    MoodModel *judge = mood_model_load(NULL, error);
    MusicCatalogue *catalogue = judge ? music_catalogue_create(folder, NULL, error) : NULL;
    for (int i = 0; catalogue && i < catalogue->n_entries && !status; i += every) {
        Song *song = midi_read(catalogue->entries[i].path, error);
        status = song ? bend_piece(judge, song, counts, &kept, &all, error) : -1;
        song_free(song);
    }
    printf("{\"notes\": [");
    for (int preset = 0; preset < PRESETS; preset++)
        for (int i = 0; i < ASKED; i++) {
            const Count *count = &counts[preset][i];
            printf("%s{\"preset\": \"%s\", \"emotion\": \"%s\", \"pieces\": %d, \"nearer\": %d, "
                   "\"valence\": %d, \"arousal\": %d}",
                   preset || i ? ", " : "", presets[preset], emotions[asked[i]].name, count->pieces,
                   count->nearer, count->valence, count->arousal);
        }
    printf("], \"kept\": %.4f, ", all ? (double)kept / all : 0);
    music_catalogue_free(catalogue);
    mood_model_destroy(judge);
    return catalogue ? status : -1;
}

/* ------------------------------------------------------------------ sound */

/* A tone, or clicks of a hundredth of a second. */
static int write_sound(const char *path, bool clicks, Error *error) {
    float samples[2 * 441];
    WavFile file;
    if (wav_file_begin(&file, path, SOUND_RATE, error))
        return -1;
    for (int block = 0; block < 100 * SECONDS; block++) {
        bool sounds = !clicks || block % (100 * 60 / CLICKS) == 0;
        for (int i = 0; i < 441; i++) {
            double at = 2 * M_PI * HERTZ * (block * 441 + i) / SOUND_RATE;
            samples[2 * i] = samples[2 * i + 1] = sounds ? (float)(0.5 * sin(at)) : 0;
        }
        if (wav_file_add(&file, samples, 441, error)) {
            wav_file_abandon(&file);
            return -1;
        }
    }
    return wav_file_commit(&file, error);
}

static int measure_sound(const char *in, const char *out, const AudioBend *bend,
                         float features[AUDIO_FEATURES], Error *error) {
    static const AudioSettings whole = {.rate = AUDIO_RATE, .longest_seconds = 60};
    double seconds;
    Audio audio;
    int tonic;
    if (audio_bend_file(in, out, bend, &seconds, error) || audio_read(out, &whole, &audio, error))
        return -1;
    int status = audio_features(&audio, features, &tonic, error);
    audio_free(&audio);
    return status;
}

static int bend_sound(const char *folder, Error *error) {
    char tone[4096], clicks[4096], out[4096];
    snprintf(tone, sizeof tone, "%s/tone.wav", folder);
    snprintf(clicks, sizeof clicks, "%s/clicks.wav", folder);
    snprintf(out, sizeof out, "%s/bent.wav", folder);
    if (write_sound(tone, false, error) || write_sound(clicks, true, error))
        return -1;
    printf("\"sound\": [");
    for (int preset = 0; preset < PRESETS; preset++)
        for (int i = 0; i < ASKED; i++) {
            AudioBend bend = audio_bend_preset(presets[preset], asked[i]);
            float of_tone[AUDIO_FEATURES], of_clicks[AUDIO_FEATURES];
            if (measure_sound(tone, out, &bend, of_tone, error) ||
                measure_sound(clicks, out, &bend, of_clicks, error))
                return -1;
            printf("%s{\"preset\": \"%s\", \"emotion\": \"%s\", \"pitch_asked\": %.2f, "
                   "\"pitch\": %.2f, \"tempo_asked\": %.2f, \"tempo\": %.2f}",
                   preset || i ? ", " : "", presets[preset], emotions[asked[i]].name,
                   HERTZ * exp2(bend.semitones / 12),
                   (double)of_tone[AUDIO_ZERO_CROSSINGS] * AUDIO_RATE / 2, CLICKS * bend.tempo,
                   (double)of_clicks[AUDIO_TEMPO]);
        }
    printf("]}\n");
    return 0;
}

int main(int argc, char **argv) {
    Error error;
    int every = argc == 4 ? atoi(argv[2]) : 0;
    if (every < 1)
        return 2;
    if (!bend_notes(argv[1], every, &error) && !bend_sound(argv[3], &error))
        return 0;
    fprintf(stderr, "bent: %s\n", error.message);
    return 1;
}
