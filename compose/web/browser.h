/* browser.h: opens a page in the user's browser. */
#ifndef COMPOSE_WEB_BROWSER_H
#define COMPOSE_WEB_BROWSER_H

#include "nn/base/error.h"

/* Passes the link to xdg-open, detached from this terminal, and does not wait. Fails, with what is
 * missing, without a graphical session (xdg-open would use a text browser) or without xdg-open. */
int browser_open(const char *link, Error *error) MUST_CHECK;

#endif
