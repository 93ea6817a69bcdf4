/* affekt library set, import, export, remove: what the user says of songs. */
#include "compose/commands/commands.h"
#include "compose/commands/library_common.h"
#include "compose/library/transfer.h"
#include "nn/base/plain_text.h"

#include <math.h>

typedef struct Settings {
    LibrarySettings library;
    const char *emotion, *language, *out;
    float valence, arousal;
    bool forget;
} Settings;

static const Option set_options[] = {
    OPTION_STRING(Settings, emotion, "emotion", 'e', "NAME", "the songs express this emotion"),
    OPTION_FLOAT(Settings, valence, "valence", "F", -1, 1, "unpleasant -1 … +1 pleasant"),
    OPTION_FLOAT(Settings, arousal, "arousal", "F", -1, 1, "calm -1 … +1 excited"),
    OPTION_STRING(Settings, language, "language", 0, "CODE",
                  "the language that is sung: a code of ISO 639 or a name"),
    OPTION_FLAG(Settings, forget, "forget",
                "remove your own and imported moods; tags, folders and estimates count"),
    OPTION_LIBRARY(Settings, library),
    OPTION_END,
};

static const Usage set_usage = {
    .command = "affekt library set",
    .positionals = "SONG…",
    .summary = "sets the mood or language of songs; overrides all other sources",
    .notes = "A SONG is a path, a folder for all songs in it, or a number (#12) of library list.\n"
             "Example: affekt library set '#12' --emotion happy --language ta\n",
};

typedef struct Change {
    MoodEstimate mood; /* NAN: as it is */
    bool forgets;      /* what the user said before */
    char language[LANGUAGE_CODE];
} Change;

static int set_song(Library *library, const LibrarySong *song, void *context, Error *error) {
    const Change *to = context;
    if (to->forgets && (library_forget_mood(library, song->id, ORIGIN_USER, error) ||
                        library_forget_mood(library, song->id, ORIGIN_IMPORT, error)))
        return -1;
    if (!isnan(to->mood.valence) &&
        library_set_mood(library, song->id, ORIGIN_USER, to->mood, error))
        return -1;
    return *to->language ? library_set_language(library, song->id, ORIGIN_USER, to->language, error)
                         : 0;
}

static void tell(const Settings *settings, const char *verb, int songs) {
    if (settings->library.json)
        printf("{\"%s\": %d}\n", verb, songs);
    else if (!settings->library.common.quiet)
        printf("%d song%s %s\n", songs, songs == 1 ? "" : "s", verb);
}

int library_set_command(int argc, char **argv) {
    Settings settings = {.valence = NAN, .arousal = NAN};
    Change to = {.forgets = false};
    int count = 0, changed = 0;
    int status = options_parse(&set_usage, set_options, &settings, argc, argv, &count);
    if (status != OPTIONS_RUN)
        return status;
    if (library_read_mood(&set_usage, settings.emotion, settings.valence, settings.arousal,
                          &to.mood) ||
        library_read_language(&set_usage, settings.language, to.language))
        return EXIT_USAGE;
    if (!count)
        return options_wrong(&set_usage, "which songs?");
    if (isnan(to.mood.valence) && !*to.language && !settings.forget)
        return options_wrong(&set_usage, "give --emotion, --valence and --arousal, "
                                         "--language or --forget?");
    to.forgets = settings.forget;
    Error error;
    Library *library = library_open_named(&settings.library, &error);
    status =
        library ? library_use_named(library, argv, count, set_song, &to, &changed, &error) : -1;
    if (!status)
        tell(&settings, "set", changed);
    library_close(library);
    return command_status(&set_usage, status, &error);
}

/* ------------------------------------------------------------------ import, export, remove */

static const Option plain_options[] = {
    OPTION_LIBRARY(Settings, library),
    OPTION_END,
};

static const Usage import_usage = {
    .command = "affekt library import",
    .positionals = "CSV…",
    .summary = "takes moods and languages of songs from tables",
    .notes = "Rows that say what counts already change nothing.\n"
             "Columns: file (a path, or from the CSV's folder), valence and arousal (-1 … 1) or\n"
             "emotion, and as you like valence_deviation, arousal_deviation, language.\n",
};

int library_import_command(int argc, char **argv) {
    Settings settings = {0};
    int count = 0, imported = 0;
    int status = options_parse(&import_usage, plain_options, &settings, argc, argv, &count);
    if (status != OPTIONS_RUN)
        return status;
    if (!count)
        return options_wrong(&import_usage, "which CSV?");
    Error error;
    Library *library = library_open_named(&settings.library, &error);
    status = library ? 0 : -1;
    for (int i = 0; i < count && !status; i++) {
        int changed = 0, unknown = 0;
        PlainText name;
        status = library_import(library, argv[i], &changed, &unknown, &error);
        imported += changed;
        if (!status && unknown && !settings.library.common.quiet)
            fprintf(stderr, "%s: %d row%s of files that are not in the library\n",
                    plain_text(argv[i], &name), unknown, unknown == 1 ? "" : "s");
    }
    if (library && (imported || !status))
        tell(&settings, "imported", imported);
    library_close(library);
    return command_status(&import_usage, status, &error);
}

static const Option export_options[] = {
    OPTION_OUTPUT(Settings, out, "out", 'o', "FILE", "the CSV to write"),
    OPTION_LIBRARY(Settings, library),
    OPTION_END,
};

static const Usage export_usage = {
    .command = "affekt library export",
    .positionals = "",
    .summary = "writes the songs and their moods as a table that library import reads",
    .notes = NULL,
};

int library_export_command(int argc, char **argv) {
    Settings settings = {0};
    int status = options_parse(&export_usage, export_options, &settings, argc, argv, NULL);
    if (status != OPTIONS_RUN)
        return status;
    if (!settings.out)
        return options_wrong(&export_usage, "--out is missing: the CSV to write");
    if ((status = library_spare(&export_usage, settings.library.file, "out", settings.out)) !=
        OPTIONS_RUN)
        return status;
    Error error;
    int count = 0;
    Library *library = library_open_named(&settings.library, &error);
    status = library ? library_export(library, settings.out, &count, &error) : -1;
    if (!status)
        tell(&settings, "exported", count);
    library_close(library);
    return command_status(&export_usage, status, &error);
}

static const Usage remove_usage = {
    .command = "affekt library remove",
    .positionals = "PATH…",
    .summary = "forgets folders and songs; the files stay where they are",
    .notes = "What lies in a folder that stays in the library comes back with its next scan.\n",
};

int library_remove_command(int argc, char **argv) {
    Settings settings = {0};
    int count = 0, removed = 0;
    int status = options_parse(&remove_usage, plain_options, &settings, argc, argv, &count);
    if (status != OPTIONS_RUN)
        return status;
    if (!count)
        return options_wrong(&remove_usage, "give at least one FOLDER or SONG");
    Error error;
    Library *library = library_open_named(&settings.library, &error);
    status = library ? 0 : -1;
    for (int i = 0; i < count && library; i++) {
        Error own;
        int here = library_remove(library, argv[i], &own);
        if (here >= 0)
            removed += here;
        else if (!status)
            status = error_set(&error, "%s", own.message); /* the first; the others are removed */
    }
    if (library && (removed || !status))
        tell(&settings, "removed", removed);
    library_close(library);
    return command_status(&remove_usage, status, &error);
}
