/* commands.h: the verbs of this room; each takes the arguments from its own name on and returns the
 * exit status. */
#ifndef TRAIN_COMMANDS_COMMANDS_H
#define TRAIN_COMMANDS_COMMANDS_H

int train_face_command(int argc, char **argv);
int train_detector_command(int argc, char **argv);
int train_landmarks_command(int argc, char **argv);
int train_music_command(int argc, char **argv);
int train_forest_command(int argc, char **argv);
int train_mood_command(int argc, char **argv);
int average_command(int argc, char **argv);
int bench_command(int argc, char **argv);

#endif
