// A program as text for a GPU: its kernels, and what is launched with which tensors. Knows no
// driver and no card: the text is compiled by NVRTC, or by the host's compiler to emulate it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/cuda/target.h"
#include "engine/device/executable.h"
#include "engine/kernels/launches.h"
#include "engine/tensor/memory.h"

namespace ganflow::cuda {

using namespace kernels;  // this room writes what that one plans

struct KernelLaunch {
  std::string kernel;           // a function of the text; empty: a library computes the launch
  unsigned grid = 0;            // blocks
  unsigned threads = 0;         // of a block
  std::vector<Place> pointers;  // its arguments
  // A library's: what it computes. The pointers are its two operands, its result and, if it has
  // one, its workspace.
  std::optional<Convolution> convolution;
};

struct Source {
  Program program;  // rewritten: launches name its nodes
  std::string text;
  std::vector<std::string> kernels;           // the functions of the text
  Launches launches;                          // in order, with the bytes they read and write
  std::vector<KernelLaunch> kernel_launches;  // by launch
  Memory constants;
  Report report;
};

// float32 only. Throws Error(usage) naming the first primitive that has no text for a GPU.
Source write_source(const Program& program, const CompileOptions& options,
                    const ConvolutionWorkspace& workspace = {});

}  // namespace ganflow::cuda
