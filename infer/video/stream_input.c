#include "infer/video/stream_input.h"

#ifdef HAVE_FFMPEG

#    include <errno.h>
#    include <fcntl.h>
#    include <poll.h>
#    include <stdlib.h>
#    include <string.h>
#    include <sys/stat.h>
#    include <unistd.h>

enum { BUFFER_BYTES = 1 << 16, PATIENCE_MILLISECONDS = 20 };

typedef struct StreamInput {
    int file;
    const atomic_bool *stop;
} StreamInput;

bool stream_input_is_meant(const char *source) {
    struct stat info;
    return !strcmp(source, "-") ||
           (!stat(source, &info) && (S_ISFIFO(info.st_mode) || S_ISCHR(info.st_mode)));
}

/* As FFmpeg wants it: the bytes read, or an error of its own. */
static int read_some(void *user, uint8_t *buffer, int size) {
    const StreamInput *input = user;
    struct pollfd file = {.fd = input->file, .events = POLLIN};
    for (;;) {
        if (input->stop && atomic_load(input->stop))
            return AVERROR_EXIT;
        int ready = poll(&file, 1, input->stop ? PATIENCE_MILLISECONDS : -1);
        ssize_t got = ready > 0 ? read(input->file, buffer, (size_t)size) : -1;
        if (got >= 0)
            return got ? (int)got : AVERROR_EOF;
        if (ready && errno != EINTR && errno != EAGAIN)
            return AVERROR(errno);
    }
}

/* A file that a shell has opened (`<`) can be read in any order, which MP4 often needs. */
static int64_t seek(void *user, int64_t offset, int whence) {
    const StreamInput *input = user;
    struct stat info;
    if (whence == AVSEEK_SIZE)
        return fstat(input->file, &info) ? AVERROR(errno) : info.st_size;
    off_t place = lseek(input->file, offset, whence & ~AVSEEK_FORCE);
    return place < 0 ? AVERROR(errno) : place;
}

static AVIOContext *start(StreamInput *input) {
    struct stat info;
    bool is_file = !fstat(input->file, &info) && S_ISREG(info.st_mode);
    uint8_t *buffer = av_malloc(BUFFER_BYTES);
    AVIOContext *reader = buffer ? avio_alloc_context(buffer, BUFFER_BYTES, 0, input, read_some,
                                                      NULL, is_file ? seek : NULL)
                                 : NULL;
    if (!reader)
        av_free(buffer);
    return reader;
}

AVIOContext *stream_input_open(const char *source, const atomic_bool *stop, Error *error) {
    StreamInput *input = malloc(sizeof *input);
    if (!input) {
        error_memory(error, "a pipe", sizeof *input);
        return NULL;
    }
    /* A named pipe opens at once even where nobody writes into it yet. */
    int file = strcmp(source, "-") ? open(source, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : STDIN_FILENO;
    *input = (StreamInput){.file = file, .stop = stop};
    AVIOContext *reader = NULL;
    if (file < 0)
        error_errno(error, "cannot open it");
    else if (!(reader = start(input)))
        error_memory(error, "a pipe", BUFFER_BYTES);
    if (reader)
        return reader;
    if (file > STDIN_FILENO)
        close(file);
    free(input);
    return NULL;
}

void stream_input_close(AVIOContext **input) {
    if (!*input)
        return;
    StreamInput *stream = (*input)->opaque;
    if (stream->file != STDIN_FILENO)
        close(stream->file);
    free(stream);
    av_freep(&(*input)->buffer);
    avio_context_free(input);
}

#endif
