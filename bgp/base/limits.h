// Every bound of the program in one place, with its overflow rule. A queue, loop or buffer that is not listed here
// has no business growing. Each one is crossed by a test.
#pragma once

#include <cstddef>
#include <cstdint>

#include "bgp/base/time.h"

namespace bgp::limits {

// ---- messages (RFC 4271 §4.1, RFC 8654); overflow: NOTIFICATION 1/2 ---------------------------------------------
inline constexpr size_t kMessageHeaderBytes = 19;
inline constexpr size_t kMessageBytesMax = 4096;
inline constexpr size_t kExtendedMessageBytesMax = 65535;

// ---- attributes; overflow: treat-as-withdraw --------------------------------------------------------------------
inline constexpr size_t kAsPathAsnsMax = 750;       // as OpenBGPD; longer paths have only ever been attacks
inline constexpr size_t kCommunitiesMax = 1024;     // of each kind
inline constexpr size_t kAttributeBytesMax = 4096;  // canonical bytes of one route's whole attribute set
inline constexpr size_t kFaultBytesMax = 64;        // of a malformed attribute that is kept to be shown; the rest is cut
inline constexpr Duration kFaultLogInterval = 1s;   // between two log lines of a peer about malformed UPDATEs; others are counted

// ---- sessions ---------------------------------------------------------------------------------------------------
inline constexpr size_t kPeersMax = 4096;                // overflow: the configuration is refused
inline constexpr size_t kPeerIdsMax = 2 * kPeersMax;     // in use, or lately so; overflow: all is decided at once, to have them back
inline constexpr size_t kReadChunkBytes = 64 * 1024;     // one read of one socket in a turn
inline constexpr size_t kWriteChunkBytes = 64 * 1024;    // one write of one socket in a turn
inline constexpr int kListenBacklog = 1024;              // BIRD's 8 costs a mesh 30 s of SYN retransmits
inline constexpr Duration kListenRetry = 5s;             // of a port that somebody else has
inline constexpr Duration kAcceptPause = 100ms;          // of the listener when the machine is out of memory
inline constexpr uint32_t kAcceptsPerSecond = 100;       // on the long run; more wait in the backlog, then in their SYNs
inline constexpr uint32_t kAcceptsAtOnce = kPeersMax;    // a whole mesh that starts
inline constexpr size_t kHalfOpenMax = 2048;             // accepted and not Established, of all peers; overflow: closed
inline constexpr Duration kTurnedAwayLogInterval = 10s;  // one line about all that was turned away; others are counted
inline constexpr Duration kOpenWait = 240s;              // hold time until an OPEN came (RFC 4271 §8.2.2)
inline constexpr Duration kInboundOpenWait = 15s;        // the same for a connection that the peer opened
inline constexpr Duration kKeepaliveTickMax = 500ms;     // keepalives of all peers go out at multiples of this
inline constexpr uint16_t kHoldTimeMin_s = 3;            // RFC 4271 §4.2; overflow: NOTIFICATION 2/6
inline constexpr Duration kStaleTime = 360s;              // until End-of-RIB or EoRR; overflow: stale routes are swept
inline constexpr Duration kRefreshInterval = 1s;          // between two BoRR of a peer and family; overflow: the later one means nothing
inline constexpr size_t kShutdownTextBytesMax = 255;     // RFC 9003
inline constexpr size_t kStateHistoryMax = 32;           // per peer; overflow: the oldest is forgotten

// ---- BFD (RFC 5880) ---------------------------------------------------------------------------------------------
inline constexpr size_t kBfdSessionsMax = 4096;          // overflow: refused, and the log says so
inline constexpr Duration kBfdIntervalMin = 10ms;        // a shorter one that is configured is raised to it
inline constexpr Duration kBfdIntervalMax = 60s;         // a longer one is lowered to it
inline constexpr size_t kBfdPacketsPerTurn = 256;        // read from one socket before timers are looked at again

// ---- tables -----------------------------------------------------------------------------------------------------
inline constexpr size_t kDecisionsPerTurn = 4096;              // prefixes decided before sockets are polled again
inline constexpr Duration kBurstPause = 100us;                  // input that comes sooner after a turn waits for what else is ready
inline constexpr Duration kChangeWindow = 10ms;                 // a prefix that changes twice in it waits for its end
inline constexpr size_t kUpdateLogBytesMax = 8 * 1024 * 1024;  // per export group; overflow: slow members leave the log
inline constexpr size_t kPathsPerPeerMax = 64;                 // of one prefix, with ADD-PATH; overflow: not taken, counted
inline constexpr Duration kRefusedLogInterval = 10s;            // between two log lines of a peer about paths not taken
inline constexpr size_t kPathsToldMax = 256;                   // of one prefix, with ADD-PATH; overflow: the rest is not told
inline constexpr size_t kEcmpLegsMax = 64;                     // the kernel takes more for IPv4, not for IPv6; rest dropped

// ---- memory as a whole (bgp/speaker/memory.cpp); per cent of the bound ------------------------------------------
// A hash table that doubles is there twice for a moment: 77 MiB became 145 within one turn (1,000,000 routes, kernel FIB).
// From half of the bound that still fits.
inline constexpr unsigned kMemoryTightPercent = 45;    // overflow: no new sessions, and a warning
inline constexpr unsigned kMemoryEasedPercent = 40;    // sessions are welcome again
inline constexpr unsigned kMemoryFullPercent = 50;     // overflow: Cease 6/8 to the peer whose routes take most
inline constexpr unsigned kMemoryGrowthPercent = 5;    // beyond what it was at the last Cease: one was not enough
inline constexpr unsigned kMemoryRoutesPercentMin = 3; // that routes take; below that no peer is at fault, and none is told
inline constexpr Duration kMemoryLook = 1s;            // while tight, and for a while after a Cease: what is free is given back, and measured
inline constexpr Duration kMemoryLookPause = 500ms;    // between the looks of two turns that read less than a chunk
inline constexpr Duration kMemorySettle = 10s;         // for the kernel's routes to go, before the next peer is looked for
inline constexpr Duration kMemoryHoldMin = 60s;        // a peer told 6/8 stays out that long, doubling each time
inline constexpr Duration kMemoryHoldMax = 3600s;      // ... up to this; forgotten when it was in for this long
inline constexpr Duration kMemoryLogInterval = 60s;    // between two lines that nobody is at fault
inline constexpr uint64_t kMemorySteps = 128;          // of the bound: a smaller change is not reported to the speaker

// ---- FIB --------------------------------------------------------------------------------------------------------
inline constexpr size_t kFibOpsPerBatch = 512;                 // messages in one sendmsg
inline constexpr Duration kFibRetryMin = 100ms;                // a refused route is retried, doubling
inline constexpr Duration kFibRetryMax = 30s;
inline constexpr int kDumpRetriesMax = 5;                      // of a dump that the kernel interrupted
inline constexpr Duration kSelectionDeferral = 120s;           // stale own routes stay that long without End-of-RIB

// ---- control socket ---------------------------------------------------------------------------------------------
inline constexpr size_t kControlClientsMax = 64;               // overflow: the newest is told so and closed
inline constexpr size_t kControlLineBytesMax = 1024 * 1024;    // one request; overflow: error and close
inline constexpr size_t kControlQueueBytesMax = 4 * 1024 * 1024;  // answers a client does not read; overflow: close
inline constexpr Duration kControlDeadline = 5s;               // for a request to come, be answered, be taken; overflow: close
inline constexpr size_t kBirdLineBytesMax = 4096;              // of BIRD's sockets: one command; overflow: error and close
inline constexpr Duration kBirdIdleDeadline = 300s;            // of BIRD's sockets: birdc stays open; overflow: close
inline constexpr size_t kBirdChunkBytes = 64 * 1024;           // of `show route`: the next is made when this one was taken
inline constexpr size_t kRoutesPerPage = 4096;                 // of `node routes`; more come in further pages

inline constexpr Duration kProbeWait = 5s;                     // of --live and --ready, to be let in and to be answered; overflow: failed
inline constexpr size_t kProbeReasonsMax = 16;                 // peers whose reason is said; overflow: counted

// ---- documents --------------------------------------------------------------------------------------------------
inline constexpr size_t kDocumentBytesMax = 4 * 1024 * 1024;
inline constexpr size_t kDocumentDepthMax = 64;
inline constexpr size_t kDocumentNodesMax = 200'000;            // scalars, lists and maps; an alias counts as its copy

// ---- etcd -------------------------------------------------------------------------------------------------------
inline constexpr size_t kEtcdAnswerBytesMax = 16 * 1024 * 1024;  // one answer: smaller pages; one line of a watch: listed again
inline constexpr size_t kEtcdValueBytesMax = 1024 * 1024;        // overflow: the key is skipped and keeps its old value
inline constexpr size_t kEtcdKeysPerPage = 1000;                 // of a listing; a tenth when a page is too large
inline constexpr size_t kEtcdWritesMax = 128;                    // in one transaction, etcd's own bound; overflow: refused
inline constexpr size_t kEtcdSkippedMax = 256;                   // keys shown as skipped; overflow: skipped unseen
inline constexpr Duration kEtcdPauseMin = 500ms;                 // before etcd is tried again, doubling
inline constexpr Duration kEtcdPauseMax = 4s;
inline constexpr Duration kEtcdRefusedPause = 30s;               // the same, when a person has to act
inline constexpr Duration kEtcdConnectWait = 2s;                 // for one endpoint's TCP and TLS; overflow: the next
inline constexpr Duration kEtcdAnswerWait = 8s;                  // etcd itself gives up after 7 s; overflow: "unknown"
inline constexpr Duration kEtcdFollowWait = 4s;                  // the same for what the agent reads; overflow: the next endpoint
inline constexpr Duration kEtcdCommitWait = 2s;                  // and writes, tried twice: within kControlDeadline
inline constexpr Duration kEtcdEchoWait = 500ms;                 // for the watch to bring what was committed
inline constexpr Duration kEtcdProbe = 10s;                      // of silence on a watch, then it must prove that it lives

// ---- the node's address (bgp/daemon) ----------------------------------------------------------------------------
inline constexpr size_t kNamePatternBytesMax = 255;     // of one expression in IP_AUTODETECTION_METHOD; overflow: refused
inline constexpr size_t kHostNameBytesMax = 253;        // of can-reach=; overflow: refused
inline constexpr size_t kPassedOverShownMax = 12;       // interfaces in the line that explains a choice; overflow: counted
inline constexpr Duration kAddressPollMin = 100ms;      // AUTODETECT_POLL_INTERVAL; overflow: refused
inline constexpr Duration kDatastoreWait = 1s;          // between two looks with WAIT_FOR_DATASTORE

// ---- times of day (bgp/daemon/wall_clock.h) ---------------------------------------------------------------------
inline constexpr Duration kWallClockTolerance = 500ms;  // that the clocks drift apart unseen; overflow: the wall clock is followed

// ---- CalicoNodeStatus (bgp/daemon/node_status_view.h) -----------------------------------------------------------
inline constexpr size_t kNodeStatusBytesMax = 768 * 1024;         // peers and routes in it; overflow: the rest is left out, and the log says so
inline constexpr Duration kNodeStatusRetry = 5s;                  // after a write that did not succeed

// ---- transcripts ------------------------------------------------------------------------------------------------
inline constexpr size_t kTranscriptBytesMax = 256 * 1024 * 1024;  // of --record; overflow: it ends, and the log says so

}  // namespace bgp::limits
