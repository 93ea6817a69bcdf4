/* commands.h: the verbs of this room, for affekt.c. */
#ifndef COMPOSE_COMMANDS_COMMANDS_H
#define COMPOSE_COMMANDS_COMMANDS_H

int compose_command(int argc, char **argv);
int live_command(int argc, char **argv);
int eval_music_command(int argc, char **argv);

#endif
