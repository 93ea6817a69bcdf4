#include "compose/web/decoder.h"

#include "datasets/media/picture.h"
#include "nn/base/clock.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The decoder ends itself after so long with one picture; the server waits a little longer. */
enum { MOST_SECONDS = 3, WAIT_MILLISECONDS = 5000 };
static const double fork_again = 0.2; /* seconds after a fork that failed */

typedef struct Shared {
    pid_t worker;
    int busy_with; /* the number of the request in work, 0 = none */
    unsigned char jpeg[DECODER_MOST_BYTES];
    unsigned char pixels[DECODER_MOST_PIXELS];
} Shared;

typedef struct Message {
    int number;        /* of the request */
    int size;          /* of the JPEG */
    int width, height; /* of the reply; 0 when it failed */
    char reason[128];
} Message;

struct Decoder {
    pid_t keeper; /* the process that starts decoders */
    int socket;
    int number;
    Shared *shared;
    pthread_mutex_t lock;
};

/* ------------------------------------------------------------------ the decoder's own processes */

static void limit(int resource, rlim_t value) {
    setrlimit((__rlimit_resource_t)resource, &(struct rlimit){value, value});
}

static void give_up_rights(void) {
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, 0); /* what is open stays so, nothing can be opened */
#if !defined(__SANITIZE_ADDRESS__)
    limit(RLIMIT_DATA, (rlim_t)512 << 20);
#endif
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static void decode_one(Shared *shared, Message *message) {
    Error error;
    Image image = {0};
    message->width = message->height = 0;
    if (picture_decode("the picture", shared->jpeg, (size_t)message->size, IMAGE_GREY, &image,
                       &error)) {
        snprintf(message->reason, sizeof message->reason, "%.120s", error.message);
        return;
    }
    if ((long)image.width * image.height <= DECODER_MOST_PIXELS) {
        message->width = image.width;
        message->height = image.height;
        memcpy(shared->pixels, image.pixels, (size_t)image.width * (size_t)image.height);
    }
    image_free(&image);
}

static void work(int socket, Shared *shared) {
    Message message;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    shared->worker = getpid();
    give_up_rights();
    while (recv(socket, &message, sizeof message, 0) == (ssize_t)sizeof message) {
        shared->busy_with = message.number;
        alarm(MOST_SECONDS);
        decode_one(shared, &message);
        alarm(0);
        shared->busy_with = 0;
        send(socket, &message, sizeof message, MSG_NOSIGNAL);
    }
    _exit(0);
}

/* Starts decoders, one after the other: when one dies over a picture, that picture has failed. */
static void keep(int socket, Shared *shared) {
    static const int defaults[] = {SIGINT, SIGTERM, SIGHUP};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
        signal(defaults[i], SIG_IGN); /* Ctrl-C is for the server, which then ends this */
    for (;;) {
        pid_t worker = fork();
        if (!worker)
            work(socket, shared);
        if (worker < 0) { /* too many processes just now */
            clock_sleep(fork_again);
            continue;
        }
        int status = 0;
        if (waitpid(worker, &status, 0) < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
            _exit(0);
        Message failed = {.number = shared->busy_with,
                          .reason = "the picture is damaged: its decoder has crashed"};
        shared->busy_with = 0;
        if (failed.number)
            send(socket, &failed, sizeof failed, MSG_NOSIGNAL);
    }
}

/* ------------------------------------------------------------------ the server's side */

static int start_keeper(Decoder *decoder, Error *error) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
        return error_errno(error, "cannot start the picture decoder");
    decoder->keeper = fork();
    if (!decoder->keeper) {
        dup2(pair[1], 3);
        close_range(4, ~0U, 0);
        keep(3, decoder->shared);
    }
    close(pair[1]);
    decoder->socket = pair[0];
    return decoder->keeper < 0 ? error_errno(error, "cannot start the picture decoder") : 0;
}

