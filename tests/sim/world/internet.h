// TCP between hosts, in virtual time: streams whose bytes come in order, after a random time and cut anywhere; sockets
// that are full when the other side does not read; refusals, resets, partitions, hosts that lose their power.
//
// What a partition holds up is not lost: TCP sends it again once the path is there. A host that lost its power has
// forgotten its connections, and answers with a reset when it hears of them.
// Chance comes from the seed, the two addresses and the number of the dial: leaving one event out of a plan leaves the
// timing of the other connections as it was, which is what a shrinker needs.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "bgp/base/bytes.h"
#include "bgp/base/ip_address.h"
#include "bgp/base/numbers.h"
#include "bgp/base/prng.h"
#include "calendar.h"

namespace sim {

using namespace bgp;
using HostId = int;

// A process with sockets. Connections that it asks for have ids of its own; those it accepts get one from the Internet.
class Host {
 public:
  virtual ~Host() = default;
  virtual void connected(ConnId conn) = 0;
  virtual void connect_failed(ConnId conn, const std::string& reason) = 0;
  virtual void accepted(ConnId conn, HostId from) = 0;
  virtual void received(ConnId conn, ByteView bytes) = 0;
  virtual void closed(ConnId conn, const std::string& reason) = 0;
  virtual void writable(ConnId conn) = 0;  // the socket takes bytes again
};

// Whoever wants to see all that is said. Called when bytes enter a socket.
class Witness {
 public:
  virtual ~Witness() = default;
  virtual void saw(uint32_t wire, HostId from, HostId to, ByteView bytes) = 0;
};

class Internet {
 public:
  struct Options {
    uint64_t seed = 1;
    Duration latency_max = std::chrono::milliseconds(20);
    size_t chunk_max = 65536;         // octets of one read
    size_t socket_bytes = 64 * 1024;  // on their way or unread: then the socket takes no more
  };
  Internet(Calendar& calendar, Options options) : calendar_(calendar), options_(options) { probe(); }

  void add(HostId id, Host* host) { hosts_[id].process = host; }
  void witness(Witness* witness) { witness_ = witness; }

  // ---- what a process does
  void dial(HostId from, ConnId conn, HostId to);
  // Octets that the socket takes now; 0 for a connection that is not open.
  size_t room(HostId host, ConnId conn) const;
  void send(HostId host, ConnId conn, Bytes bytes);
  void close(HostId host, ConnId conn, Bytes last_words = {});

  // ---- faults
  void cut(HostId a, HostId b) { is_cut_.insert(std::minmax(a, b)); }
  void heal(HostId a, HostId b);
  void unplug(HostId host) { hosts_[host].is_plugged = false; }
  void plug(HostId host);
  void reset(HostId a, HostId b);
  void listen(HostId host, bool listens) { hosts_[host].listens = listens; }
  // The process ends: its kernel says goodbye for it. It must be listen()ing again to be reached.
  void end_process(HostId host);
  // The power goes: nobody is told. With `is_on` again, what comes for a forgotten connection is answered by a reset.
  void power(HostId host, bool is_on);
  // The process stands still, its kernel does not.
  void freeze(HostId host, bool is_frozen);
  void heal_all();

  bool is_quiet(HostId a, HostId b) const;  // nothing is on its way between them
  int open_connections(HostId a, HostId b) const;
  std::vector<ConnId> connections(HostId host) const;

 private:
  enum class Kind : uint8_t { Syn, SynAck, Refused, Data, Fin, Reset };
  struct Segment {
    Kind kind;
    Bytes bytes;
    Instant due;
  };
  struct End {
    HostId host = -1;
    ConnId conn;
    bool is_open = false;
    std::deque<Segment> incoming;
    size_t incoming_bytes = 0;
    Instant last_due;
    bool is_pumped = false;    // a look at `incoming` is in the calendar
    bool wants_room = false;   // the other side waits for room here
  };
  struct Wire {
    uint32_t id = 0;
    std::array<End, 2> ends;  // [0] dialled
    Prng chance{0};
    bool is_accepted = false;
  };
  struct Place {
    Host* process = nullptr;
    bool listens = true;
    bool is_plugged = true;
    bool is_on = true;
    bool is_frozen = false;
    uint32_t next_accepted = 0x80000000;
    std::map<ConnId, uint32_t> wires;
    std::map<HostId, uint64_t> dials;
  };

  bool is_blocked(const Wire& wire, int side) const;
  void push(Wire& wire, int side, Kind kind, Bytes bytes = {});
  void pump_at(Wire& wire, int side, Instant when);
  void pump(uint32_t id, int side);
  void deliver(Wire& wire, int side, Segment segment);
  void deliver_data(Wire& wire, int side, const Bytes& bytes);
  void accept(Wire& wire);
  void hang_up(Wire& wire, int side, const std::string& reason);
  void wake(Duration at_most);
  void probe();
  void forget_if_done(uint32_t id);
  std::pair<Wire*, int> find(HostId host, ConnId conn);

  Calendar& calendar_;
  Options options_;
  Witness* witness_ = nullptr;
  std::map<HostId, Place> hosts_;
  std::map<uint32_t, Wire> wires_;
  uint32_t next_wire_ = 1;
  std::set<std::pair<HostId, HostId>> is_cut_;
};

}  // namespace sim
