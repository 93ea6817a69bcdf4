/* affekt bend: an existing song made to express another mood. */
#include "compose/write/bend.h"
#include "compose/commands/commands.h"
#include "compose/sound/audio_bend.h"
#include "datasets/music/midi.h"
#include "nn/base/plain_text.h"
#include "nn/command_line/options.h"
#include "nn/io/file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct Settings {
    CommonSettings common;
    const char *out, *emotion, *preset;
    float strength;
    int program;
    bool json;
} Settings;

static const Option options[] = {
    OPTION_OUTPUT(Settings, out, "out", 'o', "FILE",
                  "the file to write: .mid for MIDI, .wav for audio"),
    OPTION_STRING(Settings, emotion, "emotion", 'e', "NAME", "the emotion to express"),
    OPTION_FLOAT(Settings, strength, "strength", "F", 0, 1,
                 "how far, from 0 (not at all) to 1; instead of --preset"),
    OPTION_CHOICE(Settings, preset, "preset", "NAME", bend_presets, "how far, by a named setting"),
    OPTION_INTEGER(Settings, program, "program", "N", -1, 127,
                   "General MIDI instrument for all notes but drums (-1: as they are)"),
    OPTION_FLAG(Settings, json, "json", "print what was done as JSON"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt bend",
    .positionals = "IN",
    .summary = "makes an existing song express an emotion",
    .notes =
        "Of MIDI, tempo, level, register, articulation, timing and mode (by the degrees of the "
        "local key)\nare bent; the notes keep their order and number. Pitch bends, controllers but "
        "the sustain pedal,\nlyrics, markers and other texts are left out. Of audio, tempo, pitch "
        "and colour are bent.\n"
        "The preset fixed has fixed factors: happy is 1.5 times as fast, sad 0.9 times and 4 "
        "semitones "
        "lower,\nangry 1.5 times and 5 semitones higher.\n"
        "Example: affekt bend song.mid -o sad.mid --emotion sad --strength 0.8\n",
};

static void tell(const Settings *settings, const Bend *bend, const Song *song) {
    static const char *const modes[] = {"to minor", "as it is", "to major"};
    PlainText out;
    if (settings->json)
        printf("{\"tempo\": %.4f, \"semitones\": %d, \"velocity\": %.2f, \"articulation\": %.4f, "
               "\"rubato\": %.4f, \"mode\": %d, \"notes\": %d, \"seconds\": %.3f}\n",
               bend->tempo, bend->semitones, bend->velocity, bend->articulation, bend->rubato,
               bend->mode, song->n_notes, song->seconds);
    else
        printf("%s: tempo × %.2f, %+d semitones, velocity %+.0f, notes × %.2f as long, mode %s; "
               "%d notes, %.1f s\n",
               plain_text(settings->out, &out), bend->tempo, bend->semitones, bend->velocity,
               bend->articulation, modes[bend->mode + 1], song->n_notes, song->seconds);
}

static void tell_left_out(const char *path, long count, const char *what) {
    PlainText name;
    if (count)
        fprintf(stderr, "affekt bend: %s: %ld %s are left out\n", plain_text(path, &name), count,
                what);
}

static int bend_sound(const Settings *settings, Emotion emotion, const char *path, Error *error) {
    AudioBend bend = isnan(settings->strength)
                         ? audio_bend_preset(settings->preset, emotion)
                         : audio_bend_for(mood_of_emotion(emotion), (double)settings->strength);
    double seconds;
    PlainText out;
    if (audio_bend_file(path, settings->out, &bend, &seconds, error))
        return -1;
    if (settings->json)
        printf("{\"tempo\": %.4f, \"semitones\": %.2f, \"bass\": %.2f, \"treble\": %.2f, "
               "\"drive\": %.3f, \"echo\": %.3f, \"seconds\": %.3f}\n",
               bend.tempo, bend.semitones, bend.bass, bend.treble, bend.drive, bend.echo, seconds);
    else
        printf("%s: tempo × %.2f, %+.1f semitones, treble %+.1f dB; %.1f s\n",
               plain_text(settings->out, &out), bend.tempo, bend.semitones, bend.treble, seconds);
    return 0;
}

static int bend_notes(const Settings *settings, Emotion emotion, const char *path, Error *error) {
    Song *song = midi_read(path, error);
    Bend bend = isnan(settings->strength)
                    ? bend_preset(settings->preset, emotion)
                    : bend_for(mood_of_emotion(emotion), (double)settings->strength);
    bend.program = settings->program;
    Song *bent = song ? bend_song(song, &bend, error) : NULL;
    int status = bent ? midi_write(bent, settings->out, error) : -1;
    if (!status)
        tell(settings, &bend, bent);
    if (!status && !settings->common.quiet) {
        tell_left_out(path, song->n_controls, "pitch bends and controllers (volume, pan …)");
        tell_left_out(path, song->n_texts, "texts (lyrics, markers …)");
    }
    song_free(song);
    song_free(bent);
    return status;
}

static const char usual_preset[] = "mild";

int bend_command(int argc, char **argv) {
    Settings settings = {.preset = usual_preset, .strength = NAN, .program = -1};
    int count = 0, status = options_parse(&usage, options, &settings, argc, argv, &count);
    if (status != OPTIONS_RUN)
        return status;
    if (count != 1)
        return options_wrong(&usage, "give one song");
    if (!settings.out)
        return options_wrong(&usage, "--out is missing: the file to write");
    Error error;
    FILE *song = file_open(argv[0], &error);
    if (!song)
        return command_status(&usage, -1, &error);
    fclose(song);
    bool notes = midi_is_file(argv[0]);
    if (!(notes ? midi_is_name(settings.out) : file_has_suffix(settings.out, ".wav")))
        return options_wrong(&usage, "--out: %s is %s, the file to write must end in %s", argv[0],
                             notes ? "MIDI" : "no MIDI file, so audio", notes ? ".mid" : ".wav");
    if (!notes && settings.program >= 0)
        return options_wrong(&usage, "--program requires a MIDI file");
    if (!isnan(settings.strength) && strcmp(settings.preset, usual_preset) != 0)
        return options_wrong(&usage, "--strength and --preset are mutually exclusive");
    if (!settings.emotion)
        return options_wrong(&usage, "--emotion is missing: angry, disgust, fear, happy, sad, "
                                     "surprise or neutral");
    int emotion = emotion_from_name(settings.emotion);
    if (emotion < 0)
        return options_wrong(&usage,
                             "--emotion: '%s' is none of angry, disgust, fear, happy, sad, "
                             "surprise, neutral",
                             settings.emotion);
    return command_status(
        &usage, (notes ? bend_notes : bend_sound)(&settings, (Emotion)emotion, argv[0], &error),
        &error);
}
