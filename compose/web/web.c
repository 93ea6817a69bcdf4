#include "compose/web/web.h"

#include "compose/sound/sound.h"
#include "compose/web/assets.h"
#include "compose/web/replies.h"
#include "compose/web/song_file.h"
#include "compose/web/wishes.h"
#include "compose/write/style.h"
#include "datasets/music/midi.h"
#include "datasets/music/musicxml.h"
#include "nn/base/clock.h"
#include "nn/base/threads.h"

#include <stdlib.h>
#include <string.h>

enum { FRAME_BYTES = 1 << 16, WISH_BYTES = 1 << 12 };

/* ------------------------------------------------------------------ what all pages share */

/* The network that the style needs, and its genres. */
static int load_music(Web *web, const char *path, Error *error) {
    ComposeStyle style;
    int n = 0;
    if (compose_style_choose(NULL, path, &style, error))
        return -1;
    if (style == STYLE_ARRANGED) {
        web->visit.music.lead = web->lead = lead_model_load(path, error);
        web->visit.music.genre = GENRE_FREE;
        for (; web->lead && n < LEAD_STYLES; n++)
            web->genres[n] = lead_styles[n];
        return web->lead ? 0 : -1;
    }
    web->visit.model = web->model = music_model_load(path, error);
    for (; web->model && n + 1 < music_model_genres(web->model) && n < WEB_MOST_GENRES; n++)
        web->genres[n] = music_model_genre(web->model, n + 1);
    return web->model ? 0 : -1;
}

Web *web_create(const WebSettings *settings, Decoder *decoder, Error *error) {
    Web *web = calloc(1, sizeof *web);
    if (!web) {
        error_memory(error, "the server", sizeof *web);
        return NULL;
    }
    web->decoder = decoder;
    web->visit = settings->visit;
    pthread_mutex_init(&web->watching, NULL);
    visits_init(&web->visits);
    bool composes = !load_music(web, settings->music_model, error);
    pieces_init(&web->pieces, web->model, web->lead, web->genres);
    web->faces = composes ? face_model_load(settings->visit.watching.model, error) : NULL;
    web->visit.watching.shared = web->faces;
    web->watcher = web->faces ? watcher_create(&web->visit.watching, error) : NULL;
    if (web->watcher)
        return web;
    web_destroy(web);
    return NULL;
}

void web_destroy(Web *web) {
    if (!web)
        return;
    visits_free(&web->visits);
    pieces_free(&web->pieces);
    watcher_destroy(web->watcher);
    face_model_destroy(web->faces);
    music_model_destroy(web->model);
    lead_model_destroy(web->lead);
    pthread_mutex_destroy(&web->watching);
    free(web);
}

int web_open_gate(Web *web, const WebSettings *settings, int port, Error *error) {
    return gate_init(&web->gate, settings->address, port, settings->secure, error);
}

/* ------------------------------------------------------------------ pictures */

static int decode(Web *web, const WebRequest *request, Image *image, Error *error) {
    return decoder_decode(web->decoder, request->body, request->size, image, error);
}

static WebReply one_at_a_time(void) {
    return refuse(429, "the frame before is still being looked at: one at a time");
}

static WebReply answer_frame(Web *web, const WebRequest *request, Visit *visit) {
    Error error;
    Image image = {0};
    VisitFace faces[VISIT_FACES];
    int count = 0;
    if (visit_is_busy(visit))
        return one_at_a_time();
    if (decode(web, request, &image, &error))
        return refuse(422, error.message);
    int status = visit_look(visit, &image, faces, &count, &error);
    int width = image.width, height = image.height;
    image_free(&image);
    if (status == VISIT_BUSY)
        return one_at_a_time();
    return status ? refuse(500, error.message)
                  : reply_json(200, reply_faces(faces, count, width, height));
}

