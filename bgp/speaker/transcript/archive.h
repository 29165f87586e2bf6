// Three archives for fields.h: bytes out, bytes in, and the layout itself as a number.
//
// Numbers are big-endian in their own width, a bool or an optional's presence is one octet, lists and texts have a u32
// count in front, a variant its index. Nothing is aligned or named: who reads must have the layout of who wrote.
#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "bgp/base/bytes.h"
#include "bgp/speaker/transcript/fields.h"

namespace bgp::speaker::transcript {

template <class T>
concept Number = std::integral<T> || std::is_enum_v<T>;

// A password is never written: the n-th one to appear is the number n, so that equal ones stay equal and a changed one
// stays a change. One object for a whole transcript.
class Secrets {
 public:
  uint16_t number_of(const Secret& secret);  // 0: none
  static Secret stand_in(uint16_t number);   // "secret-3": its own number again when it is the third to appear

 private:
  std::vector<Secret> seen_;
};

class Writer {
 public:
  Writer(Bytes& out, Secrets& secrets) : writer_(out), secrets_(secrets) {}

  template <class... Fields>
  void all(const Fields&... fields) {
    (value(fields), ...);
  }

 private:
  template <Number T>
  void value(T v) {
    for (size_t i = sizeof v; i-- > 0;) writer_.u8(static_cast<uint8_t>(static_cast<uint64_t>(v) >> (8 * i)));
  }
  void value(Duration v) { writer_.u64(static_cast<uint64_t>(v.count())); }
  void value(Instant v) { value(v.time_since_epoch()); }
  void value(const std::string& v) { octets({reinterpret_cast<const uint8_t*>(v.data()), v.size()}); }
  void value(const Bytes& v) { octets(v); }
  void value(ByteView v) { octets(v); }
  void value(const Secret& v) { writer_.u16(secrets_.number_of(v)); }
  void value(const IpAddress& v) {
    value(v.family());
    writer_.bytes(v.bytes());
  }
  void value(const Prefix& v) { all(v.address(), v.length()); }
  template <class T>
  void value(const std::vector<T>& v) {
    writer_.u32(static_cast<uint32_t>(v.size()));
    for (const T& item : v) value(item);
  }
  template <class A, class B>
  void value(const std::pair<A, B>& v) { all(v.first, v.second); }
  template <class T>
  void value(const std::optional<T>& v) {
    value(v.has_value());
    if (v) value(*v);
  }
  template <class T>
  void value(const std::shared_ptr<const T>& v) {
    value(v != nullptr);
    if (v) value(*v);
  }
  template <class T>
  void value(const Shared<T>& v) { value(*v); }
  template <class... Ts>
  void value(const std::variant<Ts...>& v) {
    writer_.u8(static_cast<uint8_t>(v.index()));
    std::visit([this](const auto& alternative) { this->value(alternative); }, v);
  }
  template <class T>
    requires HasFields<T>::value
  void value(const T& v) { visit_fields(*this, v); }
  void octets(ByteView v) {
    writer_.u32(static_cast<uint32_t>(v.size()));
    writer_.bytes(v);
  }

  ByteWriter writer_;
  Secrets& secrets_;
};

// Failure is sticky, as ByteReader's. Views (input::Received) live as long as the bytes.
class Reader {
 public:
  explicit Reader(ByteView bytes) : reader_(bytes) {}
  bool failed() const { return reader_.failed() || is_bad_; }
  bool is_done() const { return !failed() && reader_.empty(); }
  size_t remaining() const { return reader_.remaining(); }

  template <class... Fields>
  void all(Fields&... fields) {
    (value(fields), ...);
  }

