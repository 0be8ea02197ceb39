#include "ops/metrics/sphere_detector.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace ganflow {
namespace {

constexpr double kJointAbove = -0.8;
constexpr std::size_t kBlock = 16;    // images whose scores are in cache together

}  // namespace

SphereDetector::SphereDetector(const SphereSet& set, double k)
    : geometry_(set.geometry()),
      shape_(set, k),
      correlation_(shape_),
      reach2_(static_cast<int>((2 * geometry_.radius - 1) * (2 * geometry_.radius - 1))),
      joint_(geometry_.count == 2 && !geometry_.sharp && k > kJointAbove) {}

void SphereDetector::detect(std::span<const float> images, std::span<Detection> found) const {
  const auto pixels = static_cast<std::size_t>(geometry_.side * geometry_.side);
  std::vector<float> scores(kBlock * pixels);
  for (std::size_t first = 0; first < found.size(); first += kBlock) {
    const std::size_t n = std::min(kBlock, found.size() - first);
    correlation_.scores(images.subspan(first * pixels, n * pixels), scores);
    for (std::size_t i = 0; i < n; ++i) {
      const float* image = &images[(first + i) * pixels];
      const std::span<const float> score(&scores[i * pixels], pixels);
      Centres c{peak(score, nullptr), {}};
      double error;
      if (geometry_.count == 1) {
        error = squared_error(image, c);
      } else {
        c[1] = peak(score, &c[0]);
        if (joint_) {
          error = descend(image, c);
          Centres other = ends(image);
          const double other_error = error > 0 ? descend(image, other) : error;
          if (other_error < error) error = other_error, c = other;
        } else {
          error = squared_error(image, c);
        }
        if (c[1] < c[0]) std::swap(c[0], c[1]);
      }
      found[first + i] = {c, std::sqrt(error / static_cast<double>(pixels))};
    }
  }
}

Centre SphereDetector::peak(std::span<const float> scores, const Centre* suppress) const {
  const int side = static_cast<int>(geometry_.side);
  const auto middle = [&](Centre c) {  // 4 times the squared distance from the middle
    return (2 * c.y - side + 1) * (2 * c.y - side + 1) +
           (2 * c.x - side + 1) * (2 * c.x - side + 1);
  };
  float best = -std::numeric_limits<float>::infinity();
  Centre at{side / 2, side / 2};
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x) {
      const float score = scores[y * side + x];
      if (score < best) continue;
      const Centre c{y, x};
      if (suppress && same_sphere(c, *suppress)) continue;
      if (score > best || (score == best && middle(c) < middle(at))) best = score, at = c;
    }
  return at;
}

double SphereDetector::squared_error(const float* image, const Centres& centres) const {
  const Centre a = centres[0], b = centres[geometry_.count - 1];
  const Extent side = geometry_.side;
  constexpr Extent kLanes = 4;
  float lanes[kLanes] = {};
  double rest = 0;
  for (Extent y = 0; y < side; ++y, image += side) {
    const float* p = shape_.row(a, y);
    const float* q = shape_.row(b, y);
    Extent x = 0;
    for (; x + kLanes <= side; x += kLanes)
      for (Extent i = 0; i < kLanes; ++i) {
        const float d = image[x + i] - std::max(p[x + i], q[x + i]);
        lanes[i] += d * d;
      }
    for (; x < side; ++x) {
      const float d = image[x] - std::max(p[x], q[x]);
      rest += d * d;
    }
  }
  for (float lane : lanes) rest += lane;
  return rest;
}

Centres SphereDetector::ends(const float* image) const {
  const Extent side = geometry_.side;
  double mass = 0, my = 0, mx = 0, yy = 0, xy = 0, xx = 0;
  for (Extent y = 0; y < side; ++y)
    for (Extent x = 0; x < side; ++x) {
      const double v = image[y * side + x], fy = static_cast<double>(y),
                   fx = static_cast<double>(x);
      mass += v, my += v * fy, mx += v * fx;
      yy += v * fy * fy, xy += v * fy * fx, xx += v * fx * fx;
    }
  if (!(mass > 0) || !std::isfinite(mass)) return {};  // a pair descend() does not allow
  my /= mass, mx /= mass;
  yy = yy / mass - my * my, xy = xy / mass - mx * my, xx = xx / mass - mx * mx;
  const double angle = 0.5 * std::atan2(2 * xy, xx - yy);  // of the longest axis, from x
  const double reach = static_cast<double>(geometry_.radius);
  const auto end = [&](double sign) {
    const auto pixel = [&](double v) {
      return static_cast<int>(std::clamp(std::round(v), 0.0, static_cast<double>(side - 1)));
    };
    return Centre{pixel(my + sign * reach * std::sin(angle)),
                  pixel(mx + sign * reach * std::cos(angle))};
  };
  return {end(-1), end(1)};
}

double SphereDetector::descend(const float* image, Centres& pair) const {
  const int side = static_cast<int>(geometry_.side);
  double error = same_sphere(pair[0], pair[1]) ? std::numeric_limits<double>::infinity()
                                               : squared_error(image, pair);
  for (bool moved = true; moved && error > 0;) {
    moved = false;
    for (int which : {0, 1}) {
      const Centre from = pair[which];
      Centres next = pair;
      for (int dy = -1; dy <= 1; ++dy)
        for (int dx = -1; dx <= 1; ++dx) {
          next[which] = {from.y + dy, from.x + dx};
          const Centre c = next[which];
          if (c == from || c.y < 0 || c.x < 0 || c.y >= side || c.x >= side) continue;
          if (same_sphere(c, pair[1 - which])) continue;
          const double e = squared_error(image, next);
          if (e < error) error = e, pair = next, moved = true;
        }
    }
  }
  return error;
}

}  // namespace ganflow
