#include "nn/io/file.h"

#include "nn/base/text_list.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LONGEST_BASE = NAME_MAX - 32 };

FILE *file_open(const char *path, Error *error) {
    struct stat info;
    /* To open a pipe the usual way would wait for someone to write into it. */
    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "rb");
    if (stream && !fstat(descriptor, &info) && S_ISREG(info.st_mode))
        return stream;
    if (stream)
        error_set(error, "%s is %s", path,
                  S_ISDIR(info.st_mode) ? "a folder, not a file" : "not a regular file");
    else
        error_errno(error, "cannot open %s", path);
    if (stream)
        fclose(stream);
    else if (descriptor >= 0)
        close(descriptor);
    return NULL;
}

int file_read(const char *path, size_t limit, unsigned char **bytes, size_t *size, Error *error) {
    FILE *stream = file_open(path, error);
    if (!stream)
        return -1;
    int status = -1;
    unsigned char *buffer = NULL;
    struct stat info;
    if (fstat(fileno(stream), &info)) {
        error_errno(error, "cannot inspect %s", path);
    } else if ((unsigned long long)info.st_size > limit) {
        error_set(error, "%s holds %llu bytes, the limit is %zu", path,
                  (unsigned long long)info.st_size, limit);
    } else if (!(buffer = malloc((size_t)info.st_size + 1))) {
        error_memory(error, path, (unsigned long long)info.st_size);
    } else if (fread(buffer, 1, (size_t)info.st_size, stream) != (size_t)info.st_size) {
        error_errno(error, "cannot read %s", path);
    } else {
        buffer[info.st_size] = 0;
        *bytes = buffer;
        *size = (size_t)info.st_size;
        buffer = NULL;
        status = 0;
    }
    free(buffer);
    fclose(stream);
    return status;
}

/* "DIR/" of "DIR/NAME", "./" of "NAME". */
static void directory_of(const char *path, char directory[4096]) {
    const char *slash = strrchr(path, '/');
    snprintf(directory, 4096, "%.*s", slash ? (int)(slash - path) + 1 : 2, slash ? path : "./");
}

/* "DIR/NAME.PID.tmp", with the end of a NAME that leaves no room for the rest. */
static void temporary_name(const FileWriter *writer, char name[sizeof writer->name]) {
    char directory[4096];
    directory_of(writer->path, directory);
    const char *slash = strrchr(writer->path, '/'), *base = slash ? slash + 1 : writer->path;
    size_t length = strlen(base);
    if (length > LONGEST_BASE)
        base += length - LONGEST_BASE;
    while ((*base & 0xC0) == 0x80) /* the rest of a character in UTF-8 */
        base++;
    snprintf(name, sizeof writer->name, "%s%s.%ld.tmp", directory, base, (long)getpid());
}

/* Opens a file without a name beside the path; NULL where that, or naming it later, cannot be. */
static FILE *open_nameless(FileWriter *writer) {
    char directory[4096];
    directory_of(writer->path, directory);
    int descriptor = open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return NULL;
    snprintf(writer->name, sizeof writer->name, "/proc/self/fd/%d", descriptor);
    FILE *stream = file_exists(writer->name) ? fdopen(descriptor, "wb") : NULL;
    if (!stream)
        close(descriptor);
    return stream;
}

/* The file that the path names in the end: a symbolic link is written through, also one to a file
 * that is not there yet. Returns false when a name is too long or links go in a circle. */
static bool follow_links(const char *path, char target[4096]) {
    char link[4096], directory[4096];
    if (snprintf(target, 4096, "%s", path) >= 4096)
        return false;
    for (int links = 0; links < 40; links++) {
        ssize_t length = readlink(target, link, sizeof link - 1);
        if (length < 0)
            return true;
        link[length] = 0;
        directory_of(target, directory);
        int written = link[0] == '/' ? snprintf(target, 4096, "%s", link)
                                     : snprintf(target, 4096, "%s%s", directory, link);
        if (written >= 4096)
            return false;
    }
    return false;
}

/* A file that is replaced hands its owner and its mode on. Only root may give a file away. */
static void inherit(FILE *stream, const struct stat *replaced) {
    if (!fchown(fileno(stream), replaced->st_uid, replaced->st_gid) || errno == EPERM)
        (void)!fchmod(fileno(stream), replaced->st_mode & 07777);
}

