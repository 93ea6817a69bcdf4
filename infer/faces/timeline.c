#include "infer/faces/timeline.h"

#include <stdlib.h>

enum { MOST_SHOWN = 8 };

static TimelineFace *find_face(Timeline *timeline, int id, Error *error) {
    for (int i = timeline->n_faces - 1; i >= 0; i--)
        if (timeline->faces[i].id == id)
            return &timeline->faces[i];
    if (timeline->n_faces == timeline->room) {
        int room = timeline->room ? 2 * timeline->room : 16;
        TimelineFace *faces = realloc(timeline->faces, (size_t)room * sizeof *faces);
        if (!faces) {
            error_memory(error, "a video's faces", (size_t)room * sizeof *faces);
            return NULL;
        }
        timeline->faces = faces;
        timeline->room = room;
    }
    TimelineFace *face = &timeline->faces[timeline->n_faces++];
    *face = (TimelineFace){.id = id};
    return face;
}

int timeline_add(Timeline *timeline, double time, const WatchedFace *faces, int n, Error *error) {
    timeline->frames++;
    timeline->with_face += n > 0;
    timeline->last = time;
    for (int i = 0; i < n; i++) {
        TimelineFace *face = find_face(timeline, faces[i].id, error);
        if (!face)
            return -1;
        if (!face->frames++)
            face->first = time;
        face->last = time;
        face->by_emotion[faces[i].state.emotion]++;
        if (faces[i].has_points) {
            face->has_points = true;
            face_events_update(&face->events, time, &faces[i].geometry);
        }
    }
    return 0;
}

static int longest_first(const void *a, const void *b) {
    const TimelineFace *first = a, *second = b;
    if (first->frames != second->frames)
        return first->frames > second->frames ? -1 : 1;
    return first->id - second->id;
}

/* The emotions of a face, the most frequent first. */
static void print_face(const TimelineFace *face, FILE *stream) {
    bool told[EMOTION_COUNT] = {false};
    fprintf(stream, "    face %d, %.2f … %.2f s:", face->id, face->first, face->last);
    for (int k = 0; k < EMOTION_COUNT; k++) {
        int most = -1;
        for (int i = 0; i < EMOTION_COUNT; i++)
            if (!told[i] && face->by_emotion[i] &&
                (most < 0 || face->by_emotion[i] > face->by_emotion[most]))
                most = i;
        if (most < 0)
            break;
        told[most] = true;
        fprintf(stream, "%s %s %.0f %%", k ? "," : "", emotions[most].name,
                100.0 * face->by_emotion[most] / face->frames);
    }
    const FaceEvents *events = &face->events;
    if (face->has_points)
        fprintf(stream, "; %d blink%s, %d smile%s (%.1f s)", events->blinks,
                events->blinks == 1 ? "" : "s", events->smiles, events->smiles == 1 ? "" : "s",
                events->smiling_seconds);
    fprintf(stream, "\n");
}

void timeline_print(const Timeline *timeline, FILE *stream) {
    fprintf(stream, "  in all: %d frame%s up to %.2f s, a face in %d\n", timeline->frames,
            timeline->frames == 1 ? "" : "s", timeline->last, timeline->with_face);
    if (timeline->n_faces)
        qsort(timeline->faces, (size_t)timeline->n_faces, sizeof *timeline->faces, longest_first);
    for (int i = 0; i < timeline->n_faces && i < MOST_SHOWN; i++)
        print_face(&timeline->faces[i], stream);
    if (timeline->n_faces > MOST_SHOWN)
        fprintf(stream, "    and %d more, seen for a shorter time\n",
                timeline->n_faces - MOST_SHOWN);
}

void timeline_free(Timeline *timeline) {
    free(timeline->faces);
    *timeline = (Timeline){0};
}
