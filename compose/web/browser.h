/* browser.h: shows a page in the user's browser. */
#ifndef COMPOSE_WEB_BROWSER_H
#define COMPOSE_WEB_BROWSER_H

#include "nn/base/error.h"

/* Hands the link to xdg-open, apart from this terminal, and does not wait. Fails, with what is
 * missing, where there is no graphical session (xdg-open would take a text browser) or no xdg-open.
 */
int browser_open(const char *link, Error *error) MUST_CHECK;

#endif
