/* long_session HOURS FACE_MODEL MUSIC_MODEL CLIP…: a live session of so many hours, as fast as the
 * machine can. Two frames a second of the clips come again and again; policy, tempo and piece
 * change now and then. Prints, as JSON: for each hour the memory held (KiB) and the notes so far;
 * at the end what was left sounding, the longest note, the longest time between two onsets, and how
 * long saving the record took. */
#include "compose/live/live_session.h"
#include "compose/write/style.h"
#include "datasets/music/midi.h"
#include "nn/base/clock.h"
#include "nn/base/threads.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FRAMES_A_SECOND = 2, MOST_FRAMES = 1000 };

typedef struct Frames {
    Image pictures[MOST_FRAMES];
    int count;
} Frames;

static long kilobytes_held(void) {
    long size, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file && fscanf(file, "%ld %ld", &size, &resident) != 2)
        resident = 0;
    if (file)
        fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/* Keeps two pictures of each second of the clip. */
static int load_clip(Frames *frames, const char *path, Error *error) {
    Video *video = video_open(&(VideoSettings){.source = path}, error);
    VideoFrame frame = {0};
    int status = video ? 0 : -1;
    double next = 0;
    while (!status && (status = video_next(video, &frame, error)) > 0) {
        status = 0;
        if (frame.time < next || frames->count == MOST_FRAMES)
            continue;
        frames->pictures[frames->count++] = frame.grey;
        frame.grey = (Image){0};
        next += 1.0 / FRAMES_A_SECOND;
    }
    video_frame_free(&frame);
    video_close(video);
    return status;
}

static void press_keys(LiveSession *session, long frame) {
    const long minute = 60 * FRAMES_A_SECOND;
    if (frame % (7 * minute) == minute)
        live_music_skip(session->music);
    if (frame % (5 * minute) == minute)
        live_music_set_speed(session->music, 0.75 + 0.25 * (double)(frame / minute % 4));
    if (frame % (11 * minute) == minute)
        live_music_set_policy(session->music, (MoodPolicy)(frame / minute % MOOD_POLICIES));
}

static int go_on(LiveSession *session, const Frames *frames, double hours, Error *error) {
    const long count = (long)(hours * 3600 * FRAMES_A_SECOND);
    for (long i = 0; i <= count; i++) {
        double now = (double)i / FRAMES_A_SECOND;
        VideoFrame frame = {.index = i, .time = now, .grey = frames->pictures[i % frames->count]};
        press_keys(session, i);
        if (live_session_look(session, &frame, now, error) || live_session_log(session, error) ||
            live_music_write(session->music, now, error) || live_session_play(session, now, error))
            return -1;
        if (i % (3600 * FRAMES_A_SECOND) == 0 || i == count)
            printf("%s{\"hours\": %g, \"kilobytes\": %ld, \"notes\": %ld, \"pieces\": %d}",
                   i ? ",\n  " : "{\"hours\": [\n  ", now / 3600, kilobytes_held(), session->notes,
                   live_music_status(session->music).piece);
        fflush(stdout);
    }
    return live_session_finish(session, (double)count / FRAMES_A_SECOND, 2, error);
}

/* The record as another reader finds it: released keys, longest note and time between onsets. */
static int tell_record(const LiveSession *session, double saving, Error *error) {
    Song *song = midi_read(session->record, error);
    if (!song)
        return -1;
    double longest = 0, wait = 0, struck = 0;
    for (int i = 0; i < song->n_notes; i++) {
        const SongNote *note = &song->notes[i];
        longest = fmax(longest, note->end - note->start);
        wait = fmax(wait, note->start - struck);
        struck = note->start;
    }
    printf("],\n \"sounding\": %d, \"repairs\": %d, \"notes\": %d, \"longest_note\": %.2f, "
           "\"longest_wait\": %.2f, \"saving\": %.2f}\n",
           live_music_status(session->music).sounding, song->n_repairs, song->n_notes, longest,
           wait, saving);
    song_free(song);
    return 0;
}

static int run(double hours, const LiveSettings *settings, char **clips, int n, Error *error) {
    static Frames frames;
    for (int i = 0; i < n; i++)
        if (load_clip(&frames, clips[i], error))
            return -1;
    if (!frames.count)
        return error_set(error, "there are no clips");
    LiveSession *session = live_session_open(settings, error);
    int status = session ? go_on(session, &frames, hours, error) : -1;
    double start = clock_seconds();
    if (!status)
        status = live_session_save(session, error);
    if (!status)
        status = tell_record(session, clock_seconds() - start, error);
    live_session_close(session);
    for (int i = 0; i < frames.count; i++)
        image_free(&frames.pictures[i]);
    return status;
}

int main(int argc, char **argv) {
    Error error = {{0}};
    if (argc < 5) {
        fprintf(stderr, "usage: long_session HOURS FACE_MODEL MUSIC_MODEL CLIP…\n");
        return EXIT_FAILURE;
    }
    char record[] = "/tmp/affekt-long-session-XXXXXX";
    int file = mkstemp(record);
    if (file < 0) {
        perror("long_session: no temporary file can be made");
        return EXIT_FAILURE;
    }
    close(file);
    threads_use(1);
    ComposeStyle style;
    if (compose_style_choose(NULL, argv[3], &style, &error)) {
        fprintf(stderr, "long_session: %s\n", error.message);
        return EXIT_FAILURE;
    }
    LiveSettings settings = {.arranged = style == STYLE_ARRANGED,
                             .watching = watcher_defaults(),
                             .music_model = argv[3],
                             .music = live_music_defaults(),
                             .record = record,
                             .log = "/dev/null"};
    settings.watching.model = argv[2];
    int status = run(strtod(argv[1], NULL), &settings, argv + 4, argc - 4, &error);
    unlink(record);
    if (status)
        fprintf(stderr, "long_session: %s\n", error.message);
    return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
