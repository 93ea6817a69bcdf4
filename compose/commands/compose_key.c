#include "compose/commands/compose_key.h"

#include "datasets/music/music_tokens.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

bool compose_key_read(const char *text, int *tonic, int *mode) {
    static const int naturals[] = {9, 11, 0, 2, 4, 5, 7}; /* A … G */
    char letter = (char)toupper((unsigned char)*text);
    if (letter < 'A' || letter > 'G')
        return false;
    char sign = *++text;
    int signs = sign == '#' || sign == 'b' ? 1 + (text[1] == sign) : 0;
    *tonic = (naturals[letter - 'A'] + (sign == '#' ? signs : -signs) + 12) % 12;
    text += signs;
    text += strspn(text, " ");
    *mode = !strcmp(text, "m") || !strcasecmp(text, "min") || !strcasecmp(text, "minor");
    return *mode || !*text || !strcmp(text, "M") || !strcasecmp(text, "maj") ||
           !strcasecmp(text, "major");
}

int compose_meter_read(const char *text) {
    for (int meter = 0; meter < MUSIC_METERS; meter++) {
        char name[16];
        snprintf(name, sizeof name, "%d/%d", music_meters[meter].numerator,
                 music_meters[meter].denominator);
        if (!strcmp(name, text))
            return meter;
    }
    return -1;
}
