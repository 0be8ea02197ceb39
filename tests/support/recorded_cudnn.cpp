// cuDNN's graph interface on the host: descriptors are what was set, the heuristics offer engines
// that may not be taken before one that may, and a plan is executed by plain loops over what its
// descriptors say, with a workspace that is overwritten first.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "engine/error.h"
#include "support/recorded_state.h"

namespace ganflow::test {
namespace {

using Handle = cudnnBackendDescriptor_t;
using Name = cudnnBackendAttributeName_t;

struct RecordedDescriptor {
  cudnnBackendDescriptorType_t type;
  std::map<Name, std::vector<std::byte>> attributes;
  bool finalized = false;
  int engine = -1;  // of engines, configurations, plans
  Handle graph = nullptr;

  template <class T>
  std::vector<T> get(Name name) const {
    const std::vector<std::byte>& bytes = attributes.at(name);
    std::vector<T> values(bytes.size() / sizeof(T));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }
};
RecordedDescriptor& at(Handle d) { return *static_cast<RecordedDescriptor*>(d); }
const RecordedDescriptor& part(const RecordedDescriptor& d, Name name) {
  return at(d.get<Handle>(name)[0]);
}

struct RecordedCudnn {
  CUstream stream = nullptr;
};

// What a call has to fail with.
bool fails(const char* function) { return recorded_state().begin(function) != CUDA_SUCCESS; }
#define GANFLOW_BEGIN(function) \
  if (fails(function)) return CUDNN_STATUS_INTERNAL_ERROR

// The engines of mode A, in order. The plan of the third is refused; the fourth is good, the fifth
// in float32, too.
constexpr int kGood = 3, kExact = 4;
std::vector<cudnnBackendNumericalNote_t> notes_of(int engine) {
  switch (engine) {
    case 0:
      return {CUDNN_NUMERICAL_NOTE_TENSOR_CORE, CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC};
    case 1:
      return {CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION};
    case kExact:
      return {};
    default:
      return {CUDNN_NUMERICAL_NOTE_TENSOR_CORE};
  }
}

std::size_t size_of(cudnnBackendAttributeType_t type) {
  switch (type) {
    case CUDNN_TYPE_INT64:
      return sizeof(std::int64_t);
    case CUDNN_TYPE_CHAR:
      return 1;
    case CUDNN_TYPE_FLOAT:
      return sizeof(float);
    case CUDNN_TYPE_BACKEND_DESCRIPTOR:
    case CUDNN_TYPE_HANDLE:
    case CUDNN_TYPE_VOID_PTR:
      return sizeof(void*);
    default:
      return sizeof(int);  // enumerations
  }
}

struct RecordedTensor {
  std::vector<std::int64_t> sizes, strides;
  std::int64_t name = 0, alignment = 0;
  float* data = nullptr;
  float& operator()(std::int64_t i, std::int64_t j, std::int64_t k, std::int64_t l) const {
    return data[i * strides[0] + j * strides[1] + k * strides[2] + l * strides[3]];
  }
  template <class F>
  void for_each(F f) const {
    for (std::int64_t i = 0; i < sizes[0]; ++i)
      for (std::int64_t j = 0; j < sizes[1]; ++j)
        for (std::int64_t k = 0; k < sizes[2]; ++k)
          for (std::int64_t l = 0; l < sizes[3]; ++l) f(i, j, k, l);
  }
};

struct RecordedConvolution {
  cudnnBackendDescriptorType_t type;
  RecordedTensor x, k, y;
  std::vector<std::int64_t> strides, before;
  std::size_t workspace_bytes = 0;
  std::byte* workspace = nullptr;

  void overwrite() const { std::memset(workspace, 0xff, workspace_bytes); }

