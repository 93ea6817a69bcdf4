#include "compose/web/server.h"

#ifdef HAVE_LIBMICROHTTPD

#    include "compose/web/exchange.h"
#    include "nn/base/clock.h"

#    include <arpa/inet.h>
#    include <errno.h>
#    include <inttypes.h>
#    include <microhttpd.h>
#    include <netinet/in.h>
#    include <stdatomic.h>
#    include <stdlib.h>
#    include <string.h>
#    include <strings.h>
#    include <sys/socket.h>
#    include <unistd.h>

/* A connection, and until when its next request must be there. */
typedef struct Line {
    int socket;
    double deadline;
    struct Line *next, *previous;
} Line;

struct Server {
    Web *web;
    struct MHD_Daemon *daemons[2];
    int n_daemons, port, patience;
    atomic_bool stopping;
    pthread_t watchman;
    bool watching;
    pthread_mutex_t lock; /* guards the lines */
    Line *lines;
};

/* A request whose body is arriving. */
typedef struct Arrival {
    unsigned char *body;
    size_t size, room, most;
} Arrival;

/* ------------------------------------------------------------------ patience */

static void add_line(Server *server, Line *line) {
    pthread_mutex_lock(&server->lock);
    line->next = server->lines;
    if (line->next)
        line->next->previous = line;
    server->lines = line;
    pthread_mutex_unlock(&server->lock);
}

static void remove_line(Server *server, Line *line) {
    pthread_mutex_lock(&server->lock);
    if (line->next)
        line->next->previous = line->previous;
    if (line->previous)
        line->previous->next = line->next;
    else
        server->lines = line->next;
    pthread_mutex_unlock(&server->lock);
}

static void on_connection(void *user, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code) {
    Server *server = user;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (*context)
            remove_line(server, *context);
        free(*context);
        *context = NULL;
        return;
    }
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    Line *line = info ? calloc(1, sizeof *line) : NULL;
    if (!line)
        return;
    line->socket = info->connect_fd;
    line->deadline = clock_seconds() + server->patience;
    add_line(server, line);
    *context = line;
}

/* 0: an answer, and sending it, may take as long as they like; the next request must be there in
 * time. */
static void set_deadline(Server *server, struct MHD_Connection *connection, double deadline) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    Line *line = info ? info->socket_context : NULL;
    pthread_mutex_lock(&server->lock);
    if (line)
        line->deadline = deadline;
    pthread_mutex_unlock(&server->lock);
}

static void *keep_watch(void *user) {
    Server *server = user;
    while (!atomic_load(&server->stopping)) {
        double now = clock_seconds();
        pthread_mutex_lock(&server->lock);
        for (Line *line = server->lines; line; line = line->next)
            if (line->deadline > 0 && now > line->deadline)
                shutdown(line->socket, SHUT_RDWR);
        pthread_mutex_unlock(&server->lock);
        visits_expire(&server->web->visits);
        clock_sleep(0.25);
    }
    return NULL;
}

/* ------------------------------------------------------------------ replies */

static ssize_t read_stream(void *user, uint64_t position, char *bytes, size_t room) {
    (void)position;
    WebReply *reply = user;
    ssize_t size = reply->stream(reply->user, bytes, room);
    return size > 0 ? size : MHD_CONTENT_READER_END_OF_STREAM;
}

static void end_stream(void *user) {
    web_reply_free(user);
    free(user);
}

static void add_range(struct MHD_Response *response, const WebReply *reply) {
    const ByteRange *range = &reply->range;
    char value[96];
    MHD_add_response_header(response, "Accept-Ranges", "bytes");
    if (reply->status == MHD_HTTP_PARTIAL_CONTENT)
        snprintf(value, sizeof value, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, range->first,
                 range->first + range->size - 1, range->whole);
    else
        snprintf(value, sizeof value, "bytes */%" PRIu64, range->whole);
    if (reply->status != MHD_HTTP_OK)
        MHD_add_response_header(response, "Content-Range", value);
}

static void add_headers(struct MHD_Response *response, const WebReply *reply) {
    static const char *const always[][2] = {
        {"Content-Security-Policy",
         "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
         "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Permissions-Policy", "camera=(self), microphone=(), geolocation=()"},
        {"Cache-Control", "no-store"},
    };
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        MHD_add_response_header(response, always[i][0], always[i][1]);
    if (reply->type)
        MHD_add_response_header(response, "Content-Type", reply->type);
    if (reply->has_range)
        add_range(response, reply);
    if (reply->download) {
        char value[128];
        snprintf(value, sizeof value, "attachment; filename=\"%s\"", reply->download);
        MHD_add_response_header(response, "Content-Disposition", value);
    }
}

/* Each takes the reply's body over, and leaves it to the reply where it fails. */
static struct MHD_Response *response_of_stream(WebReply *reply) {
    enum { BLOCK = 8192 };
    WebReply *kept = malloc(sizeof *kept);
    if (!kept)
        return NULL;
    *kept = *reply;
    struct MHD_Response *response = MHD_create_response_from_callback(
        reply->size ? reply->size : MHD_SIZE_UNKNOWN, BLOCK, read_stream, kept, end_stream);
    if (!response)
        free(kept);
    else
        reply->stream_end = NULL;
    return response;
}

