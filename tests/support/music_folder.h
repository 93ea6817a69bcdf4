/* music_folder.h: small folders of MIDI files for tests, in the scratch directory. */
#ifndef TESTS_SUPPORT_MUSIC_FOLDER_H
#define TESTS_SUPPORT_MUSIC_FOLDER_H

/* Writes a piece of `notes` quarter notes (pitches by `key`) as music/NAME in the scratch
 * directory, with the folders that the name needs. */
void music_folder_add(const char *name, int notes, int key);

/* The folder: scratch_path("music"). */
const char *music_folder(void);

/* Writes a text file into it. */
void music_folder_write(const char *name, const char *text);

#endif