 private:
  template <Number T>
  void value(T& v) {
    uint64_t number = 0;
    for (size_t i = 0; i < sizeof v; ++i) number = number << 8 | reader_.u8();
    if constexpr (std::is_same_v<T, bool>) v = number != 0;
    else v = static_cast<T>(number);
  }
  void value(Duration& v) { v = Duration(static_cast<Duration::rep>(reader_.u64())); }
  void value(Instant& v) {
    Duration since{};
    value(since);
    v = Instant(since);
  }
  void value(std::string& v) {
    ByteView octets = reader_.take(reader_.u32());
    v.assign(octets.begin(), octets.end());
  }
  void value(Bytes& v) {
    ByteView octets = reader_.take(reader_.u32());
    v.assign(octets.begin(), octets.end());
  }
  void value(ByteView& v) { v = reader_.take(reader_.u32()); }
  void value(Secret& v) { v = Secrets::stand_in(reader_.u16()); }
  void value(IpAddress& v) {
    Family family{};
    value(family);
    is_bad_ = is_bad_ || (family != Family::IPv4 && family != Family::IPv6);
    v = IpAddress::from_bytes(reader_.take(family == Family::IPv4 ? 4 : 16)).value_or(IpAddress());
  }
  void value(Prefix& v) {
    IpAddress address;
    uint8_t length = 0;
    all(address, length);
    v = Prefix(address, length);
  }
  template <class T>
  void value(std::vector<T>& v) {
    v.clear();
    for (uint32_t left = reader_.u32(); left > 0 && !failed(); --left) value(v.emplace_back());
  }
  template <class A, class B>
  void value(std::pair<A, B>& v) { all(v.first, v.second); }
  template <class T>
  void value(std::optional<T>& v) {
    v.reset();
    if (reader_.u8() != 0) value(v.emplace());
  }
  template <class T>
  void value(std::shared_ptr<const T>& v) {
    v.reset();
    if (reader_.u8() == 0) return;
    auto made = std::make_shared<T>();
    value(*made);
    v = std::move(made);
  }
  template <class T>
  void value(Shared<T>& v) { value(v.change()); }
  template <class... Ts>
  void value(std::variant<Ts...>& v) {
    size_t wanted = reader_.u8(), index = 0;
    is_bad_ = is_bad_ || wanted >= sizeof...(Ts);
    ((index++ == wanted ? value(v.template emplace<Ts>()) : void()), ...);
  }
  template <class T>
    requires HasFields<T>::value
  void value(T& v) { visit_fields(*this, v); }

  ByteReader reader_;
  bool is_bad_ = false;
};

// A number that changes when the layout does: transcripts are read by the layout that wrote them.
class Shape {
 public:
  template <class T>
  static uint32_t of() {
    Shape shape;
    T v{};
    shape.value(v);
    return shape.hash_;
  }
  template <class... Fields>
  void all(const Fields&... fields) {
    note('(');
    (value(fields), ...);
    note(')');
  }

 private:
  void note(size_t what) { hash_ = (hash_ ^ static_cast<uint32_t>(what)) * 16777619U; }  // FNV-1a
  template <class T>
  void inside(size_t what) {
    note(what);
    T v{};
    value(v);
  }
  template <Number T>
  void value(T) { note(sizeof(T)); }
  void value(Duration) { note('d'); }
  void value(Instant) { note('i'); }
  void value(const std::string&) { note('s'); }
  void value(const Bytes&) { note('b'); }
  void value(ByteView) { note('b'); }
  void value(const Secret&) { note('*'); }
  void value(const IpAddress&) { note('a'); }
  void value(const Prefix&) { note('p'); }
  template <class T>
  void value(const std::vector<T>&) { inside<T>('['); }
  template <class A, class B>
  void value(const std::pair<A, B>& v) { all(v.first, v.second); }
  template <class T>
  void value(const std::optional<T>&) { inside<T>('?'); }
  template <class T>
  void value(const std::shared_ptr<const T>&) { inside<T>('?'); }
  template <class T>
  void value(const Shared<T>& v) { value(*v); }
  template <class... Ts>
  void value(const std::variant<Ts...>&) { (inside<Ts>('|'), ...); }
  template <class T>
    requires HasFields<T>::value
  void value(const T& v) { visit_fields(*this, v); }

  uint32_t hash_ = 2166136261U;
};

}  // namespace bgp::speaker::transcript
