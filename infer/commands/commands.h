/* commands.h: the verbs of this room, for affekt.c. */
#ifndef INFER_COMMANDS_COMMANDS_H
#define INFER_COMMANDS_COMMANDS_H

int eval_detector_command(int argc, char **argv);
int eval_landmarks_command(int argc, char **argv);
int eval_face_command(int argc, char **argv);
int eval_forest_command(int argc, char **argv);
int eval_mood_command(int argc, char **argv);
int calibrate_command(int argc, char **argv);
int classify_command(int argc, char **argv);
int compare_command(int argc, char **argv);
int show_command(int argc, char **argv);

#endif
