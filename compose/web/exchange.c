#include "compose/web/exchange.h"

#include "nn/base/json_text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void web_reply_free(WebReply *reply) {
    free(reply->owned);
    if (reply->from_file)
        close(reply->file);
    if (reply->stream_end)
        reply->stream_end(reply->user);
    *reply = (WebReply){.status = 0};
}

WebReply reply_json(int status, json_t *json) {
    char *text = json ? json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    json_decref(json);
    if (!text)
        return (WebReply){.status = 503};
    return (WebReply){.status = status,
                      .type = "application/json",
                      .body = text,
                      .size = strlen(text),
                      .owned = text};
}

WebReply reply_bytes(unsigned char *bytes, size_t size, const char *type, const char *download) {
    return (WebReply){.status = 200,
                      .type = type,
                      .body = bytes,
                      .size = size,
                      .owned = bytes,
                      .download = download};
}

WebReply refuse(int status, const char *message) {
    return reply_json(status, json_pack("{s:o}", "error", json_text(message)));
}
