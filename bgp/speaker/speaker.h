// The whole BGP core, one entrance and one exit, and no I/O: a deterministic value machine.
//
//   handle(Input, now)          something happened
//   run(now)                    decide a slice of what is dirty; call again while it returns true, sockets in between
//   take_output()               what to do about it
//   take_writable()             connections that have something to send, then for each
//   bytes_to_send() / sent()    pull: the rim writes when the socket takes it, the speaker never queues for it
//   next_deadline()/expire()    timers are deadlines held here; nothing asks a clock
//
// Who calls: bgp/io (sockets and time), bgp/daemon (routes of the kernel, configuration, status), tests (everything).
// Invariants: equal inputs give equal outputs; every queue is bounded (limits.h); a peer's bytes never assert.
#pragma once

#include <memory>
#include <optional>
#include <queue>
#include <unordered_map>
#include <vector>

#include "bgp/base/prng.h"
#include "bgp/rib/rib.h"
#include "bgp/session/peer.h"
#include "bgp/speaker/input.h"
#include "bgp/speaker/output.h"
#include "bgp/speaker/snapshot.h"

namespace bgp::speaker {

class Speaker {
 public:
  struct Options {
    uint64_t seed = 0;
    bool has_fib = true;  // false: next hops count as reachable, no output::Routes
    Duration selection_deferral = limits_selection_deferral();
    // Families whose routes of an earlier life are still in the kernel: the F-bits (RFC 4724 §4.1). Not empty: we are
    // restarting, and say so (R) until Converged.
    FamilySet forwarding_kept = {};
    std::string software = {};  // "calico-bgp v0.1": for the peers that are to know it (capability 75)
  };
  Speaker(SpeakerConfigPtr config, Options options, Instant now);
  ~Speaker();
  Speaker(const Speaker&) = delete;
  Speaker& operator=(const Speaker&) = delete;

  void handle(const Input& input, Instant now);
  bool run(Instant now);
  std::vector<Output> take_output();
  bool has_output() const { return !outputs_.empty(); }

  Instant next_deadline() const;
  void expire(Instant now);

  std::vector<ConnId> take_writable();
  // Contiguous, at most `max`; empty when there is nothing (more), also for a connection that is gone. The view lives
  // until the next call of anything but sent().
  ByteView bytes_to_send(ConnId conn, size_t max);
  void sent(ConnId conn, size_t count, Instant now);

  // ---- status --------------------------------------------------------------------------------------------------
  const SpeakerConfig& config() const { return *config_; }
  Snapshot snapshot(Instant now) const;
  // True while what was heard is not yet decided: run() has work, or a prefix waits for the end of its window.
  bool has_undecided() const { return !rib_.is_settled(); }
  std::optional<PeerDetailSnapshot> peer_detail(const IpAddress& address) const;
  // Cost: O(paths of the family).
  TableCounts table_counts(Family family) const;
  // Every path of the wanted prefixes from `from` on, in order, until `max` paths are reached (a prefix stays whole).
  RoutePage routes(const std::optional<Prefix>& from, size_t max,
                   const std::function<bool(const Prefix&)>& is_wanted) const;

 private:
  struct PeerSlot;
  struct Connection;
  struct Deadline {
    Instant at;
    rib::PeerId peer;
    bool operator>(const Deadline& other) const { return at > other.at; }
  };
  static Duration limits_selection_deferral();
  static constexpr Duration kGrace = 5s;  // how long a peer that is out of reach holds up output::Converged

  // inputs
  void on(const input::Connected& in);
  void on(const input::ConnectFailed& in);
  void on(const input::Accepted& in);
  void on(const input::Received& in);
  void on(const input::Closed& in);
  void on(const input::ConnectHint& in);
  void on(const input::LocalRoutes& in);
  void on(const input::NextHopStates& in);
  void on(const input::Reconfigure& in);
  void on(const input::BfdState& in);
  void on(const input::MemoryUse& in);
  void on(const input::Shutdown& in);

  // inbound.cpp: bytes -> messages -> Adj-RIB-In
  void receive_frame(Connection& connection, const wire::Frame& frame);
  void receive_update(PeerSlot& peer, ConnId conn, ByteView body);
  void note_faults(PeerSlot& peer);
  void note_refused(PeerSlot& peer, uint64_t count);
  void note_reset(PeerSlot& peer, const wire::Notification& answer, ByteView body);
  void learn(PeerSlot& peer, const wire::NlriField& field, wire::NextHop next_hop);
  rib::AttrId intern_received(const PeerSlot& peer, const wire::NextHop& next_hop);
  class ImportJudge;
  void note_interfaces(const std::vector<ScopedAddress>& changed);
  rib::Rejection find_loop(const PeerSlot& peer, rib::AttrId attr) const;

