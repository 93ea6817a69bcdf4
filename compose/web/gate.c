#include "compose/web/gate.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

int gate_random(char id[GATE_TOKEN + 1], Error *error) {
    unsigned char bytes[GATE_TOKEN / 2];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return error_errno(error, "the system provides no random numbers");
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(id + 2 * i, 3, "%02x", bytes[i]);
    return 0;
}

static void add_host(Gate *gate, const char *name, int port) {
    bool bare_v6 = strchr(name, ':') && name[0] != '[';
    char host[GATE_HOST - 8];
    snprintf(host, sizeof host, bare_v6 ? "[%.200s]" : "%.200s", name);
    snprintf(gate->hosts[gate->n_hosts++], GATE_HOST, "%s:%d", host, port);
    if (port == (gate->secure ? 443 : 80)) /* browsers leave it out */
        snprintf(gate->hosts[gate->n_hosts++], GATE_HOST, "%s", host);
}

/* In the spelling that browsers give an IPv6 address (RFC 5952), however it is written here. */
static void add_address(Gate *gate, const char *address, int port) {
    struct in6_addr v6;
    char canonical[INET6_ADDRSTRLEN];
    bool is_v6 = inet_pton(AF_INET6, address, &v6) == 1 &&
                 inet_ntop(AF_INET6, &v6, canonical, sizeof canonical);
    if (is_v6 && IN6_IS_ADDR_V4MAPPED(&v6)) /* which inet_ntop ends with dots */
        snprintf(canonical, sizeof canonical, "::ffff:%x:%x", v6.s6_addr[12] << 8 | v6.s6_addr[13],
                 v6.s6_addr[14] << 8 | v6.s6_addr[15]);
    add_host(gate, is_v6 ? canonical : address, port);
}

int gate_init(Gate *gate, const char *address, int port, bool secure, Error *error) {
    *gate = (Gate){.secure = secure};
    add_host(gate, "localhost", port);
    add_host(gate, "127.0.0.1", port);
    add_host(gate, "[::1]", port);
    gate->own = address ? gate->n_hosts : 0;
    if (address)
        add_address(gate, address, port);
    return gate_random(gate->token, error);
}

bool gate_host(const Gate *gate, const char *host) {
    for (int i = 0; i < gate->n_hosts && host; i++)
        if (!strcasecmp(gate->hosts[i], host))
            return true;
    return false;
}

/* What is no page (curl, a script) sends no Origin; browsers do with every POST. */
bool gate_origin(const Gate *gate, const char *origin) {
    if (!origin)
        return true;
    const char *scheme = gate->secure ? "https://" : "http://";
    size_t length = strlen(scheme);
    return !strncmp(origin, scheme, length) && gate_host(gate, origin + length);
}

bool gate_token(const Gate *gate, const char *token) {
    if (!token || strlen(token) != GATE_TOKEN)
        return false;
    unsigned char difference = 0;
    for (int i = 0; i < GATE_TOKEN; i++)
        difference |= (unsigned char)(gate->token[i] ^ token[i]);
    return difference == 0;
}
