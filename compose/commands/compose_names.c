#include "compose/commands/compose_names.h"

#include "compose/commands/compose_output.h"
#include "nn/io/file.h"
#include "nn/io/path_list.h"

#include <stdio.h>
#include <string.h>

static const char *last_part(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void set_folder(ComposeNames *names, const char *folder) {
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        length--;
    snprintf(names->folder, sizeof names->folder, "%.*s", (int)length, folder);
}

int compose_names_read(const char *out, bool all, ComposeNames *names, Error *error) {
    *names = (ComposeNames){.folder = ""};
    if (!out) {
        if (all)
            set_folder(names, "pieces");
        return 0;
    }
    size_t length = strlen(out);
    if (!length || length >= COMPOSE_PATH - 64)
        return error_set(error, "--out: a name of %zu bytes", length);
    if (compose_output_is_name(out) && !path_is_folder(out)) {
        if (all)
            return error_set(error,
                             "--out: '%s' is a file's name; --emotion all writes its seven pieces "
                             "into a folder",
                             out);
        snprintf(names->file, sizeof names->file, "%s", out);
        return 0;
    }
    if (!all && strchr(last_part(out), '.') && last_part(out)[0] != '.' && !path_is_folder(out))
        return error_set(
            error,
            "--out: '%s' is the piece's name and must end in .mid, in .musicxml, or as sound does "
            "(.wav, .flac, .ogg, .mp3 …); --audio and --png write sound and picture beside it",
            out);
    set_folder(names, out);
    return 0;
}

int compose_names_prepare(const ComposeNames *names, Error *error) {
    char folder[COMPOSE_PATH];
    snprintf(folder, sizeof folder, "%s", names->folder);
    if (*names->file)
        snprintf(folder, sizeof folder, "%.*s", (int)(last_part(names->file) - names->file),
                 names->file);
    return *folder ? directory_create(folder, error) : 0;
}

void compose_names_path(const ComposeNames *names, const char *emotion, int number, int count,
                        char path[COMPOSE_PATH]) {
    char suffix[16] = "";
    if (count > 1)
        snprintf(suffix, sizeof suffix, "-%d", number);
    if (*names->file) {
        const char *dot = strrchr(names->file, '.');
        snprintf(path, COMPOSE_PATH, "%.*s%s%s", (int)(dot - names->file), names->file, suffix,
                 dot);
        return;
    }
    const char *slash = !*names->folder || !strcmp(names->folder, "/") ? "" : "/";
    snprintf(path, COMPOSE_PATH, "%s%s%s%s.mid", names->folder, slash, emotion, suffix);
}
