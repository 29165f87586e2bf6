#include "ctl/protocol/bfd_json.h"

namespace ctl::protocol {
namespace {

Json to_object(const BfdSide& side) {
  return {{"state", inert(side.state)},
          {"diagnostic", inert(side.diagnostic)},
          {"discriminator", side.discriminator},
          {"minTxMicroseconds", side.min_tx_us},
          {"minRxMicroseconds", side.min_rx_us},
          {"multiplier", side.multiplier}};
}

BfdSide side_of(const Json& json) {
  return {.state = text_at(json, "state"),
          .diagnostic = text_at(json, "diagnostic"),
          .discriminator = number32_at(json, "discriminator"),
          .min_tx_us = number32_at(json, "minTxMicroseconds"),
          .min_rx_us = number32_at(json, "minRxMicroseconds"),
          .multiplier = number32_at(json, "multiplier")};
}

}  // namespace

Json to_object(const std::optional<BfdInfo>& bfd) {
  if (!bfd) return nullptr;
  return {{"since", to_rfc3339(bfd->since)},
          {"multihop", bfd->multihop},
          {"local", to_object(bfd->local)},
          {"remote", to_object(bfd->remote)},
          {"txIntervalMicroseconds", bfd->tx_interval_us},
          {"detectionTimeMicroseconds", bfd->detection_time_us},
          {"packets",
           {{"received", bfd->packets_received}, {"sent", bfd->packets_sent}, {"discarded", bfd->packets_discarded}}},
          {"ups", bfd->ups},
          {"downs", bfd->downs}};
}

std::optional<BfdInfo> bfd_info(const Json& json) {
  if (json.is_null()) return std::nullopt;
  auto since = parse_rfc3339(text_at(json, "since"));
  if (!since) refuse("since", "is no RFC 3339 time");
  const Json& packets = json.at("packets");
  return BfdInfo{.since = *since,
                 .multihop = json.at("multihop").get<bool>(),
                 .local = side_of(json.at("local")),
                 .remote = side_of(json.at("remote")),
                 .tx_interval_us = number_at(json, "txIntervalMicroseconds"),
                 .detection_time_us = number_at(json, "detectionTimeMicroseconds"),
                 .packets_received = number_at(packets, "received"),
                 .packets_sent = number_at(packets, "sent"),
                 .packets_discarded = number_at(packets, "discarded"),
                 .ups = number_at(json, "ups"),
                 .downs = number_at(json, "downs")};
}

}  // namespace ctl::protocol
