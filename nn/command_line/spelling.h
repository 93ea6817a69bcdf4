/* spelling.h: how far two words are apart, for "did you mean". */
#ifndef NN_COMMAND_LINE_SPELLING_H
#define NN_COMMAND_LINE_SPELLING_H

/* How many letters to change, drop or add to make `a` into `b` (Levenshtein 1966). Words at a
 * distance of up to NEAR_SPELLING are near. Texts of 64 bytes or more are near none. */
enum { NEAR_SPELLING = 2 };
int spelling_distance(const char *a, const char *b);

#endif
