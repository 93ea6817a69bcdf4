#include "compose/play/sound_thread.h"

#include "nn/base/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { CHUNK = 512 };

static const double look_every = 0.003;
enum { MOST_LOOKS = 1700 }; /* without room, some 5 s: a card that takes no more has gone */

struct SoundThread {
    SoundSource *source;
    void *context;
    SoundOutput *output;
    pthread_t thread;
    atomic_bool stop, failed;
    Error error; /* written before `failed` */
};

/* 1 when there is room, 0 when it is to stop, -1 when there has been none for too long. */
static int wait_for_room(SoundThread *thread) {
    for (int looks = 0; !atomic_load(&thread->stop); looks++) {
        if (sound_output_room(thread->output) >= CHUNK)
            return 1;
        if (looks == MOST_LOOKS) {
            const char *name = sound_output_name(thread->output);
            return error_set(&thread->error, "%s takes no more sound: has the device gone?",
                             name ? name : "the output");
        }
        clock_sleep(look_every);
    }
    return 0;
}

static void *feed(void *context) {
    SoundThread *thread = context;
    float samples[CHUNK * SOUND_CHANNELS];
    int status;
    while ((status = wait_for_room(thread)) > 0) {
        thread->source(thread->context, samples, CHUNK);
        status = sound_output_write(thread->output, samples, CHUNK, &thread->error);
        if (status)
            break;
    }
    atomic_store(&thread->failed, status < 0);
    return NULL;
}

SoundThread *sound_thread_start(SoundSource *source, void *context, SoundOutput *output,
                                Error *error) {
    SoundThread *thread = calloc(1, sizeof *thread);
    if (!thread) {
        error_memory(error, "the sound", sizeof *thread);
        return NULL;
    }
    thread->source = source;
    thread->context = context;
    thread->output = output;
    if (!pthread_create(&thread->thread, NULL, feed, thread))
        return thread;
    free(thread);
    error_set(error, "cannot start a thread for the sound");
    return NULL;
}

int sound_thread_check(SoundThread *thread, Error *error) {
    if (!atomic_load(&thread->failed))
        return 0;
    *error = thread->error;
    return -1;
}

void sound_thread_stop(SoundThread *thread) {
    if (!thread)
        return;
    atomic_store(&thread->stop, true);
    pthread_join(thread->thread, NULL);
    free(thread);
}
