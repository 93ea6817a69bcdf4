#include "compose/evaluate/clips.h"

#include "datasets/music/music_encode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void clips_free(Clips *clips) {
    for (int i = 0; i < clips->count; i++) {
        free(clips->list[i].tokens);
        song_free(clips->list[i].song);
    }
    free(clips->list);
    *clips = (Clips){0};
}

static int allocate(Clips *clips, int count, Error *error) {
    *clips = (Clips){.list = calloc((size_t)count + 1, sizeof *clips->list), .count = count};
    return clips->list ? 0 : error_memory(error, "clips", (size_t)count * sizeof *clips->list);
}

Song *clips_cut(const Song *song, double seconds, Error *error) {
    Song *start = song_create(song->ticks_per_quarter);
    int status = start ? 0 : error_memory(error, "a song", 0);
    for (int i = 0; i < song->n_tracks && !status; i++)
        status = song_add_track(start, song->tracks[i].name, error);
    for (int i = 0; i < song->n_tempos && !status; i++)
        status =
            song_add_tempo(start, song->tempos[i].at.tick, song->tempos[i].microseconds, error);
    for (int i = 0; i < song->n_meters && !status; i++)
        status = song_add_meter(start, song->meters[i].at.tick, song->meters[i].numerator,
                                song->meters[i].denominator, error);
    uint32_t end = (uint32_t)song_ticks(song, seconds);
    for (int i = 0; i < song->n_notes && !status; i++) {
        SongNote note = song->notes[i];
        if (note.onset >= end)
            continue;
        note.release = note.release < end ? note.release : end;
        note.sounding = note.sounding < end ? note.sounding : end;
        status = song_add_note(start, note, error);
    }
    if (!status && !song_finish(start, error)) {
        start->grid = song->grid;
        return start;
    }
    song_free(start);
    return NULL;
}

/* Fills song, measures and features from the tokens. */
static int look_at(Clip *clip, double seconds, Error *error) {
    clip->song = music_decode(clip->tokens, clip->count, 0, error);
    if (clip->song && seconds > 0 && clip->song->seconds > seconds) {
        Song *start = clips_cut(clip->song, seconds, error);
        song_free(clip->song);
        clip->song = start;
    }
    if (!clip->song || music_measure(clip->song, clip->measures, error))
        return -1;
    return music_features(clip->song, clip->features, error);
}

static int keep_tokens(Clip *clip, const uint16_t *tokens, int count, Error *error) {
    size_t bytes = (size_t)count * sizeof *tokens;
    clip->tokens = malloc(bytes);
    if (!clip->tokens)
        return error_memory(error, "a clip", bytes);
    memcpy(clip->tokens, tokens, bytes);
    clip->count = count;
    return 0;
}

/* ------------------------------------------------------------------ real ones */

static bool is_labelled(const MusicEntry *entry) {
    return !isnan(entry->valence) && !isnan(entry->arousal);
}

int clips_of_corpus(const MusicCorpus *corpus, int index, double seconds, Clips *clips,
                    Error *error) {
    int count = 0;
    for (int i = 0; i < corpus->n_pieces; i++)
        count += corpus->pieces[i].entry->corpus == index && is_labelled(corpus->pieces[i].entry);
    if (allocate(clips, count, error))
        return -1;
    clips->count = 0;
    for (int i = 0; i < corpus->n_pieces; i++) {
        const MusicPiece *piece = &corpus->pieces[i];
        if (piece->entry->corpus != index || !is_labelled(piece->entry))
            continue;
        Clip *clip = &clips->list[clips->count++];
        clip->entry = piece->entry;
        clip->quadrant = music_quadrant(piece->entry->valence, piece->entry->arousal);
        if (keep_tokens(clip, piece->tokens, piece->count, error) ||
            look_at(clip, seconds, error)) {
            error_context(error, "%s", piece->entry->path);
            clips_free(clips);
            return -1;
        }
    }
    return 0;
}

/* ------------------------------------------------------------------ generated ones */

static int perform(Composer *composer, const ComposerSettings *settings, Mood mood, Clip *clip,
                   Error *error) {
    if (composer_begin(composer, settings, mood, error))
        return -1;
    int advanced, count;
    while ((advanced = composer_advance(composer, error)) > 0)
        continue;
    const uint16_t *tokens = composer_tokens(composer, &count);
    return advanced ? -1 : keep_tokens(clip, tokens, count, error);
}

static int arrange(const LeadModel *lead, const ComposerSettings *settings, Mood mood, Clip *clip,
                   Error *error) {
    static const MusicEncodeSettings whole = {0};
    const ArrangedSettings arranged = {.sampler = settings->sampler,
                                       .seed = settings->seed,
                                       .cues = cues_at(mood),
                                       .candidates = ARRANGED_CANDIDATES,
                                       .genre = settings->genre,
                                       .mode = ARRANGED_FREE,
                                       .tonic = ARRANGED_FREE,
                                       .seconds = settings->seconds,
                                       .program = -1};
    ArrangedPiece piece;
    if (arranged_piece_compose(lead, &arranged, &piece, error))
        return -1;
    int status = music_encode(piece.song, &whole, &clip->tokens, &clip->count, error);
    arranged_piece_free(&piece);
    return status;
}

static int generate(Composer *composer, const LeadModel *lead, const ComposerSettings *settings,
                    int number, Clip *clip, Error *error) {
    ComposerSettings own = *settings;
    uint32_t words[4];
    rng_block(rng_seed(settings->seed), (uint64_t)number, words);
    own.seed = (uint64_t)words[0] << 32 | words[1];
    clip->quadrant = (MusicQuadrant)(number % MUSIC_QUADRANTS);
    Mood mood = {.valence = music_quadrant_valence(clip->quadrant),
                 .arousal = music_quadrant_arousal(clip->quadrant)};
    int status =
        lead ? arrange(lead, &own, mood, clip, error) : perform(composer, &own, mood, clip, error);
    return status ? -1 : look_at(clip, 0, error);
}

int clips_generate(const MusicModel *model, const LeadModel *lead, const ComposerSettings *settings,
                   int per_quadrant, Clips *clips, Progress *progress, Error *error) {
    int count = per_quadrant * MUSIC_QUADRANTS, done = 0, failed = 0;
    if (allocate(clips, count, error))
        return -1;
#pragma omp parallel
    {
        Error own;
        Composer *composer = lead ? NULL : composer_create(model, &own);
#pragma omp for schedule(dynamic)
        for (int i = 0; i < count; i++) {
            int status = composer || lead
                             ? generate(composer, lead, settings, i, &clips->list[i], &own)
                             : -1;
#pragma omp critical(affekt_clips)
            {
                if (status && !failed++ && error)
                    *error = own;
                done++;
                if (progress_is_due(progress))
                    progress_show(progress, (double)done / count, "clip %d of %d", done, count);
            }
        }
        composer_destroy(composer);
    }
    if (failed)
        clips_free(clips);
    return failed ? -1 : 0;
}
