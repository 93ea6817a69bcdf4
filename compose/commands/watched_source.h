/* watched_source.h: the options --camera and --input of commands that watch a face, and --soundfont
 * and --audio-driver of what they play, stored in strings of the command's settings S. */
#ifndef COMPOSE_COMMANDS_WATCHED_SOURCE_H
#define COMPOSE_COMMANDS_WATCHED_SOURCE_H

#include "nn/command_line/options.h"

/* clang-format off: lists of rows, which it would indent as blocks */
#define OPTION_WATCHED(S, camera, input)                                                           \
    OPTION_STRING(S, camera, "camera", 0, "DEV",                                                   \
                  "the camera, or its number (default: /dev/video0)"),                             \
        OPTION_INPUT(S, input, "input", 'i', "FILE",                                               \
                     "a video instead of a camera, '-' for standard input")

/* Where there is no device: the two options that live and play have instead. */
#define HEARD_ADVICE "--wav FILE writes the sound into a file, --no-audio makes none"

#define OPTION_HEARD(S, soundfont, driver)                                                         \
    OPTION_INPUT(S, soundfont, "soundfont", 0, "FILE",                                             \
                 "the instruments' sound (default: the system's)"),                                \
        OPTION_STRING(S, driver, "audio-driver", 0, "NAME",                                        \
                      "pipewire, pulseaudio, alsa … (default: the first that works)")
/* clang-format on */

/* The device of a camera: "0" is the first, as in other programs, NULL the default. */
enum { CAMERA_NAME = 32 };
const char *camera_name(const char *camera, char name[CAMERA_NAME]);

/* Fail on a missing video, and on a file that can never be a camera, before models load and sound
 * starts; NULL, and "-" for a video, are fine. */
int check_input(const char *path, Error *error) MUST_CHECK;
int check_camera(const char *camera, Error *error) MUST_CHECK;

#endif