static struct MHD_Response *response_of_file(WebReply *reply) {
    struct MHD_Response *response =
        MHD_create_response_from_fd_at_offset64(reply->range.size, reply->file, reply->range.first);
    reply->from_file = !response;
    return response;
}

static struct MHD_Response *response_of_bytes(WebReply *reply) {
    struct MHD_Response *response = MHD_create_response_from_buffer(
        (size_t)reply->size, (void *)reply->body,
        reply->owned ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
    if (response)
        reply->owned = NULL;
    return response;
}

static enum MHD_Result send_reply(struct MHD_Connection *connection, WebReply reply) {
    struct MHD_Response *response = reply.stream      ? response_of_stream(&reply)
                                    : reply.from_file ? response_of_file(&reply)
                                                      : response_of_bytes(&reply);
    if (response)
        add_headers(response, &reply);
    unsigned status = (unsigned)reply.status;
    web_reply_free(&reply);
    if (!response)
        return MHD_NO;
    enum MHD_Result queued = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return queued;
}

/* ------------------------------------------------------------------ requests */

static const char *header(struct MHD_Connection *connection, const char *name) {
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static const char *query(struct MHD_Connection *connection, const char *name) {
    return MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, name);
}

static WebRequest request_of(struct MHD_Connection *connection, const char *method,
                             const char *path) {
    return (WebRequest){
        .method = method,
        .path = path,
        .host = header(connection, "Host"),
        .origin = header(connection, "Origin"),
        .token = header(connection, "X-Affekt-Token"),
        .range = header(connection, "Range"),
        .visit = query(connection, "session"),
        .id = query(connection, "id"),
        .kind = query(connection, "kind"),
    };
}

/* Counts how often a header is there. */
typedef struct Count {
    const char *name;
    int times;
} Count;

static enum MHD_Result count_header(void *user, enum MHD_ValueKind kind, const char *name,
                                    const char *value) {
    (void)kind, (void)value;
    Count *count = user;
    count->times += !strcasecmp(name, count->name);
    return MHD_YES;
}

static bool has_two_hosts_or_lengths(struct MHD_Connection *connection) {
    Count hosts = {.name = "Host"}, lengths = {.name = "Content-Length"};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, count_header, &hosts);
    MHD_get_connection_values(connection, MHD_HEADER_KIND, count_header, &lengths);
    return hosts.times > 1 || lengths.times > 1;
}

/* The first call for a request: its headers are there. */
static enum MHD_Result begin(Server *server, struct MHD_Connection *connection,
                             const WebRequest *request, void **context) {
    WebReply refusal = web_admit(server->web, request);
    if (has_two_hosts_or_lengths(connection)) {
        web_reply_free(&refusal);
        refusal = refuse(400, "a header that may stand once stands twice");
    }
    size_t most = web_most_bytes(request->method, request->path);
    const char *length = header(connection, "Content-Length");
    if (!refusal.status && length && strtoull(length, NULL, 10) > most)
        refusal = refuse(413, "the body is too large");
    if (refusal.status) {
        set_deadline(server, connection, 0);
        return send_reply(connection, refusal);
    }
    Arrival *arrival = calloc(1, sizeof *arrival);
    if (!arrival)
        return MHD_NO;
    arrival->most = most;
    *context = arrival;
    return MHD_YES;
}

/* More of the body. One without a length that grows beyond its limit ends the connection. */
static enum MHD_Result take(Arrival *arrival, const char *bytes, size_t *size) {
    if (arrival->size + *size > arrival->most)
        return MHD_NO;
    if (arrival->size + *size > arrival->room) {
        size_t room = 2 * arrival->room + *size;
        room = room < arrival->most ? room : arrival->most;
        unsigned char *larger = realloc(arrival->body, room);
        if (!larger)
            return MHD_NO;
        arrival->body = larger;
        arrival->room = room;
    }
    memcpy(arrival->body + arrival->size, bytes, *size);
    arrival->size += *size;
    *size = 0;
    return MHD_YES;
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *bytes,
                                  size_t *size, void **context) {
    (void)version;
    Server *server = user;
    WebRequest request = request_of(connection, method, path);
    if (!*context)
        return begin(server, connection, &request, context);
    Arrival *arrival = *context;
    if (*size)
        return take(arrival, bytes, size);
    request.body = arrival->body;
    request.size = arrival->size;
    set_deadline(server, connection, 0);
    return send_reply(connection, web_answer(server->web, &request));
}

static void on_completion(void *user, struct MHD_Connection *connection, void **context,
                          enum MHD_RequestTerminationCode code) {
    (void)code;
    Arrival *arrival = *context;
    if (arrival)
        free(arrival->body);
    free(arrival);
    *context = NULL;
    Server *server = user;
    set_deadline(server, connection, clock_seconds() + server->patience);
}

static void say_nothing(void *user, const char *format, va_list arguments) {
    (void)user, (void)format, (void)arguments;
}

/* ------------------------------------------------------------------ starting and stopping */

