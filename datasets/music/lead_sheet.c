#include "datasets/music/lead_sheet.h"

#include <math.h>
#include <string.h>

const char *const lead_styles[LEAD_STYLES] = {"chorale", "classical", "folk",
                                              "game",    "jazz",      "pop"};

const int lead_quality_notes[LEAD_QUALITIES][4] = {
    {0, 4, 7, -1}, {0, 3, 7, -1}, {0, 3, 6, -1}, {0, 4, 7, 10}, {0, 5, 7, -1},
};

int lead_language_check(const SafetensorsFile *file, Error *error) {
    double language;
    if (!safetensors_metadata(file, "lead_language"))
        return error_set(error,
                         "%s: the metadata has no 'lead_language', so this is not a model of lead "
                         "sheets; affekt train music --task lead makes one",
                         safetensors_name(file));
    if (safetensors_number(file, "lead_language", 0, 1e6, &language, error))
        return -1;
    return (int)language == LEAD_LANGUAGE
               ? 0
               : error_set(error, "%s: the model uses lead language %d, expected %d",
                           safetensors_name(file), (int)language, LEAD_LANGUAGE);
}

int lead_find_style(const char *name) {
    for (int style = 0; style < LEAD_STYLES; style++)
        if (!strcmp(lead_styles[style], name))
            return style;
    return -1;
}

int lead_fold(int pitch) {
    while (pitch < LEAD_LOWEST)
        pitch += 12;
    while (pitch >= LEAD_LOWEST + LEAD_PITCHES)
        pitch -= 12;
    return pitch;
}

const char *const lead_meter_names[LEAD_METERS] = {"4/4", "3/4", "6/8"};

int lead_places(LeadMeter meter) {
    return meter == LEAD_4_4 ? 16 : 12;
}

int lead_second_chord(LeadMeter meter) {
    return meter == LEAD_6_8 ? 6 : 8;
}

bool lead_chord_has(int chord, int pitch_class) {
    const int *notes = lead_quality_notes[chord % LEAD_QUALITIES];
    int above = ((pitch_class - chord / LEAD_QUALITIES) % 12 + 12) % 12;
    for (int i = 0; i < 4 && notes[i] >= 0; i++)
        if (notes[i] == above)
            return true;
    return false;
}

bool lead_scale_has(bool minor, int pitch_class) {
    static const bool scales[2][12] = {{1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1},
                                       {1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0}};
    return scales[minor][(pitch_class % 12 + 12) % 12];
}

/* ------------------------------------------------------------------ tokens */

int lead_tokens_room(int n_bars) {
    return 2 + n_bars * (2 + 2 * LEAD_PLACES);
}

int lead_tokens(const LeadSheet *sheet, uint16_t *tokens, int most) {
    int n = 0;
    if (most < lead_tokens_room(sheet->n_bars))
        return -1;
    tokens[n++] = LEAD_TOKEN_START;
    for (int b = 0; b < sheet->n_bars; b++) {
        const LeadBar *bar = &sheet->bars[b];
        tokens[n++] = (uint16_t)(LEAD_TOKEN_CHORD + bar->chords[0]);
        tokens[n++] = bar->chords[1] == bar->chords[0]
                          ? LEAD_TOKEN_HOLD
                          : (uint16_t)(LEAD_TOKEN_CHORD + bar->chords[1]);
        for (int i = 0; i < bar->n_events; i++) {
            const LeadEvent *event = &bar->events[i];
            tokens[n++] = (uint16_t)(LEAD_TOKEN_PLACE + event->place);
            tokens[n++] = event->pitch == LEAD_REST
                              ? LEAD_TOKEN_REST
                              : (uint16_t)(LEAD_TOKEN_PITCH + event->pitch - LEAD_LOWEST);
        }
    }
    tokens[n++] = LEAD_TOKEN_END;
    return n;
}

/* ------------------------------------------------------------------ reading */

LeadContext lead_context_begin(int bars) {
    return (LeadContext){.chords = {LEAD_CHORDS, LEAD_CHORDS},
                         .said = 2,
                         .bar = UINT16_MAX,
                         .left = bars > 0 ? (uint16_t)bars : UINT16_MAX};
}

static void begin_bar(LeadContext *context, int chord) {
    context->bar++;
    if (context->left && context->left != UINT16_MAX)
        context->left--;
    context->chords[0] = (uint8_t)chord;
    context->chords[1] = LEAD_CHORDS;
    context->said = 1;
    context->place = context->begun = 0;
}

void lead_context_step(LeadContext *context, int token) {
    if (token >= LEAD_TOKEN_PITCH || token == LEAD_TOKEN_REST) {
        context->waiting = 0;
    } else if (token >= LEAD_TOKEN_CHORD) {
        int chord = token - LEAD_TOKEN_CHORD;
        if (context->said == 2) {
            begin_bar(context, chord);
        } else {
            context->chords[1] = (uint8_t)chord;
            context->said = 2;
        }
    } else if (token >= LEAD_TOKEN_PLACE) {
        context->place = (uint8_t)(token - LEAD_TOKEN_PLACE);
        context->waiting = context->begun = 1;
    } else if (token == LEAD_TOKEN_HOLD) {
        context->chords[1] = context->chords[0];
        context->said = 2;
    }
}

void lead_context_allowed(const LeadContext *context, LeadMeter meter, uint8_t *allowed) {
    memset(allowed, 0, LEAD_VOCABULARY);
    if (context->waiting) {
        allowed[LEAD_TOKEN_REST] = 1;
        memset(allowed + LEAD_TOKEN_PITCH, 1, LEAD_PITCHES);
    } else if (context->said == 1) {
        allowed[LEAD_TOKEN_HOLD] = 1;
        memset(allowed + LEAD_TOKEN_CHORD, 1, LEAD_CHORDS);
        allowed[LEAD_TOKEN_CHORD + context->chords[0]] = 0;
    } else {
        memset(allowed + LEAD_TOKEN_CHORD, 1, LEAD_CHORDS);
        if (context->bar == UINT16_MAX)
            return;
        allowed[LEAD_TOKEN_END] = 1;
        for (int p = context->begun ? context->place + 1 : 0; p < lead_places(meter); p++)
            allowed[LEAD_TOKEN_PLACE + p] = 1;
    }
}

void lead_features(const LeadContext *context, const LeadHead *head, float *features) {
    memset(features, 0, LEAD_FEATURES * sizeof *features);
    bool known = !isnan(head->valence) && !isnan(head->arousal);
    features[0] = known;
    features[1] = known ? head->valence : 0;
    features[2] = known ? head->arousal : 0;
    float *at = features + 3;
    if (head->style >= 0)
        at[head->style] = 1;
    at += LEAD_STYLES;
    *at++ = head->minor;
    at[head->meter] = 1;
    at += LEAD_METERS;
    for (int half = 0; half < 2; half++, at += 12)
        for (int c = 0; context->chords[half] < LEAD_CHORDS && c < 12; c++)
            at[c] = lead_chord_has(context->chords[half], c);
    at[context->place] = 1;
    at += LEAD_PLACES;
    at[(context->bar == UINT16_MAX ? 0 : context->bar) % 8] = 1;
    at += 8;
    if (context->left < 4)
        at[context->left] = 1;
}
