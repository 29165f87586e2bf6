// calico-bench-fib: what the kernel itself asks for a route, without a daemon around it (workload F1).
//
//   calico-bench-fib list COUNT                              the prefixes of calico-bench-load --routes COUNT, a line each
//   calico-bench-fib add|replace|del COUNT GATEWAY [acks]    the same into table main over rtnetlink, 64 KiB a send; prints JSON
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/bench/load/receiver.h"
#include "tests/bench/load/universe.h"

namespace {

using namespace bench;

constexpr size_t kBatchBytes = 64 * 1024, kRequestBytesMax = 64;
constexpr uint8_t kProtocol = 99;

struct Job {
  uint16_t type = RTM_NEWROUTE, flags = 0;
  in_addr gateway{};
  bool has_acks = false;
};

void put_attribute(Bytes& out, uint16_t type, const void* value) {
  const rtattr head{RTA_LENGTH(4), type};
  out.insert(out.end(), reinterpret_cast<const uint8_t*>(&head), reinterpret_cast<const uint8_t*>(&head + 1));
  out.insert(out.end(), static_cast<const uint8_t*>(value), static_cast<const uint8_t*>(value) + 4);
}

void put_request(Bytes& out, const Route& route, const Job& job) {
  const size_t begin = out.size();
  out.resize(begin + sizeof(nlmsghdr) + sizeof(rtmsg));
  const uint32_t destination = htonl(route.address);
  put_attribute(out, RTA_DST, &destination);
  if (job.type == RTM_NEWROUTE) put_attribute(out, RTA_GATEWAY, &job.gateway);
  const nlmsghdr head{static_cast<uint32_t>(out.size() - begin), job.type,
                      static_cast<uint16_t>(NLM_F_REQUEST | job.flags | (job.has_acks ? NLM_F_ACK : 0)), 0, 0};
  const rtmsg body{AF_INET, route.length, 0, 0, RT_TABLE_MAIN, kProtocol, RT_SCOPE_UNIVERSE, RTN_UNICAST, 0};
  std::memcpy(&out[begin], &head, sizeof head);
  std::memcpy(&out[begin + sizeof head], &body, sizeof body);
}

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "calico-bench-fib: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

// Reads what the kernel answered; an error ends the program. Returns the number of answers.
size_t read_answers(int socket, int flags) {
  alignas(nlmsghdr) char buffer[64 * 1024];
  ssize_t got = recv(socket, buffer, sizeof buffer, flags);
  if (got < 0 && errno == EAGAIN) return 0;
  if (got < 0) fail("recv");
  size_t count = 0;
  for (auto* at = reinterpret_cast<nlmsghdr*>(buffer); NLMSG_OK(at, got); at = NLMSG_NEXT(at, got), ++count) {
    errno = -static_cast<nlmsgerr*>(NLMSG_DATA(at))->error;
    if (errno != 0) fail("the kernel refused a route");
  }
  return count;
}

double cpu_s() {
  rusage used;
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

void run(const Universe& all, const Job& job) {
  const int socket = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  const int size = 8 * 1024 * 1024;
  setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  const double cpu_before = cpu_s();
  const int64_t began = now_ns();
  Bytes batch;
  batch.reserve(kBatchBytes);
  for (size_t n = 0; n < all.routes.size();) {
    batch.clear();
    size_t count = 0;
    for (; n < all.routes.size() && batch.size() + kRequestBytesMax < kBatchBytes; ++n, ++count) put_request(batch, all.routes[n], job);
    if (send(socket, batch.data(), batch.size(), 0) < 0) fail("send");
    for (size_t answered = 0; job.has_acks && answered < count;) answered += read_answers(socket, 0);
  }
  while (read_answers(socket, MSG_DONTWAIT) > 0) {}
  std::printf("{\"wall_s\": %.6f, \"cpu_s\": %.6f}\n", static_cast<double>(now_ns() - began) / 1e9, cpu_s() - cpu_before);
  close(socket);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string verb = argc > 2 ? argv[1] : "";
  const Universe all = make_universe(1, argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 0);
  Job job;
  if (verb == "list") {
    for (const Route& route : all.routes) {
      const in_addr address{htonl(route.address)};
      std::printf("%s/%u\n", inet_ntoa(address), route.length);
    }
    return 0;
  }
  if (argc > 3 && inet_pton(AF_INET, argv[3], &job.gateway) == 1 && (verb == "add" || verb == "replace" || verb == "del")) {
    job.has_acks = argc > 4 && std::string(argv[4]) == "acks";
    job.flags = verb == "add" ? NLM_F_CREATE | NLM_F_EXCL : verb == "replace" ? NLM_F_CREATE | NLM_F_REPLACE : 0;
    if (verb == "del") job.type = RTM_DELROUTE;
    run(all, job);
    return 0;
  }
  std::fprintf(stderr, "usage: calico-bench-fib list COUNT | add|replace|del COUNT GATEWAY [acks]\n");
  return 2;
}
