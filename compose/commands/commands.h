/* commands.h: the verbs of this room, for affekt.c. */
#ifndef COMPOSE_COMMANDS_COMMANDS_H
#define COMPOSE_COMMANDS_COMMANDS_H

int compose_command(int argc, char **argv);
int live_command(int argc, char **argv);
int serve_command(int argc, char **argv);
int eval_music_command(int argc, char **argv);
int library_add_command(int argc, char **argv);
int library_scan_command(int argc, char **argv);
int library_list_command(int argc, char **argv);
int library_show_command(int argc, char **argv);
int library_set_command(int argc, char **argv);
int library_import_command(int argc, char **argv);
int library_export_command(int argc, char **argv);
int library_remove_command(int argc, char **argv);
int playlist_command(int argc, char **argv);
int play_command(int argc, char **argv);
int feedback_give_command(int argc, char **argv);
int feedback_show_command(int argc, char **argv);
int feedback_undo_command(int argc, char **argv);
int feedback_reset_command(int argc, char **argv);
int feedback_export_command(int argc, char **argv);
int feedback_import_command(int argc, char **argv);
int bend_command(int argc, char **argv);

#endif