  // peers.cpp: configuration -> peers
  void apply_peers(const SpeakerConfig& from);
  void remove_unwanted_peers();
  rib::PeerId take_peer_id();
  void add_peer(const Shared<PeerSettings>& settings);
  void remove_peer(PeerSlot& peer);
  void change_peer(PeerSlot& peer, const Shared<PeerSettings>& settings);
  void roll_over_keys(const PeerSlot& peer, const AoKeys& keys);
  void rejudge(PeerSlot& peer);
  BgpIdentifier cluster_id() const;
  void apply_own_routes(const std::vector<Prefix>& from, const std::vector<Prefix>& to, rib::LocalKind kind);
  void learn_local(const Prefix& prefix, rib::LocalKind kind, const policy::LocalOrigin& origin = {});
  void withdraw_local(const Prefix& prefix, rib::LocalKind kind);
  rib::ExportKey export_key(const PeerSlot& peer) const;
  void join_group(PeerSlot& peer);
  void move_group(PeerSlot& peer);

  // bfd.cpp
  void want_bfd(PeerSlot& peer);
  // dynamic_peers.cpp: neighbours without a name of their own, and who may connect at all
  const DynamicPeers* find_range(const IpAddress& address) const;
  PeerSlot* admit(const IpAddress& remote);
  const char* refusal(const IpAddress& remote) const;
  void turn_away(const input::Accepted& in, const char* reason, Bytes last_words = {});
  bool has_room_for_half_open() const;
  void update_dynamic_peers();
  void forget_gone_dynamic_peers();
  void rank_peers();
  void update_guards();

  // memory.cpp: a bound on memory as a whole
  uint64_t memory_share(unsigned percent) const { return memory_.use.bound / 100 * percent; }
  struct Takers {
    PeerSlot* largest = nullptr;
    uint64_t of_largest = 0;  // octets of its routes
    uint64_t all = 0;
    bool matter = false;      // routes are a part of what fills the memory
  };
  Takers takers() const;
  void note_memory_level();
  void end_largest_peer();
  void end_for_memory(PeerSlot& peer, uint64_t bytes);
  void look_at_memory();
  bool is_kept_out_by_memory(const PeerSlot* peer) const;

  // restarts.cpp: what stays of a peer while it restarts, and of us while we do
  void keep_routes(PeerSlot& peer, const session::GracefulRestart& graceful);
  void drop_routes(PeerSlot& peer);
  void resume_routes(PeerSlot& peer);
  void refresh_marked(PeerSlot& peer, Family family, bool is_end);
  void end_of_rib(PeerSlot& peer, Family family);
  void expire_stale(PeerSlot& peer);
  void sweep(PeerSlot& peer, Family family, const char* reason);
  bool leaves_gracefully(const PeerSlot& peer) const;
  bool has_told_all(const PeerSlot& peer) const;
  void check_converged();

  // speaker.cpp
  void perform(PeerSlot& peer, const session::ActionList& actions);
  void close_connection(ConnId conn);
  void session_up(PeerSlot& peer, ConnId conn);
  void note_facts(const PeerSlot& peer);
  void session_down(PeerSlot& peer, const session::action::Down& down);
  void answer_refresh(PeerSlot& peer, Family family);
  void schedule(PeerSlot& peer);
  void mark_writable(Connection& connection);
  void mark_members_writable();
  void check_max_prefix(PeerSlot& peer);
  void end_window();
  void decide_all();
  void collect_rib_output();
  void log(LogLevel level, std::string event, const PeerSlot* peer,
           std::vector<std::pair<std::string, std::string>> fields = {});
  session::Environment environment() { return {now_, prng_, conn_ids_, open_facts()}; }
  session::OpenFacts open_facts() const;
  PeerSlot* find_peer(const IpAddress& address) const;
  Connection* find_connection(ConnId conn) const;
  // snapshots.cpp
  void append_routes(const Prefix& prefix, std::vector<RouteSnapshot>& out) const;
  PeerSnapshot snapshot_of(const PeerSlot& peer) const;

  SpeakerConfigPtr config_;
  Options options_;
  Instant now_;
  Instant started_;
  Prng prng_;
  session::ConnIdSource conn_ids_;
  rib::Rib rib_;
  Instant window_end_ = kNever;  // of prefixes that changed lately (bgp/rib/pace.cpp)
  std::vector<std::unique_ptr<PeerSlot>> peers_;  // by PeerId; [0] and free slots are null
  std::vector<rib::PeerId> free_peer_ids_;
  std::unordered_map<IpAddress, rib::PeerId> by_address_;
  std::unordered_map<ConnId, std::unique_ptr<Connection>> connections_;
  std::priority_queue<Deadline, std::vector<Deadline>, std::greater<>> deadlines_;
  std::vector<ConnId> writable_;
  std::vector<Output> outputs_;
  wire::DecodedUpdate update_;  // reused for every message
  struct Memory {
    input::MemoryUse use;                // as last said
    bool is_tight = false;
    Instant look_at = kNever;            // while tight, and until settled_at
    Instant settled_at;                  // by then the last peer's memory is given back
    uint64_t used_at_end = 0;            // when it was ended
    Instant next_log;                    // that nobody is at fault
  };
  Memory memory_;
  std::vector<rib::PeerId> dynamic_;  // peers that came by themselves
  output::Listen guards_;             // as last said
  uint64_t turned_away_ = 0;
  Instant next_turned_away_log_;
  bool is_converged_ = false;
  bool is_shut_down_ = false;
};

}  // namespace bgp::speaker
