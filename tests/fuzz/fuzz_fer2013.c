/* fuzz_fer2013: hostile CSV and gzip files.
 *
 * The first byte chooses --skip-bad. In what follows, byte 1 stands for 2,300 pixels, so that an
 * input of a few bytes can hold a whole row; gzip input is left as it is. */
#include "datasets/faces/fer2013.h"
#include "tests/fuzz/input_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { PIXELS_OF_BYTE_1 = 2300, MOST_EXPANSIONS = 64 };

static void write_expanded(FILE *stream, const uint8_t *bytes, size_t size) {
    int expansions = 0;
    bool gzip = size > 1 && bytes[0] == 0x1F && bytes[1] == 0x8B;
    for (size_t i = 0; i < size; i++) {
        if (gzip || bytes[i] != 1 || expansions == MOST_EXPANSIONS) {
            fputc(bytes[i], stream);
            continue;
        }
        expansions++;
        for (int pixel = 0; pixel < PIXELS_OF_BYTE_1; pixel++)
            fputs("7 ", stream);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    if (!size)
        return 0;
    char *text;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    if (!stream)
        abort();
    write_expanded(stream, bytes + 1, size - 1);
    fclose(stream);
    InputFile input = input_file_open((const uint8_t *)text, length);
    free(text);
    Error error;
    BadInputs bad = {.skip = bytes[0] & 1};
    face_set_destroy(fer2013_load(input.path, FACE_TRAINING, &bad, &error));
    input_file_close(&input);
    return 0;
}
