#include "compose/commands/compose_output.h"

#include "compose/sound/soundfont.h"
#include "datasets/draw/piano_roll.h"
#include "datasets/music/midi.h"
#include "datasets/music/musicxml.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST_PATH = 4096 };

bool compose_output_is_name(const char *path) {
    return midi_is_name(path) || musicxml_is_name(path) || audio_write_is_name(path);
}

int compose_output_check(const ComposeOutput *output, const char *path, Error *error) {
    char font[SOUNDFONT_PATH], name[16];
    bool sound = path && audio_write_is_name(path);
    if (sound && audio_write_check(path, error))
        return -1;
    if (output->audio) {
        snprintf(name, sizeof name, "piece.%s", output->audio);
        if (audio_write_check(name, error))
            return -1;
    }
    return sound || output->audio ? soundfont_find(output->sound.soundfont, font, error) : 0;
}

/* The path with another ending. */
static void beside(const char *path, const char *suffix, char other[LONGEST_PATH]) {
    snprintf(other, LONGEST_PATH, "%.*s.%s", (int)(strrchr(path, '.') - path), path, suffix);
}

int compose_output_write(const ComposeOutput *output, const Song *song, const char *path,
                         const char *title, double loop, Error *error) {
    char other[LONGEST_PATH];
    SoundSettings sound = output->sound;
    sound.title = title;
    sound.loop = loop;
    int status = audio_write_is_name(path) ? sound_render(song, path, &sound, error)
                 : musicxml_is_name(path)  ? musicxml_write(song, path, title, error)
                                           : midi_write(song, path, error);
    if (!status && output->png) {
        beside(path, "png", other);
        status = piano_roll_write(song, &(PianoRoll){.title = title}, other, error);
    }
    if (!status && output->audio) {
        beside(path, output->audio, other);
        status = sound_render(song, other, &sound, error);
    }
    return status;
}
