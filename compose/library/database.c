#include "compose/library/database.h"

#include "nn/io/file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int database_default_path(char *path, size_t size, Error *error) {
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    int used = data && *data == '/' ? snprintf(path, size, "%s/affekt/library.db", data)
               : home && *home == '/'
                   ? snprintf(path, size, "%s/.local/share/affekt/library.db", home)
                   : -1;
    if (used < 0 || (size_t)used >= size)
        return error_set(error, "neither XDG_DATA_HOME nor HOME names a folder for the library; "
                                "name its file with --library");
    return 0;
}

bool database_is_there(const char *path) {
    char own[4096];
    Error nowhere;
    return file_exists(path ? path : database_default_path(own, sizeof own, &nowhere) ? "" : own);
}

#ifdef HAVE_SQLITE3

#    include <sqlite3.h>

enum { APPLICATION = 0x4166666b, WAIT_MILLISECONDS = 10000 }; /* "Affk" */

struct Database {
    sqlite3 *file;
    char path[4096];
};

struct Statement {
    sqlite3_stmt *statement;
    Database *database;
};

/* Paths are bytes: a name that is no UTF-8 must come back as it is. */
static const char schema[] =
    "CREATE TABLE folders(path BLOB PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TABLE songs(id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, size INTEGER NOT NULL,"
    " changed INTEGER NOT NULL, hash INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " present INTEGER NOT NULL, failure TEXT, seconds REAL, tempo REAL, loudness REAL, gain REAL,"
    " tonic INTEGER, minor INTEGER, title TEXT, artist TEXT, album TEXT, genre TEXT,"
    " features BLOB, model INTEGER, added INTEGER NOT NULL);"
    "CREATE INDEX songs_by_content ON songs(size, hash);"
    "CREATE TABLE moods(song INTEGER NOT NULL REFERENCES songs(id) ON DELETE CASCADE,"
    " origin INTEGER NOT NULL, valence REAL NOT NULL, arousal REAL NOT NULL,"
    " valence_deviation REAL NOT NULL, arousal_deviation REAL NOT NULL,"
    " PRIMARY KEY(song, origin)) WITHOUT ROWID;"
    "CREATE TABLE languages(song INTEGER NOT NULL REFERENCES songs(id) ON DELETE CASCADE,"
    " origin INTEGER NOT NULL, language TEXT NOT NULL, PRIMARY KEY(song, origin)) WITHOUT ROWID;"
    "CREATE TABLE events(id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL,"
    " kind TEXT NOT NULL, song INTEGER, hash INTEGER, artist TEXT, genre TEXT,"
    " valence REAL, arousal REAL, wanted_valence REAL, wanted_arousal REAL, tempo REAL);"
    "CREATE INDEX events_by_song ON events(song, time);";

static int fail(const Database *database, Error *error) {
    int code = sqlite3_errcode(database->file) & 0xff;
    const char *path = database->path;
    if (code == SQLITE_NOTADB)
        return error_set(error, "%s: is not a library of songs; name another file with --library",
                         path);
    if (code == SQLITE_CORRUPT)
        return error_set(error,
                         "%s: the library is damaged; move it away and add the folders again "
                         "(what can still be read: sqlite3 %s .recover)",
                         path, path);
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
        return error_set(error, "%s: another program has been writing for %d seconds; try again",
                         path, WAIT_MILLISECONDS / 1000);
    if (code == SQLITE_FULL)
        return error_set(error, "%s: the disk is full; nothing of the last step was saved", path);
    return error_set(error, "%s: %s", path, sqlite3_errmsg(database->file));
}

int database_run(Database *database, const char *sql, Error *error) {
    return sqlite3_exec(database->file, sql, NULL, NULL, NULL) ? fail(database, error) : 0;
}

static int pragma(Database *database, const char *sql, int64_t *value, Error *error) {
    Statement *statement = statement_begin(database, sql, error);
    int status = statement ? statement_next(statement, error) : -1;
    *value = status > 0 ? statement_integer(statement, 0) : 0;
    statement_end(statement);
    return status < 0 ? -1 : 0;
}