int file_begin(FileWriter *writer, const char *path, Error *error) {
    if (!follow_links(path, writer->path))
        return error_set(error, "a name that is too long, or a loop of symbolic links: %s", path);
    struct stat info;
    bool replaces = !stat(writer->path, &info);
    if (!replaces && errno != ENOENT)
        return error_errno(error, "cannot write %s", path);
    if (replaces && !S_ISREG(info.st_mode))
        return error_set(error, "cannot write %s: it already exists, %s", path,
                         S_ISDIR(info.st_mode) ? "a folder; name a file in it"
                                               : "and not a regular file");
    writer->stream = open_nameless(writer);
    writer->nameless = writer->stream != NULL;
    if (!writer->nameless) {
        temporary_name(writer, writer->name);
        writer->stream = fopen(writer->name, "wb");
    }
    if (!writer->stream)
        return error_errno(error, "cannot write %s", path);
    if (replaces)
        inherit(writer->stream, &info);
    return 0;
}

int file_try(const char *path, Error *error) {
    FileWriter writer;
    if (file_begin(&writer, path, error))
        return -1;
    file_abandon(&writer);
    return 0;
}

/* Makes a finished rename durable: the directory entry too has to reach the disk. A directory that
 * may not be read, or a file system that cannot sync one, is no failure; false on a disk's. */
static bool sync_directory(const char *path) {
    char directory[4096];
    directory_of(path, directory);
    int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return true;
    bool synced = !fsync(descriptor) || errno == EINVAL || errno == ENOTSUP;
    int cause = errno;
    close(descriptor);
    errno = cause;
    return synced;
}

/* Gives a file without a name the temporary one. A file that an earlier process of our number left
 * under it is in the way. */
static bool take_name(FileWriter *writer) {
    char handle[sizeof writer->name];
    if (!writer->nameless)
        return true;
    strcpy(handle, writer->name);
    temporary_name(writer, writer->name);
    unlink(writer->name);
    writer->nameless = linkat(AT_FDCWD, handle, AT_FDCWD, writer->name, AT_SYMLINK_FOLLOW) != 0;
    return !writer->nameless;
}

int file_commit(FileWriter *writer, Error *error) {
    bool written = !ferror(writer->stream) && !fflush(writer->stream) &&
                   !fsync(fileno(writer->stream)) && take_name(writer);
    int cause = errno;
    if (fclose(writer->stream) && written) {
        written = false;
        cause = errno;
    }
    writer->stream = NULL;
    if (written && rename(writer->name, writer->path)) {
        written = false;
        cause = errno;
    }
    if (!written) {
        if (!writer->nameless)
            unlink(writer->name);
        errno = cause;
        return error_errno(error, "cannot write %s (an older file of that name is untouched)",
                           writer->path);
    }
    if (!sync_directory(writer->path))
        return error_errno(error, "wrote %s, but a crash could still lose it", writer->path);
    return 0;
}

void file_abandon(FileWriter *writer) {
    if (writer->stream) {
        fclose(writer->stream);
        if (!writer->nameless)
            unlink(writer->name);
        writer->stream = NULL;
    }
}

int directory_create(const char *path, Error *error) {
    char prefix[4096];
    if (strlen(path) >= sizeof prefix)
        return error_set(error, "directory name of %zu bytes is too long", strlen(path));
    for (size_t i = 0; path[i]; i++) {
        prefix[i] = path[i];
        prefix[i + 1] = 0;
        bool component_ends = path[i + 1] == '/' || !path[i + 1];
        if (component_ends && path[i] != '/' && mkdir(prefix, 0777) && errno != EEXIST)
            return error_errno(error, "cannot create directory %s", prefix);
    }
    struct stat info;
    if (stat(path, &info) || !S_ISDIR(info.st_mode))
        return error_set(error, "%s is not a directory", path);
    return 0;
}

bool file_exists(const char *path) {
    struct stat info;
    return !stat(path, &info);
}

bool file_is_same(const char *a, const char *b) {
    struct stat one, other;
    return !stat(a, &one) && !stat(b, &other) && S_ISREG(one.st_mode) &&
           one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

bool file_is_listed(const char *list, const char *path) {
    int count = 0;
    char **files = text_list_split(list, &count, NULL);
    bool found = file_is_same(list, path);
    for (int i = 0; files && i < count; i++)
        found = found || file_is_same(files[i], path);
    free(files);
    return found;
}

bool file_has_suffix(const char *path, const char *suffix) {
    size_t length = strlen(path), tail = strlen(suffix);
    return length > tail && !strcasecmp(path + length - tail, suffix);
}
