/* affekt.h: recognise emotions in faces, and compose music for them. The public interface of
 * libaffekt, for C and C++.
 *
 *     affekt_error error;
 *     affekt_watcher *watcher = affekt_watcher_create(NULL, 0, &error);
 *     const affekt_face *faces;
 *     int n = watcher ? affekt_watcher_file(watcher, "picture.jpg", &faces, &error) : -1;
 *     for (int i = 0; i < n; i++)
 *         printf("%s\n", affekt_emotion_name(faces[i].emotion));
 *     if (n < 0)
 *         fprintf(stderr, "%s\n", error.message);
 *     affekt_watcher_destroy(watcher);
 *
 * Errors: a function that can fail returns NULL or -1 and fills `error`, which may be NULL, with
 * one sentence for the user. Ownership: what ..._create and affekt_compose return belongs to the
 * caller, who frees it with ..._destroy (NULL is fine); everything else belongs to the object that
 * returned it. Threads: objects share nothing, so different threads may use different objects, each
 * one thread at a time; the work is done in the calling thread, and no other is started unless
 * requested by affekt_watcher_set_threads. The library installs no signal handlers, changes no
 * locale, logging or thread counts, writes only files that the caller names, and opens no
 * connections. */
#ifndef AFFEKT_H
#define AFFEKT_H

#include <stddef.h>
#include <stdint.h>

#define AFFEKT_VERSION_MAJOR 1
#define AFFEKT_VERSION_MINOR 0

#ifndef AFFEKT_API
#    ifdef __GNUC__
#        define AFFEKT_API __attribute__((visibility("default")))
#    else
#        define AFFEKT_API
#    endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the library at run time, "1.0"; compare with AFFEKT_VERSION_MAJOR, which a program
 * was compiled against. */
AFFEKT_API const char *affekt_version(void);

typedef struct affekt_error {
    char message[1024];
} affekt_error;

/* ---- emotions ---- */

/* The classes of FER2013, with its codes. */
typedef enum affekt_emotion {
    AFFEKT_ANGRY,
    AFFEKT_DISGUST,
    AFFEKT_FEAR,
    AFFEKT_HAPPY,
    AFFEKT_SAD,
    AFFEKT_SURPRISE,
    AFFEKT_NEUTRAL
} affekt_emotion;
enum { AFFEKT_EMOTIONS = 7 };

/* "angry", "disgust", …; NULL for any other value. */
AFFEKT_API const char *affekt_emotion_name(int emotion);
/* The code of a name in any usual spelling ("Happy", "happiness"), or -1. */
AFFEKT_API int affekt_emotion_from_name(const char *name);

/* ---- faces ---- */

/* A grey picture owned by the caller: `height` rows of `width` bytes from the top, each `stride`
 * bytes after the previous one (negative where the bottom row comes first in memory). */
typedef struct affekt_picture {
    const unsigned char *grey;
    int width, height;
    ptrdiff_t stride;
} affekt_picture;

typedef struct affekt_face {
    int id;                  /* 1, 2, 3 …: constant for a face from frame to frame */
    int x, y, width, height; /* bounding box in pixels */
    int emotion;             /* an affekt_emotion: the most probable one */
    float probabilities[AFFEKT_EMOTIONS];
    float valence,
        arousal; /* -1 unpleasant, calm … +1 pleasant, excited: the mean under the probabilities */
} affekt_face;

/* Detects faces and recognises their emotions, in single pictures or in the frames of one video. */
typedef struct affekt_watcher affekt_watcher;

enum {
    AFFEKT_WHOLE_PICTURE = 1 /* skip face detection: treat each picture as one face */
};

/* `model` is the path of a face model, or of several separated by commas, whose outputs are
 * averaged; "face", "face-voted", "mini" and "vgg" are shipped (found beside the library, or in the
 * folder given by AFFEKT_MODELS), and NULL means "face". `flags` is 0 or AFFEKT_WHOLE_PICTURE. */
AFFEKT_API affekt_watcher *affekt_watcher_create(const char *model, unsigned flags,
                                                 affekt_error *error);
AFFEKT_API void affekt_watcher_destroy(affekt_watcher *watcher);

/* Sets how many OpenMP threads share the work on a picture, 1 by default. Worthwhile for large
 * pictures on a machine with idle processors. */
AFFEKT_API void affekt_watcher_set_threads(affekt_watcher *watcher, int threads);

/* The faces of a single picture, the most certain detection first. Returns how many, or -1.
 * `*faces` is valid until the watcher's next use. */
AFFEKT_API int affekt_watcher_picture(affekt_watcher *watcher, const affekt_picture *picture,
                                      const affekt_face **faces, affekt_error *error);
/* The same for a picture file: PNG, or any format that FFmpeg reads where the library was built
 * with it. */
AFFEKT_API int affekt_watcher_file(affekt_watcher *watcher, const char *path,
                                   const affekt_face **faces, affekt_error *error);
/* The faces of a video's next frame, `seconds` after its first, the largest first; emotions are
 * smoothed over time. */
AFFEKT_API int affekt_watcher_frame(affekt_watcher *watcher, const affekt_picture *frame,
                                    double seconds, const affekt_face **faces, affekt_error *error);

/* ---- music ---- */

typedef struct affekt_composer affekt_composer;
typedef struct affekt_song affekt_song;

typedef struct affekt_note {
    double start, end; /* seconds */
    int pitch;         /* MIDI: 60 is middle C */
    int velocity;      /* 1 … 127 */
} affekt_note;

/* `model` is the path of a music model, of arranged or of performed music; NULL = the shipped one
 * of arranged music. */
AFFEKT_API affekt_composer *affekt_composer_create(const char *model, affekt_error *error);
AFFEKT_API void affekt_composer_destroy(affekt_composer *composer);

/* A piece of about `seconds` (1 … 3600) for an emotion: the same as from `affekt compose` with that
 * --seed. Arranged music has at most 500 bars, which is more than 8 minutes at any tempo. */
AFFEKT_API affekt_song *affekt_compose(affekt_composer *composer, int emotion, double seconds,
                                       uint64_t seed, affekt_error *error);
/* The same for a point in the valence-arousal plane, each -1 … +1. */
AFFEKT_API affekt_song *affekt_compose_mood(affekt_composer *composer, double valence,
                                            double arousal, double seconds, uint64_t seed,
                                            affekt_error *error);
AFFEKT_API void affekt_song_destroy(affekt_song *song);

/* The time until the last note is released. */
AFFEKT_API double affekt_song_seconds(const affekt_song *song);
/* The notes sorted by start; valid as long as the song. */
AFFEKT_API const affekt_note *affekt_song_notes(const affekt_song *song, size_t *count);
/* The song as the bytes of a Standard MIDI File; valid as long as the song. */
AFFEKT_API const unsigned char *affekt_song_midi(const affekt_song *song, size_t *size);
/* Writes those bytes to a file, completely or not at all. Returns 0 or -1. */
AFFEKT_API int affekt_song_write_midi(const affekt_song *song, const char *path,
                                      affekt_error *error);

#ifdef __cplusplus
}
#endif

#endif