/* Whose file it is, and of which version. */
static int read_stamp(Database *database, int64_t *application, int64_t *version, Error *error) {
    return pragma(database, "PRAGMA application_id", application, error) ||
                   pragma(database, "PRAGMA user_version", version, error)
               ? -1
               : 0;
}

/* Whether it is a library of this version; one without tables can become one. Fails on all others,
 * which are only read. */
static int look_at(Database *database, bool *ours, Error *error) {
    int64_t application, version, tables;
    if (read_stamp(database, &application, &version, error) ||
        pragma(database, "SELECT count(*) FROM sqlite_master", &tables, error))
        return -1;
    *ours = application == APPLICATION && version == DATABASE_VERSION;
    if (*ours)
        return 0;
    if (application == APPLICATION && version > DATABASE_VERSION)
        return error_set(
            error, "%s: was written by a later Affekt (version %d, this version supports up to %d)",
            database->path, (int)version, DATABASE_VERSION);
    if (tables || application)
        return error_set(error,
                         "%s: is another program's database; name another file with "
                         "--library",
                         database->path);
    return 0;
}

/* Another program may have made it a library in between. */
static int set_up(Database *database, Error *error) {
    bool ours;
    char stamp[96];
    if (look_at(database, &ours, error))
        return -1;
    if (ours)
        return 0;
    snprintf(stamp, sizeof stamp, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
             APPLICATION, DATABASE_VERSION);
    return database_run(database, schema, error) || database_run(database, stamp, error) ? -1 : 0;
}

static int open_file(Database *database, Error *error) {
    if (sqlite3_open_v2(database->path, &database->file,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, NULL))
        return database->file ? fail(database, error) : error_memory(error, database->path, 0);
    sqlite3_busy_timeout(database->file, WAIT_MILLISECONDS);
    sqlite3_extended_result_codes(database->file, 0);
    /* What was confirmed must survive a crash of the machine too. Write-ahead logging is noted in
     * the file, which must not be another program's. */
    bool ours;
    if (database_run(database,
                     "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                     "PRAGMA trusted_schema = OFF; BEGIN", /* all of one moment */
                     error) ||
        look_at(database, &ours, error) ||
        database_run(database, "COMMIT; PRAGMA journal_mode = WAL", error))
        return -1;
    if (ours)
        return 0; /* open to readers while somebody writes */
    if (database_run(database, "BEGIN IMMEDIATE", error))
        return -1;
    if (!set_up(database, error))
        return database_run(database, "COMMIT", error);
    sqlite3_exec(database->file, "ROLLBACK", NULL, NULL, NULL);
    return -1;
}

Database *database_open(const char *path, Error *error) {
    Database *database = calloc(1, sizeof *database);
    if (!database) {
        error_memory(error, "a library", sizeof *database);
        return NULL;
    }
    int status = path ? 0 : database_default_path(database->path, sizeof database->path, error);
    if (path && !*path)
        status = error_set(error, "an empty name is no library");
    /* SQLite takes other names for a database in memory, or for addresses. */
    const char *here = path && (*path == ':' || !strncmp(path, "file:", 5)) ? "./" : "";
    if (path && (size_t)snprintf(database->path, sizeof database->path, "%s%s", here, path) >=
                    sizeof database->path)
        status = error_set(error, "the library's path is too long: %s", path);
    char folder[sizeof database->path];
    strcpy(folder, database->path);
    char *slash = strrchr(folder, '/');
    if (!status && slash && slash > folder) {
        *slash = 0;
        status = directory_create(folder, error);
    }
    if (!status && !open_file(database, error))
        return database;
    database_close(database);
    return NULL;
}

void database_close(Database *database) {
    if (!database)
        return;
    sqlite3_close(database->file);
    free(database);
}

const char *database_path(const Database *database) {
    return database->path;
}

/* ------------------------------------------------------------------ statements */

Statement *statement_begin(Database *database, const char *sql, Error *error) {
    Statement *statement = calloc(1, sizeof *statement);
    if (!statement) {
        error_memory(error, "a statement", sizeof *statement);
        return NULL;
    }
    statement->database = database;
    if (!sqlite3_prepare_v2(database->file, sql, -1, &statement->statement, NULL))
        return statement;
    fail(database, error);
    free(statement);
    return NULL;
}

