#include "graphs/networks/families.h"

#include "graphs/networks/dcgan.h"
#include "graphs/networks/dcgan64.h"
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
  return {{"pooling", {.any_size = true, .generator = pooling_generator, .critic = pooling_critic}},
          {"dcgan",
           {.any_size = true, .dense = true, .generator = dcgan_generator, .critic = dcgan_critic}},
          {"notebook", {.dense = true, .generator = notebook_generator, .critic = dcgan_critic}},
          {"mu", {.any_size = true, .generator = mu_generator, .critic = mu_critic}},
          {"resnet", {.any_size = true, .generator = resnet_generator, .critic = resnet_critic}},
          {"mnist",
           {.side = 28,
            .channels = 1,
            .range = PixelRange::unit,
            .generator = mnist_generator,
            .critic = mnist_critic}},
          {"dcgan64", {.side = 64, .generator = dcgan64_generator, .critic = dcgan64_critic}}};
}

}  // namespace ganflow
