// What a hostile peer says: messages drawn from a grammar of right and wrong UPDATEs, each with what RFC 7606 makes of it.
// Written from the RFC and not with our encoder: the sim's only other author of BGP bytes.
#pragma once

#include <string>
#include <vector>

#include "bgp/base/bytes.h"
#include "bgp/base/prefix.h"
#include "bgp/base/prng.h"

namespace sim {

using namespace bgp;

struct Utterance {
  enum class Fate : uint8_t { Learned, Withdrawn, Reset };  // of `reachable`, and of the session
  Bytes bytes;
  Fate fate = Fate::Learned;
  std::vector<Prefix> reachable;
  std::vector<Prefix> withdrawn;
  std::string what;  // for a person who looks at a failure
};

class Grammar {
 public:
  // `as_number` of the speaker of these words; `next_hop` its address; prefixes from 10.66.`net`.0/24.
  Grammar(Prng& chance, uint32_t as_number, bool is_ibgp, IpAddress next_hop, uint8_t net)
      : chance_(chance), as_number_(as_number), is_ibgp_(is_ibgp), next_hop_(next_hop), net_(net) {}

  Bytes open(uint16_t hold_time_s, uint32_t identifier);
  Utterance right_update();
  Utterance bad_update();     // treat-as-withdraw or attribute discard: the session stays
  Utterance session_killer();  // what has to end in a NOTIFICATION
  Bytes noise();
  static Bytes keepalive();
  static Bytes end_of_rib();

 private:
  struct Attribute {
    uint8_t flags, code;
    Bytes value;
    int lie = 0;  // added to the length that is written
  };
  std::vector<Attribute> right_attributes();
  std::vector<Prefix> some_prefixes(size_t max);
  Bytes update(const std::vector<Prefix>& withdrawn, const std::vector<Attribute>& attributes,
               const std::vector<Prefix>& reachable);
  Bytes random_bytes(size_t count);

  Prng& chance_;
  uint32_t as_number_;
  bool is_ibgp_;
  IpAddress next_hop_;
  uint8_t net_;
};

}  // namespace sim