void statement_end(Statement *statement) {
    if (!statement)
        return;
    sqlite3_finalize(statement->statement);
    free(statement);
}

void statement_bind_integer(Statement *statement, int at, int64_t value) {
    sqlite3_bind_int64(statement->statement, at, value);
}

void statement_bind_real(Statement *statement, int at, double value) {
    if (isnan(value))
        sqlite3_bind_null(statement->statement, at);
    else
        sqlite3_bind_double(statement->statement, at, value);
}

void statement_bind_text(Statement *statement, int at, const char *text) {
    sqlite3_bind_text(statement->statement, at, text, -1, SQLITE_STATIC);
}

void statement_bind_blob(Statement *statement, int at, const void *bytes, size_t size) {
    sqlite3_bind_blob64(statement->statement, at, bytes, size, SQLITE_STATIC);
}

int statement_next(Statement *statement, Error *error) {
    int code = sqlite3_step(statement->statement);
    if (code == SQLITE_ROW)
        return 1;
    int status = code == SQLITE_DONE ? 0 : fail(statement->database, error);
    sqlite3_reset(statement->statement);
    return status;
}

int statement_run(Statement *statement, Error *error) {
    return statement_next(statement, error) < 0 ? -1 : 0;
}

void statement_rewind(Statement *statement) {
    sqlite3_reset(statement->statement);
}

int64_t statement_integer(Statement *statement, int column) {
    return sqlite3_column_int64(statement->statement, column);
}

double statement_real(Statement *statement, int column) {
    return sqlite3_column_type(statement->statement, column) == SQLITE_NULL
               ? (double)NAN
               : sqlite3_column_double(statement->statement, column);
}

const char *statement_text(Statement *statement, int column) {
    const unsigned char *text = sqlite3_column_text(statement->statement, column);
    return text ? (const char *)text : "";
}

const void *statement_blob(Statement *statement, int column, size_t *size) {
    const void *bytes = sqlite3_column_blob(statement->statement, column);
    *size = (size_t)sqlite3_column_bytes(statement->statement, column);
    return bytes;
}

#else

Database *database_open(const char *path, Error *error) {
    (void)path;
    error_set(error,
              "this build keeps no library of songs; install libsqlite3-dev and build again");
    return NULL;
}

/* Without an open database nothing below is ever called with one. */
void database_close(Database *database) {
    (void)database;
}

const char *database_path(const Database *database) {
    (void)database;
    return "";
}

int database_run(Database *database, const char *sql, Error *error) {
    (void)database, (void)sql;
    return error_set(error, "no database");
}

Statement *statement_begin(Database *database, const char *sql, Error *error) {
    (void)database, (void)sql;
    error_set(error, "no database");
    return NULL;
}

void statement_end(Statement *statement) {
    (void)statement;
}

void statement_bind_integer(Statement *statement, int at, int64_t value) {
    (void)statement, (void)at, (void)value;
}

void statement_bind_real(Statement *statement, int at, double value) {
    (void)statement, (void)at, (void)value;
}

void statement_bind_text(Statement *statement, int at, const char *text) {
    (void)statement, (void)at, (void)text;
}

void statement_bind_blob(Statement *statement, int at, const void *bytes, size_t size) {
    (void)statement, (void)at, (void)bytes, (void)size;
}

int statement_next(Statement *statement, Error *error) {
    (void)statement;
    return error_set(error, "no database");
}

int statement_run(Statement *statement, Error *error) {
    (void)statement;
    return error_set(error, "no database");
}

void statement_rewind(Statement *statement) {
    (void)statement;
}

int64_t statement_integer(Statement *statement, int column) {
    (void)statement, (void)column;
    return 0;
}

double statement_real(Statement *statement, int column) {
    (void)statement, (void)column;
    return (double)NAN;
}

const char *statement_text(Statement *statement, int column) {
    (void)statement, (void)column;
    return "";
}

const void *statement_blob(Statement *statement, int column, size_t *size) {
    (void)statement, (void)column;
    *size = 0;
    return NULL;
}

#endif
