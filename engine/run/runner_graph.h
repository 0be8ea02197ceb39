// The only door to oneTBB: lays the stages of the phases out as a flow graph and runs it.
//
//   data slots   schedule -> data stages ---------------------------+
//                                                                   v
//   ahead slots  schedule ----------------------> match -> ahead stages -+
//                                                                        v
//   step tokens  schedule -----------------------------------> match -> step stages -> schedule
//   deliveries   schedule, evaluations -> writer thread -> schedule of whoever waits
//
// On a device that is not immediate a slot leaves its stages before they are done: an async node
// hands it to the courier, which brings it home behind its mark; so does a step token that waits
// for its Variables to be saved, and an evaluation between two calls. A step token that leaves lets
// the next one begin.
//
// Matches pair slots by (replica, occurrence). Every node queues and every ring is closed by slots
// that exist beforehand, so that nothing is rejected and nothing grows.
#pragma once

#include <deque>

#include "engine/run/nodes.h"
#include "engine/run/schedule_node.h"
#include "engine/run/statistics.h"
#include "engine/run/trace.h"
#include "engine/run/writer.h"

namespace ganflow {

// Runs until every slot has come to rest, on `threads` threads including the caller, denormals
// flushed in all of them. Throws std::system_error if these cannot be had.
void run_graph(int threads, const Device& device, std::deque<Replica>& replicas, const Nodes& nodes,
               ScheduleNode& schedule_node, Writer& writer, Statistics& statistics, Trace& trace);

}  // namespace ganflow
