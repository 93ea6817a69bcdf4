#include "infer/video/capture.h"

#include "nn/base/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { RETRY_SECONDS = 1, LAST_LOOK = 2 };

struct Capture {
    VideoSettings settings;
    char *source;
    atomic_bool stop;
    double began; /* when the first video was open, 0 before */
    pthread_t thread;
    pthread_mutex_t lock; /* guards all that follows */
    pthread_cond_t changed;
    CaptureState state;
    bool news; /* the state or the frame has not been taken yet */
    VideoFrame newest;
    Error error;
};

static struct timespec after(double seconds) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    long long nanoseconds = time.tv_nsec + (long long)(seconds * 1e9);
    time.tv_sec += nanoseconds / 1000000000;
    time.tv_nsec = (long)(nanoseconds % 1000000000);
    return time;
}

/* Sleeps until the time on the monotonic clock, or until told to stop; returns whether told to. */
static bool sleep_until(Capture *capture, double time) {
    struct timespec end = after(time - clock_seconds());
    pthread_mutex_lock(&capture->lock);
    while (!atomic_load(&capture->stop) && time > clock_seconds())
        pthread_cond_timedwait(&capture->changed, &capture->lock, &end);
    pthread_mutex_unlock(&capture->lock);
    return atomic_load(&capture->stop);
}

/* Publishes a state, with a frame or an error; returns whether told to stop. */
static bool publish(Capture *capture, CaptureState state, VideoFrame *frame, const Error *error) {
    pthread_mutex_lock(&capture->lock);
    if (state == CAPTURE_FRAME) {
        VideoFrame older = capture->newest;
        capture->newest = *frame;
        *frame = older;
    } else if (error) {
        capture->error = *error;
    }
    capture->state = state;
    capture->news = true;
    pthread_cond_broadcast(&capture->changed);
    pthread_mutex_unlock(&capture->lock);
    return atomic_load(&capture->stop);
}

/* Plays from opening to the end or a failure. A camera's time goes on where it is opened again. */
static CaptureState play(Capture *capture, VideoFrame *frame, Error *error) {
    Video *video = video_open(&capture->settings, error);
    if (!video)
        return CAPTURE_FAILED;
    double start = clock_seconds();
    if (!capture->began)
        capture->began = start;
    int status;
    double before = 0;
    while ((status = video_next(video, frame, error)) > 0) {
        if (!capture->settings.camera)
            start -= video_hole(before, frame->time);
        before = frame->time;
        if (!capture->settings.camera && sleep_until(capture, start + frame->time))
            break;
        frame->time += start - capture->began;
        if (publish(capture, CAPTURE_FRAME, frame, NULL))
            break;
    }
    video_close(video);
    return status < 0 ? CAPTURE_FAILED : CAPTURE_ENDED;
}

/* A file's last frame stays until it is taken, for a while. */
static void let_see(Capture *capture) {
    double end = clock_seconds() + LAST_LOOK;
    bool news = true;
    while (news && clock_seconds() < end && !sleep_until(capture, clock_seconds() + 0.01)) {
        pthread_mutex_lock(&capture->lock);
        news = capture->news;
        pthread_mutex_unlock(&capture->lock);
    }
}

static void *run(void *user) {
    Capture *capture = user;
    VideoFrame frame = {0};
    for (;;) {
        Error error = {{0}};
        CaptureState end = play(capture, &frame, &error);
        if (end == CAPTURE_FAILED && capture->settings.camera)
            end = CAPTURE_LOST;
        if (end == CAPTURE_ENDED && !capture->settings.camera)
            let_see(capture);
        if (publish(capture, end, NULL, &error) || end != CAPTURE_LOST ||
            sleep_until(capture, clock_seconds() + RETRY_SECONDS))
            break;
    }
    video_frame_free(&frame);
    return NULL;
}

static void destroy(Capture *capture) {
    pthread_cond_destroy(&capture->changed);
    pthread_mutex_destroy(&capture->lock);
    video_frame_free(&capture->newest);
    free(capture->source);
    free(capture);
}

Capture *capture_start(const VideoSettings *settings, Error *error) {
    Capture *capture = calloc(1, sizeof *capture);
    if (!capture) {
        error_memory(error, "a capture", sizeof *capture);
        return NULL;
    }
    capture->settings = *settings;
    capture->settings.source = capture->source = strdup(settings->source);
    capture->settings.stop = &capture->stop;
    capture->state = CAPTURE_WAITING;
    pthread_mutex_init(&capture->lock, NULL);
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&capture->changed, &clock);
    pthread_condattr_destroy(&clock);
    if (!capture->source || pthread_create(&capture->thread, NULL, run, capture)) {
        error_set(error, "%s: cannot start a thread to read it", settings->source);
        destroy(capture);
        return NULL;
    }
    return capture;
}

CaptureState capture_take(Capture *capture, double seconds, VideoFrame *frame, Error *error) {
    struct timespec end = after(seconds);
    pthread_mutex_lock(&capture->lock);
    while (!capture->news && capture->state != CAPTURE_ENDED && capture->state != CAPTURE_FAILED)
        if (pthread_cond_timedwait(&capture->changed, &capture->lock, &end))
            break;
    CaptureState state = capture->state;
    if (!capture->news && (state == CAPTURE_FRAME || state == CAPTURE_LOST)) {
        state = CAPTURE_WAITING;
    } else if (state == CAPTURE_FRAME) {
        VideoFrame taken = *frame;
        *frame = capture->newest;
        capture->newest = taken;
    } else if (error) {
        *error = capture->error;
    }
    capture->news = false;
    pthread_mutex_unlock(&capture->lock);
    return state;
}

void capture_stop(Capture *capture) {
    if (!capture)
        return;
    pthread_mutex_lock(&capture->lock);
    atomic_store(&capture->stop, true);
    pthread_cond_broadcast(&capture->changed);
    pthread_mutex_unlock(&capture->lock);
    pthread_join(capture->thread, NULL);
    destroy(capture);
}
