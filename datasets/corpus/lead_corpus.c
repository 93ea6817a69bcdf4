#include "datasets/corpus/lead_corpus.h"

#include "datasets/music/lead_extract.h"
#include "datasets/music/midi.h"

#include <stdlib.h>
#include <string.h>

static uint64_t mix(uint64_t sum, uint64_t word) {
    sum = (sum ^ word) * 0x9e3779b97f4a7c15u;
    return sum ^ sum >> 29;
}

static int keep_tokens(const LeadSheet *sheet, LeadPiece *piece) {
    int room = lead_tokens_room(sheet->n_bars);
    piece->tokens = malloc((size_t)room * sizeof *piece->tokens);
    piece->contexts = malloc((size_t)room * sizeof *piece->contexts);
    if (!piece->tokens || !piece->contexts)
        return -1;
    piece->count = lead_tokens(sheet, piece->tokens, room);
    LeadContext context = lead_context_begin(sheet->n_bars);
    for (int i = 0; i < piece->count; i++) {
        lead_context_step(&context, piece->tokens[i]);
        piece->contexts[i] = context;
    }
    return 0;
}

static void read_piece(const MusicCatalogue *catalogue, const MusicEntry *entry, LeadPiece *piece,
                       Error *failure) {
    *piece = (LeadPiece){.entry = entry};
    Song *song = midi_read(entry->path, failure);
    LeadSheet sheet;
    if (song && lead_extract(song, &sheet, failure)) {
        error_context(failure, "%s", entry->path);
    } else if (song) {
        const char *genre = catalogue->genres[entry->genre];
        piece->head = sheet.head;
        piece->head.valence = entry->valence;
        piece->head.arousal = entry->arousal;
        piece->head.style = lead_find_style(strcmp(genre, "game_fm") ? genre : "game");
        piece->bars = sheet.n_bars;
        if (keep_tokens(&sheet, piece)) {
            error_memory(failure, entry->path, 0);
            piece->count = 0;
        }
        lead_sheet_free(&sheet);
    }
    song_free(song);
}

static void free_piece(LeadPiece *piece) {
    free(piece->tokens);
    free(piece->contexts);
}

static uint64_t mix_head(uint64_t sum, const LeadHead *head) {
    const float levels[] = {head->valence, head->arousal};
    uint32_t bits[2];
    memcpy(bits, levels, sizeof bits);
    const uint64_t words[] = {bits[0], bits[1], (uint64_t)head->style, head->minor,
                              (uint64_t)head->meter};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        sum = mix(sum, words[i]);
    return sum;
}

/* Moves the pieces that have a sheet to the front. */
static int gather(LeadCorpus *corpus, int n_read, const Error *failures, BadInputs *bad,
                  Error *error) {
    int status = 0;
    for (int i = 0; i < n_read; i++) {
        LeadPiece *piece = &corpus->pieces[i];
        if (!piece->count) {
            corpus->n_failures++;
            if (bad && !status)
                status = bad_inputs_add(bad, &failures[i], error);
            free_piece(piece);
            continue;
        }
        corpus->n_tokens += piece->count;
        corpus->checksum = mix(corpus->checksum, (uint64_t)piece->entry->split);
        corpus->checksum = mix_head(corpus->checksum, &piece->head);
        for (int t = 0; t < piece->count; t++)
            corpus->checksum = mix(corpus->checksum, piece->tokens[t]);
        corpus->pieces[corpus->n_pieces++] = *piece;
    }
    return status;
}

static int read_pieces(LeadCorpus *corpus, int n, BadInputs *bad, Error *error) {
    Error *failures = calloc((size_t)n + 1, sizeof *failures);
    if (!failures)
        return error_memory(error, "lead sheets", (size_t)n * sizeof *failures);
#pragma omp parallel for schedule(dynamic, 8)
    for (int i = 0; i < n; i++)
        read_piece(corpus->catalogue, corpus->pieces[i].entry, &corpus->pieces[i], &failures[i]);
    int status = gather(corpus, n, failures, bad, error);
    free(failures);
    if (!status && !corpus->n_pieces)
        status = error_set(error, "none of %d files has a melody on its beats", n);
    return status;
}

LeadCorpus *lead_corpus_open(const MusicCatalogue *catalogue, const float *weights, BadInputs *bad,
                             Error *error) {
    LeadCorpus *corpus = calloc(1, sizeof *corpus);
    size_t entries = (size_t)catalogue->n_entries;
    if (!corpus || !(corpus->pieces = calloc(entries, sizeof *corpus->pieces))) {
        error_memory(error, "lead sheets", entries * sizeof *corpus->pieces);
        lead_corpus_free(corpus);
        return NULL;
    }
    corpus->catalogue = catalogue;
    int n = 0;
    for (int i = 0; i < catalogue->n_entries; i++) {
        const MusicEntry *entry = &catalogue->entries[i];
        if (!entry->excerpt && (!weights || weights[entry->corpus] > 0))
            corpus->pieces[n++].entry = entry;
    }
    if (!read_pieces(corpus, n, bad, error))
        return corpus;
    lead_corpus_free(corpus);
    return NULL;
}

void lead_corpus_free(LeadCorpus *corpus) {
    if (!corpus)
        return;
    for (int i = 0; i < corpus->n_pieces; i++)
        free_piece(&corpus->pieces[i]);
    free(corpus->pieces);
    free(corpus);
}
