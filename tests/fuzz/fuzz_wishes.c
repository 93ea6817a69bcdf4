/* Whatever the bytes: as a Host, an Origin, a token, a Range, a JPEG's header and the body of a
 * request they are taken or refused. */
#include "compose/web/byte_range.h"
#include "compose/web/decoder.h"
#include "compose/web/gate.h"
#include "compose/web/wishes.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void try_gate(const char *text) {
    Gate gate;
    Error error;
    if (gate_init(&gate, NULL, 7700, false, &error))
        return;
    if (gate_token(&gate, text))
        abort(); /* nobody guesses it */
    (void)gate_host(&gate, text);
    (void)gate_origin(&gate, text);
}

static void try_range(const char *text) {
    ByteRange range;
    for (uint64_t whole = 0; whole < 5; whole++)
        if (byte_range_read(text, whole, &range) == BYTE_RANGE_PART &&
            (!range.size || range.first >= whole || range.size > whole - range.first))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    Error error;
    int width, height;
    ControlWishes control;
    PieceWishes piece;
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    memcpy(text, bytes, size);
    text[size] = 0;
    try_gate(text);
    try_range(text);
    if (!decoder_jpeg_size(bytes, size, &width, &height, &error) && (width < 1 || height < 1))
        abort();
    if (!wishes_control(text, size, NULL, &control, &error) && control.mood == MOOD_WISH_POINT &&
        !(control.valence >= -1 && control.valence <= 1))
        abort();
    if (!wishes_piece(text, size, NULL, &piece, &error) &&
        piece.piece.composer.seconds > WISHES_LONGEST_SECONDS)
        abort();
    free(text);
    return 0;
}
