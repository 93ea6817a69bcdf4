/* labels.h: what words in tags and names of folders say of a song: its mood, its language. */
#ifndef COMPOSE_LIBRARY_LABELS_H
#define COMPOSE_LIBRARY_LABELS_H

#include "compose/write/mood.h"
#include "infer/music/mood_model.h"

#include <stddef.h>

enum { LANGUAGE_CODE = 4 };

/* Writes the code of a language, of two letters where ISO 639-1 has one, else of three: from a code
 * of ISO 639 ("ta", "tam", "ta-IN"), or the English or own name of one of the languages in the
 * table of labels.c. False when the text is neither. */
bool label_language(const char *text, char code[LANGUAGE_CODE]);

/* As label_language, but the text is a folder's name, where words that happen to be codes of three
 * letters are not meant: only names and codes of the table count. */
bool label_folder_language(const char *text, char code[LANGUAGE_CODE]);

/* The mood that a MOOD tag's words name (the spellings of datasets/faces/emotion.h, the mean of
 * several), with the deviation of such tags. False when none is known. */
bool label_mood(const char *text, MoodEstimate *mood);

/* What the folders of `path` below `root` say, the innermost that says anything first. */
bool label_folder_mood(const char *root, const char *path, MoodEstimate *mood);
bool label_path_language(const char *root, const char *path, char code[LANGUAGE_CODE]);

/* The mood that is a feeling's (mood_of_emotion), as sure as a person's word. */
MoodEstimate label_emotion(Emotion emotion, float deviation);

#endif
