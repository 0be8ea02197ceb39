// One direction of a figure: which numbers lie where, and where it has its ticks.
#pragma once

#include <string>
#include <vector>

namespace ganflow::report {

class Axis {
 public:
  // From the least to the greatest of values that are seen by see(), with a margin; `log`: decades.
  explicit Axis(bool log = false) : log_(log) {}
  void see(double value);  // what is not finite, and in a log axis what is not above 0, is not
  bool empty() const { return !(low_ <= high_); }
  void place(double first, double last);  // pixels of the two ends, once all is seen

  double at(double value) const;      // pixels
  bool shows(double value) const;     // whether it can be placed
  std::vector<double> ticks() const;  // about five, of one, two or five times a power of ten
  std::string label(double tick) const;

 private:
  double scaled(double value) const;
  bool log_;
  double low_ = 1, high_ = -1;  // scaled
  double first_ = 0, last_ = 1;
};

}  // namespace ganflow::report
