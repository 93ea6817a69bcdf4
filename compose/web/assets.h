/* assets.h: the page's files (compose/web/page), compiled in. */
#ifndef COMPOSE_WEB_ASSETS_H
#define COMPOSE_WEB_ASSETS_H

#include <stddef.h>

typedef struct Asset {
    const char *type; /* MIME type */
    const char *bytes;
    size_t size;
} Asset;

/* Finds the file at this path ("/page.css"); -1 when there is none. */
int assets_find(const char *path, Asset *asset);

#endif
