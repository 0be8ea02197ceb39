// Whether a run that goes on is the run that was begun, and what its user should know.
#pragma once

#include <atomic>

#include "apps/command/options.h"
#include "io/disk/insist.h"
#include "io/run/resume.h"

namespace ganflow::cli {

// Options are compared as the values that hold, so that 5e-4 is 0.0005 and a default may be said
// aloud. Throws Error(usage) with every difference, both values each; with other images, that.
void require_same(const ResumeState& state, const RunInfo& info);

// Says so where the device computes with other instructions than the run did before.
void note_instructions(const ResumeState& state, const RunInfo& info);

// Says so when there is nothing left to do.
void note_done(const ResumeState& state, Step steps);

// The run of --resume, with all that is to be said of it. Throws Error(usage) where it was begun
// otherwise, and what load_run() throws.
ResumeState state_to_resume(const RunOptions& options, const RunInfo& info, Step steps);

// How long output may fail before a run gives up, which a stop shortens.
Grace grace_of(const RunOptions& options, const std::atomic<bool>& stop);

}  // namespace ganflow::cli