  void run() const {
    bool kept = true;
    for (std::size_t i = 0; i < workspace_bytes; ++i) kept = kept && workspace[i] == std::byte{255};
    const auto each = [&](auto f) {  // f(x, k, y) of every triple that is multiplied
      y.for_each([&](auto n, auto o, auto p, auto q) {
        for (std::int64_t c = 0; c < k.sizes[1]; ++c)
          for (std::int64_t r = 0; r < k.sizes[2]; ++r)
            for (std::int64_t s = 0; s < k.sizes[3]; ++s) {
              const std::int64_t h = p * strides[0] + r - before[0];
              const std::int64_t w = q * strides[1] + s - before[1];
              if (h >= 0 && h < x.sizes[2] && w >= 0 && w < x.sizes[3])
                f(x(n, c, h, w), k(o, c, r, s), y(n, o, p, q));
            }
      });
    };
    const RecordedTensor& result =
        type == CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR         ? y
        : type == CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR ? x
                                                                               : k;
    const float start = kept ? 0 : std::numeric_limits<float>::quiet_NaN();
    result.for_each([&](auto i, auto j, auto l, auto m) { result(i, j, l, m) = start; });
    if (&result == &y) each([](float a, float b, float& sum) { sum += a * b; });
    if (&result == &x) each([](float& sum, float b, float a) { sum += a * b; });
    if (&result == &k) each([](float a, float& sum, float b) { sum += a * b; });
  }
};

constexpr std::size_t kWorkspaceBytes = 1000;

// The descriptors under a plan, and where its tensors lie.
cudnnStatus_t execute(cudnnHandle_t handle, Handle plan, Handle pack) {
  GANFLOW_BEGIN("cudnnBackendExecute");
  const RecordedDescriptor& operation = part(at(at(plan).graph), CUDNN_ATTR_OPERATIONGRAPH_OPS);
  RecordedConvolution made{.type = operation.type};
  const bool forward = made.type == CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR;
  const bool input = made.type == CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR;
  const auto name = [&](Name a, Name b, Name c) { return forward ? a : input ? b : c; };
  const auto ids = at(pack).get<std::int64_t>(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS);
  const auto pointers = at(pack).get<void*>(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS);
  const auto tensor = [&](RecordedTensor& t, Name which) {
    const RecordedDescriptor& d = part(operation, which);
    t.sizes = d.get<std::int64_t>(CUDNN_ATTR_TENSOR_DIMENSIONS);
    t.strides = d.get<std::int64_t>(CUDNN_ATTR_TENSOR_STRIDES);
    const std::int64_t id = d.get<std::int64_t>(CUDNN_ATTR_TENSOR_UNIQUE_ID)[0];
    const std::int64_t alignment = d.get<std::int64_t>(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT)[0];
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (ids[i] == id) t.data = static_cast<float*>(pointers[i]);
    return t.data && reinterpret_cast<std::intptr_t>(t.data) % alignment == 0;
  };
  const bool bound = tensor(made.x, name(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
                                         CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
                                         CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X)) &&
                     tensor(made.k, name(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
                                         CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
                                         CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW)) &&
                     tensor(made.y, name(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y,
                                         CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY,
                                         CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY));
  const RecordedDescriptor& window =
      part(operation, name(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
                           CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
                           CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC));
  made.strides = window.get<std::int64_t>(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES);
  made.before = window.get<std::int64_t>(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS);
  made.workspace =
      static_cast<std::byte*>(at(pack).get<void*>(CUDNN_ATTR_VARIANT_PACK_WORKSPACE)[0]);
  made.workspace_bytes = kWorkspaceBytes;
  if (!bound || !made.workspace || at(plan).engine < kGood) return CUDNN_STATUS_BAD_PARAM;
  const CUstream stream = reinterpret_cast<RecordedCudnn*>(handle)->stream;
  const bool recorded = record_work(stream, [made] { made.overwrite(); }) &&
                        record_work(stream, [made] { made.run(); });
  return recorded ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_EXECUTION_FAILED;
}

cudnnStatus_t set(Handle d, Name name, cudnnBackendAttributeType_t type, std::int64_t count,
                  const void* values) {
  GANFLOW_BEGIN("cudnnBackendSetAttribute");
  if (at(d).finalized) return CUDNN_STATUS_BAD_PARAM;
  const auto* first = static_cast<const std::byte*>(values);
  at(d).attributes[name].assign(first, first + static_cast<std::size_t>(count) * size_of(type));
  return CUDNN_STATUS_SUCCESS;
}

template <class T>
void give(void* to, std::int64_t* count, std::int64_t most, const std::vector<T>& values) {
  *count = static_cast<std::int64_t>(values.size());
  if (to)
    std::memcpy(to, values.data(),
                sizeof(T) * std::min(values.size(), static_cast<std::size_t>(most)));
}

cudnnStatus_t get(Handle d, Name name, cudnnBackendAttributeType_t, std::int64_t most,
                  std::int64_t* count, void* to) {
  GANFLOW_BEGIN("cudnnBackendGetAttribute");
  if (!at(d).finalized && at(d).engine < 0) return CUDNN_STATUS_BAD_PARAM;
  switch (name) {
    case CUDNN_ATTR_ENGINEHEUR_RESULTS:
      *count = kExact + 1;
      for (std::int64_t i = 0; to && i < std::min<std::int64_t>(most, *count); ++i) {
        RecordedDescriptor& configuration = at(static_cast<Handle*>(to)[i]);
        configuration.engine = static_cast<int>(i);
        configuration.graph = at(d).get<Handle>(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH)[0];
      }
      return CUDNN_STATUS_SUCCESS;
    case CUDNN_ATTR_ENGINECFG_ENGINE:
      *count = 1;
      at(*static_cast<Handle*>(to)).engine = at(d).engine;
      return CUDNN_STATUS_SUCCESS;
    case CUDNN_ATTR_ENGINE_NUMERICAL_NOTE:
      give(to, count, most, notes_of(at(d).engine));
      return CUDNN_STATUS_SUCCESS;
    case CUDNN_ATTR_ENGINE_GLOBAL_INDEX:
      give(to, count, most, std::vector<std::int64_t>{at(d).engine});
      return CUDNN_STATUS_SUCCESS;
    case CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE:
      give(to, count, most, std::vector<std::int64_t>{kWorkspaceBytes});
      return CUDNN_STATUS_SUCCESS;
    case CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION: {
      const std::string text = "{\"engine\": " + std::to_string(at(d).engine) + "}";
      give(to, count, most, std::vector<char>(text.c_str(), text.c_str() + text.size() + 1));
      return CUDNN_STATUS_SUCCESS;
    }
    default:
      return CUDNN_STATUS_NOT_SUPPORTED;
  }
}

cudnnStatus_t finalize(Handle d) {
  GANFLOW_BEGIN("cudnnBackendFinalize");
  RecordedDescriptor& made = at(d);
  if (made.type == CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR) {
    const RecordedDescriptor& configuration = part(made, CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG);
    made.engine = configuration.engine, made.graph = configuration.graph;
    if (made.engine == kGood - 1) return CUDNN_STATUS_NOT_SUPPORTED;
  }
  made.finalized = true;
  return CUDNN_STATUS_SUCCESS;
}

}  // namespace

void fill_recorded_cudnn(cuda::Cudnn& t) {
  t.cudnnGetVersion = []() -> std::size_t { return 91900; };
  t.cudnnGetErrorString = [](cudnnStatus_t) { return "recorded"; };
  t.cudnnGetLastErrorString = [](char* text, std::size_t) { *text = '\0'; };
  t.cudnnCreate = [](cudnnHandle_t* handle) {
    GANFLOW_BEGIN("cudnnCreate");
    *handle = reinterpret_cast<cudnnHandle_t>(new RecordedCudnn);
    recorded_state().made("cuDNN handles");
    return CUDNN_STATUS_SUCCESS;
  };
  t.cudnnDestroy = [](cudnnHandle_t handle) {
    delete reinterpret_cast<RecordedCudnn*>(handle);
    recorded_state().given_back("cuDNN handles");
    return CUDNN_STATUS_SUCCESS;
  };
  t.cudnnSetStream = [](cudnnHandle_t handle, cudaStream_t stream) {
    GANFLOW_BEGIN("cudnnSetStream");
    reinterpret_cast<RecordedCudnn*>(handle)->stream = stream;
    return CUDNN_STATUS_SUCCESS;
  };
  t.cudnnBackendCreateDescriptor = [](cudnnBackendDescriptorType_t type, Handle* d) {
    GANFLOW_BEGIN("cudnnBackendCreateDescriptor");
    *d = new RecordedDescriptor{.type = type};
    recorded_state().made("descriptors");
    return CUDNN_STATUS_SUCCESS;
  };
  t.cudnnBackendDestroyDescriptor = [](Handle d) {
    delete &at(d);
    recorded_state().given_back("descriptors");
    return CUDNN_STATUS_SUCCESS;
  };
  t.cudnnBackendSetAttribute = &set;
  t.cudnnBackendGetAttribute = &get;
  t.cudnnBackendFinalize = &finalize;
  t.cudnnBackendExecute = &execute;
}

const cuda::Cudnn* real_cudnn() {
  try {
    return &cuda::cudnn();
  } catch (const Error& e) {
    MESSAGE("skipped: ", e.what());
    return nullptr;
  }
}

}  // namespace ganflow::test
