#include "apps/report/html.h"

#include <fmt/format.h>

namespace ganflow::report {
namespace {

constexpr const char* kStyle = R"(
body{font:16px/1.45 system-ui,sans-serif;margin:0 auto;padding:0 1rem 3rem;max-width:64rem;color:#222;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.25rem;margin-top:2.5rem;border-top:1px solid #ddd;padding-top:1rem}h3{font-size:1.05rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.875rem;margin:.75rem 0}
th,td{padding:.2rem .7rem .2rem 0;text-align:left;vertical-align:top;border-bottom:1px solid #eee}
th{border-bottom:2px solid #bbb}td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr));gap:1rem}figure{margin:0;max-width:30rem}
figure img{width:100%;height:auto}figcaption{font-size:.8125rem;color:#555}
.strip{display:flex;gap:.5rem;overflow-x:auto}.strip div{flex:0 0 9.5rem;font-size:.75rem;text-align:center;color:#555}
.strip img{width:100%;image-rendering:pixelated}
@media print{body{max-width:none;font-size:10pt}figure,table,.strip{break-inside:avoid}h2,h3{break-after:avoid}
.scroll,.strip{overflow:visible}.strip{flex-wrap:wrap}}
)";

// Numbers, also with what belongs to them: "1.2 +- 0.3 [0.1]", "-", "3/4".
bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789.+-e[]% <>=/naif") == text.npos &&
         text.find_first_of("0123456789-") != text.npos;
}

}  // namespace

std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += c;
    }
  return safe;
}

std::string data_url(const std::string& bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string url =
      bytes.starts_with("\x89PNG") ? "data:image/png;base64," : "data:image/svg+xml;base64,";
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned word = 0;
    for (std::size_t j = 0; j < 3; ++j)
      word = word << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    for (std::size_t j = 0; j < 4; ++j)
      url += i + j > bytes.size() ? '=' : kDigits[word >> (18 - 6 * j) & 63];
  }
  return url;
}

Page::Page(const std::string& title)
    : text_(fmt::format("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                        "<title>{0}</title><style>{1}</style></head><body>\n<h1>{0}</h1>\n",
                        escaped(title), kStyle)) {}

void Page::flow(bool figures) {
  if (figures == figures_) return;
  text_ += figures ? "<div class=\"figures\">\n" : "</div>\n";
  figures_ = figures;
}

void Page::heading(int level, const std::string& text) {
  flow(false);
  text_ += fmt::format("<h{0}>{1}</h{0}>\n", level, escaped(text));
}

void Page::paragraph(const std::string& text) {
  flow(false);
  text_ += "<p>" + escaped(text) + "</p>\n";
}

void Page::table(const std::vector<std::vector<std::string>>& rows) {
  flow(false);
  text_ += "<div class=\"scroll\"><table>\n";
  for (std::size_t r = 0; r < rows.size(); ++r) {
    text_ += "<tr>";
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      const bool number = is_number(rows[r == 0 && rows.size() > 1 ? 1 : r][c]);
      text_ += fmt::format("<{0}{1}>{2}</{0}>", r == 0 ? "th" : "td", number ? " class=\"n\"" : "",
                           escaped(rows[r][c]));
    }
    text_ += "</tr>\n";
  }
  text_ += "</table></div>\n";
}

void Page::figure(const std::string& bytes, const std::string& caption) {
  flow(true);
  text_ += fmt::format("<figure><img src=\"{}\" alt=\"{}\"><figcaption>{}</figcaption></figure>\n",
                       data_url(bytes), escaped(caption), escaped(caption));
}

void Page::strip(const std::vector<std::pair<std::string, std::string>>& pictures,
                 const std::string& caption) {
  flow(false);
  text_ += "<p>" + escaped(caption) + "</p>\n<div class=\"strip\">\n";
  for (const auto& [bytes, word] : pictures)
    text_ += fmt::format("<div><img src=\"{}\" alt=\"{}\">{}</div>\n", data_url(bytes),
                         escaped(word), escaped(word));
  text_ += "</div>\n";
}

std::string Page::finish() {
  flow(false);
  return text_ + "</body></html>\n";
}

}  // namespace ganflow::report
