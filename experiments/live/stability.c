/* stability MODEL VIDEO…: how steady and how late three rules tell the emotion of the leading face:
 * the network's most probable emotion frame by frame; an emotion that holds 15 of the last 20
 * frames; infer/faces/emotion_tracker.h. The reference looks into the future: the most probable
 * emotion of the mean over half a second before and after, where it lasts a second. One line of
 * JSON a rule, over all videos: changes a minute, of the reference's periods how many the rule
 * tells before they end, and the mean delay of those in seconds. MODEL "-" is the shipped one. */
#include "infer/faces/watcher.h"
#include "infer/video/video.h"
#include "nn/base/array.h"
#include "nn/base/threads.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AROUND 0.5 /* seconds */
#define LASTS  1.0

enum { RECENT = 20, HOLDS = 15, NONE = -1 };

typedef struct Frame {
    double time;
    bool face;
    float probabilities[EMOTION_COUNT];
} Frame;

typedef struct Clip {
    Frame *frames;
    int n;
    size_t capacity;
} Clip;

typedef struct Sums {
    int changes, periods, told;
    double seconds, delay;
} Sums;

/* ------------------------------------------------------------------ rules
 *
 * Each fills `told` (n): the emotion after each frame, NONE before the first. */

static void most_probable(const Clip *clip, int *told) {
    for (int i = 0; i < clip->n; i++) {
        const Frame *frame = &clip->frames[i];
        told[i] = frame->face ? (int)emotion_most_probable(frame->probabilities)
                  : i         ? told[i - 1]
                              : NONE;
    }
}

static void held_by_most(const Clip *clip, int *told) {
    int recent[RECENT], n = 0, now = NONE;
    for (int i = 0; i < clip->n; i++) {
        if (clip->frames[i].face)
            recent[n++ % RECENT] = (int)emotion_most_probable(clip->frames[i].probabilities);
        int votes[EMOTION_COUNT] = {0};
        for (int k = 0; k < n && k < RECENT; k++)
            if (++votes[recent[k]] >= HOLDS)
                now = recent[k];
        told[i] = now;
    }
}

static void tracked(const Clip *clip, int *told) {
    EmotionTracker tracker;
    emotion_tracker_init(&tracker, &EMOTION_TRACKER_DEFAULTS);
    bool any = false;
    for (int i = 0; i < clip->n; i++) {
        const Frame *frame = &clip->frames[i];
        any |= frame->face;
        const EmotionState *state = emotion_tracker_update(
            &tracker, frame->time, frame->face ? frame->probabilities : NULL);
        told[i] = any ? (int)state->emotion : NONE;
    }
}

static const struct {
    const char *name;
    void (*tell)(const Clip *clip, int *told);
} rules[] = {{"frame by frame", most_probable},
             {"15 of 20 frames", held_by_most},
             {"emotion tracker", tracked}};
enum { RULES = sizeof rules / sizeof *rules };

/* ------------------------------------------------------------------ reference */

static void look_around(const Clip *clip, int *truth) {
    for (int i = 0; i < clip->n; i++) {
        float sum[EMOTION_COUNT] = {0};
        bool any = false;
        for (int k = 0; k < clip->n; k++) {
            const Frame *frame = &clip->frames[k];
            double away = frame->time - clip->frames[i].time;
            if (!frame->face || away < -AROUND || away > AROUND)
                continue;
            any = true;
            for (int e = 0; e < EMOTION_COUNT; e++)
                sum[e] += frame->probabilities[e];
        }
        truth[i] = any ? (int)emotion_most_probable(sum) : NONE;
    }
}

static int end_of_period(const int *truth, int n, int first) {
    int end = first + 1;
    while (end < n && truth[end] == truth[first])
        end++;
    return end;
}

