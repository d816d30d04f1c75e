/* SPDX-License-Identifier: Apache-2.0

   Two network namespaces with a link between them that has delay, rate and loss, for kernels without sch_netem.

     link DELAY_MS RATE_MBIT LOSS_PERCENT      delay of one direction; 0 is no limit of the rate and no loss

   The namespaces have no names: they are open as the file descriptors 20 (10.77.0.1, the server) and 21 (10.77.0.2, the client), are
   entered by `nsenter --net=/proc/PID/fd/20`, and are gone when this program and the commands inside have ended. TCP uses CUBIC in
   both. The program needs root, and `ip` of iproute2. It prints "ready". Each line of its input is a number: the random numbers that
   decide about loss start again from it, and "ready" is the answer. The program ends at the end of its input.

   Without loss, packets cross with their offload header, so that segment size and slow start of the sender are those of an MTU of 1500
   while one copy moves up to 64 KiB. With loss, offload is off, so that single segments are lost. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
  SERVER_NAMESPACE = 20, /* far above those that are opened otherwise */
  CLIENT_NAMESPACE = 21,
  SLOTS = 8192,
  PACKET_MAX = 65536 + sizeof(struct virtio_net_hdr),
  QUEUED_BYTES_MAX = 64 << 20,
  DEVICE_QUEUE = 2000,
};

struct packet {
  double due; /* when it arrives, seconds */
  ssize_t length;
  unsigned char *bytes;
};

/* One direction. The reader and the writer are a thread each. */
struct direction {
  int in;
  int out;
  pthread_mutex_t lock; /* of all that follows */
  pthread_cond_t arrived;
  struct packet queue[SLOTS];
  size_t head; /* of the next packet to write; both only grow */
  size_t tail;
  size_t queued_bytes;
  double line_free; /* when the line has sent what it was given */
  unsigned short random[3];
};

static double delay_s;
static double bytes_per_s;
static double loss; /* 0 to 1 */
static struct direction directions[2];

