#include "compose/sound/soundfont.h"

#include "nn/io/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int soundfont_find(const char *chosen, char path[SOUNDFONT_PATH], Error *error) {
    static const char *const places[] = {
        "/usr/share/sounds/sf2/FluidR3_GM.sf2",    "/usr/share/sounds/sf2/default-GM.sf2",
        "/usr/share/sounds/sf3/default-GM.sf3",    "/usr/share/sounds/sf2/TimGM6mb.sf2",
        "/usr/share/soundfonts/default.sf2",       "/usr/share/soundfonts/FluidR3_GM.sf2",
        "/usr/local/share/soundfonts/default.sf2",
    };
    const char *wanted = chosen ? chosen : getenv("AFFEKT_SOUNDFONT");
    if (wanted && *wanted) {
        if (!file_exists(wanted))
            return error_set(error, "there is no soundfont %s", wanted);
        if (snprintf(path, SOUNDFONT_PATH, "%s", wanted) >= SOUNDFONT_PATH)
            return error_set(error, "the soundfont's path is too long");
        return 0;
    }
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (file_exists(places[i])) {
            strcpy(path, places[i]);
            return 0;
        }
    return error_set(error, "no General MIDI soundfont found; on Debian the package "
                            "fluid-soundfont-gm has one, or name one with --soundfont or "
                            "AFFEKT_SOUNDFONT");
}
