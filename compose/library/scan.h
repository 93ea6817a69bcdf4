/* scan.h: brings a library up to date with its folders.
 *
 * Unchanged files (size, time) are skipped; a moved one is recognised by its content; changed and
 * new ones are read by child processes (compose/library/analyst.h); missing ones are kept and
 * marked. Results are saved every second: a scan that was stopped or killed continues there when
 * run again. Symbolic links are followed, but no folder or file is read twice. Estimates by another
 * mood model are recomputed from the stored features. */
#ifndef COMPOSE_LIBRARY_SCAN_H
#define COMPOSE_LIBRARY_SCAN_H

#include "compose/library/library.h"
#include "nn/command_line/progress.h"

typedef struct ScanSettings {
    const MoodModel *model;
    int children;          /* reading processes, ≥ 1 */
    bool again;            /* also read unchanged files */
    bool (*stopped)(void); /* true ends it early; or NULL */
    Progress *progress;
} ScanSettings;

typedef struct ScanReport {
    int songs;                  /* present now */
    int unchanged, moved, read; /* of these */
    int failed;                 /* read now and unusable */
    int gone;                   /* in the library but missing */
    int folders_missing;
    int unreadable; /* folders and files below those that cannot be looked at */
    char failure[512], why_unreadable[512]; /* the first of each: "PATH: why" */
    bool stopped;
} ScanReport;

int library_scan(Library *library, const ScanSettings *settings, ScanReport *report,
                 Error *error) MUST_CHECK;

#endif
