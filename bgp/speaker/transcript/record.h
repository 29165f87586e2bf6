// A transcript: all that went into a speaker and all that came out, with the time; replay.h runs it again.
//
//   "calico-bgp transcript\n" | version u16 | layout u32 | Start | Record ...      what follows is numbers, see archive.h
//   Record: | what u8 | length u32 | its inputs, then its outputs |
//
// A Record is one call of the Speaker; one that ended in a crash has its inputs in the file, because they are written
// before the call.
#pragma once

#include "bgp/speaker/transcript/archive.h"

namespace bgp::speaker::transcript {

inline constexpr std::string_view kMagic = "calico-bgp transcript\n";
inline constexpr uint16_t kVersion = 1;

// What the speaker was made with.
struct Start {
  std::string program;  // "calico-bgpd v0.1.0 6e98771": for people
  Speaker::Options options;
  SpeakerConfigPtr config;
  Instant now;
};

enum class What : uint8_t {
  Handle,        // Input, Instant
  Run,           // Instant             -> bool
  Expire,        // Instant
  TakeOutput,    //                     -> vector<Output>
  TakeWritable,  //                     -> vector<ConnId>
  Pull,          // ConnId, max u64     -> Bytes
  Sent,          // ConnId, count u64, Instant
  Result,        // the outputs of the record before it, where it has any
};
inline constexpr size_t kRecordHeaderBytes = 5;

uint32_t layout();

}  // namespace bgp::speaker::transcript
