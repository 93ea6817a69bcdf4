#include "infer/faces/face_tracks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SMOOTH_SECONDS                                                                             \
    0.08            /* the box's time constant: the detector's jitter lasts a frame or two */
#define JUMP   0.3  /* of its size: a move so large is one, not jitter */
#define DOUBLE 0.6f /* overlap of two tracks that follow one face */

enum { CONFIRMATIONS = 2 };

void face_tracks_next_frame(FaceTracks *tracks, double forget_seconds, double time) {
    tracks->apart = tracks->begun && time - tracks->time > FACE_TRACKS_APART;
    tracks->begun = true;
    tracks->time = time;
    int kept = 0;
    for (int i = 0; i < tracks->count; i++) {
        FaceTrack *track = &tracks->list[i];
        if (!track->face.seen && time - track->face.last_time > forget_seconds)
            continue;
        track->face.seen = false;
        tracks->list[kept++] = *track;
    }
    tracks->count = kept;
}

static double centre_x(Box box) {
    return box.x + 0.5 * box.width;
}

static double centre_y(Box box) {
    return box.y + 0.5 * box.height;
}

/* Moves the smoothed box towards the one just found. */
static void smooth(FaceTrack *track, Box found, double elapsed) {
    double moved = hypot(centre_x(found) - track->x, centre_y(found) - track->y);
    bool jumped =
        moved > JUMP * track->size || fabs(found.width - track->size) > JUMP * track->size;
    double part = jumped ? 1 : 1 - exp(-elapsed / SMOOTH_SECONDS);
    track->x += part * (centre_x(found) - track->x);
    track->y += part * (centre_y(found) - track->y);
    track->size += part * (found.width - track->size);
    int side = (int)lrint(track->size);
    track->face.box =
        (Box){(int)lrint(track->x - 0.5 * side), (int)lrint(track->y - 0.5 * side), side, side};
}

void face_track_sight(FaceTrack *track, FaceBox found, double time) {
    smooth(track, found.box, time - track->face.last_time);
    track->raw = found.box;
    track->face.score = (float)found.neighbours;
    track->face.seen = true;
    track->face.last_time = time;
    track->sightings++;
}

bool face_track_is_confirmed(const FaceTrack *track) {
    return track->sightings >= CONFIRMATIONS;
}

static void begin(FaceTracks *tracks, FaceBox face, double time) {
    Box found = face.box;
    if (tracks->count == FACE_TRACKS_MOST)
        return;
    FaceTrack *track = &tracks->list[tracks->count++];
    *track =
        (FaceTrack){.raw = found, .x = centre_x(found), .y = centre_y(found), .size = found.width};
    track->face = (TrackedFace){.box = found, .last_time = time};
    face_track_sight(track, face, time);
    if (tracks->apart)
        track->sightings = CONFIRMATIONS;
}

void face_tracks_assign(FaceTracks *tracks, const FaceBox *found, int n, double time) {
    bool *taken = calloc((size_t)n + 1, sizeof *taken);
    if (!taken)
        return; /* this search is lost, the next one comes */
    int known = tracks->count;
    for (;;) {
        float best = FACE_TRACKS_OVERLAP;
        int best_track = -1, best_face = -1;
        for (int i = 0; i < known; i++)
            for (int k = 0; k < n && !tracks->list[i].face.seen; k++) {
                float overlap = taken[k] ? 0 : box_overlap(tracks->list[i].raw, found[k].box);
                if (overlap >= best) {
                    best = overlap;
                    best_track = i;
                    best_face = k;
                }
            }
        if (best_track < 0)
            break;
        face_track_sight(&tracks->list[best_track], found[best_face], time);
        taken[best_face] = true;
    }
    for (int k = 0; k < n; k++)
        if (!taken[k])
            begin(tracks, found[k], time);
    free(taken);
}

bool face_tracks_is_anothers(const FaceTracks *tracks, const FaceTrack *track, Box found) {
    float own = box_overlap(track->raw, found);
    for (int i = 0; i < tracks->count; i++) {
        const FaceTrack *other = &tracks->list[i];
        if (face_track_is_confirmed(other) && box_overlap(other->raw, found) > own)
            return true;
    }
    return false;
}

/* Whether the track has come to follow the face of one of the `n` older ones, which goes on. */
static bool is_double(const FaceTrack *olders, int n, const FaceTrack *track) {
    for (const FaceTrack *older = olders; older < olders + n; older++)
        if (older->face.seen && track->face.seen && box_overlap(older->raw, track->raw) > DOUBLE)
            return true;
    return false;
}

void face_tracks_prune(FaceTracks *tracks, double forget_seconds, double time) {
    int kept = 0;
    for (int i = 0; i < tracks->count; i++) {
        FaceTrack *track = &tracks->list[i];
        bool lost = time - track->face.last_time > forget_seconds;
        bool stray = !track->face.seen && !face_track_is_confirmed(track);
        if (!lost && !stray && !is_double(tracks->list, kept, track))
            tracks->list[kept++] = *track;
    }
    tracks->count = kept;
}

static int larger_first(const void *a, const void *b) {
    const TrackedFace *first = a, *second = b;
    if (first->box.width != second->box.width)
        return first->box.width > second->box.width ? -1 : 1;
    return first->id - second->id;
}

int face_tracks_report(FaceTracks *tracks, double hold_seconds, double time, TrackedFace *faces) {
    int n = 0;
    for (int i = 0; i < tracks->count; i++) {
        FaceTrack *track = &tracks->list[i];
        if (!face_track_is_confirmed(track) || time - track->face.last_time > hold_seconds)
            continue;
        if (!track->face.id)
            track->face.id = ++tracks->reported;
        faces[n++] = track->face;
    }
    qsort(faces, (size_t)n, sizeof *faces, larger_first);
    return n;
}
