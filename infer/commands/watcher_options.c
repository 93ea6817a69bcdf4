#include "infer/commands/watcher_options.h"

/* The first option that has no effect without detection, or NULL. */
static const char *detection_option(const WatcherSettings *watching) {
    WatcherSettings usual = watcher_defaults();
    return watching->detector                                                   ? "--detector"
           : watching->cascade                                                  ? "--cascade"
           : watching->faces.detector.smallest != usual.faces.detector.smallest ? "--min-face"
           : watching->faces.least_score != usual.faces.least_score             ? "--min-score"
                                                                                : NULL;
}

int watcher_options_check(const WatcherSettings *watching, const Usage *usage) {
    const char *unused = watching->detect ? NULL : detection_option(watching);
    return unused ? options_wrong(usage, "--no-detect and %s are mutually exclusive", unused)
                  : EXIT_DONE;
}