static WebReply answer_picture(Web *web, const WebRequest *request, Visit *visit) {
    (void)visit;
    Error error;
    Image image = {0};
    if (decode(web, request, &image, &error))
        return refuse(422, error.message);
    const WatchedFace *watched;
    VisitFace faces[VISIT_FACES];
    pthread_mutex_lock(&web->watching);
    int n = watcher_still(web->watcher, image_view(&image), &watched, &error);
    for (int i = 0; i < n && i < VISIT_FACES; i++)
        faces[i] = (VisitFace){watched[i], i == 0};
    pthread_mutex_unlock(&web->watching);
    int width = image.width, height = image.height;
    image_free(&image);
    if (n < 0)
        return refuse(500, error.message);
    return reply_json(200, reply_faces(faces, n < VISIT_FACES ? n : VISIT_FACES, width, height));
}

/* ------------------------------------------------------------------ a page's session */

static WebReply answer_session(Web *web, const WebRequest *request, Visit *visit) {
    (void)request, (void)visit;
    Error error;
    char id[GATE_TOKEN + 1];
    if (visits_open(&web->visits, &web->visit, id, &error))
        return refuse(503, error.message);
    json_t *library = json_null();
    Visit *opened = visits_use(&web->visits, id);
    if (opened && visit_songs(opened))
        library = page_songs_choices(visit_songs(opened));
    visits_return(&web->visits, opened);
    int program = web->visit.music.program;
    return reply_json(200, json_pack("{s:s, s:o, s:i, s:b, s:o, s:o}", "session", id, "genres",
                                     reply_genres(web->genres), "rate", PCM_RATE, "here",
                                     web->visit.here, "library", library, "program",
                                     program < 0 ? json_null() : json_integer(program)));
}

static WebReply answer_close(Web *web, const WebRequest *request, Visit *visit) {
    (void)visit;
    visits_close(&web->visits, request->visit);
    return reply_json(200, json_object());
}

/* What is wished of the songs, which may be refused, but not for that the rest of a request: first
 * what is said of the one that plays, then other songs. */
static int fulfil_songs(Visit *visit, const ControlWishes *wishes, Error *error) {
    PageSongs *songs = visit_songs(visit);
    double now = visit_seconds(visit);
    bool other = wishes->has_source || wishes->has_languages || wishes->has_strict ||
                 wishes->has_songs_genre;
    if (!songs)
        return other || wishes->has_verdict || wishes->undo || *wishes->ended || *wishes->failed
                   ? error_set(error,
                               "there is not a library of songs here (affekt serve --library)")
                   : 0;
    if ((wishes->has_verdict && page_songs_say(songs, wishes->verdict, error)) ||
        (wishes->undo && page_songs_undo(songs, error)) ||
        (wishes->has_policy && page_songs_set_policy(songs, wishes->policy, now, error)) ||
        (*wishes->ended && page_songs_ended(songs, wishes->ended, false, now, error)) ||
        (*wishes->failed && page_songs_ended(songs, wishes->failed, true, now, error)))
        return -1;
    if (!other)
        return wishes->next ? page_songs_next(songs, now, error) : 0;
    PageSongsWish wish = page_songs_wished(songs);
    if (wishes->has_source)
        wish.source = wishes->songs.source;
    if (wishes->has_languages)
        memcpy(wish.languages, wishes->songs.languages, sizeof wish.languages);
    if (wishes->has_strict)
        wish.strict = wishes->songs.strict;
    if (wishes->has_songs_genre)
        memcpy(wish.genre, wishes->songs.genre, sizeof wish.genre);
    return page_songs_wish(songs, &wish, now, error);
}

