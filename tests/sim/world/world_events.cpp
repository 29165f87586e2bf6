// The verbs of a plan.
#include "world.h"

namespace sim {
namespace {

fib::KernelRoute static_route(const std::string& prefix, IpAddress gateway, uint32_t ifindex) {
  fib::KernelRoute route;
  route.prefix = *Prefix::parse(prefix);
  route.protocol = kStaticProtocol;
  if (ifindex == 0) route.type = fib::KernelRoute::Type::Blackhole;
  else route.legs = {{gateway, ifindex, 1, false}};
  return route;
}

std::string host_prefix(int64_t node) { return address_of(static_cast<HostId>(node)).to_string() + "/32"; }

}  // namespace

void World::apply(const Event& event) {
  const std::string& verb = event.verb;
  auto a = static_cast<int>(event.arg(0) % nodes()), b = static_cast<int>(event.arg(1) % nodes());
  Node& n = node(a);
  SimKernel& kernel = n.kernel();
  // ---- the network
  if (verb == "cut") internet_.cut(a, b), ++cuts_;
  else if (verb == "heal") internet_.heal(a, b), cuts_ = std::max(0, cuts_ - 1);
  else if (verb == "reset") internet_.reset(a, b);
  // ---- processes and power
  else if (verb == "kill") n.kill();
  else if (verb == "start") start(a);
  else if (verb == "power") n.power_off();
  else if (verb == "freeze") n.freeze();
  else if (verb == "thaw") n.thaw();
  // ---- the kernel's links and addresses
  else if (verb == "unplug") kernel.set_link_named("eth0", false, false), internet_.unplug(a);
  else if (verb == "plug") kernel.set_link_named("eth0", true, true), internet_.plug(a);
  else if (verb == "carrier") kernel.set_link_named("eth0", true, event.arg(1) != 0);
  else if (verb == "mtu") kernel.touch_link(kernel.index_of("eth0"));
  else if (verb == "rename") kernel.rename_link(2, event.arg(1) != 0 ? "eth1" : "cali1");
  else if (verb == "renumber") kernel.renumber_link(kernel.index_of("eth0"), 10 + static_cast<uint32_t>(event.arg(1)));
  else if (verb == "unaddress") kernel.remove_address(kernel.index_of("eth0"), address_of(a));
  else if (verb == "address") kernel.add_address(kernel.index_of("eth0"), address_of(a), 24);
  // ---- routes of others
  else if (verb == "workload") kernel.add_route(static_route("10.1." + std::to_string(200 + event.arg(1) % 50) + ".7/32", IpAddress(), 2));
  else if (verb == "unworkload") kernel.remove_route(static_route("10.1." + std::to_string(200 + event.arg(1) % 50) + ".7/32", IpAddress(), 2));
  else if (verb == "detour") kernel.add_route(static_route(host_prefix(b), address_of((a + b + 1) % 250), kernel.index_of("eth0")));
  else if (verb == "hole") kernel.add_route(static_route(host_prefix(b), IpAddress(), 0));
  else if (verb == "straight") kernel.remove_route(static_route(host_prefix(b), IpAddress(), 0));
  else if (verb == "usurp") kernel.replace_route(static_route(block(b * 16), IpAddress(), 2));
  else if (verb == "unusurp") kernel.remove_route(static_route(block(b * 16), IpAddress(), 2));
  else if (verb == "remove") {
    std::vector<fib::KernelRoute> own = kernel.own_routes();
    if (!own.empty()) kernel.remove_route(own[static_cast<size_t>(event.arg(1)) % own.size()]);
  }
  // ---- the kernel's moods
  else if (verb == "refuse") kernel.refuse(static_cast<int>(event.arg(1)), static_cast<unsigned>(event.arg(2)));
  else if (verb == "interrupt") kernel.interrupts_dumps = event.arg(1) != 0;
  else if (verb == "overrun") {
    if (n.fib() != nullptr) n.fib()->lose_events(static_cast<unsigned>(event.arg(1)));
  }
  // ---- configuration
  else if (verb == "block") store_.put(block_document(a, block(a * 16 + 1 + event.arg(1) % 15)));
  else if (verb == "unblock") store_.erase(block_document(a, block(a * 16 + 1 + event.arg(1) % 15)));
  else if (verb == "move") {  // a block goes to another node
    store_.erase(block_document(a, block(a * 16)));
    store_.put(block_document(b, block(a * 16)));
  } else if (verb == "mesh") store_.put(mesh_document(event.arg(0) != 0));
  else if (verb == "peer") connect_nodes(a, b, true);
  else if (verb == "unpeer") connect_nodes(a, b, false);
  else if (verb == "as") as_numbers_[a] = static_cast<uint32_t>(event.arg(1)), store_.put(node_document(a, as_of(a)));
  else if (verb == "storecrash") store_.fail_next(event.arg(0) != 0 ? StoreFault::AfterDisk : StoreFault::BeforeDisk);
  else if (verb == "storeback") store_.restart();
  // ---- hostile peers
  else if (verb == "hostile") {
    if (hostiles_.empty()) return;
    auto count = static_cast<int64_t>(Hostile::Mode::kCount);
    hostiles_[static_cast<size_t>(event.arg(0)) % hostiles_.size()]->become(static_cast<Hostile::Mode>(event.arg(1) % count));
  } else {
    broken("nobody knows the verb " + verb);
  }
}

}  // namespace sim
