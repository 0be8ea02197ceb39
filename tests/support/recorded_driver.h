// A table of the CUDA driver's functions, one of NVRTC's and one of cuDNN's, filled with recorders
// that do what they are asked on this machine: a stream is a thread, device memory is memory apart
// from the host's, NVRTC is the host's compiler, a graph's kernels run in a random order that its
// edges allow. The backend is the shipped one but for the tables.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/cuda/driver/libraries.h"
#include "engine/device/device.h"

namespace ganflow::test {

struct RecordedOptions {
  int gpus = 1;
  int architecture = 90;
  std::size_t memory_bytes = std::size_t{1} << 34;
  std::uint64_t seed = 1;      // of delays and orders
  int most_microseconds = 20;  // before what a stream does
  // The call of this name and number (from 1) fails; so does every later one, as after an illegal
  // address, unless memory has run out.
  std::string failing;
  int failing_call = 1;
  CUresult failure = CUDA_ERROR_ILLEGAL_ADDRESS;
  bool keep_calls = false;
};

// What follows is of the whole process: begin anew.
void record_driver(const RecordedOptions& options);
const cuda::Driver& recorded_driver();
const cuda::Nvrtc& recorded_nvrtc();
// Computes by plain loops what the descriptors say; the workspace is overwritten first.
const cuda::Cudnn& recorded_cudnn();
// Not a recorder: NVRTC of this machine, which needs no GPU. Null, and said, where there is none.
const cuda::Nvrtc* real_nvrtc();
// The same of cuDNN.
const cuda::Cudnn* real_cudnn();

// "cuMemAlloc 256", in order, where the options ask for them.
std::vector<std::string> recorded_calls();
// How often a function was called.
int recorded_count(const std::string& function);
// By kind (streams, events, memory, pinned memory, modules, graphs, executable graphs, contexts,
// programs): what was made and has not been given back. Kinds with none are left out.
std::map<std::string, int> not_given_back();

// GPU 0 of the recorded driver.
std::shared_ptr<const Device> recorded_device();

// What runs on the host as a program of that device: a graph of one kernel.
std::shared_ptr<const Executable> recorded(std::shared_ptr<const Executable> executable);

}  // namespace ganflow::test
