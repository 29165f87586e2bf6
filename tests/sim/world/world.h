// Runs a plan: our nodes with their kernels and one store, hostile peers, and the Internet between them, in virtual time.
//
// Two phases. Safety: the plan's events happen; the invariants are checked as things happen and once a second of virtual
// time. Liveness: every fault ends; within kSettleWithin all sessions are up, each node's Loc-RIB is the model's and each
// kernel has what its node selected.
//   I1 no reset for an input that does not earn one    I2 decisions as the model's      I3 kernel = selected, at rest
//   I4 no foreign route changed                        I5 nothing inherited deleted early   I6 acknowledged writes stay
//   I7 no secret in any output (secrecy.h)             I8 bounded: connections, buffers, logs    I9 deadlines move on
//   I10 counters sum up                                I11 it settles
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cluster_store.h"
#include "hostile.h"
#include "model.h"
#include "node.h"
#include "plan.h"

namespace sim {

struct Failure {
  Duration at{};
  std::string what;
};

class World : private Witness {
 public:
  explicit World(const Plan& plan);
  ~World() override;

  // The first broken invariant, or nothing.
  std::optional<Failure> run();

  // One more thing that must hold, for a test or a scenario: asked at each check; empty means that it does.
  std::function<std::string(World&)> also;
  static constexpr Duration kSettleWithin = std::chrono::seconds(60);

  // ---- what a test may ask
  Node& node(int n) { return *nodes_[static_cast<size_t>(n)]; }
  int nodes() const { return static_cast<int>(nodes_.size()); }
  Duration elapsed() const { return calendar_.now() - began_; }
  bool is_cut() const { return cuts_ > 0; }
  uint64_t flaps() const;
  Duration settled_after() const { return settled_after_; }
  uint64_t steps() const { return steps_; }
  // Everything that was logged, as text: equal seeds give equal stories.
  std::string story() const;
  void apply(const Event& event);

 private:
  void begin();
  void run_until(Instant end);
  void check();
  void heal();
  bool settle();
  std::string what_is_unsettled();
  void broken(const std::string& what);
  void saw(uint32_t wire, HostId from, HostId to, ByteView bytes) override;
  void judge_notification(HostId from, HostId to, uint8_t code, uint8_t subcode);
  void tell_configuration();
  void configure(int node);
  speaker::SpeakerConfigPtr resolve(int node);
  void tune(int node, speaker::SpeakerConfig& config) const;
  void connect_nodes(int a, int b, bool is_added);
  uint32_t as_of(int node) const;
  std::string block(int64_t k) const;
  void start(int node);

  Plan plan_;
  Calendar calendar_;
  Internet internet_;
  ClusterStore store_;
  Instant began_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<std::unique_ptr<Hostile>> hostiles_;
  std::map<std::pair<uint32_t, HostId>, Bytes> streams_;  // for saw(): the beginning of a message
  std::map<int, uint32_t> as_numbers_;
  std::map<int, bool> is_configuring_;
  std::optional<Failure> failure_;
  Duration settled_after_{};
  uint64_t steps_ = 0;
  int cuts_ = 0;
  Prng chance_;
};

}  // namespace sim
