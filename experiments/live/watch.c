/* watch MODEL VIDEO…: how long it takes from a frame to an emotion, on one thread. One line a
 * video: its size, frames, and mean and longest milliseconds a frame (of processor time), without
 * the decoding. MODEL "-" is the shipped one. */
#include "infer/faces/watcher.h"
#include "infer/video/video.h"
#include "nn/base/clock.h"
#include "nn/base/threads.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int watch(Watcher *watcher, const char *path, Error *error) {
    Video *video = video_open(&(VideoSettings){.source = path}, error);
    if (!video)
        return -1;
    VideoFrame frame = {0};
    double total = 0, longest = 0;
    int frames = 0, with_face = 0, status = watcher_restart(watcher, error);
    while (!status && (status = video_next(video, &frame, error)) > 0) {
        const WatchedFace *faces;
        double start = clock_processor_seconds();
        int n = watcher_frame(watcher, image_view(&frame.grey), frame.time, &faces, error);
        double taken = 1e3 * (clock_processor_seconds() - start);
        total += taken;
        longest = taken > longest ? taken : longest;
        frames++;
        with_face += n > 0;
        status = n < 0 ? -1 : 0;
    }
    if (!status)
        printf("%-40s %4d×%-4d %5d frames, %5d with a face: %6.2f ms each, %6.2f at most\n",
               strrchr(path, '/') ? strrchr(path, '/') + 1 : path, frame.grey.width,
               frame.grey.height, frames, with_face, total / frames, longest);
    video_frame_free(&frame);
    video_close(video);
    return status;
}

int main(int argc, char **argv) {
    Error error = {{0}};
    if (argc < 3) {
        fprintf(stderr, "usage: watch MODEL VIDEO…\n");
        return EXIT_FAILURE;
    }
    threads_use(1);
    WatcherSettings settings = watcher_defaults();
    settings.model = strcmp(argv[1], "-") ? argv[1] : NULL;
    Watcher *watcher = watcher_create(&settings, &error);
    int status = watcher ? 0 : -1;
    for (int i = 2; i < argc && !status; i++)
        status = watch(watcher, argv[i], &error);
    watcher_destroy(watcher);
    if (status)
        fprintf(stderr, "watch: %s\n", error.message);
    return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
