#include "bgp/speaker/transcript/record.h"

namespace bgp::speaker::transcript {

// The first of each is looked for again: there are a handful of passwords.
uint16_t Secrets::number_of(const Secret& secret) {
  if (secret.empty()) return 0;
  size_t at = 0;
  while (at < seen_.size() && !(seen_[at] == secret)) ++at;
  if (at == seen_.size()) seen_.push_back(secret);
  return static_cast<uint16_t>(at + 1);
}

Secret Secrets::stand_in(uint16_t number) {
  return number == 0 ? Secret() : Secret("secret-" + std::to_string(number));
}

uint32_t layout() {
  return Shape::of<Speaker::Options>() ^ Shape::of<SpeakerConfig>() * 3 ^ Shape::of<Input>() * 5 ^
         Shape::of<std::vector<Output>>() * 7;
}

}  // namespace bgp::speaker::transcript
