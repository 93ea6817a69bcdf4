#include "nn/base/checksum.h"

#include <string.h>

static void add_word(Checksum *checksum, uint64_t word) {
    checksum->sum = (checksum->sum ^ word) * 0x9e3779b97f4a7c15u;
    checksum->sum ^= checksum->sum >> 29;
}

void checksum_add(Checksum *checksum, const void *bytes, size_t size) {
    const uint8_t *at = bytes;
    for (; size && checksum->n_held; size--) {
        checksum->held |= (uint64_t)*at++ << 8 * checksum->n_held;
        checksum->n_held = (checksum->n_held + 1) % 8;
        if (!checksum->n_held) {
            add_word(checksum, checksum->held);
            checksum->held = 0;
        }
    }
    for (; size >= 8; size -= 8, at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        add_word(checksum, word);
    }
    for (; size; size--)
        checksum->held |= (uint64_t)*at++ << 8 * checksum->n_held++;
}

uint64_t checksum_end(Checksum *checksum) {
    add_word(checksum, checksum->held ^ (uint64_t)checksum->n_held << 56);
    return checksum->sum;
}
