/* database.h: the library's SQLite file.
 *
 * Programs share the file (write-ahead log; a writer waits for another for up to ten seconds),
 * committed data survives a crash, and a file that is not ours, of a later version, or damaged is
 * rejected with a message that says what to do. Built without SQLite, database_open fails and names
 * the package, so the other functions are never called. */
#ifndef COMPOSE_LIBRARY_DATABASE_H
#define COMPOSE_LIBRARY_DATABASE_H

#include "nn/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DATABASE_VERSION = 1 };

typedef struct Database Database;
typedef struct Statement Statement;

/* Opens the file, creating it and its folder if missing; NULL for database_default_path. Free with
 * database_close (NULL is fine). */
Database *database_open(const char *path, Error *error);
void database_close(Database *database);

/* $XDG_DATA_HOME/affekt/library.db, or under ~/.local/share. */
int database_default_path(char *path, size_t size, Error *error) MUST_CHECK;

/* Whether there is such a file; NULL for database_default_path. */
bool database_is_there(const char *path);

const char *database_path(const Database *database);

/* Runs statements that return nothing: "BEGIN IMMEDIATE", "COMMIT" … */
int database_run(Database *database, const char *sql, Error *error) MUST_CHECK;

/* ---- statements ---- */

/* NULL when out of memory or the file is damaged. Free with statement_end (NULL is fine), before
 * the database is closed. */
Statement *statement_begin(Database *database, const char *sql, Error *error);
void statement_end(Statement *statement);

/* Parameters count from 1. Texts and blobs must stay valid until the statement has run. NAN and
 * NULL become SQL's NULL. */
void statement_bind_integer(Statement *statement, int at, int64_t value);
void statement_bind_real(Statement *statement, int at, double value);
void statement_bind_text(Statement *statement, int at, const char *text);
void statement_bind_blob(Statement *statement, int at, const void *bytes, size_t size);

/* The next row: 1, or 0 when there is none (the statement can then run again), or -1. */
int statement_next(Statement *statement, Error *error);
/* Runs a statement that returns no rows; it can then run again. */
int statement_run(Statement *statement, Error *error) MUST_CHECK;
/* Resets it when no more rows are needed. */
void statement_rewind(Statement *statement);

/* Columns count from 0. Texts and blobs are valid until the next row; NULL is 0, NAN, "". */
int64_t statement_integer(Statement *statement, int column);
double statement_real(Statement *statement, int column);
const char *statement_text(Statement *statement, int column);
const void *statement_blob(Statement *statement, int column, size_t *size);

#endif
