/* The floor under every poller: an epoll loop that asks N miners every 5 s, reads the answer and decodes nothing.
 * cc -O2 -o floor bench/floor.c && ./floor PORT MINERS SECONDS close|keep    prints polls and CPU seconds */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct miner { int fd; double due; int asked; };

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec / 1e9; }

int main(int argc, char **argv) {
    if (argc < 5) return 2;
    int port = atoi(argv[1]), count = atoi(argv[2]), closes = !strcmp(argv[4], "close");
    double seconds = atof(argv[3]), start = now();
    struct rlimit files; getrlimit(RLIMIT_NOFILE, &files); files.rlim_cur = files.rlim_max; setrlimit(RLIMIT_NOFILE, &files);
    struct miner *miners = calloc(count, sizeof *miners);
    int poll = epoll_create1(0); long polls = 0; static char buffer[65536];
    double spread = count > 4000 ? count / 4000.0 : 1.0;
    for (int i = 0; i < count; i++) miners[i] = (struct miner){-1, start + spread * i / count, 0};
    int next = 0;
    while (now() - start < seconds) {
        double t = now();
        while (miners[next].due <= t) {
            struct miner *m = &miners[next];
            char request[160];
            struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(0x7f320001u + next)};
            int n = snprintf(request, sizeof request, "GET /api/system/info HTTP/1.1\r\nHost: %s\r\nAccept: application/json\r\n\r\n", inet_ntoa(to.sin_addr));
            if (m->fd < 0) {
                m->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
                if (connect(m->fd, (void *)&to, sizeof to) && errno != EINPROGRESS) return 1;
                struct epoll_event e = {.events = EPOLLIN, .data.u32 = next};
                epoll_ctl(poll, EPOLL_CTL_ADD, m->fd, &e);
            }
            if (send(m->fd, request, n, MSG_NOSIGNAL) != n) { m->due += 0.01; break; }
            m->asked = 1; m->due += 5.0;
            next = (next + 1) % count;
        }
        struct epoll_event events[256];
        int ready = epoll_wait(poll, events, 256, 10);
        for (int i = 0; i < ready; i++) {
            struct miner *m = &miners[events[i].data.u32];
            ssize_t n = read(m->fd, buffer, sizeof buffer);
            if (n > 0 && m->asked) { polls++; m->asked = 0; if (closes) { close(m->fd); m->fd = -1; } }
            if (n <= 0 && m->fd >= 0) { close(m->fd); m->fd = -1; }
        }
    }
    struct rusage used; getrusage(RUSAGE_SELF, &used);
    double cpu = used.ru_utime.tv_sec + used.ru_utime.tv_usec / 1e6 + used.ru_stime.tv_sec + used.ru_stime.tv_usec / 1e6;
    printf("{\"polls\": %ld, \"cpu_s\": %.4f}\n", polls, cpu);
    return 0;
}