static void fulfil(Visit *visit, const ControlWishes *wishes) {
    if (wishes->has_policy)
        visit_set_policy(visit, wishes->policy);
    if (wishes->has_genre)
        visit_set_genre(visit, wishes->genre);
    if (wishes->has_program)
        visit_set_program(visit, wishes->program);
    if (wishes->has_speed)
        visit_set_speed(visit, wishes->speed);
    if (wishes->has_pause)
        visit_pause(visit, wishes->pause);
    if (wishes->has_hidden)
        visit_hide(visit, wishes->hidden);
    if (wishes->has_lead)
        visit_lead(visit, wishes->lead);
    if (wishes->has_seek)
        visit_seek(visit, wishes->seek);
    if (wishes->has_volume)
        visit_set_volume(visit, wishes->volume);
    if (wishes->mood == MOOD_WISH_POINT)
        visit_feel(visit, wishes->valence, wishes->arousal);
    if (wishes->mood == MOOD_WISH_FACE)
        visit_follow(visit);
    if (wishes->next && (!visit_songs(visit) || page_songs_composes(visit_songs(visit))))
        visit_skip(visit);
}

static WebReply answer_status(Web *web, const WebRequest *request, Visit *visit) {
    (void)web, (void)request;
    return reply_json(200, reply_status(visit));
}

static WebReply answer_control(Web *web, const WebRequest *request, Visit *visit) {
    Error error;
    ControlWishes wishes;
    if (wishes_control((const char *)request->body, request->size, web->genres, &wishes, &error))
        return refuse(400, error.message);
    fulfil(visit, &wishes);
    if (fulfil_songs(visit, &wishes, &error))
        return refuse(409, error.message);
    return answer_status(web, request, visit);
}

static WebReply answer_record(Web *web, const WebRequest *request, Visit *visit) {
    (void)web, (void)request;
    Error error;
    unsigned char *bytes;
    size_t size;
    if (visit_record(visit, &bytes, &size, &error))
        return refuse(500, error.message);
    return reply_bytes(bytes, size, "audio/midi", "affekt.mid");
}

/* ------------------------------------------------------------------ streams */

typedef struct Stream {
    Web *web;
    Visit *visit;
    int listener;
    /* Of events: the one being sent, of which `sent` bytes are. */
    char *event;
    size_t size, sent;
} Stream;

/* A stream holds its visit on its own. */
static Stream *open_stream(Web *web, const WebRequest *request) {
    Stream *stream = calloc(1, sizeof *stream);
    if (!stream)
        return NULL;
    stream->web = web;
    stream->visit = visits_use(&web->visits, request->visit);
    if (stream->visit)
        return stream;
    free(stream);
    return NULL;
}

static void close_stream(void *user) {
    Stream *stream = user;
    if (stream->listener)
        visit_end_listening(stream->visit, stream->listener);
    visits_return(&stream->web->visits, stream->visit);
    free(stream->event);
    free(stream);
}

static ssize_t stream_sound(void *user, char *bytes, size_t room) {
    Stream *stream = user;
    enum { FRAMES = 2048, FRAME = PCM_CHANNELS * sizeof(int16_t) };
    int16_t samples[FRAMES * PCM_CHANNELS];
    int most = (int)(room / FRAME) < FRAMES ? (int)(room / FRAME) : FRAMES;
    int frames = visit_listen(stream->visit, stream->listener, samples, most);
    for (int i = 0; i < frames * PCM_CHANNELS; i++) { /* little-endian, whatever the machine */
        bytes[2 * i] = (char)(samples[i] & 0xff);
        bytes[2 * i + 1] = (char)(samples[i] >> 8 & 0xff);
    }
    return frames > 0 ? (ssize_t)frames * (ssize_t)FRAME : 0;
}

static WebReply answer_sound(Web *web, const WebRequest *request, Visit *visit) {
    Stream *stream = open_stream(web, request);
    if (!stream)
        return (WebReply){.status = 503};
    stream->listener = visit_begin_listening(visit);
    return (WebReply){.status = 200,
                      .type = "application/octet-stream",
                      .stream = stream_sound,
                      .stream_end = close_stream,
                      .user = stream};
}

/* The status as the next event. False when out of memory. */
static bool make_event(Stream *stream) {
    json_t *json = reply_status(stream->visit);
    char *text = json ? json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    json_decref(json);
    free(stream->event);
    stream->event = NULL;
    stream->sent = 0;
    int size = text ? asprintf(&stream->event, "data: %s\n\n", text) : -1;
    free(text);
    stream->size = size > 0 ? (size_t)size : 0;
    if (size < 0)
        stream->event = NULL;
    return size > 0;
}

