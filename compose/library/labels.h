/* labels.h: a song's mood and language from words in tags and folder names. */
#ifndef COMPOSE_LIBRARY_LABELS_H
#define COMPOSE_LIBRARY_LABELS_H

#include "compose/write/mood.h"
#include "infer/music/mood_model.h"

#include <stddef.h>

enum { LANGUAGE_CODE = 4 };

/* Writes the code of a language, of two letters where ISO 639-1 has one, else of three: from a code
 * of ISO 639 ("ta", "tam", "ta-IN"), or the English or native name of one of the languages in the
 * table in labels.c. False when the text is neither. */
bool label_language(const char *text, char code[LANGUAGE_CODE]);

/* As label_language, for a folder's name, which may happen to be a three-letter code: only names
 * and codes in the table count. */
bool label_folder_language(const char *text, char code[LANGUAGE_CODE]);

/* The mood named by the words of a MOOD tag (in the spellings of datasets/faces/emotion.h; the mean
 * of several), with the deviation of such tags. False when none is known. */
bool label_mood(const char *text, MoodEstimate *mood);

/* The label from the folders of `path` below `root`, the innermost that has one. */
bool label_folder_mood(const char *root, const char *path, MoodEstimate *mood);
bool label_path_language(const char *root, const char *path, char code[LANGUAGE_CODE]);

/* The mood of an emotion (mood_of_emotion), with that deviation. */
MoodEstimate label_emotion(Emotion emotion, float deviation);

#endif