Decoder *decoder_start(Error *error) {
    Decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder) {
        error_memory(error, "the picture decoder", sizeof *decoder);
        return NULL;
    }
    decoder->socket = -1;
    pthread_mutex_init(&decoder->lock, NULL);
    decoder->shared =
        mmap(NULL, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (decoder->shared == MAP_FAILED) {
        decoder->shared = NULL;
        error_memory(error, "the picture decoder", sizeof(Shared));
    } else if (!start_keeper(decoder, error)) {
        return decoder;
    }
    decoder_stop(decoder);
    return NULL;
}

void decoder_stop(Decoder *decoder) {
    if (!decoder)
        return;
    if (decoder->socket >= 0)
        close(decoder->socket);
    if (decoder->keeper > 0) {
        kill(decoder->keeper, SIGKILL); /* and the decoder dies with its parent */
        waitpid(decoder->keeper, NULL, 0);
    }
    if (decoder->shared)
        munmap(decoder->shared, sizeof(Shared));
    pthread_mutex_destroy(&decoder->lock);
    free(decoder);
}

int decoder_process(const Decoder *decoder) {
    return decoder->shared->worker;
}

/* Waits for the reply to the request of this number; older ones are dropped. */
static int receive(Decoder *decoder, int number, Message *reply, Error *error) {
    struct pollfd input = {.fd = decoder->socket, .events = POLLIN};
    for (;;) {
        int ready = poll(&input, 1, WAIT_MILLISECONDS);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return error_set(error, "decoding the picture took too long");
        if (recv(decoder->socket, reply, sizeof *reply, 0) != (ssize_t)sizeof *reply)
            return error_set(error, "the picture decoder has ended");
        if (reply->number == number)
            return 0;
    }
}

static int exchange(Decoder *decoder, const unsigned char *bytes, size_t size, Image *image,
                    Error *error) {
    Message message = {.number = ++decoder->number, .size = (int)size};
    memcpy(decoder->shared->jpeg, bytes, size);
    if (send(decoder->socket, &message, sizeof message, MSG_NOSIGNAL) < 0)
        return error_errno(error, "the picture decoder has ended");
    if (receive(decoder, message.number, &message, error))
        return -1;
    if (message.width < 1 || message.height < 1 ||
        (long)message.width * message.height > DECODER_MOST_PIXELS)
        return error_set(error, "%.*s", (int)sizeof message.reason - 1, message.reason);
    if (image_create(image, message.width, message.height, IMAGE_GREY, error))
        return -1;
    memcpy(image->pixels, decoder->shared->pixels, (size_t)message.width * (size_t)message.height);
    return 0;
}

int decoder_decode(Decoder *decoder, const unsigned char *bytes, size_t size, Image *image,
                   Error *error) {
    int width, height;
    if (size > DECODER_MOST_BYTES)
        return error_set(error, "a picture of %zu bytes, expected at most %d", size,
                         DECODER_MOST_BYTES);
    if (decoder_jpeg_size(bytes, size, &width, &height, error))
        return -1;
    if ((long)width * height > DECODER_MOST_PIXELS)
        return error_set(error, "a picture of %d × %d pixels, expected at most %d in all", width,
                         height, DECODER_MOST_PIXELS);
    pthread_mutex_lock(&decoder->lock);
    int status = exchange(decoder, bytes, size, image, error);
    pthread_mutex_unlock(&decoder->lock);
    return status;
}

/* Markers as ITU-T T.81, annex B, has them: all before the frame's (SOF) have a length. */
int decoder_jpeg_size(const unsigned char *bytes, size_t size, int *width, int *height,
                      Error *error) {
    if (size < 4 || bytes[0] != 0xff || bytes[1] != 0xd8)
        return error_set(error, "not a JPEG picture");
    size_t at = 2;
    while (at + 9 <= size && bytes[at] == 0xff) {
        int marker = bytes[at + 1];
        if (marker == 0xff) { /* a fill byte */
            at++;
            continue;
        }
        bool frame =
            marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        if (frame) {
            *height = bytes[at + 5] << 8 | bytes[at + 6];
            *width = bytes[at + 7] << 8 | bytes[at + 8];
            return *width && *height ? 0 : error_set(error, "a JPEG picture without pixels");
        }
        at += 2 + (size_t)(bytes[at + 2] << 8 | bytes[at + 3]);
    }
    return error_set(error, "a JPEG picture without a frame header");
}
