/* compose_key.h: keys and meters as users write them. */
#ifndef COMPOSE_COMMANDS_COMPOSE_KEY_H
#define COMPOSE_COMMANDS_COMPOSE_KEY_H

#include <stdbool.h>

/* "C", "F#m", "Bb minor", "e min": the pitch class of the tonic, and 0 for major or 1 for minor.
 * Returns false when it is not a key. */
bool compose_key_read(const char *text, int *tonic, int *mode);

/* The index of a meter ("7/8") in music_meters, or -1. */
int compose_meter_read(const char *text);

#endif
