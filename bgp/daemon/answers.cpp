#include "bgp/daemon/answers.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "bgp/base/limits.h"
#include "bgp/daemon/bfd_view.h"
#include "bgp/daemon/status_view.h"
#include "bgp/daemon/stores.h"
#include "bgp/io/speaker_driver.h"

namespace bgp::daemon {

using boost::asio::post;

// control socket -> routing thread -> control socket: values; one call a client at a time
template <class T>
void Answers::with_speaker(std::function<T()> read, std::function<void(T)> then) {
  post(from_.routing, [this, read = std::move(read), then = std::move(then)] {
    post(from_.store, [value = std::make_shared<T>(read()), then] { then(std::move(*value)); });
  });
}

ctl::server::Handlers Answers::handlers() {
  namespace protocol = ctl::protocol;
  ctl::server::Handlers handlers;
  handlers.node_status = [this](ctl::server::Reply<protocol::NodeStatus> reply) {
    with_speaker<speaker::Snapshot>(
        [this] { return from_.speaker.snapshot(io::now()); },
        [this, reply](const speaker::Snapshot& s) {
          const Clocks clocks = read_clocks();
          protocol::NodeStatus status = to_node_status(s, from_.node_name, clocks);
          status.started = clocks.to_wall(from_.started);
          status.configuration_refused = from_.config.problem();
          if (from_.etcd) status.datastore = to_datastore_status(from_.etcd->status());
          reply(std::move(status));
        });
  };
  handlers.node_peer = [this](const IpAddress& address, ctl::server::Reply<protocol::PeerDetail> reply) {
    answer_peer(address, reply);
  };
  handlers.node_routes = [this](const protocol::RoutesQuery& query, ctl::server::Reply<protocol::RoutePage> reply) {
    struct Page {
      speaker::RoutePage routes;
      std::vector<fib::RouteStatus> kernel;
    };
    with_speaker<Page>(
        [this, query] {
          Page page{from_.speaker.routes(query.from, limits::kRoutesPerPage,
                                     [&](const Prefix& prefix) { return protocol::matches(query, prefix); }),
                    {}};
          for (const speaker::RouteSnapshot& route : page.routes.routes)
            if (from_.kernel) page.kernel.push_back(from_.kernel->status(route.view.prefix));
          return page;
        },
        [reply](const Page& page) { reply(to_route_page(page.routes, page.kernel)); });
  };
  return handlers;
}

// control socket -> routing thread -> BFD thread -> control socket
void Answers::answer_peer(const IpAddress& address, const ctl::server::Reply<ctl::protocol::PeerDetail>& reply) {
  namespace protocol = ctl::protocol;
  auto answer = [this, address, reply](const std::optional<speaker::PeerDetailSnapshot>& detail,
                                 const std::optional<bfd::Status>& bfd) {
    if (!detail)
      return reply(Err(protocol::Error{protocol::ErrorCode::NotFound,
                                       address.to_string() + " is not a peer of this node", {}, 0}));
    const Clocks clocks = read_clocks();
    protocol::PeerDetail out = to_peer_detail(*detail, clocks);
    if (bfd) out.bfd = to_bfd_info(*bfd, clocks);
    reply(std::move(out));
  };
  post(from_.routing, [this, address, answer] {
    from_.bfd.status(address, [this, answer, detail = from_.speaker.peer_detail(address)](
                                  const std::optional<bfd::Status>& bfd) {
      post(from_.store, [answer, detail, bfd] { answer(detail, bfd); });
    });
  });
}

// BIRD's control sockets -> routing thread -> BIRD's control sockets: as above
ctl::server::BirdHandlers Answers::bird_handlers(Family family) {
  namespace bird = ctl::bird;
  ctl::server::BirdHandlers handlers;
  handlers.view = [this, family](bool with_counts, ctl::server::Reply<bird::View> reply) {
    struct Read {
      speaker::Snapshot snapshot;
      speaker::TableCounts counts;
    };
    with_speaker<Read>(
        [this, with_counts, family] {
          return Read{from_.speaker.snapshot(io::now()),
                      with_counts ? from_.speaker.table_counts(family) : speaker::TableCounts{}};
        },
        [this, family, reply](const Read& r) {
          reply(to_bird_view(r.snapshot, r.counts, family, from_.bird_self, read_clocks()));
        });
  };
  handlers.routes = [this](const std::optional<Prefix>& from, std::function<bool(const Prefix&)> is_wanted,
                                   ctl::server::Reply<bird::RoutePage> reply) {
    struct Read {
      speaker::RoutePage page;
      std::vector<BirdRouteFacts> facts;
      speaker::Snapshot snapshot;
    };
    with_speaker<Read>(
        [this, from, is_wanted] {
          Read read{from_.speaker.routes(from, limits::kRoutesPerPage, is_wanted), {}, from_.speaker.snapshot(io::now())};
          for (const speaker::RouteSnapshot& route : read.page.routes)
            if (from_.kernel) read.facts.push_back(facts_of(route));
          return read;
        },
        [this, reply](const Read& r) {
          reply(to_bird_routes(r.page, r.facts, r.snapshot, from_.bird_self, read_clocks()));
        });
  };
  return handlers;
}

// store thread -> routing thread -> store thread: one at a time, at most one a second for each CalicoNodeStatus
void Answers::read_live(bool with_routes, std::function<void(const LiveStatus&, const Clocks&)> then) {
  with_speaker<LiveStatus>(
      [this, with_routes] {
        LiveStatus live{from_.speaker.snapshot(io::now()), with_routes, {}};
        for (Family family : rib::kFamilies)
          if (with_routes) live.tables[rib::index_of(family)] = read_table(family);
        return live;
      },
      [this, then = std::move(then)](const LiveStatus& live) { then(live, read_clocks()); });
}

LiveStatus::Table Answers::read_table(Family family) const {
  auto is_wanted = [family](const Prefix& prefix) { return prefix.family() == family; };
  LiveStatus::Table table{from_.speaker.routes(std::nullopt, limits::kRoutesPerPage, is_wanted), {}};
  for (const speaker::RouteSnapshot& route : table.page.routes)
    if (from_.kernel) table.facts.push_back(facts_of(route));
  return table;
}

BirdRouteFacts Answers::facts_of(const speaker::RouteSnapshot& route) const {
  auto way = route.next_hop ? from_.kernel->way_to({*route.next_hop, route.ifindex}) : from_.kernel->way_of(route.view.prefix);
  return {from_.kernel->status(route.view.prefix), way};
}

Clocks Answers::read_clocks() { return wall_clock_.read(io::now(), std::chrono::system_clock::now()); }

}  // namespace bgp::daemon