static void die(const char *what) {
  fprintf(stderr, "link: %s: %s\n", what, strerror(errno));
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void sleep_until(double due) {
  double left = due - now();
  if (left > 0) {
    struct timespec t = {(time_t)left, (long)((left - (time_t)left) * 1e9)};
    nanosleep(&t, NULL);
  }
}

static void set_address(int control, const char *device, unsigned long request, const char *address) {
  struct ifreq r = {0};
  strcpy(r.ifr_name, device);
  struct sockaddr_in *in = (struct sockaddr_in *)&r.ifr_addr;
  in->sin_family = AF_INET;
  inet_pton(AF_INET, address, &in->sin_addr);
  if (ioctl(control, request, &r) < 0) die(address);
}

static void set_up(int control, const char *device) {
  struct ifreq r = {0};
  strcpy(r.ifr_name, device);
  r.ifr_flags = IFF_UP | IFF_RUNNING;
  if (ioctl(control, SIOCSIFFLAGS, &r) < 0) die(device);
}

/* Makes a namespace with one end of the link, leaves it open as a file descriptor, and returns the device. */
static int make_end(int descriptor, const char *address) {
  if (unshare(CLONE_NEWNET) < 0) die("a network namespace");
  int space = open("/proc/thread-self/ns/net", O_RDONLY);
  if (space < 0) die("the network namespace");
  if (dup2(space, descriptor) < 0 || close(space) < 0) die("a file descriptor");

  int device = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
  struct ifreq r = {0};
  r.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR;
  strcpy(r.ifr_name, "link");
  if (device < 0 || ioctl(device, TUNSETIFF, &r) < 0) die("/dev/net/tun");
  if (loss == 0 && ioctl(device, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4) < 0) die("offload");

  int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (control < 0) die("a socket");
  set_address(control, "link", SIOCSIFADDR, address);
  set_address(control, "link", SIOCSIFNETMASK, "255.255.255.0");
  r.ifr_qlen = DEVICE_QUEUE;
  if (ioctl(control, SIOCSIFTXQLEN, &r) < 0) die("the queue of the device");
  set_up(control, "link");
  set_up(control, "lo");
  close(control);

  /* By the route: only the first namespace of the system may make any algorithm the default one. */
  if (system("ip route change 10.77.0.0/24 dev link congctl cubic") != 0) {
    fprintf(stderr, "link: the route does not take CUBIC\n");
    exit(1);
  }
  /* Else a connection would begin with what an earlier one learned, and the order of the commands would count. */
  int remembers = open("/proc/sys/net/ipv4/tcp_no_metrics_save", O_WRONLY | O_CLOEXEC);
  if (remembers < 0 || write(remembers, "1", 1) != 1) die("tcp_no_metrics_save");
  close(remembers);
  return device;
}

/* Puts a packet into the queue, unless the queue is full: then it is lost, as in a real one. */
static void enqueue(struct direction *d, const unsigned char *bytes, ssize_t length) {
  pthread_mutex_lock(&d->lock);
  int lost = loss > 0 && erand48(d->random) < loss;
  if (!lost && d->tail - d->head < SLOTS && d->queued_bytes + length <= QUEUED_BYTES_MAX) {
    double sent = now();
    if (bytes_per_s > 0) {
      sent = (sent > d->line_free ? sent : d->line_free) + length / bytes_per_s;
      d->line_free = sent;
    }
    struct packet *p = &d->queue[d->tail % SLOTS];
    p->bytes = malloc(length);
    if (p->bytes == NULL) die("memory");
    memcpy(p->bytes, bytes, length);
    p->length = length;
    p->due = sent + delay_s;
    d->tail++;
    d->queued_bytes += length;
    pthread_cond_signal(&d->arrived);
  }
  pthread_mutex_unlock(&d->lock);
}

static void *read_packets(void *argument) {
  struct direction *d = argument;
  unsigned char *bytes = malloc(PACKET_MAX);
  if (bytes == NULL) die("memory");
  for (;;) {
    ssize_t length = read(d->in, bytes, PACKET_MAX);
    if (length > 0) {
      enqueue(d, bytes, length);
    } else if (length == 0 || errno != EINTR) {
      die("reading a packet");
    }
  }
  return NULL;
}

static void *write_packets(void *argument) {
  struct direction *d = argument;
  for (;;) {
    pthread_mutex_lock(&d->lock);
    while (d->head == d->tail) pthread_cond_wait(&d->arrived, &d->lock);
    struct packet p = d->queue[d->head % SLOTS];
    pthread_mutex_unlock(&d->lock);
    sleep_until(p.due);
    /* EINVAL: a packet that the other end does not want; it counts as lost. */
    if (write(d->out, p.bytes, p.length) < 0 && errno != EINVAL) die("writing a packet");
    free(p.bytes);
    pthread_mutex_lock(&d->lock);
    d->head++;
    d->queued_bytes -= p.length;
    pthread_mutex_unlock(&d->lock);
  }
  return NULL;
}

static void seed(long number) {
  for (int i = 0; i < 2; i++) {
    struct direction *d = &directions[i];
    pthread_mutex_lock(&d->lock);
    d->random[0] = 0x330e;
    d->random[1] = (unsigned short)number;
    d->random[2] = (unsigned short)i;
    pthread_mutex_unlock(&d->lock);
  }
  puts("ready");
  fflush(stdout);
}

int main(int count, char **arguments) {
  if (count != 4) {
    fprintf(stderr, "usage: link DELAY_MS RATE_MBIT LOSS_PERCENT\n");
    return 2;
  }
  delay_s = atof(arguments[1]) / 1000;
  bytes_per_s = atof(arguments[2]) * 125000;
  loss = atof(arguments[3]) / 100;

  int server = make_end(SERVER_NAMESPACE, "10.77.0.1");
  int client = make_end(CLIENT_NAMESPACE, "10.77.0.2");
  directions[0].in = directions[1].out = server;
  directions[0].out = directions[1].in = client;
  for (int i = 0; i < 2; i++) {
    struct direction *d = &directions[i];
    pthread_t thread;
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->arrived, NULL);
    if (pthread_create(&thread, NULL, read_packets, d) != 0 || pthread_create(&thread, NULL, write_packets, d) != 0) {
      die("a thread");
    }
  }
  seed(0);
  char line[32];
  while (fgets(line, sizeof line, stdin) != NULL) seed(strtol(line, NULL, 10));
  return 0;
}
