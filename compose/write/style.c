#include "compose/write/style.h"

#include "nn/io/safetensors.h"

#include <string.h>

const char *const compose_style_names[STYLES + 1] = {"arranged", "performed", NULL};

int compose_style_choose(const char *name, const char *model, ComposeStyle *style, Error *error) {
    *style = STYLE_ARRANGED;
    if (name) {
        *style =
            strcmp(name, compose_style_names[STYLE_ARRANGED]) ? STYLE_PERFORMED : STYLE_ARRANGED;
        return 0;
    }
    if (!model)
        return 0;
    SafetensorsFile *file = safetensors_open(model, error);
    if (!file)
        return -1;
    if (!safetensors_metadata(file, "lead_language"))
        *style = STYLE_PERFORMED;
    safetensors_close(file);
    return 0;
}
