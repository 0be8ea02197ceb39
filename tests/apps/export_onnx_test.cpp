// Generators as ONNX models: files that ONNX's own checker takes, with the run's weights and shapes
// in which the number of samples is free. What they compute, tests/peers/generators.py.
#include <doctest/doctest.h>
#include <fmt/format.h>

// As the library was built.
#define ONNX_NAMESPACE onnx
#define ONNX_ML 1
#include <onnx/checker.h>
#include <onnx/shape_inference/implementation.h>

#include <filesystem>
#include <fstream>

#include "io/run/resume.h"
#include "support/columns_set.h"
#include "support/says.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// "N,3,32,32"
std::string shape_of(const onnx::ValueInfoProto& value) {
  std::string text;
  for (const auto& d : value.type().tensor_type().shape().dim())
    text += (text.empty() ? "" : ",") +
            (d.has_dim_param() ? d.dim_param() : std::to_string(d.dim_value()));
  return text;
}

struct Exported {
  std::string run;
  onnx::ModelProto model;
  std::vector<std::string> inputs;  // "latents N,128"
  std::string output;
};
Exported exported(const TemporaryDirectory& dir, const std::string& graph,
                  const std::string& flags) {
  CAPTURE(graph);
  Exported e{dir / graph};
  REQUIRE(command("train " + graph +
                  " --steps 2 --batch 8 --threads 1 --evaluate-every 0 "
                  "--sample-every 0 --out " +
                  e.run + " " + flags)
              .exit_code == 0);
  const Outcome out = command("export " + e.run + " --onnx");
  REQUIRE_MESSAGE(out.exit_code == 0, out.output);
  std::ifstream file(e.run + "/export/replica_000.onnx", std::ios::binary);
  REQUIRE(e.model.ParseFromIstream(&file));
  onnx::checker::check_model(e.model);
  // Every node is of the types and shapes that its operator takes.
  onnx::shape_inference::InferShapes(e.model, onnx::OpSchemaRegistry::Instance(), {true, 1, true});
  for (const auto& input : e.model.graph().input())
    e.inputs.push_back(input.name() + " " + shape_of(input));
  REQUIRE(e.model.graph().output_size() == 1);
  CHECK(e.model.graph().output(0).name() == "samples");
  e.output = shape_of(e.model.graph().output(0));

  const Checkpoint checkpoint = load_checkpoint(e.run, 0);
  int weights = 0;
  for (const auto& tensor : e.model.graph().initializer()) {
    const auto variable = checkpoint.state.variables.find(tensor.name());
    if (variable == checkpoint.state.variables.end()) continue;
    ++weights;
    CHECK(variable->first.starts_with("G/"));
    const Shape& shape = checkpoint.shapes.at(variable->first);
    REQUIRE(tensor.dims_size() == shape.rank());
    for (int axis = 0; axis < shape.rank(); ++axis) CHECK(tensor.dims(axis) == shape[axis]);
    CHECK(tensor.raw_data() == std::string(reinterpret_cast<const char*>(variable->second.data()),
                                           variable->second.size() * sizeof(float)));
  }
  CHECK(weights >= 4);
  return e;
}

int count(const Exported& e, const std::string& op) {
  int n = 0;
  for (const auto& node : e.model.graph().node()) n += node.op_type() == op;
  return n;
}

}  // namespace

TEST_SUITE("export_onnx") {
  TEST_CASE("generators of every kind are models with a free number of samples") {
    const TemporaryDirectory dir;
    const ColumnsSet digits;
    using Lines = std::vector<std::string>;
    const Exported dense = exported(dir, "thesis-28", "");
    CHECK(dense.inputs == Lines{"latents N,2"});
    CHECK(dense.output == "N,784");
    CHECK(count(dense, "Gemm") == 2);
    const Exported deconv =
        exported(dir, "dcgan", "--set width=2 --set quality=0 --data " + cifar_data());
    CHECK(deconv.inputs == Lines{"latents N,100"});
    CHECK(deconv.output == "N,3,32,32");
    CHECK(count(deconv, "ConvTranspose") == 3);
    const Exported labels =
        exported(dir, "cdcgan", "--set width=2 --set quality=0 --data " + cifar_data());
    CHECK(labels.inputs == Lines{"latents N,100", "labels N"});
    CHECK(count(labels, "Concat") >= 1);
    const Exported mnist =
        exported(dir, "smooth-mnist", "--set width=2 --set quality=0 --data " + digits.data());
    CHECK(mnist.output == "N,1,28,28");
    const Exported resnet =
        exported(dir, "mu-cifar-resnet", "--set width=2 --set quality=0 --data " + cifar_data());
    CHECK(resnet.output == "N,3,32,32");
    CHECK(count(resnet, "Resize") >= 3);
  }

  TEST_CASE("what a model cannot say is refused with the layer that does it") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    REQUIRE(command("train dcgan --steps 1 --batch 4 --threads 1 --set width=2 --set quality=0 "
                    "--set norm=virtual --data " +
                    cifar_data() + " --out " + run)
                .exit_code == 0);
    const Outcome mixed = command("export " + run + " --onnx");
    CHECK(mixed.exit_code == 2);
    says(mixed, "ganflow: --onnx: 'samples': ");
    says(mixed, "is made by 'concat', which mixes the samples of a batch");
    CHECK_FALSE(std::filesystem::exists(run + "/export/replica_000.onnx"));
  }
}
