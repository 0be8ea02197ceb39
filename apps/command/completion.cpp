#include "apps/command/completion.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

namespace ganflow::cli {
namespace {

// The name of the shell's function: letters, digits and _ only.
std::string function_name(const std::string& program) {
  std::string name = program;
  name.insert(name.begin(), '_');
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
  return name;
}

// The cases of a shell's `case`: "    train) proposed=\"--data ...\" ;;".
std::string cases(const std::map<std::string, std::vector<std::string>>& all) {
  std::string text;
  for (const auto& [name, words] : all)
    text += fmt::format("    {}) proposed=\"{}\" ;;\n", name, fmt::join(words, " "));
  return text;
}

// What both scripts do: $proposed for the word behind $before, of the command $command.
std::string choose_words(const CompletionWords& words) {
  return fmt::format(
      "  local proposed=\"{}\"\n"
      "  if [ $place -gt 1 ]; then\n"
      "    case $command in\n{}    *) proposed=\"{}\" ;;\n    esac\n"
      "  fi\n"
      "  case $before in\n{}  esac\n",
      fmt::join(words.first, " "), cases(words.commands), fmt::join(words.otherwise, " "),
      cases(words.values));
}

}  // namespace

const std::vector<std::string>& completion_shells() {
  static const std::vector<std::string> shells = {"bash", "zsh"};
  return shells;
}

std::string completion_script(const std::string& shell, const CompletionWords& words) {
  const std::string function = function_name(words.program);
  if (shell == "zsh")
    return fmt::format(
        "#compdef {1}\n"
        "{0}() {{\n"
        "  local place=$((CURRENT - 1)) command=${{words[2]}} before=${{words[CURRENT-1]}}\n"
        "{2}"
        "  compadd -- ${{=proposed}}\n"
        "  _files\n"
        "}}\n"
        "compdef {0} {1}\n",
        function, words.program, choose_words(words));
  return fmt::format(
      "{0}() {{\n"
      "  local place=$COMP_CWORD command=${{COMP_WORDS[1]}} before=${{COMP_WORDS[COMP_CWORD-1]}}\n"
      "{2}"
      "  COMPREPLY=($(compgen -W \"$proposed\" -- \"${{COMP_WORDS[COMP_CWORD]}}\"))\n"
      "}}\n"
      "complete -o default -F {0} {1}\n",
      function, words.program, choose_words(words));
}

}  // namespace ganflow::cli
