#include "compose/web/assets.h"

#include <string.h>

/* The assembler puts each file of compose/web/page between two symbols. */
#define EMBED(name, file)                                                                          \
    __asm__(".section .rodata\n"                                                                   \
            ".balign 16\n"                                                                         \
            "asset_" #name ":\n"                                                                   \
            ".incbin \"compose/web/page/" file "\"\n"                                              \
            "asset_" #name "_end:\n"                                                               \
            ".byte 0\n"                                                                            \
            ".previous\n");                                                                        \
    extern const char asset_##name[] __attribute__((visibility("hidden")));                        \
    extern const char asset_##name##_end[] __attribute__((visibility("hidden")))

EMBED(index, "index.html");
EMBED(api, "api.html");
EMBED(style, "page.css");
EMBED(words, "words.js");
EMBED(server, "server.js");
EMBED(sound, "sound.js");
EMBED(songs, "songs.js");
EMBED(drawing, "drawing.js");
EMBED(view, "view.js");
EMBED(live, "live.js");
EMBED(picture, "picture.js");
EMBED(compose, "compose.js");
EMBED(page, "page.js");
EMBED(icon, "icon.svg");

#define SCRIPT "text/javascript; charset=utf-8"

static const struct Row {
    const char *path, *type, *begin, *end;
} rows[] = {
    {"/", "text/html; charset=utf-8", asset_index, asset_index_end},
    {"/api", "text/html; charset=utf-8", asset_api, asset_api_end},
    {"/page.css", "text/css; charset=utf-8", asset_style, asset_style_end},
    {"/words.js", SCRIPT, asset_words, asset_words_end},
    {"/server.js", SCRIPT, asset_server, asset_server_end},
    {"/sound.js", SCRIPT, asset_sound, asset_sound_end},
    {"/songs.js", SCRIPT, asset_songs, asset_songs_end},
    {"/drawing.js", SCRIPT, asset_drawing, asset_drawing_end},
    {"/view.js", SCRIPT, asset_view, asset_view_end},
    {"/live.js", SCRIPT, asset_live, asset_live_end},
    {"/picture.js", SCRIPT, asset_picture, asset_picture_end},
    {"/compose.js", SCRIPT, asset_compose, asset_compose_end},
    {"/page.js", SCRIPT, asset_page, asset_page_end},
    {"/icon.svg", "image/svg+xml", asset_icon, asset_icon_end},
};

int assets_find(const char *path, Asset *asset) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!strcmp(rows[i].path, path)) {
            *asset = (Asset){rows[i].type, rows[i].begin, (size_t)(rows[i].end - rows[i].begin)};
            return 0;
        }
    return -1;
}
