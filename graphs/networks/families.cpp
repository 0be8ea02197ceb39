#include "graphs/networks/families.h"

#include "engine/error.h"
#include "graphs/networks/dcgan.h"
#include "graphs/networks/dcgan64.h"
#include "graphs/networks/mlp.h"
#include "graphs/networks/mnist.h"
#include "graphs/networks/mu.h"
#include "graphs/networks/pooling.h"
#include "graphs/networks/resnet.h"

namespace ganflow {

DataForm ImageFamily::form(bool dequantise) const {
  return {.planes = true,
          .range = range,
          .dequantise = dequantise,
          .side = side,
          .any_size = any_size,
          .channels = channels};
}

std::vector<std::pair<std::string, ImageFamily>> image_families() {
  std::vector<std::pair<std::string, ImageFamily>> all;
  for (const ImageFamily& family : std::vector<ImageFamily>{
           {.name = "pooling",
         .any_size = true,
         .generator = pooling_generator,
         .critic = pooling_critic},
           {.name = "dcgan",
           .any_size = true,
           .dense = true,
           .generator = dcgan_generator,
           .critic = dcgan_critic},
           {.name = "notebook",
           .dense = true,
           .generator = notebook_generator,
           .critic = dcgan_critic},
           {.name = "mu", .any_size = true, .generator = mu_generator, .critic = mu_critic},
           {.name = "resnet",
           .any_size = true,
           .generator = resnet_generator,
           .critic = resnet_critic},
           {.name = "mnist",
           .side = 28,
           .channels = 1,
           .range = PixelRange::unit,
           .generator = mnist_generator,
           .critic = mnist_critic},
           {.name = "dcgan64",
           .side = 64,
           .generator = dcgan64_generator,
           .critic = dcgan64_critic},
           {.name = "mlp", .any_size = true, .generator = mlp_generator, .critic = mlp_critic}})
    all.emplace_back(family.name, family);
  return all;
}

ImageFamily joined(const ImageFamily& generator, const ImageFamily& critic) {
  const auto range = [](const ImageFamily& f) {
    return f.range == PixelRange::unit ? "[0, 1]" : "[-1, 1]";
  };
  if (generator.range != critic.range)
    fail(Fault::usage,
         "generator '{}' makes pixels in {}, critic '{}' sees those in {}: take networks of one "
         "range",
         generator.name, range(generator), critic.name, range(critic));
  if (!generator.any_size && !critic.any_size && generator.side != critic.side)
    fail(Fault::usage,
         "generator '{}' is made for images of {} pixels, critic '{}' for {}: take networks of one "
         "size",
         generator.name, generator.side, critic.name, critic.side);
  ImageFamily both = critic;
  both.generator = generator.generator;
  if (!generator.any_size) {
    both.side = generator.side;
    both.any_size = false;
  }
  if (generator.channels) both.channels = generator.channels;
  return both;
}

}  // namespace ganflow
