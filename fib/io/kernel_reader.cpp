#include "fib/io/kernel_reader.h"

#include <array>
#include <cerrno>
#include <cstring>

namespace fib::io {
namespace {

// Links first: a route is judged by the link it is over.
constexpr std::array kStages{netlink::DumpOf::Links, netlink::DumpOf::Addresses, netlink::DumpOf::RoutesV4,
                             netlink::DumpOf::RoutesV6};

// NLMSG_DONE carries the dump's result, 0 or -errno.
bool is_success(const netlink::MessageView& done) {
  int32_t result = 0;
  if (done.payload.size() >= sizeof result) std::memcpy(&result, done.payload.data(), sizeof result);
  return result == 0;
}

}  // namespace

void KernelReader::begin() {
  // A dump cut short may have left messages behind.
  while (socket_->read(buffer_).error == 0) {
  }
  stage_ = 0;
  is_interrupted_ = false;
  request();
}

void KernelReader::request() {
  if (socket_->send(netlink::encode_dump_request(kStages[stage_], ++sequence_)) != 0) is_interrupted_ = true;
}

KernelReader::Progress KernelReader::read_slice(const std::function<void(const KernelEvent&)>& take) {
  for (int i = 0; i < kReadsPerSlice; ++i) {
    NetlinkSocket::Read read = socket_->read(buffer_);
    if (read.error != 0) return Progress::Interrupted;  // the kernel owes us the next piece; it was lost or refused
    if (!take_datagram(read.datagram, take)) continue;
    if (!next_stage()) return is_interrupted_ ? Progress::Interrupted : Progress::Consistent;
  }
  return Progress::More;
}

bool KernelReader::next_stage() {
  if (++stage_ == kStages.size()) return false;
  request();
  return true;
}

// True at the end of a dump.
bool KernelReader::take_datagram(bgp::ByteView datagram, const std::function<void(const KernelEvent&)>& take) {
  netlink::MessageReader messages(datagram);
  while (std::optional<netlink::MessageView> message = messages.next()) {
    if (message->sequence != sequence_) continue;
    if (message->is_interrupted()) is_interrupted_ = true;
    if (message->is_done() && !is_success(*message)) is_interrupted_ = true;
    if (netlink::decode_ack(*message)) is_interrupted_ = true;  // an error instead of a dump
    if (message->is_done() || netlink::decode_ack(*message)) return true;
    if (std::optional<KernelEvent> fact = netlink::decode_event(*message)) take(*fact);
  }
  return false;
}

}  // namespace fib::io
