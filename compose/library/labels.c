#include "compose/library/labels.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A word for a feeling is about a third of the plane's half wide, set by a person or not. */
static const float word_deviation = 0.3f;

/* ISO 639-1, 639-2 (terminology, bibliographic), names. */
static const struct {
    const char *code, *three, *other, *name, *own;
} languages[] = {
    {"ar", "ara", "ara", "arabic", "العربية"},
    {"bn", "ben", "ben", "bengali", "বাংলা"},
    {"cs", "ces", "cze", "czech", "čeština"},
    {"da", "dan", "dan", "danish", "dansk"},
    {"de", "deu", "ger", "german", "deutsch"},
    {"el", "ell", "gre", "greek", "ελληνικά"},
    {"en", "eng", "eng", "english", "english"},
    {"es", "spa", "spa", "spanish", "español"},
    {"fa", "fas", "per", "persian", "فارسی"},
    {"fi", "fin", "fin", "finnish", "suomi"},
    {"fr", "fra", "fre", "french", "français"},
    {"gu", "guj", "guj", "gujarati", "ગુજરાતી"},
    {"he", "heb", "heb", "hebrew", "עברית"},
    {"hi", "hin", "hin", "hindi", "हिन्दी"},
    {"hu", "hun", "hun", "hungarian", "magyar"},
    {"id", "ind", "ind", "indonesian", "bahasa indonesia"},
    {"it", "ita", "ita", "italian", "italiano"},
    {"ja", "jpn", "jpn", "japanese", "日本語"},
    {"kn", "kan", "kan", "kannada", "ಕನ್ನಡ"},
    {"ko", "kor", "kor", "korean", "한국어"},
    {"ml", "mal", "mal", "malayalam", "മലയാളം"},
    {"mr", "mar", "mar", "marathi", "मराठी"},
    {"nl", "nld", "dut", "dutch", "nederlands"},
    {"no", "nor", "nor", "norwegian", "norsk"},
    {"pa", "pan", "pan", "punjabi", "ਪੰਜਾਬੀ"},
    {"pl", "pol", "pol", "polish", "polski"},
    {"pt", "por", "por", "portuguese", "português"},
    {"ro", "ron", "rum", "romanian", "română"},
    {"ru", "rus", "rus", "russian", "русский"},
    {"sv", "swe", "swe", "swedish", "svenska"},
    {"ta", "tam", "tam", "tamil", "தமிழ்"},
    {"te", "tel", "tel", "telugu", "తెలుగు"},
    {"th", "tha", "tha", "thai", "ไทย"},
    {"tr", "tur", "tur", "turkish", "türkçe"},
    {"uk", "ukr", "ukr", "ukrainian", "українська"},
    {"ur", "urd", "urd", "urdu", "اردو"},
    {"vi", "vie", "vie", "vietnamese", "tiếng việt"},
    {"zh", "zho", "chi", "chinese", "中文"},
};

bool label_folder_language(const char *text, char code[LANGUAGE_CODE]) {
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
        if (!strcasecmp(text, languages[i].code) || !strcasecmp(text, languages[i].three) ||
            !strcasecmp(text, languages[i].other) || !strcasecmp(text, languages[i].name) ||
            !strcasecmp(text, languages[i].own)) {
            strcpy(code, languages[i].code);
            return true;
        }
    return false;
}

bool label_language(const char *text, char code[LANGUAGE_CODE]) {
    if (label_folder_language(text, code))
        return true;
    size_t length = strcspn(text, "-_;, ");
    if (length < 2 || length > 3)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (!isalpha((unsigned char)text[i]) || (unsigned char)text[i] > 127)
            return false;
        code[i] = (char)tolower((unsigned char)text[i]);
    }
    code[length] = 0;
    char known[LANGUAGE_CODE];
    if (label_folder_language(code, known))
        strcpy(code, known);
    return strcmp(code, "und") && strcmp(code, "xxx") && strcmp(code, "mul") && strcmp(code, "zxx");
}

MoodEstimate label_emotion(Emotion emotion, float deviation) {
    Mood mood = mood_of_emotion(emotion);
    return (MoodEstimate){mood.valence, mood.arousal, deviation, deviation};
}

/* The emotion that a word names; -1 for a digit, which names none outside of data sets. */
static int emotion_of_word(const char *word, size_t length) {
    char text[32];
    if (length < 2 || length >= sizeof text)
        return -1;
    snprintf(text, sizeof text, "%.*s", (int)length, word);
    return emotion_from_name(text);
}

bool label_mood(const char *text, MoodEstimate *mood) {
    float valence = 0, arousal = 0;
    int words = 0;
    while (*text) {
        size_t length = 0;
        while (isalpha((unsigned char)text[length]))
            length++;
        int emotion = emotion_of_word(text, length);
        if (emotion >= 0) {
            MoodEstimate one = label_emotion((Emotion)emotion, word_deviation);
            valence += one.valence;
            arousal += one.arousal;
            words++;
        }
        text += length ? length : 1;
    }
    *mood = (MoodEstimate){.valence = words ? valence / (float)words : 0,
                           .arousal = words ? arousal / (float)words : 0,
                           .valence_deviation = word_deviation,
                           .arousal_deviation = word_deviation};
    return words > 0;
}

/* ------------------------------------------------------------------ folders */

enum { FOLDER_NAME = 256 };

/* Takes the innermost folder off path[0 … *length), which lies below `root`; false when there is
 * none left. The root's own name counts as well. */
static bool next_folder(const char *root, const char *path, size_t *length,
                        char name[FOLDER_NAME]) {
    const char *slash = strrchr(root, '/');
    size_t top = slash ? (size_t)(slash - root) + 1 : 0, end = *length;
    while (end > top && path[end - 1] != '/')
        end--;
    if (end <= top)
        return false;
    size_t last = --end;
    while (end > top && path[end - 1] != '/')
        end--;
    snprintf(name, FOLDER_NAME, "%.*s", (int)(last - end), path + end);
    *length = last;
    return true;
}

bool label_folder_mood(const char *root, const char *path, MoodEstimate *mood) {
    size_t length = strlen(path);
    char name[FOLDER_NAME];
    while (next_folder(root, path, &length, name)) {
        int emotion = emotion_of_word(name, strlen(name));
        if (emotion >= 0) {
            *mood = label_emotion((Emotion)emotion, word_deviation);
            return true;
        }
    }
    return false;
}

bool label_path_language(const char *root, const char *path, char code[LANGUAGE_CODE]) {
    size_t length = strlen(path);
    char name[FOLDER_NAME];
    while (next_folder(root, path, &length, name))
        if (label_folder_language(name, code))
            return true;
    return false;
}
