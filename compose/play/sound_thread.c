#include "compose/play/sound_thread.h"

#include "nn/base/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { CHUNK = 512 };

static const double look_every = 0.003;

struct SoundThread {
    SoundSource *source;
    void *context;
    SoundOutput *output;
    pthread_t thread;
    atomic_bool stop, failed;
    Error error; /* written before `failed` */
};

static void *feed(void *context) {
    SoundThread *thread = context;
    float samples[CHUNK * SOUND_CHANNELS];
    while (!atomic_load(&thread->stop)) {
        if (sound_output_room(thread->output) < CHUNK) {
            clock_sleep(look_every);
            continue;
        }
        thread->source(thread->context, samples, CHUNK);
        if (sound_output_write(thread->output, samples, CHUNK, &thread->error)) {
            atomic_store(&thread->failed, true);
            break;
        }
    }
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