static void compare(const Clip *clip, const int *truth, const int *told, Sums *sums) {
    const Frame *frames = clip->frames;
    for (int i = 1; i < clip->n; i++)
        sums->changes += told[i - 1] != NONE && told[i] != told[i - 1];
    sums->seconds += frames[clip->n - 1].time - frames[0].time;
    for (int first = 0, end; first < clip->n; first = end) {
        end = end_of_period(truth, clip->n, first);
        if (truth[first] == NONE || frames[end - 1].time - frames[first].time < LASTS)
            continue;
        int i = first;
        while (i < end && told[i] != truth[first])
            i++;
        sums->periods++;
        sums->told += i < end;
        sums->delay += i < end ? frames[i].time - frames[first].time : 0;
    }
}

/* ------------------------------------------------------------------ videos */

/* The probabilities of the leading face in each frame, as the network gives them. */
static int read_clip(Watcher *watcher, const char *path, Clip *clip, Error *error) {
    Video *video = video_open(&(VideoSettings){.source = path}, error);
    if (!video)
        return -1;
    VideoFrame frame = {0};
    int status = watcher_restart(watcher, error);
    clip->n = 0;
    while (!status && (status = video_next(video, &frame, error)) > 0) {
        const WatchedFace *faces;
        status =
            watcher_frame(watcher, image_view(&frame.grey), frame.time, &faces, error) < 0 ? -1 : 0;
        if (!status && (size_t)clip->n == clip->capacity) {
            clip->capacity = 2 * clip->capacity + 1024;
            if (!ARRAY_RESIZE(clip->frames, clip->capacity))
                status = error_memory(error, "a clip", clip->capacity * sizeof(Frame));
        }
        if (status)
            break;
        const WatchedFace *leader = watcher_leader(watcher);
        Frame *to = &clip->frames[clip->n++];
        *to = (Frame){.time = frame.time, .face = leader && leader->state.face};
        if (leader)
            memcpy(to->probabilities, leader->state.probabilities, sizeof to->probabilities);
    }
    video_frame_free(&frame);
    video_close(video);
    return status;
}

static int add_clip(Watcher *watcher, const char *path, Clip *clip, Sums sums[RULES],
                    Error *error) {
    if (read_clip(watcher, path, clip, error))
        return -1;
    if (!clip->n)
        return 0;
    int *truth = malloc((size_t)clip->n * 2 * sizeof *truth);
    if (!truth)
        return error_memory(error, "a clip", (size_t)clip->n * 2 * sizeof *truth);
    look_around(clip, truth);
    for (int rule = 0; rule < RULES; rule++) {
        rules[rule].tell(clip, truth + clip->n);
        compare(clip, truth, truth + clip->n, &sums[rule]);
    }
    free(truth);
    return 0;
}

int main(int argc, char **argv) {
    Error error = {{0}};
    if (argc < 3) {
        fprintf(stderr, "usage: stability MODEL VIDEO…\n");
        return EXIT_FAILURE;
    }
    threads_use(1);
    WatcherSettings settings = watcher_defaults();
    settings.model = strcmp(argv[1], "-") ? argv[1] : NULL;
    settings.emotions = (EmotionTrackerSettings){0}; /* the network's own probabilities */
    Watcher *watcher = watcher_create(&settings, &error);
    Clip clip = {0};
    Sums sums[RULES] = {{0}};
    int status = watcher ? 0 : -1;
    for (int i = 2; i < argc && !status; i++)
        status = add_clip(watcher, argv[i], &clip, sums, &error);
    for (int rule = 0; rule < RULES && !status; rule++)
        printf("{\"rule\": \"%s\", \"seconds\": %.1f, \"changes_per_minute\": %.2f, "
               "\"periods\": %d, \"told\": %d, \"delay\": %.3f}\n",
               rules[rule].name, sums[rule].seconds,
               60 * sums[rule].changes / (sums[rule].seconds > 0 ? sums[rule].seconds : 1),
               sums[rule].periods, sums[rule].told,
               sums[rule].delay / (sums[rule].told ? sums[rule].told : 1));
    free(clip.frames);
    watcher_destroy(watcher);
    if (status)
        fprintf(stderr, "stability: %s\n", error.message);
    return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
