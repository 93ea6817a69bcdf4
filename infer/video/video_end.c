#include "infer/video/video_end.h"

#ifdef HAVE_FFMPEG

#    include <libavutil/imgutils.h>
#    include <string.h>

enum { OGG_LONGEST_PAGE = 27 + 255 + 255 * 255 };

/* Besides its frames the file holds a line of at most 128 bytes, as FFmpeg takes it. */
static bool y4m_has_end(int64_t size, const AVCodecContext *decoder) {
    enum { LONGEST_LINE = 128 };
    static const char frame_line[] = "FRAME\n";
    int picture = av_image_get_buffer_size(decoder->pix_fmt, decoder->width, decoder->height, 1);
    return picture <= 0 || size % (picture + (int)strlen(frame_line)) <= LONGEST_LINE;
}

/* Programs add zeros. */
static bool gif_has_end(const uint8_t *tail, int size) {
    while (size && !tail[size - 1])
        size--;
    return size && tail[size - 1] == ';';
}

static bool png_has_end(const uint8_t *tail, int size) {
    static const char chunk[] = "IEND";
    enum { CHECKSUM = 4 };
    for (int at = size - CHECKSUM - (int)strlen(chunk); at >= 0; at--)
        if (!memcmp(tail + at, chunk, strlen(chunk)))
            return true;
    return false;
}

/* The last page (RFC 3533, section 6): its flags are at 5, its number of segments at 26. */
static bool ogg_has_end(const uint8_t *tail, int size) {
    enum { HEAD = 27, FLAGS = 5, SEGMENTS = 26, LAST = 4 };
    for (int at = size - HEAD; at >= 0; at--) {
        const uint8_t *page = tail + at;
        if (memcmp(page, "OggS", 4) != 0)
            continue;
        int length = HEAD + page[SEGMENTS];
        for (int i = HEAD; i < HEAD + page[SEGMENTS] && at + i < size; i++)
            length += page[i];
        return page[FLAGS] & LAST && at + length <= size;
    }
    return false;
}

bool video_has_end(const AVFormatContext *file, const AVCodecContext *decoder) {
    uint8_t tail[OGG_LONGEST_PAGE];
    static const struct {
        const char *format;
        bool (*has_end)(const uint8_t *tail, int size);
    } ways[] = {{"gif", gif_has_end}, {"apng", png_has_end}, {"ogg", ogg_has_end}};
    AVIOContext *bytes = file->pb;
    int64_t size = bytes && bytes->seekable ? avio_size(bytes) : -1;
    if (size < 0)
        return true;
    if (!strcmp(file->iformat->name, "yuv4mpegpipe"))
        return y4m_has_end(size, decoder);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (strcmp(file->iformat->name, ways[i].format) != 0)
            continue;
        int64_t start = size > OGG_LONGEST_PAGE ? size - OGG_LONGEST_PAGE : 0;
        if (avio_seek(bytes, start, SEEK_SET) < 0)
            return true;
        int read = avio_read(bytes, tail, (int)(size - start));
        return read > 0 && ways[i].has_end(tail, read);
    }
    return true;
}

#endif
