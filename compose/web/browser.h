/* browser.h: opens a page in the user's browser. */
#ifndef COMPOSE_WEB_BROWSER_H
#define COMPOSE_WEB_BROWSER_H

#include "nn/base/error.h"

enum { BROWSER_PATH = 4096 };

/* A file that only this user can read, and that redirects to a link: other users see the arguments
 * of programs, and the link holds the token. */
typedef struct BrowserPage {
    char folder[BROWSER_PATH - 16], path[BROWSER_PATH]; /* "" = none */
} BrowserPage;

/* Writes the page for the link (whose characters need no escapes in HTML) into a folder of its own
 * under XDG_RUNTIME_DIR, TMPDIR or /tmp, and passes it to xdg-open, detached from this terminal;
 * does not wait. Fails, leaving no page, without a graphical session (xdg-open would use a text
 * browser) or without xdg-open, and says what is missing. */
int browser_open(const char *link, BrowserPage *page, Error *error) MUST_CHECK;

/* Removes the page, if there is one. */
void browser_close(BrowserPage *page);

#endif
