/* scan.h: brings a library up to date with its folders.
 *
 * Files that have not changed (size, time) are passed over; one that was moved is found again by
 * its content; changed and new ones are read by child processes (compose/library/analyst.h); what
 * is gone is kept, marked so. What was read is saved every second: a scan that is stopped or killed
 * goes on where it was when it is run again. Symbolic links are followed, but no folder and no file
 * is taken twice. Estimates of another mood model are renewed from the features that are kept. */
#ifndef COMPOSE_LIBRARY_SCAN_H
#define COMPOSE_LIBRARY_SCAN_H

#include "compose/library/library.h"
#include "nn/base/progress.h"

typedef struct ScanSettings {
    const MoodModel *model;
    int children;          /* processes that read, ≥ 1 */
    bool again;            /* read also what has not changed */
    bool (*stopped)(void); /* true ends it early; or NULL */
    Progress *progress;
} ScanSettings;

typedef struct ScanReport {
    int songs;                  /* that are there now */
    int unchanged, moved, read; /* of these */
    int failed;                 /* read now, and cannot be used */
    int gone;                   /* in the library, but no longer there */
    int folders_missing;
    char failure[512]; /* the first of them: "PATH: why" */
    bool stopped;
} ScanReport;

int library_scan(Library *library, const ScanSettings *settings, ScanReport *report,
                 Error *error) MUST_CHECK;

#endif
