// Fault 21: every reading of the kernel is interrupted. A real kernel cannot be made to do that at will, so this program's
// own recvfrom() stands before the C library's: the answers are the real kernel's, with NLM_F_DUMP_INTR set on request.
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <algorithm>

#include "bgp/base/limits.h"
#include "tests/fib/io/kernel_world.h"

using namespace fib;
using namespace fib::io;

namespace {

bool interrupts_dumps = false;

void mark_interrupted(void* datagram, ssize_t size) {
  auto left = static_cast<unsigned>(size);
  for (auto* message = static_cast<nlmsghdr*>(datagram); NLMSG_OK(message, left); message = NLMSG_NEXT(message, left))
    if ((message->nlmsg_flags & NLM_F_MULTI) != 0) message->nlmsg_flags |= NLM_F_DUMP_INTR;
}

}  // namespace

extern "C" ssize_t recvfrom(int fd, void* buffer, size_t size, int flags, sockaddr* from, socklen_t* from_size) {
  ssize_t n = syscall(SYS_recvfrom, fd, buffer, size, flags, from, from_size);
  if (n > 0 && interrupts_dumps) mark_interrupted(buffer, n);
  return n;
}

TEST_CASE("fault 21: while every reading is interrupted nothing is swept, and every kDumpRetriesMax + 1 of them the log warns") {
  in_new_namespace([] {
    make_links();
    shell("ip route add 10.8.0.0/16 via 10.0.0.2 proto bird");  // an earlier life's
    interrupts_dumps = true;
    World world;
    world.want("10.9.0.0/16 via 10.0.0.2");
    world.driver().allow_sweep();
    auto warnings = [&] {
      return std::ranges::count(world.logs, "kernel_dump_interrupted", &bgp::LogRecord::event);
    };
    constexpr uint64_t kSeries = bgp::limits::kDumpRetriesMax + 1;
    REQUIRE(world.until([&] { return warnings() == 1; }));
    CHECK(world.driver().counters().dumps_interrupted == kSeries);
    CHECK(world.logs.back().level == bgp::LogLevel::Warn);
    CHECK(world.logs.back().fields[0].second == std::to_string(kSeries));
    auto first = std::chrono::steady_clock::now();
    REQUIRE(world.until([&] { return warnings() == 2; }));
    CHECK(std::chrono::steady_clock::now() - first > std::chrono::milliseconds(900));  // the next series a second later
    CHECK(world.driver().counters().dumps_interrupted == 2 * kSeries);
    CHECK(world.driver().counters().dumps == 0);
    CHECK_FALSE(world.synced);
    CHECK(world.local.empty());
    CHECK(shell("ip route show proto bird").starts_with("10.8.0.0/16 "));

    interrupts_dumps = false;
    REQUIRE(world.until_synced());
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Installed));
    REQUIRE(world.until([&] { return shell("ip route show proto bird").starts_with("10.9.0.0/16 "); }));
    CHECK(warnings() == 2);
  });
  interrupts_dumps = false;
}
