// The RIB: what peers said (Adj-RIB-In), what is chosen (Loc-RIB) and who is told (Adj-RIB-Out), RFC 4271 §3.2.
//
// Who calls: bgp/speaker. Learning is cheap and decides nothing: it marks the prefix dirty. decide() works through dirty
// prefixes in slices, so that a prefix that flaps ten times within a turn is decided once, and a full table never starves
// a keepalive. What changed goes to every export group, and out as RouteChanges for the FIB.
//
// Memory, one path a prefix, one export group: row 12 + index 5..10 + path 16 + told 2 = 35..40 octets, and the
// attribute set's share. Invariant: the first path of a row with HasBest and without BestTouched is the selected one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bgp/policy/kernel_ways.h"
#include "bgp/rib/decision.h"
#include "bgp/rib/export_group.h"
#include "bgp/rib/multipath.h"
#include "bgp/rib/tables.h"

namespace bgp::rib {

// What the FIB shall do with a prefix.
struct RouteChange {
  enum class Kind : uint8_t { Unicast, Blackhole, None };
  // One leg. The weights of a route are all 1 unless every path brought a bandwidth.
  struct NextHop {
    ScopedAddress gateway;
    uint16_t weight = 1;      // 1..256
    std::string device = {};  // the tunnel that it is reached through, onlink; empty: none
    auto operator<=>(const NextHop&) const = default;
  };
  Prefix prefix;
  Kind kind = Kind::None;
  std::vector<NextHop> next_hops;  // of Unicast: the multipath set, sorted, unique, at most limits::kEcmpLegsMax
  bool operator==(const RouteChange&) const = default;
};

// One path as `node routes` shows it.
struct PathView {
  Prefix prefix;
  PeerId peer = 0;
  AttrId attr = 0;
  uint32_t path_id = 0;
  bool is_best = false;
  bool is_multipath = false;
  bool is_reachable = false;     // its next hop can be reached
  Rejection rejection = Rejection::None;
  DecisionStep step = DecisionStep::OnlyPath;  // what decided the prefix
  size_t advertised_to = 0;      // peers that are told of the prefix
};

class Rib {
 public:
  struct Options {
    bool assume_next_hops_reachable = false;
    bool emit_route_changes = true;
    bool waits_for_windows = false;  // a prefix that has just changed waits for end_window() (pace.cpp)
  };
  explicit Rib(Options options);

  // ---- peers ---------------------------------------------------------------------------------------------------
  // Before the first learn() of a session.
  void set_peer(PeerId peer, const PeerFacts& facts);
  // Every path of the peer goes. Cost: O(paths in the table), 0 when it has none.
  void forget_peer(PeerId peer);
  void forget_peer(PeerId peer, Family family);
  // The facts of a peer whose session stays changed what others may be told: its selected paths are told anew.
  // Cost: O(prefixes).
  void reconsider_peer(PeerId peer);
  uint64_t path_count(PeerId peer, Family family) const;      // with the rejected ones
  uint64_t rejected_count(PeerId peer, Family family) const;
  uint64_t stale_count(PeerId peer, Family family) const;

  // ---- stale paths (stale.cpp): kept and used as before, until the peer says them again or they are swept ---------
  // Cost of each: O(paths of the family's table), 0 when there is nothing to do.
  void mark_stale(PeerId peer, Family family);
  void sweep_stale(PeerId peer, Family family);
  // RFC 9494 §4.2: the stale ones get LLGR_STALE, which makes them the least preferred; those with NO_LLGR go.
  void make_long_lived(PeerId peer, Family family);

  // ---- Adj-RIB-In ----------------------------------------------------------------------------------------------
  AttrStore& attrs() { return tables_.attrs; }
  // Replaces what the peer said of this prefix (and path id). Takes a reference on `attr`. False when the table
  // is full, or the peer has said limits::kPathsPerPeerMax paths of this prefix already.
  bool learn(PeerId peer, Family family, const wire::NlriEntry& entry, AttrId attr,
             Rejection rejection = Rejection::None);
  void withdraw(PeerId peer, Family family, const wire::NlriEntry& entry);
  // What is said of a path: what speaks against it, and the set that it is used with (a reference of the judge's).
  struct Judgement {
    Rejection rejection = Rejection::None;
    AttrId attr = 0;
  };
  // Asks about each of the peer's paths again, by the set that was received. Cost: O(prefixes).
  void rejudge(PeerId peer, const std::function<Judgement(const Prefix&, AttrId)>& judge);
  // Begins to fetch what learning these prefixes will need.
  void prefetch(const wire::NlriField& field) const;

  // ---- next hops -----------------------------------------------------------------------------------------------
  NextHops& next_hops() { return tables_.next_hops; }
  // To be called after next_hops().set_state() changed something: looks at every path again.
  void next_hops_changed(const std::vector<ScopedAddress>& addresses);
  // To be called after next_hops().set_interface() did: what policy says of paths over them holds no longer.
  void interfaces_changed(const std::vector<ScopedAddress>& addresses);

  // ---- decisions -----------------------------------------------------------------------------------------------
  // Prefixes with several paths are decided again when this changes. Cost: O(prefixes).
  void set_multipath(const Multipath& config);
  // What goes into the FIB, by prefix alone (null: everything), and which way. Selected routes of which that changes are
  // told to the FIB at once. Cost: O(prefixes) when it changes.
  struct KernelPolicy {
    policy::FilterPtr filter;
    policy::KernelWays ways;
    bool lets_in(const Prefix& prefix) const;
  };
  void set_kernel_policy(KernelPolicy policy);
  bool has_work() const { return !dirty_[0].empty() || !dirty_[1].empty(); }
  // Nothing is undecided, nor waits for the end of the window.
  bool is_settled() const { return !has_work() && !is_waiting(); }
  // Decides up to `max` dirty prefixes and tells the export groups. True while more are left.
  bool decide(size_t max);
  // True since a selected path changed: the caller ends the window limits::kChangeWindow later, or before it decides the
  // next time; only while prefixes wait is there any hurry.
  bool is_waiting() const { return !waiting_[0].empty() || !waiting_[1].empty(); }
  bool has_window() const { return !changed_lately_[0].empty() || !changed_lately_[1].empty(); }
  void end_window();
  std::vector<RouteChange> take_route_changes();

