#include "nn/io/file_kind.h"

#include <stdbool.h>
#include <string.h>

typedef struct Sign {
    size_t at;
    const char *bytes;
    size_t size;
    const char *kind;
} Sign;

#define SIGN(at, bytes, kind)                                                                      \
    { at, bytes, sizeof bytes - 1, kind }

static const Sign signs[] = {
    SIGN(0, "MThd", "a MIDI file"),
    SIGN(0, "SMF2CLIP", "a MIDI 2.0 clip file"),
    SIGN(8, "RMID", "a MIDI file in a RIFF container"),
    SIGN(0, "XMF_", "an XMF file"),
    SIGN(0, "\x89PNG\r\n\x1a\n", "a PNG picture"),
    SIGN(0, "\xff\xd8\xff", "a JPEG picture"),
    SIGN(0, "GIF8", "a GIF picture"),
    SIGN(0, "II*\0", "a TIFF picture"),
    SIGN(0, "MM\0*", "a TIFF picture"),
    SIGN(8, "WEBP", "a WebP picture"),
    SIGN(4, "ftypavif", "an AVIF picture"),
    SIGN(4, "ftypheic", "a HEIC picture"),
    SIGN(4, "ftyp", "an MP4 file"),
    SIGN(8, "WAVE", "a WAV sound"),
    SIGN(8, "AVI ", "an AVI video"),
    SIGN(0, "\x1a\x45\xdf\xa3", "a Matroska or WebM video"),
    SIGN(0, "OggS", "an Ogg sound or video"),
    SIGN(0, "fLaC", "a FLAC sound"),
    SIGN(0, "ID3", "an MP3 sound"),
    SIGN(0, "YUV4MPEG2", "a y4m video"),
    SIGN(0, "\x89HDF\r\n\x1a\n", "an HDF5 file (such as Keras's .h5)"),
    SIGN(0, "PK\3\4", "a ZIP archive (such as PyTorch's .pt, Keras's .keras or NumPy's .npz)"),
    SIGN(0, "\x80\2}", "a Python pickle"),
    SIGN(0, "\x80\2", "a Python pickle (such as PyTorch's old .pth)"),
    SIGN(0, "\x80\4\x95", "a Python pickle"),
    SIGN(0, "\x93NUMPY", "a NumPy array"),
    SIGN(0, "GGUF", "a GGUF model"),
    SIGN(4, "TFL3", "a TensorFlow Lite model"),
    SIGN(0, "\x1f\x8b", "a gzip file"),
    SIGN(0, "BZh", "a bzip2 file"),
    SIGN(0,
         "\xfd"
         "7zXZ",
         "an xz file"),
    SIGN(0, "\x28\xb5\x2f\xfd", "a zstd file"),
    SIGN(0, "7z\xbc\xaf", "a 7z archive"),
    SIGN(0, "Rar!", "a RAR archive"),
    SIGN(257, "ustar", "a tar archive"),
    SIGN(0, "%PDF", "a PDF document"),
    SIGN(0,
         "\x7f"
         "ELF",
         "a program"),
    SIGN(0, "SQLite format 3", "an SQLite database"),
    SIGN(0, "version https://git-lfs", "a pointer of Git LFS, not the file itself (git lfs pull)"),
    SIGN(0, "<!DOCTYPE", "a web page"),
    SIGN(0, "<!doctype", "a web page"),
    SIGN(0, "<html", "a web page"),
};

/* Printable ASCII and white space alone. */
static bool is_text(const unsigned char *bytes, size_t size) {
    for (size_t i = 0; i < size; i++)
        if ((bytes[i] < ' ' && !strchr("\t\r\n", bytes[i])) || bytes[i] > '~')
            return false;
    return size >= 4;
}

const char *file_kind(const unsigned char *bytes, size_t size) {
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (signs[i].at + signs[i].size <= size &&
            !memcmp(bytes + signs[i].at, signs[i].bytes, signs[i].size))
            return signs[i].kind;
    return is_text(bytes, size < FILE_KIND_BYTES ? size : FILE_KIND_BYTES) ? "a text" : NULL;
}
