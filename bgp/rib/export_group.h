// Peers that are told the same things in the same bytes: same export policy, same codec facts, same next hop.
//
// An UPDATE is encoded once into the group's log; every member that keeps up is written those same bytes, messages that
// carry its own routes left out. A member that is new or slow does not read the log: it is served from its own CatchUp
// and joins the log when level. This is Adj-RIB-Out: per prefix and group two octets (whose path the group was told),
// nothing per peer.
#pragma once

#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "bgp/policy/filter.h"
#include "bgp/rib/catch_up.h"
#include "bgp/rib/tables.h"
#include "bgp/rib/told_paths.h"
#include "bgp/rib/update_log.h"
#include "bgp/wire/update.h"

namespace bgp::rib {

// Peers with equal keys share a group.
struct ExportKey {
  policy::ExportTarget target;
  policy::FilterPtr filter;      // compared by value
  wire::CodecContext codec;      // peer_as is cleared: it does not change what is written
  bool operator==(const ExportKey& other) const;
};

class ExportGroup {
 public:
  // Works out what the present table means for this group. Cost: O(prefixes).
  ExportGroup(ExportKey key, Tables& tables);

  const ExportKey& key() const { return key_; }
  bool is_empty() const { return members_.empty(); }

  // The newcomer is told the whole table, then End-of-RIB of each family. One that moves over from another group (its
  // policy changed, its session did not) is also told what is no longer meant for it; call from->leave() afterwards.
  void join(PeerId peer, ExportGroup* from = nullptr);
  // Returns the rest of a message that was sent in part: it must go out before anything else can.
  Bytes leave(PeerId peer);
  // ROUTE-REFRESH: tells the member everything of that family again. With `demarcated` (RFC 7313) EoRR follows; true
  // when BoRR is to be sent before anything else: not while the first End-of-RIB is still to come, nor while an EoRR is.
  bool refresh(PeerId peer, Family family, bool demarcated = false);
  // Before rows of the table go, and after it has become smaller.
  void forget_decided();
  void give_back_memory();
  // Tables::end_of_rib_held was let go.
  void release_end_of_rib();

  // The decisions of a turn, sorted by (attr, source). Encodes for the members that are level.
  void apply(Family family, std::span<const BestChange> changes);
  // The prefixes of a turn, for a family in which every path is told (ADD-PATH): what differs from what was told.
  void apply_paths(Family family, std::span<const DestinationId> decided);
  bool tells_all_paths(Family family) const { return paths_[index_of(family)] != nullptr; }
  // The facts of a peer changed: what was told of its paths holds no longer. The caller has them decided again.
  void reconsider(PeerId source);
  // The same of the paths to one prefix.
  void reconsider(Family family, DestinationId id);
  // At the end of a turn: forgets what everybody has read, sends away members that hold back too much.
  void trim();
  // True when a member may still have to be told that `id` is gone: the id must not be reused yet.
  bool is_pending(Family family, DestinationId id) const;

  // ---- a member's outgoing bytes -------------------------------------------------------------------------------
  // The next octets for `peer`, contiguous, at most `max`; empty when it has been told everything. The view lives
  // until the next call of anything but sent().
  ByteView read(PeerId peer, size_t max);
  // Returns how many messages are complete with that.
  size_t sent(PeerId peer, size_t count);
  bool is_inside_message(PeerId peer) const;
  bool has_output(PeerId peer);

  // Routes the group is told now, less the peer's own: the size of the peer's Adj-RIB-Out.
  uint64_t advertised(PeerId peer, Family family) const;
  // How many members are told a path of `id`.
  size_t reach(Family family, DestinationId id) const;
  // Whether `id` is among them.
  bool is_advertised(PeerId peer, Family family, DestinationId id) const;

 private:
  static constexpr size_t kCatchUpSlice = 2048;  // prefixes looked at for one member at a time
  struct Member {
    PeerId peer = 0;
    bool is_level = false;            // reads the log; else served from catch_up
    UpdateLog::Position position;
    CatchUp catch_up;
    FamilySet end_of_rib_due;
    FamilySet end_of_refresh_due;     // EoRR, RFC 7313
    // Passed over because they are about to be decided again: no End-of-RIB and no EoRR before that.
    std::array<std::vector<DestinationId>, 2> awaited;
    Bytes own;                        // messages for this member alone, from catch_up
    size_t own_sent = 0;
    size_t own_boundary = 0;          // where the message ends that own_sent is in
  };
  // How routes with one attribute set and source look to this group.
  struct Outgoing {
    bool is_exported = false;
    Bytes attributes;
    wire::NextHop next_hop;
  };
  struct Withdrawal {
    Audience audience;
    DestinationId destination;
  };

  // export_policy.cpp: what the filter says of routes, and how those look that it lets through
  class Policy;
  Outgoing outgoing(Family family, AttrId attr, PeerId source, const policy::Edits& edits) const;
  void tell_present_table(Family family);
  void apply_alike(Family family, const Outgoing* look, std::span<const BestChange> changes);
  void tell(Family family, DestinationId id, PeerId source);
  void untell(Family family, DestinationId id);
  void note_change(Family family, DestinationId id, uint16_t before, uint16_t now);
  void write_withdrawals(Family family);
  bool has_reader(Audience audience) const;

  Member& member(PeerId peer) { return *members_.at(peer); }
  const Member& member(PeerId peer) const { return *members_.at(peer); }
  void fall_behind(Member& m);
  const CatchUp& all_owed(Member& m);
  void mark_all(ByteView message, Member& m);
  void take_back(ByteView message, Member& m);
  bool fill_own(Member& m);
  bool is_awaiting(Member& m) const;
  void forget_decided(Member& m) const;
  bool write_ends(Member& m);
  void write_catch_up(Member& m, Family family);
  void become_level(Member& m);
  // export_paths.cpp: ADD-PATH
  class PathGatherer;
  void tell_present_paths(Family family);
  void update_paths(Family family, DestinationId id, PathGatherer& gatherer);
  void count_paths(Family family, DestinationId id, int delta);
  void write_path_run(wire::UpdateWriter& writer, Family family, std::span<const PathChange> run) const;
  void write_catch_up_paths(Member& m, Family family);
  void take_over_ids(Family family, const ExportGroup& from);
  UpdateLog::Position slowest() const;

  ExportKey key_;
  Tables& tables_;
  UpdateLog log_;
  std::unordered_map<PeerId, std::unique_ptr<Member>> members_;
  std::vector<Member*> behind_;                 // those that are not level
  std::array<ChunkedArray<uint16_t>, 2> told_;  // per destination: source peer + 1, 0 = not told
  std::array<std::unique_ptr<ToldPaths>, 2> paths_;  // instead of told_, for families with ADD-PATH
  std::array<uint64_t, 2> told_count_{};
  std::array<std::vector<uint32_t>, 2> told_by_source_;
  std::vector<Withdrawal> withdrawals_;         // of the turn
  std::vector<PathChange> path_changes_;        // of the turn
  std::vector<DestinationId> scratch_ids_;
  std::vector<BestChange> scratch_changes_;
  wire::DecodedUpdate scratch_update_;
};

}  // namespace bgp::rib