/* The status five times a second, as a server-sent event, in as many pieces as it takes. */
static ssize_t stream_events(void *user, char *bytes, size_t room) {
    Stream *stream = user;
    if (stream->sent == stream->size) {
        if (stream->event)
            clock_sleep(0.2);
        if (!make_event(stream))
            return 0;
    }
    size_t left = stream->size - stream->sent, count = left < room ? left : room;
    memcpy(bytes, stream->event + stream->sent, count);
    stream->sent += count;
    return (ssize_t)count;
}

static WebReply answer_events(Web *web, const WebRequest *request, Visit *visit) {
    (void)visit;
    Stream *stream = open_stream(web, request);
    if (!stream)
        return (WebReply){.status = 503};
    return (WebReply){.status = 200,
                      .type = "text/event-stream",
                      .stream = stream_events,
                      .stream_end = close_stream,
                      .user = stream};
}

/* ------------------------------------------------------------------ songs */

/* Players of browsers send no header of ours: the id, which nobody can guess and which goes with
 * the song, lets them in. */
static WebReply answer_song(Web *web, const WebRequest *request, Visit *visit) {
    char path[PAGE_SONGS_PATH];
    MoodSource kind;
    if (!visit_songs(visit) || !request->id ||
        !page_songs_find(visit_songs(visit), request->id, path, &kind))
        return refuse(404, "no song that plays has this id");
    return song_file_reply(path, kind, web->visit.soundfont, request->range);
}

/* ------------------------------------------------------------------ pieces */

static int piece_to_json(const Piece *piece, void *user, Error *error) {
    (void)error;
    *(json_t **)user = reply_piece(piece);
    return 0;
}

static WebReply answer_compose(Web *web, const WebRequest *request, Visit *visit) {
    (void)visit;
    Error error;
    PieceWishes wishes;
    char id[GATE_TOKEN + 1];
    json_t *json = NULL;
    if (wishes_piece((const char *)request->body, request->size, web->genres, &wishes, &error))
        return refuse(400, error.message);
    if (pieces_compose(&web->pieces, &wishes, id, &error) ||
        pieces_with(&web->pieces, id, piece_to_json, &json, &error))
        return refuse(500, error.message);
    return reply_json(200, json);
}

/* The files that a piece can be had as. */
typedef struct PieceKind {
    const char *name, *type, *file;
} PieceKind;

static const PieceKind piece_kinds[] = {
    {"midi", "audio/midi", "affekt.mid"},
    {"musicxml", "application/vnd.recordare.musicxml+xml", "affekt.musicxml"},
    {"wav", "audio/wav", "affekt.wav"},
    {"flac", "audio/flac", "affekt.flac"},
    {"ogg", "audio/ogg", "affekt.ogg"},
    {"mp3", "audio/mpeg", "affekt.mp3"},
    {NULL, NULL, NULL},
};

typedef struct PieceBytes {
    const PieceKind *kind;
    const char *soundfont;
    bool found; /* a piece has this id */
    unsigned char *bytes;
    size_t size;
} PieceBytes;

static int piece_to_bytes(const Piece *piece, void *user, Error *error) {
    PieceBytes *out = user;
    const SoundSettings sound = {.soundfont = out->soundfont};
    out->found = true;
    if (midi_is_name(out->kind->file))
        return midi_encode(piece->song, &out->bytes, &out->size, error);
    if (musicxml_is_name(out->kind->file))
        return musicxml_encode(piece->song, NULL, (char **)&out->bytes, &out->size, error);
    return sound_encode(piece->song, out->kind->file, &sound, &out->bytes, &out->size, error);
}

