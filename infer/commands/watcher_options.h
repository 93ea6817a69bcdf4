/* watcher_options.h: the options of commands that detect faces and recognise emotions. Each takes
 * the command's settings S and the fields that it writes; OPTION_WATCHER a WatcherSettings,
 * initialised by watcher_defaults. */
#ifndef INFER_COMMANDS_WATCHER_OPTIONS_H
#define INFER_COMMANDS_WATCHER_OPTIONS_H

#include "infer/faces/detect/face_finder.h"
#include "infer/faces/watcher.h"
#include "nn/command_line/options.h"

/* clang-format off: lists of rows, which it would indent as blocks */
#define OPTION_FACE_MODEL(S, model)                                                                \
    OPTION_INPUT(S, model, "model", 'm', "FILES",                                                  \
                 "face model, or several separated by commas, whose probabilities are averaged; "  \
                 "face, face-voted, mini and vgg are shipped (default: face)")
#define OPTION_DETECTOR(S, detector, cascade)                                                      \
    OPTION_INPUT(S, detector, "detector", 0, "NAME",                                               \
                 "face detector: net (a network), haar (a cascade), or a network's weight file "   \
                 "(default: " FACE_FINDER_DEFAULT ", or haar with --cascade)"),                    \
        OPTION_INPUT(S, cascade, "cascade", 0, "FILE",                                             \
                     "OpenCV cascade for haar (default: " CASCADE_DEFAULT " of opencv-data)")
#define OPTION_WATCHER(S, watching)                                                                \
    OPTION_FACE_MODEL(S, watching.model),                                                          \
        OPTION_FLAG(S, watching.detect, "detect", "face detection; treat each frame as one face"), \
        OPTION_DETECTOR(S, watching.detector, watching.cascade)
/* clang-format on */

/* EXIT_DONE, or EXIT_USAGE with a message where an option of detection is given with --no-detect.
 */
int watcher_options_check(const WatcherSettings *watching, const Usage *usage);

#endif
