#include "datasets/media/png_file.h"

#include "nn/io/file.h"

#include <png.h>
#include <string.h>

bool png_file_recognise(const unsigned char *bytes, size_t size) {
    static const unsigned char signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    return size >= sizeof signature && !memcmp(bytes, signature, sizeof signature);
}

/* A decoding under way. libpng leaves by a long jump when it meets an error, so all that must
 * survive one is here. */
typedef struct Decoding {
    const char *name;
    const unsigned char *bytes;
    size_t size, at;
    Image image;
    Error *error;
} Decoding;

static void fail(png_structp png, png_const_charp message) {
    Decoding *decoding = png_get_error_ptr(png);
    error_set(decoding->error, "%s: damaged PNG: %s", decoding->name, message);
    png_longjmp(png, 1);
}

static void pass_over_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void give_bytes(png_structp png, png_bytep to, png_size_t count) {
    Decoding *decoding = png_get_io_ptr(png);
    if (count > decoding->size - decoding->at)
        png_error(png, "the file ends early");
    memcpy(to, decoding->bytes + decoding->at, count);
    decoding->at += count;
}

/* Asks libpng for 8-bit grey, RGB or RGBA and returns which of them it will be. */
static ImageChannels choose_channels(png_structp png, png_infop info) {
    int colour = png_get_color_type(png, info);
    bool transparent = colour & PNG_COLOR_MASK_ALPHA || png_get_valid(png, info, PNG_INFO_tRNS);
    png_set_scale_16(png);
    png_set_expand(png);
    if (transparent)
        png_set_gray_to_rgb(png);
    return transparent ? IMAGE_RGBA : colour & PNG_COLOR_MASK_COLOR ? IMAGE_RGB : IMAGE_GREY;
}

static int decode_rows(png_structp png, png_infop info, Decoding *decoding) {
    if (setjmp(png_jmpbuf(png)))
        return -1;
    png_set_read_fn(png, decoding, give_bytes);
    png_set_user_limits(png, PNG_UINT_31_MAX,
                        PNG_UINT_31_MAX); /* image_create's are narrower and say so */
    png_read_info(png, info);
    Image *image = &decoding->image;
    if (image_create(image, (int)png_get_image_width(png, info),
                     (int)png_get_image_height(png, info), choose_channels(png, info),
                     decoding->error))
        return error_context(decoding->error, "%s", decoding->name);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    size_t stride = (size_t)image->width * image->channels;
    if (png_get_rowbytes(png, info) != stride)
        png_error(png, "unexpected size of a row");
    for (int pass = 0; pass < passes; pass++)
        for (int y = 0; y < image->height; y++)
            png_read_row(png, image->pixels + (size_t)y * stride, NULL);
    png_read_end(png, NULL); /* checks what follows the picture, too */
    return 0;
}

int png_file_decode(const char *name, const unsigned char *bytes, size_t size, Image *image,
                    Error *error) {
    *image = (Image){0};
    if (!png_file_recognise(bytes, size))
        return error_set(error, "%s: not a PNG file", name);
    Decoding decoding = {.name = name, .bytes = bytes, .size = size, .error = error};
    png_structp png =
        png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoding, fail, pass_over_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    int status =
        info ? decode_rows(png, info, &decoding) : error_memory(error, "decoding a PNG file", size);
    png_destroy_read_struct(&png, &info, NULL);
    if (status)
        image_free(&decoding.image);
    *image = decoding.image;
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
    bool encoded = png_image_write_to_stdio(&png, writer.stream, 0, image->pixels, 0, NULL);
    if (!encoded && !ferror(writer.stream)) {
        file_abandon(&writer);
        return error_set(error, "cannot write %s: %s", path, png.message);
    }
    return file_commit(&writer, error); /* which knows why the stream took no more */
}