static WebReply answer_piece(Web *web, const WebRequest *request, Visit *visit) {
    (void)visit;
    Error error;
    const PieceKind *kind = piece_kinds;
    while (kind->name && !(request->kind && !strcmp(kind->name, request->kind)))
        kind++;
    if (!kind->name)
        return refuse(400, "kind: expected midi, musicxml, wav, flac, ogg or mp3");
    PieceBytes out = {.kind = kind, .soundfont = web->visit.soundfont};
    if (pieces_with(&web->pieces, request->id, piece_to_bytes, &out, &error))
        return refuse(out.found ? 500 : 404, error.message);
    return reply_bytes(out.bytes, out.size, kind->type, kind->file);
}

/* ------------------------------------------------------------------ the table */

typedef struct Route {
    const char *method, *path;
    size_t most_bytes;
    bool needs_visit;
    WebReply (*answer)(Web *web, const WebRequest *request, Visit *visit);
} Route;

static const Route routes[] = {
    {"POST", "/session", WISH_BYTES, false, answer_session},
    {"POST", "/close", 0, true, answer_close},
    {"POST", "/frame", FRAME_BYTES, true, answer_frame},
    {"POST", "/picture", DECODER_MOST_BYTES, false, answer_picture},
    {"POST", "/control", WISH_BYTES, true, answer_control},
    {"POST", "/compose", WISH_BYTES, false, answer_compose},
    {"GET", "/status", 0, true, answer_status},
    {"GET", "/events", 0, true, answer_events},
    {"GET", "/sound", 0, true, answer_sound},
    {"GET", "/record", 0, true, answer_record},
    {"GET", "/song", 0, true, answer_song},
    {"GET", "/piece", 0, false, answer_piece},
};

static const Route *find_route(const char *method, const char *path) {
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (!strcmp(routes[i].path, path) && !strcmp(routes[i].method, method))
            return &routes[i];
    return NULL;
}

size_t web_most_bytes(const char *method, const char *path) {
    const Route *route = find_route(method, path);
    return route ? route->most_bytes : 0;
}

static bool is_path(const char *path) {
    Asset asset;
    bool known = !assets_find(path, &asset);
    for (size_t i = 0; i < sizeof routes / sizeof *routes && !known; i++)
        known = !strcmp(routes[i].path, path);
    return known;
}

static bool is_asset(const WebRequest *request) {
    Asset asset;
    return !strcmp(request->method, "GET") && !assets_find(request->path, &asset);
}

WebReply web_admit(const Web *web, const WebRequest *request) {
    if (!gate_host(&web->gate, request->host))
        return refuse(403, "this server does not go by that name (Host)");
    if (!gate_origin(&web->gate, request->origin))
        return refuse(403, "pages of other sites may not use this server (Origin)");
    if (is_asset(request))
        return (WebReply){.status = 0};
    if (!find_route(request->method, request->path))
        return is_path(request->path) ? refuse(405, "not with this method")
                                      : refuse(404, "there is nothing here");
    if (strcmp(request->path, "/song") != 0 && !gate_token(&web->gate, request->token))
        return refuse(401, "the token is missing or wrong: open the link that affekt serve prints");
    return (WebReply){.status = 0};
}

WebReply web_answer(Web *web, const WebRequest *request) {
    WebReply refusal = web_admit(web, request);
    if (refusal.status)
        return refusal;
    if (is_asset(request)) {
        Asset asset;
        assets_find(request->path, &asset);
        return (WebReply){
            .status = 200, .type = asset.type, .body = asset.bytes, .size = asset.size};
    }
    const Route *route = find_route(request->method, request->path);
    if (request->size > route->most_bytes)
        return refuse(413, "the body is too large");
    threads_use(1); /* of this thread's own: many pages share the processors */
    Visit *visit = visits_use(&web->visits, request->visit);
    if (route->needs_visit && !visit)
        return refuse(410, "no session has this id (they end after a minute without a request, or "
                           "when they are closed)");
    WebReply reply = route->answer(web, request, visit);
    visits_return(&web->visits, visit);
    return reply;
}
