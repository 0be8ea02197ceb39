// A page that stands alone: no network, pictures within it, read on a telephone, on a screen and in
// print.
#pragma once

#include <string>
#include <vector>

namespace ganflow::report {

class Page {
 public:
  explicit Page(const std::string& title);

  // All texts are plain: what HTML would read in them is escaped.
  void heading(int level, const std::string& text);
  void paragraph(const std::string& text);
  // The first row is its head; cells of numbers stand to the right.
  void table(const std::vector<std::vector<std::string>>& rows);
  // Bytes of an SVG or PNG file. Figures that follow each other stand side by side where there is
  // room.
  void figure(const std::string& bytes, const std::string& caption);
  // Pictures of one row, over time: each with a word below.
  void strip(const std::vector<std::pair<std::string, std::string>>& pictures,
             const std::string& caption);

  std::string finish();

 private:
  void flow(bool figures);
  std::string text_;
  bool figures_ = false;  // whether figures are open
};

std::string escaped(const std::string& text);
// "data:image/png;base64,..." of the bytes of a PNG or SVG file.
std::string data_url(const std::string& bytes);

}  // namespace ganflow::report
