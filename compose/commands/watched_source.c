#include "compose/commands/watched_source.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *camera_name(const char *camera, char name[CAMERA_NAME]) {
    static const char digits[] = "0123456789";
    size_t length = camera ? strlen(camera) : 0;
    if (!length)
        return "/dev/video0";
    if (length > 3 || strspn(camera, digits) != length)
        return camera;
    snprintf(name, CAMERA_NAME, "/dev/video%s", camera);
    return name;
}

int check_camera(const char *camera, Error *error) {
    struct stat status;
    char name[CAMERA_NAME];
    return camera && !stat(camera_name(camera, name), &status) && !S_ISCHR(status.st_mode)
               ? error_set(error, "%s is no camera; a video is given with --input", camera)
               : 0;
}

int check_input(const char *path, Error *error) {
    return path && strcmp(path, "-") != 0 && access(path, R_OK)
               ? error_errno(error, "cannot open %s", path)
               : 0;
}
