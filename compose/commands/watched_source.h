/* watched_source.h: --camera and --input, for commands that watch a face. */
#ifndef COMPOSE_COMMANDS_WATCHED_SOURCE_H
#define COMPOSE_COMMANDS_WATCHED_SOURCE_H

#include "nn/base/error.h"

/* The device of a camera: "0" is the first, as in other programs, NULL the default. */
enum { CAMERA_NAME = 32 };
const char *camera_name(const char *camera, char name[CAMERA_NAME]);

/* Fails on a missing video, before models load and sound starts; NULL and "-" are fine. */
int check_input(const char *path, Error *error) MUST_CHECK;

#endif
