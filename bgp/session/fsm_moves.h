// The moves that the states of fsm.cpp are made of: dial, open, confirm, establish, retry, give up. Private to the room.
#pragma once

#include <string>

#include "bgp/session/fsm.h"

namespace bgp::session {

// One step in the making: moves change the session and append to `done`.
struct Moves {
  Session& session;
  const PeerConfig& config;
  Environment& env;
  Step done;

  // ---- towards Established ----------------------------------------------------------------------------------------
  void seek();  // dial, or listen when passive
  void dial();
  void redial();  // the dial was not answered in time
  void open(const IpAddress& local_address, Duration wait_for_open);
  void take(const event::Accepted& accepted);
  void confirm(const wire::Open& peer_open);  // OPEN received in OpenSent
  void establish();

  // ---- within Established -----------------------------------------------------------------------------------------
  void restart_hold();
  void keepalive();
  void refresh(const wire::RouteRefresh& refresh);

  // ---- away from it -----------------------------------------------------------------------------------------------
  void retry(Fault fault);                                 // Active, and dial again after connect-retry
  void give_up(const wire::Notification& notification);    // send it, then idle hold
  void hold_expired();
  void unexpected(wire::MessageType type);                 // 5/1..3 (RFC 6608)
  void peer_gave_up(const wire::Notification& received);   // never answered (RFC 4271 §6.4)
  void reset(const event::Reset& reset);
  void stop(const wire::Notification& cease);
  void lose_collision();
  void yield_to_newcomer();
  void refuse(ConnId newcomer);                            // without a word: stopped, idle hold, or taken
  void refuse_for_established(ConnId newcomer);

 private:
  void fail_with(const wire::Notification& notification, Fault::Kind kind);
  void end(Fault fault, bool close);  // Down if it was up, Close, and no connection is left
  void idle_hold(bool is_error);
  void forget_old_errors();
  void send(Bytes message);
};

}  // namespace bgp::session
