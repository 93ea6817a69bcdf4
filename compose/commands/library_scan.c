/* affekt library add, library scan: the folders' songs into the library. */
#include "compose/commands/commands.h"
#include "compose/commands/library_common.h"
#include "compose/commands/stop_signals.h"
#include "compose/library/scan.h"
#include "compose/library/song_facts.h"
#include "nn/base/plain_text.h"
#include "nn/base/threads.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Settings {
    LibrarySettings library;
    const char *model;
    bool again;
} Settings;

static const Option options[] = {
    OPTION_LIBRARY(Settings, library),
    OPTION_INPUT(Settings, model, "model", 'm', "FILE",
                 "the model that estimates moods (default: the shipped one)"),
    OPTION_FLAG(Settings, again, "again", "read also the files that have not changed"),
    OPTION_END,
};

static const Usage usages[] = {
    {.command = "affekt library add",
     .positionals = "FOLDER…",
     .summary = "adds folders of MIDI and audio files to the library of songs",
     .notes =
         "Example: affekt library add ~/Music\n"
         "A song's mood is what you say of it (library set, library import), else what its MOOD "
         "tag or a\nfolder's name says (happy/…, sad/tamil/…), else an estimate.\n"
         "Ctrl-C stops; what was read is kept, and library scan goes on.\n"},
    {.command = "affekt library scan",
     .positionals = "",
     .summary = "looks through the library's folders for new, changed, moved and lost songs",
     .notes = "Ctrl-C stops; what was read is kept, and the next scan goes on.\n"},
};

static bool stopped(void) {
    return stop_signals_caught() != 0;
}

static void tell(const ScanReport *report, bool json) {
    if (json) {
        printf("{\"songs\": %d, \"unchanged\": %d, \"moved\": %d, \"read\": %d, \"failed\": %d, "
               "\"gone\": %d, \"folders_missing\": %d, \"unreadable\": %d, \"stopped\": %s}\n",
               report->songs, report->unchanged, report->moved, report->read, report->failed,
               report->gone, report->folders_missing, report->unreadable,
               report->stopped ? "true" : "false");
        return;
    }
    if (report->stopped)
        printf("stopped: %d read; 'affekt library scan' goes on\n", report->read);
    else
        printf("%d song%s: %d read now, %d moved, %d unchanged; %d gone\n", report->songs,
               report->songs == 1 ? "" : "s", report->read, report->moved, report->unchanged,
               report->gone);
    if (report->failed)
        fprintf(stderr, "%d file%s cannot be used; the first: %s\n", report->failed,
                report->failed == 1 ? "" : "s", report->failure);
    if (report->folders_missing)
        fprintf(stderr, "%d of the library's folders are not there now; their songs are kept\n",
                report->folders_missing);
    if (report->unreadable)
        fprintf(stderr,
                "%d folder%s or file%s cannot be looked into, so that their songs are missing now; "
                "the first: %s\n",
                report->unreadable, report->unreadable == 1 ? "" : "s",
                report->unreadable == 1 ? "" : "s", report->why_unreadable);
}

/* A folder may hold songs, some time; a file that is none is a slip. */
static int check_song(const char *path, Error *error) {
    MoodSource kind;
    struct stat status;
    if (!stat(path, &status) && S_ISDIR(status.st_mode) && access(path, R_OK | X_OK))
        return error_errno(error, "cannot list %s", path);
    if (stat(path, &status) || !S_ISREG(status.st_mode) || song_is_name(path, &kind))
        return 0;
    return error_set(error, "%s: neither a folder nor, by its name, MIDI or sound", path);
}

static int run(const Settings *settings, char **folders, int count, Error *error) {
    ScanReport report;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    Progress progress = progress_start(settings->library.common.quiet, 0);
    MoodModel *model = mood_model_load(settings->model, error);
    Library *library = NULL;
    if (model)
        library = count ? library_open(settings->library.file, error)
                        : library_open_named(&settings->library, error);
    int status = library ? 0 : -1, threads = settings->library.common.threads;
    for (int i = 0; i < count && !status; i++)
        status = check_song(folders[i], error) || library_add_folder(library, folders[i], error)
                     ? -1
                     : 0;
    ScanSettings scan = {.model = model,
                         .children = threads          ? threads
                                     : processors > 1 ? (int)processors
                                                      : 1,
                         .again = settings->again,
                         .stopped = stopped,
                         .progress = &progress};
    if (!status)
        status = library_scan(library, &scan, &report, error);
    if (!status) {
        tell(&report, settings->library.json);
        status = stop_signals_caught();
    }
    library_close(library);
    mood_model_destroy(model);
    return status;
}

static int command(const Usage *usage, bool folders, int argc, char **argv) {
    Settings settings = {0};
    int count = 0;
    int status = options_parse(usage, options, &settings, argc, argv, folders ? &count : NULL);
    if (status != OPTIONS_RUN)
        return status;
    if (folders && !count)
        return options_wrong(usage, "give at least one FOLDER");
    stop_signals_catch(NULL);
    Error error;
    return command_status(usage, run(&settings, argv, count, &error), &error);
}

int library_add_command(int argc, char **argv) {
    return command(&usages[0], true, argc, argv);
}

int library_scan_command(int argc, char **argv) {
    return command(&usages[1], false, argc, argv);
}
