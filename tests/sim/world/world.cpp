#include "world.h"

#include <algorithm>

#include "bgp/base/assert.h"
#include "config/desired/resolve.h"
#include "secrecy.h"

namespace sim {

using namespace std::chrono_literals;

World::World(const Plan& plan)
    : plan_(plan),
      internet_(calendar_, {.seed = plan.seed,
                            .latency_max = std::chrono::milliseconds(plan.get("latency_ms")),
                            .chunk_max = static_cast<size_t>(plan.get("chunk"))}),
      store_(plan),
      began_(calendar_.now()),
      chance_(plan.seed) {
  internet_.witness(this);
  store_.broken = [this](const std::string& what) { broken(what); };
  auto fail = [this](const std::string& what) { broken(what); };
  for (int n = 0; n < plan_.nodes(); ++n) {
    Node::Options options;
    options.event_latency = std::chrono::milliseconds(plan.get("event_latency_ms"));
    nodes_.push_back(std::make_unique<Node>(n, chance_.next(), Node::World{calendar_, internet_, fail}, options));
    internet_.add(n, nodes_.back().get());
  }
  for (int h = 0; h < plan_.hostiles(); ++h) {
    HostId id = 100 + h;
    hostiles_.push_back(std::make_unique<Hostile>(id, chance_.next(), h % plan_.nodes(), 65100U + static_cast<uint32_t>(h),
                                                  false, address_of(id), Hostile::World{calendar_, internet_, fail}));
    internet_.add(id, hostiles_.back().get());
    internet_.listen(id, false);
  }
}

World::~World() = default;

// ---- configuration ------------------------------------------------------------------------------------------------

uint32_t World::as_of(int node) const {
  if (auto found = as_numbers_.find(node); found != as_numbers_.end()) return found->second;
  bool is_one_as = plan_.topology() == Topology::Mesh || plan_.topology() == Topology::Reflectors;
  return is_one_as ? 64512 : 65001U + static_cast<uint32_t>(node);
}

std::string World::block(int64_t k) const { return "10.1." + std::to_string(k / 4 % 256) + "." + std::to_string(k % 4 * 64) + "/26"; }

void World::connect_nodes(int a, int b, bool is_added) {
  std::string both = peer_document(a, address_of(b).to_string(), as_of(b)) +
                     peer_document(b, address_of(a).to_string(), as_of(a));
  if (is_added) store_.put(both);
  else store_.erase(both);
}

void World::begin() {
  int count = nodes();
  std::string documents;
  for (int n = 0; n < count; ++n) documents += node_document(n, as_of(n));
  for (int n = 0; n < count; ++n)
    for (int64_t k = 0; k < plan_.get("blocks"); ++k) documents += block_document(n, block(n * 16 + k));
  for (const auto& hostile : hostiles_)
    documents += peer_document(hostile->victim(), address_of(100 + static_cast<int>(&hostile - hostiles_.data())).to_string(),
                               65100U + static_cast<uint32_t>(&hostile - hostiles_.data()));
  Topology topology = plan_.topology();
  bool is_mesh = topology == Topology::Mesh || topology == Topology::EbgpMesh;
  store_.put(documents + mesh_document(is_mesh));
  for (int a = 0; a < count && !is_mesh; ++a) {
    for (int b = a + 1; b < count; ++b) {
      bool is_ring_end = topology == Topology::Ring && a == 0 && b == count - 1;
      bool is_reflected = topology == Topology::Reflectors && a < 2;
      if (b == a + 1 || is_ring_end || is_reflected)
        if (topology != Topology::Reflectors || a < 2) connect_nodes(a, b, true);
    }
  }
  store_.changed = [this] { tell_configuration(); };
  for (int n = 0; n < count; ++n) start(n);
}

// What no document says yet, or only slowly.
void World::tune(int node, speaker::SpeakerConfig& config) const {
  for (auto& shared : config.peers) {
    speaker::PeerSettings& peer = shared.change();
    peer.session.password = Secret(std::string(kCanary));
    peer.session.hold_time_s = static_cast<uint16_t>(plan_.get("hold_s"));
    // Shorter than the time to settle in: the routes of a peer that does not return stay that long.
    peer.session.graceful_restart.restart_time_s = plan_.get("graceful") != 0 ? 20 : 0;
    peer.session.add_path.receive = (plan_.get("add_path") & 1) != 0;
    peer.session.add_path.send = (plan_.get("add_path") & 2) != 0;
    auto other = static_cast<int>(peer.session.address.to_u32() - 0x0a000001U);
    if (other >= 100) peer.session.max_prefix.limit = static_cast<uint32_t>(plan_.get("max_prefix"));
    if (plan_.topology() == Topology::Reflectors && node < 2 && other < 100) peer.route_reflector_client = other >= 2;
  }
}

speaker::SpeakerConfigPtr World::resolve(int node) {
  config::desired::Resolved resolved = config::desired::resolve(store_.entries(), {.name = node_name(node)});
  BGP_ASSERT(!resolved.problem);
  tune(node, resolved.config);
  return std::make_shared<speaker::SpeakerConfig>(std::move(resolved.config));
}

// Each node hears of a change in its own time; what comes together is resolved once.
void World::tell_configuration() {
  for (int n = 0; n < nodes(); ++n) {
    if (std::exchange(is_configuring_[n], true)) continue;
    calendar_.in(std::chrono::milliseconds(chance_.below(50)), [this, n] { configure(n); });
  }
}

void World::configure(int n) {
  is_configuring_[n] = false;
  if (node(n).is_running() && store_.is_up()) node(n).configure(resolve(n));
}

void World::start(int n) {
  if (!node(n).is_running() && store_.is_up()) node(n).start(resolve(n));
}

// ---- running ------------------------------------------------------------------------------------------------------

std::optional<Failure> World::run() {
  begin();
  check();
  Instant end = began_ + std::chrono::seconds(plan_.get("length_s"));
  Instant next_check = began_ + 1s;
  size_t next_event = 0;
  while (!failure_ && calendar_.now() < end) {
    Instant event_at = next_event < plan_.events.size() ? began_ + plan_.events[next_event].at : kNever;
    run_until(std::min({event_at, next_check, end}));
    if (calendar_.now() >= next_check) check(), next_check = calendar_.now() + 1s;
    while (!failure_ && next_event < plan_.events.size() && began_ + plan_.events[next_event].at <= calendar_.now())
      apply(plan_.events[next_event++]);
  }
  if (failure_) return failure_;
  heal();
  if (!settle() && !failure_) broken("I11: not settled after 60 s: " + what_is_unsettled());
  return failure_;
}

void World::run_until(Instant end) {
  while (!failure_) {
    Instant next = calendar_.next();
    for (const auto& n : nodes_) next = std::min(next, n->next_deadline());
    if (next > end) break;
    calendar_.advance(next);
    ++steps_;
    if (calendar_.happen_one()) continue;  // bytes count as life before a timer expires
    for (const auto& n : nodes_)
      if (n->next_deadline() <= calendar_.now()) n->expire();
  }
  if (!failure_) calendar_.advance(end);
}

void World::heal() {
  cuts_ = 0;
  for (const auto& hostile : hostiles_) hostile->become(Hostile::Mode::Away);
  internet_.heal_all();
  store_.fail_next(StoreFault::None);
  store_.restart();
  for (int n = 0; n < nodes(); ++n) {
    Node& node = *nodes_[static_cast<size_t>(n)];
    node.kernel().refuse(0, 0);
    node.kernel().interrupts_dumps = false;
    node.kernel().heal_links();
    internet_.plug(n);
    node.thaw();
    start(n);
    tell_configuration();
  }
}

bool World::settle() {
  Instant healed = calendar_.now();
  while (!failure_ && calendar_.now() < healed + kSettleWithin) {
    run_until(calendar_.now() + 1s);
    if (!failure_) check();
    if (failure_ || !what_is_unsettled().empty()) continue;
    settled_after_ = calendar_.now() - healed;
    run_until(calendar_.now() + 5s);  // and it stays so
    if (failure_ || what_is_unsettled().empty()) return true;
    // What TCP lost in the last cut, and backs off from sending again, may end a session as long as its hold time.
    if (calendar_.now() > healed + std::chrono::seconds(plan_.get("hold_s"))) return false;
  }
  return false;
}

std::string World::what_is_unsettled() {
  std::vector<const Node*> all;
  for (const auto& node : nodes_) all.push_back(node.get());
  for (int n = 0; n < nodes(); ++n) {
    if (node(n).speaker().config() != *resolve(n)) return node_name(n) + " has another configuration than the store";
    for (const speaker::PeerSnapshot& peer : node(n).speaker().snapshot(calendar_.now()).peers) {
      auto other = static_cast<int>(peer.address.to_u32() - 0x0a000001U);
      bool is_mutual = other < nodes() && std::ranges::any_of(node(other).speaker().config().peers, [&](const auto& p) {
        return p->session.address == address_of(n) && p->session.peer_as == peer.local_as && p->session.local_as == peer.peer_as;
      });
      if (is_mutual && peer.state != session::State::Established)
        return node_name(n) + " is " + to_string(peer.state) + " towards " + peer.address.to_string();
    }
  }
  std::vector<Table> expected = settled_tables(all);
  for (int n = 0; n < nodes(); ++n) {
    Table found = loc_rib(node(n));
    if (found == expected[static_cast<size_t>(n)]) {
      std::string kernel = check_kernel(node(n));
      if (kernel.empty()) continue;
      return node_name(n) + ": " + kernel;
    }
    for (const auto& [prefix, via] : expected[static_cast<size_t>(n)])
      if (!found.contains(prefix) || found[prefix] != via)
        return node_name(n) + ": " + prefix + " should be via " + via + " and is via " + found[prefix];
    for (const auto& [prefix, via] : found)
      if (!expected[static_cast<size_t>(n)].contains(prefix)) return node_name(n) + " still has " + prefix + " via " + via;
  }
  return {};
}

// ---- invariants ---------------------------------------------------------------------------------------------------

void World::broken(const std::string& what) {
  if (!failure_) failure_ = Failure{elapsed(), what};
}

void World::check() {
  for (int n = 0; n < nodes() && !failure_; ++n) {
    if (!node(n).is_running() || node(n).is_frozen() || node(n).next_deadline() <= calendar_.now()) continue;
    if (node(n).speaker().has_undecided()) continue;
    for (const std::string& what : {check_decisions(node(n)), check_counters(node(n))})
      if (!what.empty()) return broken(node_name(n) + ": " + what);
    bool is_its_turn = elapsed() / 1s % 10 == n % 10;  // the texts of all, each second, would cost more than all the rest
    if (is_its_turn && shows_secret(told_by_control_socket(node(n), calendar_.now())))
      return broken("I7: " + node_name(n) + " shows a password on its control socket");
    size_t connections = internet_.connections(n).size();
    if (connections > 2 * node(n).speaker().config().peers.size() + 1)
      return broken(node_name(n) + ": I8: " + std::to_string(connections) + " connections");
  }
  for (const auto& hostile : hostiles_) {
    auto expected = hostile->expected();
    Node& victim = node(hostile->victim());
    if (!expected || !victim.is_running() || victim.is_frozen()) continue;
    IpAddress address = address_of(100 + static_cast<int>(&hostile - hostiles_.data()));
    if (!internet_.is_quiet(100 + static_cast<int>(&hostile - hostiles_.data()), hostile->victim())) continue;
    std::set<Prefix> found;
    for (const auto& route : victim.speaker().routes(std::nullopt, 1'000'000, [](const Prefix&) { return true; }).routes)
      if (route.peer == address) found.insert(route.view.prefix);
    if (found != *expected)
      return broken("I1: " + address.to_string() + " said " + std::to_string(expected->size()) +
                    " routes that stand, its victim has " + std::to_string(found.size()));
  }
  if (also)
    if (std::string what = also(*this); !what.empty()) broken(what);
}

// Looks at all that is said between hosts.
void World::saw(uint32_t wire, HostId from, HostId to, ByteView bytes) {
  if (from >= 100) return;
  if (shows_secret(bytes)) broken("I7: " + node_name(from) + " sends a password");
  Bytes& stream = streams_[{wire, from}];
  stream.insert(stream.end(), bytes.begin(), bytes.end());
  size_t at = 0;
  while (stream.size() - at >= 19) {
    size_t size = static_cast<size_t>(stream[at + 16]) << 8 | stream[at + 17];
    if (size < 19) return broken("a message of ours says that it has " + std::to_string(size) + " octets");
    if (stream.size() - at < size) break;
    if (stream[at + 18] == 3) judge_notification(from, to, stream[at + 19], stream[at + 20]);
    at += size;
  }
  stream.erase(stream.begin(), stream.begin() + static_cast<ptrdiff_t>(at));
}

// I1 among ourselves: nothing that one of our nodes says may look wrong to another.
void World::judge_notification(HostId from, HostId to, uint8_t code, uint8_t subcode) {
  if (to >= 100) return;
  bool is_about_as = code == 2 && subcode == 2 && !as_numbers_.empty();  // while an AS number changes
  bool is_fine = code == 4 || code == 6 || code == 8 || is_about_as;
  if (!is_fine)
    broken("I1: " + node_name(from) + " told " + node_name(to) + " NOTIFICATION " + std::to_string(code) + "/" +
           std::to_string(subcode));
}

uint64_t World::flaps() const {
  uint64_t all = 0;
  for (const auto& node : nodes_)
    if (node->is_running())
      for (const auto& peer : node->speaker().snapshot(calendar_.now()).peers)
        if (static_cast<int>(peer.address.to_u32() - 0x0a000001U) < 100) all += peer.counters.flaps;
  return all;
}

std::string World::story() const {
  std::string all;
  for (const auto& node : nodes_)
    for (const LogRecord& record : node->logs()) all += to_text(record) + "\n";
  return all;
}

}  // namespace sim
