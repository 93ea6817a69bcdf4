#include "compose/sound/audio_bend.h"

#include "compose/sound/sound_format.h"
#include "datasets/audio/wav_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

AudioBend audio_bend_for(Mood mood, double strength) {
    double valence = strength * (double)mood.valence, arousal = strength * (double)mood.arousal;
    double angry = fmax(-valence, 0) * fmax(arousal, 0),
           sad = fmax(-valence, 0) * fmax(-arousal, 0);
    return (AudioBend){.tempo = exp2(0.3 * arousal + 0.05 * valence),
                       .semitones = 1.5 * arousal + valence,
                       .bass = 4 * angry,
                       .treble = 4 * arousal + 3 * valence,
                       .drive = angry,
                       .echo = 0.5 * sad};
}

AudioBend audio_bend_preset(const char *preset, Emotion emotion) {
    if (strcmp(preset, "fixed"))
        return audio_bend_for(mood_of_emotion(emotion), strcmp(preset, "strong") ? 0.5 : 1);
    Bend row = bend_preset(preset, emotion);
    return (AudioBend){
        .tempo = row.tempo, .semitones = row.semitones, .drive = emotion == EMOTION_ANGRY ? 1 : 0};
}

static size_t add(char text[AUDIO_BEND_GRAPH], size_t used, const char *option, double value) {
    char number[FILTER_NUMBER];
    int more = snprintf(text + used, AUDIO_BEND_GRAPH - used, "%s%s", option,
                        filter_number(value, number));
    return used + (size_t)more;
}

const char *audio_bend_graph(const AudioBend *bend, char text[AUDIO_BEND_GRAPH]) {
    size_t used = add(text, 0, "rubberband=tempo=", bend->tempo);
    used = add(text, used, ":pitch=", exp2(bend->semitones / 12));
    used = add(text, used, ",bass=g=", bend->bass);
    used = add(text, used, ",treble=g=", bend->treble);
    if (bend->drive > 0.05) {
        used = add(text, used, ",volume=", 1 + 4 * bend->drive);
        used += (size_t)snprintf(text + used, AUDIO_BEND_GRAPH - used, ",asoftclip=type=tanh");
        used = add(text, used, ",volume=", 1 / (1 + 0.7 * bend->drive));
    }
    if (bend->echo > 0.05)
        used = add(text, used, ",aecho=0.8:0.8:90:", bend->echo);
    snprintf(text + used, AUDIO_BEND_GRAPH - used, ",alimiter=limit=0.95:level=0");
    return text;
}

void audio_bend_set(AudioStream *stream, const AudioBend *bend) {
    audio_stream_set(stream, "rubberband", "tempo", bend->tempo);
    audio_stream_set(stream, "rubberband", "pitch", exp2(bend->semitones / 12));
    audio_stream_set(stream, "bass", "g", bend->bass);
    audio_stream_set(stream, "treble", "g", bend->treble);
}

/* Three hours. */
static const uint64_t most_frames = (uint64_t)3 * 3600 * SOUND_RATE;

static int write_sound(AudioStream *stream, const char *in, WavFile *file, Error *error) {
    float samples[4096 * SOUND_CHANNELS];
    int frames;
    while ((frames = audio_stream_read(stream, samples, 4096, error)) > 0) {
        if (wav_file_add(file, samples, frames, error))
            return -1;
        if (file->frames > most_frames)
            return error_set(error, "%s: is longer than three hours", in);
    }
    if (!frames && !file->frames)
        return error_set(error, "%s: contains no audio", in);
    return frames;
}

int audio_bend_file(const char *in, const char *out, const AudioBend *bend, double *seconds,
                    Error *error) {
    char graph[AUDIO_BEND_GRAPH];
    WavFile file = {0};
    *seconds = 0;
    AudioStream *stream = audio_stream_open(in, audio_bend_graph(bend, graph), error);
    if (!stream)
        return -1;
    int status = wav_file_begin(&file, out, SOUND_RATE, error);
    if (!status) {
        status = write_sound(stream, in, &file, error);
        *seconds = (double)file.frames / SOUND_RATE;
        if (status)
            wav_file_abandon(&file);
        else
            status = wav_file_commit(&file, error);
    }
    audio_stream_close(stream);
    return status;
}
