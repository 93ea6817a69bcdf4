#include "datasets/png_file.h"

#include "nn/base/file.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

/* libpng's simplified interface keeps its long jumps to itself. */

bool png_file_recognise(const unsigned char *bytes, size_t size) {
    static const unsigned char signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    return size >= sizeof signature && !memcmp(bytes, signature, sizeof signature);
}

static int decode(png_image *png, const char *name, Image *image, Error *error) {
    if (png->width > IMAGE_LARGEST_SIDE || png->height > IMAGE_LARGEST_SIDE)
        return error_set(error, "%s: %u × %u pixels, expected sides of at most %d", name,
                         png->width, png->height, IMAGE_LARGEST_SIDE);
    bool colour = png->format & PNG_FORMAT_FLAG_COLOR,
         transparent = png->format & PNG_FORMAT_FLAG_ALPHA;
    ImageChannels channels = transparent ? IMAGE_RGBA : colour ? IMAGE_RGB : IMAGE_GREY;
    if (image_create(image, (int)png->width, (int)png->height, channels, error))
        return error_context(error, "%s", name);
    png->format = transparent ? PNG_FORMAT_RGBA : colour ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    png->flags |= PNG_IMAGE_FLAG_16BIT_sRGB; /* 16 bits too are meant for a screen unless the file
                                                says otherwise */
    if (!png_image_finish_read(png, NULL, image->pixels, 0, NULL)) {
        image_free(image);
        return error_set(error, "%s: damaged PNG: %s", name, png->message);
    }
    return 0;
}

int png_file_decode(const char *name, const unsigned char *bytes, size_t size, Image *image,
                    Error *error) {
    *image = (Image){0};
    if (!png_file_recognise(bytes, size))
        return error_set(error, "%s: not a PNG file", name);
    png_image png = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_memory(&png, bytes, size))
        return error_set(error, "%s: damaged PNG: %s", name, png.message);
    int status = decode(&png, name, image, error);
    png_image_free(&png);
    return status;
}

int png_file_read(const char *path, Image *image, Error *error) {
    unsigned char *bytes;
    size_t size;
    *image = (Image){0};
    if (file_read(path, PNG_FILE_MOST_BYTES, &bytes, &size, error))
        return -1;
    int status = png_file_decode(path, bytes, size, image, error);
    free(bytes);
    return status;
}

int png_file_write(const char *path, const Image *image, Error *error) {
    png_image png = {
        .version = PNG_IMAGE_VERSION,
        .width = (png_uint_32)image->width,
        .height = (png_uint_32)image->height,
        .format = image->channels == IMAGE_GREY  ? PNG_FORMAT_GRAY
                  : image->channels == IMAGE_RGB ? PNG_FORMAT_RGB
                                                 : PNG_FORMAT_RGBA,
    };
    FileWriter writer;
    if (file_begin(&writer, path, error))
        return -1;
    if (!png_image_write_to_stdio(&png, writer.stream, 0, image->pixels, 0, NULL)) {
        file_abandon(&writer);
        return error_set(error, "cannot write %s: %s", path, png.message);
    }
    return file_commit(&writer, error);
}