typedef union Address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} Address;

static int parse_address(const char *text, int port, Address *address, Error *error) {
    *address = (Address){.v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)}};
    if (inet_pton(AF_INET, text, &address->v4.sin_addr) == 1)
        return 0;
    *address = (Address){.v6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)}};
    if (inet_pton(AF_INET6, text, &address->v6.sin6_addr) == 1)
        return 0;
    return error_set(error, "'%s' is not an IP address of this machine", text);
}

/* Binds a socket, which MHD then owns, so that the system says why it cannot. */
static int open_socket(const char *text, int port, Error *error) {
    Address address;
    if (parse_address(text, port, &address, error))
        return -1;
    bool v6 = address.any.sa_family == AF_INET6;
    const int on = 1;
    int opened = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (opened >= 0 && !setsockopt(opened, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) &&
        (!v6 || !setsockopt(opened, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on)) &&
        !bind(opened, &address.any, v6 ? sizeof address.v6 : sizeof address.v4) &&
        !listen(opened, SOMAXCONN))
        return opened;
    error_errno(error, "cannot listen at %s, port %d%s", text, port,
                errno == EADDRINUSE ? " (--port names another)" : "");
    if (opened >= 0)
        close(opened);
    return -1;
}

static int port_of(int opened) {
    Address address = {.v4.sin_port = 0};
    socklen_t size = sizeof address;
    if (getsockname(opened, &address.any, &size))
        return 0;
    return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
}

static int listen_at(Server *server, const ServerSettings *settings, const char *text, int port,
                     Error *error) {
    int opened = open_socket(text, port, error);
    if (opened < 0)
        return -1;
    server->port = port_of(opened);
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION |
                     MHD_USE_POLL | (settings->certificate ? MHD_USE_TLS : 0);
    const struct MHD_OptionItem secret[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)settings->certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)settings->key},
        {MHD_OPTION_END, 0, NULL},
    };
    const struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    struct MHD_Daemon *started = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, say_nothing, NULL,
        MHD_OPTION_LISTEN_SOCKET, opened, MHD_OPTION_CONNECTION_LIMIT, (unsigned)SERVER_CONNECTIONS,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)SERVER_HEADER_BYTES,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)server->patience, MHD_OPTION_THREAD_STACK_SIZE,
        (size_t)1 << 20, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
        MHD_OPTION_NOTIFY_COMPLETED, on_completion, server, MHD_OPTION_ARRAY,
        settings->certificate ? secret : none, MHD_OPTION_END);
    if (!started)
        return error_set(error, "cannot serve at %s, port %d%s", text, port,
                         settings->certificate ? ": certificate and key do not fit" : "");
    server->daemons[server->n_daemons++] = started;
    return 0;
}

/* Whether this machine has the address ::1. */
static bool has_ipv6(void) {
    Error ignored;
    int opened = open_socket("::1", 0, &ignored);
    if (opened >= 0)
        close(opened);
    return opened >= 0;
}

static int start(Server *server, const WebSettings *web_settings, const ServerSettings *settings,
                 Error *error) {
    const char *address = settings->address ? settings->address : "127.0.0.1";
    if (listen_at(server, settings, address, settings->port, error))
        return -1;
    if (!settings->address && has_ipv6() && listen_at(server, settings, "::1", server->port, error))
        return -1;
    if (web_open_gate(server->web, web_settings, server->port, error))
        return -1;
    if (pthread_create(&server->watchman, NULL, keep_watch, server))
        return error_set(error, "cannot start a thread for the server");
    server->watching = true;
    return 0;
}

Server *server_start(Web *web, const WebSettings *web_settings, const ServerSettings *settings,
                     Error *error) {
    Server *server = calloc(1, sizeof *server);
    if (!server) {
        error_memory(error, "the server", sizeof *server);
        return NULL;
    }
    server->web = web;
    server->patience = settings->patience ? settings->patience : SERVER_PATIENCE;
    pthread_mutex_init(&server->lock, NULL);
    if (!start(server, web_settings, settings, error))
        return server;
    server_stop(server);
    return NULL;
}

void server_stop(Server *server) {
    if (!server)
        return;
    atomic_store(&server->stopping, true);
    pthread_mutex_lock(&server->lock);
    for (Line *line = server->lines; line; line = line->next)
        shutdown(line->socket, SHUT_RDWR);
    pthread_mutex_unlock(&server->lock);
    for (int i = 0; i < server->n_daemons; i++)
        MHD_stop_daemon(server->daemons[i]);
    if (server->watching)
        pthread_join(server->watchman, NULL);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

int server_port(const Server *server) {
    return server->port;
}

#else

Server *server_start(Web *web, const WebSettings *web_settings, const ServerSettings *settings,
                     Error *error) {
    (void)web, (void)web_settings, (void)settings;
    error_set(error, "this affekt was built without libmicrohttpd and cannot serve the page; on "
                     "Debian, install libmicrohttpd-dev and build again");
    return NULL;
}

void server_stop(Server *server) {
    (void)server;
}

int server_port(const Server *server) {
    (void)server;
    return 0;
}

#endif
