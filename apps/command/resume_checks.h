// Whether a run that goes on is the run that was begun, and what its user should know.
#pragma once

#include "io/run/resume.h"

namespace ganflow::cli {

// Options are compared as the values that hold, so that 5e-4 is 0.0005 and a default may be said
// aloud. Throws Error(usage) with every difference, both values each; with other images, that.
void require_same(const ResumeState& state, const RunInfo& info);

// Says so where the device computes with other instructions than the run did before.
void note_instructions(const ResumeState& state, const RunInfo& info);

// Says so when there is nothing left to do.
void note_done(const ResumeState& state, Step steps);

}  // namespace ganflow::cli