  // ---- Adj-RIB-Out ---------------------------------------------------------------------------------------------
  // The group of this key, made if there is none. Valid until drop_empty_groups() finds it empty.
  ExportGroup& group(const ExportKey& key);
  void drop_empty_groups();
  // While held, newcomers are told all there is, but End-of-RIB only after the release.
  void hold_end_of_rib() { tables_.end_of_rib_held = true; }
  void release_end_of_rib();
  bool is_end_of_rib_held() const { return tables_.end_of_rib_held; }

  // ---- memory (memory.cpp) -------------------------------------------------------------------------------------
  // What the paths of each peer take, by PeerId: their own octets, and their shares of rows and attribute sets.
  // Cost: O(paths).
  std::vector<uint64_t> bytes_by_peer() const;
  // Frees what a large peer that has gone took. Cost: O(paths), next to nothing while most of the tables is in use.
  void give_back_memory();

  // ---- views ---------------------------------------------------------------------------------------------------
  const Tables& tables() const { return tables_; }
  // Every path of one prefix, the best first. Decides on a copy; nothing changes.
  std::vector<PathView> paths(const Prefix& prefix) const;
  // Every path of one family, those of a prefix one after another; `is_selected`: it is the one in use. Cost: O(paths).
  void for_each_path(Family family,
                     const std::function<void(DestinationId, const Path&, bool is_selected)>& visit) const;
  // The first `max` prefixes in order that are not before `from` and that `is_wanted`.
  // Cost: O(prefixes), no sort of the whole table.
  std::vector<Prefix> prefixes_from(const std::optional<Prefix>& from, size_t max,
                                    const std::function<bool(const Prefix&)>& is_wanted) const;

 private:
  using DirtyQueue = std::deque<DestinationId>;  // each once (RowFlag::Dirty), in order of arrival
  struct Decided {
    Selection selection;
    size_t candidates = 0;  // 0: nothing eligible
  };
  Decided choose(Family family, DestinationId id, std::vector<Candidate>& candidates) const;
  Decided choose_best(Family family, DestinationId id, std::vector<Candidate>& candidates) const;
  size_t side_by_side(const Decided& decided, std::vector<Candidate>& candidates) const;
  void decide_one(Family family, DestinationId id);
  bool must_wait(Family family, DestinationId id);
  void note_change(Family family, DestinationId id);
  void move_to_front(FamilyTable& table, DestinationId id, PathIndex path);
  void emit(Family family, DestinationId id, std::span<const Candidate> multipath);
  RouteChange change_of(const KernelPolicy& kernel, Family family, DestinationId id,
                        std::span<const Candidate> multipath) const;
  void lead(const KernelPolicy& kernel, const IpAddress& best, RouteChange& change) const;
  std::vector<RouteChange::NextHop> legs_of(const FamilyTable& table, std::span<const Candidate> multipath) const;
  ScopedAddress gateway(const Candidate& candidate) const;
  std::optional<std::vector<double>> bandwidths_of(const FamilyTable& table, std::span<const Candidate> multipath) const;
  std::vector<RouteChange::NextHop> weighted_legs(std::span<const Candidate> multipath,
                                                  const std::vector<double>& bandwidths) const;
  void tell_groups(Family family);
  void release_undead(Family family, size_t max);
  bool is_still_needed(Family family, DestinationId id) const;
  void mark_dirty(Family family, DestinationId id);
  void visit_paths_over(const std::vector<ScopedAddress>& addresses,
                        const std::function<void(Family, DestinationId, PathIndex)>& visit);
  void remove_path(Family family, DestinationId id, PathIndex path, PathIndex previous);
  void remove_paths(PeerId peer, Family family, uint64_t count, const std::function<bool(const Path&)>& is_meant);
  void visit_paths(PeerId peer, Family family, const std::function<void(DestinationId, PathIndex)>& visit);
  AttrId long_lived(AttrId attr);
  AttrId with_llgr_stale(AttrId attr, AttrId original);
  void count(const Path& path, Family family, int delta);
  bool any_tells_all_paths(Family family) const;
  bool is_eligible(const Path& path) const;
  Candidate candidate(const FamilyTable& table, PathIndex path) const;

  Options options_;
  Multipath multipath_;
  KernelPolicy kernel_;
  Tables tables_;
  std::array<DirtyQueue, 2> dirty_;
  std::array<std::vector<DestinationId>, 2> changed_lately_;  // with RowFlag::ChangedLately, or released since
  std::array<std::vector<DestinationId>, 2> waiting_;         // dirty ones, for the end of the window
  std::vector<DestinationId> decided_;                      // of the slice; only while somebody is told every path
  std::array<std::vector<BestChange>, 2> changes_;          // of the slice
  struct Counts {
    uint32_t paths = 0;
    uint32_t rejected = 0;
    uint32_t stale = 0;
  };
  std::array<std::vector<Counts>, 2> counts_;               // by PeerId
  std::vector<std::unique_ptr<ExportGroup>> groups_;
  std::vector<RouteChange> route_changes_;
  std::vector<Candidate> candidates_;
};

}  // namespace bgp::rib
