// decode -> encode -> decode: what we send of a route says what we were told of it, in every context.
//
//   | context of the receiving session | context of the sending one | body of an UPDATE ...
#include "harness/update.h"

namespace fuzz {
namespace {

using namespace bgp::wire;
using Entry = std::pair<bgp::Prefix, uint32_t>;

std::vector<Entry> entries_of(const NlriField& field, bool with_path_ids) {
  std::vector<Entry> out;
  field.for_each([&](const NlriEntry& entry) {
    out.emplace_back(to_prefix(field.family(), entry), with_path_ids ? entry.path_id : 0);
  });
  return out;
}

// The messages that announce (or withdraw) `entries`; none when the route cannot be told to this peer.
Bytes write(const DecodedUpdate& update, const std::vector<Entry>& entries, bgp::Family family, bool is_withdrawal,
            const NextHop& next_hop, const CodecContext& context) {
  Bytes out;
  UpdateWriter writer(out, context);
  auto begin = [&] {
    if (!is_withdrawal) return writer.announce(family, update.attributes, next_hop);
    writer.withdraw(family);
    return true;
  };
  if (!begin()) return {};
  auto add = [&](const Entry& e) { return writer.add(e.first.length(), e.first.address().bytes().data(), e.second); };
  for (const Entry& entry : entries) {
    if (add(entry)) continue;
    writer.finish();
    BGP_ASSERT(begin());
    BGP_ASSERT(add(entry));
  }
  writer.finish();
  return out;
}

// What a receiver makes of `stream`, which ends when `sent` does.
std::vector<Entry> read(ByteView stream, const DecodedUpdate& sent, bool is_withdrawal, const NextHop& next_hop,
                        const CodecContext& context) {
  std::vector<Entry> out;
  Framer framer;
  if (context.extended_messages) framer.allow_extended_messages();
  framer.feed(stream);
  DecodedUpdate received;
  while (std::optional<Frame> frame = framer.next()) {
    BGP_ASSERT(decode_update(frame->body, context, received).ok());
    BGP_ASSERT(received.faults.empty() && !received.treat_as_withdraw);
    const NlriField& field = is_withdrawal ? (received.withdrawn.empty() ? received.mp_withdrawn : received.withdrawn)
                                           : (received.reachable.empty() ? received.mp_reachable : received.reachable);
    if (!is_withdrawal) {
      // What AS_TRANS hides in two octets comes back as well as it can (RFC 6793 §4.2.3), not always whole.
      if (context.four_octet_as) BGP_ASSERT(received.attributes == sent.attributes);
      BGP_ASSERT((received.reachable.empty() ? received.mp_next_hop : received.next_hop) == next_hop);
    }
    for (const Entry& entry : entries_of(field, true)) out.push_back(entry);
  }
  BGP_ASSERT(!framer.error());
  return out;
}

void round_trip(const DecodedUpdate& update, const NlriField& field, bool is_withdrawal, const NextHop& next_hop,
                const CodecContext& context) {
  if (field.empty() || !context.families.has(field.family())) return;
  if (!is_withdrawal && next_hop.address.family() != field.family()) return;
  std::vector<Entry> entries = entries_of(field, context.add_path_send.has(field.family()));
  Bytes stream = write(update, entries, field.family(), is_withdrawal, next_hop, context);
  if (!stream.empty()) BGP_ASSERT(read(stream, update, is_withdrawal, next_hop, context) == entries);
}

}  // namespace

void one(ByteView input) {
  ByteReader reader(input);
  CodecContext from = context_of(reader.u8());
  CodecContext to = context_of(reader.u8());
  // LOCAL_PREF, the first AS and the like are the business of policy, not of the encoder.
  to.peer_as = from.peer_as;
  to.enforce_first_as = from.enforce_first_as;
  to.reject_as_sets = from.reject_as_sets;
  if (reader.failed()) return;
  DecodedUpdate update;
  if (!decode_update(reader.take_rest(), from, update)) return;
  round_trip(update, update.withdrawn, true, {}, to);
  round_trip(update, update.mp_withdrawn, true, {}, to);
  if (update.treat_as_withdraw) return;
  round_trip(update, update.reachable, false, update.next_hop, to);
  round_trip(update, update.mp_reachable, false, update.mp_next_hop, to);
}

}  // namespace fuzz
