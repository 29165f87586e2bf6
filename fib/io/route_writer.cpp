#include "fib/io/route_writer.h"

#include "fib/netlink/route_codec.h"

namespace fib::io {

RouteWriter::Answers RouteWriter::write(std::span<const RouteOp> ops) {
  Answers answers;
  size_t first = 0;
  for (size_t i = 0; i < ops.size(); ++i) {
    bool is_last = i + 1 == ops.size() || batch_.size() >= kBatchBytes;
    netlink::encode_route_op(ops[i], is_last, batch_);
    if (!is_last) continue;
    send_batch(ops.subspan(first, i + 1 - first), answers);
    batch_.clear();
    first = i + 1;
  }
  return answers;
}

void RouteWriter::send_batch(std::span<const RouteOp> ops, Answers& answers) {
  int error = socket_->send(batch_);
  if (error == 0) {
    if (!collect(ops.back().id, answers)) answers.is_complete = false;
    return;
  }
  for (const RouteOp& op : ops) answers.refusals.push_back({op.id, error, kernel_error({}, error).text});
}

// False if the socket ran dry, or over, before the answer to the last operation.
bool RouteWriter::collect(uint32_t last, Answers& answers) {
  for (;;) {
    NetlinkSocket::Read read = socket_->read(buffer_);
    if (read.error != 0) return false;
    netlink::MessageReader messages(read.datagram);
    while (std::optional<netlink::MessageView> message = messages.next()) {
      std::optional<netlink::Ack> ack = netlink::decode_ack(*message);
      if (!ack) continue;
      uint32_t sequence = ack->sequence;
      if (ack->error != 0) {
        if (ack->text.empty()) ack->text = kernel_error({}, ack->error).text;
        answers.refusals.push_back(std::move(*ack));
      }
      if (sequence == last) return true;
    }
  }
}

}  // namespace fib::io
