/* watched_source.h: the options --camera and --input of commands that watch a face, and --soundfont
 * and --audio-driver of what they play, stored in strings of the command's settings S. */
#ifndef COMPOSE_COMMANDS_WATCHED_SOURCE_H
#define COMPOSE_COMMANDS_WATCHED_SOURCE_H

#include "nn/command_line/options.h"

/* clang-format off: lists of rows, which it would indent as blocks */
#define OPTION_WATCHED(S, camera, input)                                                           \
    OPTION_STRING(S, camera, "camera", 0, "DEV",                                                   \
                  "the camera, or its number (default: /dev/video0)"),                             \
        OPTION_STRING(S, input, "input", 'i', "FILE",                                              \
                      "a video instead of a camera, '-' for standard input")

#define OPTION_HEARD(S, soundfont, driver)                                                         \
    OPTION_STRING(S, soundfont, "soundfont", 0, "FILE",                                            \
                  "the instruments' sound (default: the system's)"),                               \
        OPTION_STRING(S, driver, "audio-driver", 0, "NAME",                                        \
                      "pipewire, pulseaudio, alsa … (default: the first that works)")
/* clang-format on */

/* The device of a camera: "0" is the first, as in other programs, NULL the default. */
enum { CAMERA_NAME = 32 };
const char *camera_name(const char *camera, char name[CAMERA_NAME]);

/* Fails on a missing video, before models load and sound starts; NULL and "-" are fine. */
int check_input(const char *path, Error *error) MUST_CHECK;

#endif
