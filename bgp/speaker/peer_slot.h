// A configured peer inside the speaker, and a TCP connection of one. Private to the room.
#pragma once

#include "bgp/speaker/speaker.h"

namespace bgp::speaker {

// Why a peer's paths of one family are marked stale, and for how long they may be.
struct StaleFamily {
  enum class Why : uint8_t {
    Nothing,
    Restart,    // RFC 4724: its session was lost; until the next one, then until its End-of-RIB
    LongLived,  // RFC 9494: it stayed away
    Overdue,    // RFC 9494 §4.2: that time ended before its End-of-RIB; nothing is stale, nothing outlives this session
    Refresh,    // RFC 7313: between BoRR and EoRR
  };
  Why why = Why::Nothing;
  Instant until = kNever;
  Duration long_lived{};  // how much longer after Restart; 0: not at all
  Instant last = kNever;  // of Restart: the stale timer of RFC 8538 §4.1, which further restarts do not put off
  bool is_kept_over_sessions() const { return why == Why::Restart || why == Why::LongLived; }
};

struct Speaker::PeerSlot {
  rib::PeerId id;
  Shared<PeerSettings> settings;
  session::Peer fsm;
  rib::ExportGroup* group = nullptr;  // while Established
  ConnId conn;                        // while Established: the session's connection
  Instant scheduled = kNever;         // the earliest deadline of this peer that is in the queue
  FamilySet end_of_rib_received;
  MalformedCounts malformed;
  Instant next_fault_log;             // at most one line a second and peer
  uint64_t faults_not_logged = 0;
  uint64_t refused_paths = 0;         // not taken: too many of one prefix, or the table is full
  Instant next_refused_log = {};
  std::optional<MemoryHold> memory_hold = {};  // the last time it was told 6/8
  unsigned memory_holds = 0;          // how often, without kMemoryHoldMax between
  std::array<StaleFamily, 2> stale = {};  // by rib::index_of
  std::array<Instant, 2> next_refresh = {};  // when a BoRR means something again; by rib::index_of
  IpAddress local_address = {};           // of the last session: what the routes were judged by
  BgpIdentifier identifier = {};          // of the last session
  std::array<ImportCounts, 2> imports = {};  // by rib::index_of
  enum class Noted : uint8_t { Nothing, Near, Exceeded };
  Noted max_prefix_noted = Noted::Nothing;  // in this session

  std::optional<bfd::Wish> bfd = {};  // what output::BfdStart asked for last
  uint32_t rank = 0;                  // place of the address among all peers'
  bool is_dynamic = false;            // came by itself, from a range of the configuration; goes by itself

  bool is_up() const { return group != nullptr; }
  StaleFamily& stale_of(Family family) { return stale[rib::index_of(family)]; }
  Instant stale_until() const { return std::min(stale[0].until, stale[1].until); }
  bool has_stale() const { return stale_until() != kNever; }
  std::string name() const { return settings->session.address.to_string(); }
};

struct Speaker::Connection {
  ConnId id;
  rib::PeerId peer;
  wire::Framer framer;
  Bytes control;            // OPEN, KEEPALIVE, NOTIFICATION: whole messages that wait for the socket
  size_t control_sent = 0;
  bool is_writable_noted = false;
  uint32_t ifindex = 0;     // the link of our end; 0 unknown
};

}  // namespace bgp::speaker
