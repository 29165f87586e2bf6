// A configured peer inside the speaker, and a TCP connection of one. Private to the room.
#pragma once

#include "bgp/speaker/speaker.h"

namespace bgp::speaker {

struct Speaker::PeerSlot {
  rib::PeerId id;
  PeerSettings settings;
  session::Peer fsm;
  rib::ExportGroup* group = nullptr;  // while Established
  ConnId conn;                        // while Established: the session's connection
  Instant scheduled = kNever;         // the earliest deadline of this peer that is in the queue
  FamilySet end_of_rib_received;
  MalformedCounts malformed;
  Instant next_fault_log;             // at most one line a second and peer
  uint64_t faults_not_logged = 0;

  std::optional<bfd::Wish> bfd = {};  // what output::BfdStart asked for last

  bool is_up() const { return group != nullptr; }
  std::string name() const { return settings.session.address.to_string(); }
};

struct Speaker::Connection {
  ConnId id;
  rib::PeerId peer;
  wire::Framer framer;
  Bytes control;            // OPEN, KEEPALIVE, NOTIFICATION: whole messages that wait for the socket
  size_t control_sent = 0;
  bool is_writable_noted = false;
};

}  // namespace bgp::speaker
