// The Graphviz subset in which Cumulus' Prescriptive Topology Manager takes its plan:
//   graph G { "leaf0" [function="leaf"]; "leaf0":"swp31" -- "spine0":"swp1" [speed="100G"]; }
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "core/error.h"
#include "core/text.h"
#include "topology/named_cables.h"
#include "topology/readers.h"

namespace plumb::topology {
namespace {

struct Token {
  enum class Kind : std::uint8_t { name, mark, end };  // mark: one of { } [ ] ; , : = and -- (also written ->)
  Kind kind = Kind::end;
  std::string text;
  std::size_t line = 1;

  [[nodiscard]] bool is(std::string_view mark) const { return kind == Kind::mark && text == mark; }
};

bool is_name_byte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
}

class Tokens {
 public:
  explicit Tokens(const FileText& file) : file_(file), rest_(file.text) { advance(); }

  [[nodiscard]] const Token& now() const { return now_; }
  Token take() {
    auto token = std::move(now_);
    advance();
    return token;
  }
  bool take_if(std::string_view mark) {
    const bool is_it = now_.is(mark);
    if (is_it) {
      advance();
    }
    return is_it;
  }
  std::string take_name(std::string_view expected) {
    if (now_.kind != Token::Kind::name) {
      fail(fmt::format("expected {}, not {}", expected, described()));
    }
    return take().text;
  }
  [[noreturn]] void fail(const std::string& message) const {
    throw core::Error(fmt::format("{}:{}: {}", file_.name, now_.line, message));
  }
  [[nodiscard]] std::string described() const {
    return now_.kind == Token::Kind::end ? "the end of the file" : fmt::format("'{}'", core::printable(now_.text));
  }

 private:
  void advance() {
    skip_blanks();
    now_ = {Token::Kind::end, "", line_};
    if (rest_.empty()) {
      return;
    }
    if (rest_.front() == '"') {
      quoted();
    } else if (rest_.starts_with("--") || rest_.starts_with("->")) {
      now_ = {Token::Kind::mark, "--", line_};
      rest_.remove_prefix(2);
    } else if (is_name_byte(rest_.front())) {
      bare();
    } else {
      now_ = {Token::Kind::mark, std::string(1, rest_.front()), line_};
      rest_.remove_prefix(1);
    }
  }

  /// "leaf-0" is a name, "a--b" are two.
  void bare() {
    std::size_t end = 0;
    while (end < rest_.size() && is_name_byte(rest_[end]) && !rest_.substr(end).starts_with("--") &&
           !rest_.substr(end).starts_with("->")) {
      ++end;
    }
    now_ = {Token::Kind::name, std::string(rest_.substr(0, end)), line_};
    rest_.remove_prefix(end);
  }

  void quoted() {
    now_ = {Token::Kind::name, "", line_};
    std::size_t at = 1;
    for (; at < rest_.size() && rest_[at] != '"'; ++at) {
      at += rest_[at] == '\\' && at + 1 < rest_.size() && rest_[at + 1] == '"' ? 1 : 0;
      line_ += rest_[at] == '\n' ? 1 : 0;
      now_.text += rest_[at];
    }
    if (at >= rest_.size()) {
      fail("a quote is not closed");
    }
    rest_.remove_prefix(at + 1);
  }

  void skip_to(std::string_view end) {
    const auto at = std::min(rest_.find(end), rest_.size());
    line_ += static_cast<std::size_t>(std::count(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    rest_.remove_prefix(at);
  }

  void skip_blanks() {
    while (!rest_.empty()) {
      if (rest_.front() == '#' || rest_.starts_with("//")) {
        skip_to("\n");
      } else if (rest_.starts_with("/*")) {
        rest_.remove_prefix(2);
        skip_to("*/");
        rest_.remove_prefix(std::min<std::size_t>(2, rest_.size()));
      } else if (std::isspace(static_cast<unsigned char>(rest_.front())) != 0) {
        line_ += rest_.front() == '\n' ? 1 : 0;
        rest_.remove_prefix(1);
      } else {
        return;
      }
    }
  }

  const FileText& file_;
  std::string_view rest_;
  std::size_t line_ = 1;
  Token now_;
};

bool is_keyword(std::string_view text, std::string_view word) {
  return std::ranges::equal(text, word, {}, [](char c) { return std::tolower(static_cast<unsigned char>(c)); });
}

class Reader {
 public:
  explicit Reader(const FileText& file) : tokens_(file), cables_("ptm", file) {}

  void read(GraphBuilder& builder) {
    header();
    std::size_t depth = 1;
    while (depth > 0) {
      if (tokens_.take_if("}")) {
        --depth;
      } else if (tokens_.take_if("{")) {
        ++depth;
      } else if (!tokens_.take_if(";")) {
        depth += statement() ? 1 : 0;
      }
    }
    if (tokens_.now().kind != Token::Kind::end) {
      tokens_.fail(fmt::format("expected the end of the file after the graph, not {}", tokens_.described()));
    }
    cables_.add_to(builder);
  }

 private:
  void header() {
    auto word = tokens_.take_name("'graph'");
    word = is_keyword(word, "strict") ? tokens_.take_name("'graph'") : word;
    if (!is_keyword(word, "graph") && !is_keyword(word, "digraph")) {
      tokens_.fail("expected 'graph NAME {'");
    }
    if (tokens_.now().kind == Token::Kind::name) {
      tokens_.take();
    }
    expect("{");
  }

  /// True when it opened a subgraph.
  bool statement() {
    const auto line = tokens_.now().line;
    const auto name = tokens_.take_name("\"NODE\":\"PORT\" -- \"NODE\":\"PORT\"");
    if (is_keyword(name, "subgraph")) {
      if (tokens_.now().kind == Token::Kind::name) {
        tokens_.take();
      }
      expect("{");
      return true;
    }
    if (tokens_.take_if("=")) {
      tokens_.take_name("a value");
    } else if (tokens_.now().is(":") || tokens_.now().is("--")) {
      cable(name, line);
    } else {
      attributes(name);
    }
    return false;
  }

  void cable(const std::string& first, std::size_t line) {
    auto a = end_of(first);
    if (!tokens_.now().is("--")) {
      tokens_.fail(fmt::format("expected -- and the other end of the cable, not {}", tokens_.described()));
    }
    while (tokens_.take_if("--")) {
      auto b = end_of(tokens_.take_name("the other end of the cable"));
      cables_.add(std::move(a), b, line);
      a = std::move(b);
    }
    attributes("edge");
  }

  NamedEnd end_of(const std::string& device) {
    if (!tokens_.take_if(":")) {
      tokens_.fail(
          fmt::format("expected a port, as in \"{}\":\"swp1\", not {}", core::printable(device), tokens_.described()));
    }
    return {device, tokens_.take_name("a port")};
  }

  /// [function="host", speed=100G] and any number of such brackets, or none.
  void attributes(const std::string& of) {
    while (tokens_.take_if("[")) {
      while (!tokens_.take_if("]")) {
        if (tokens_.take_if(",") || tokens_.take_if(";")) {
          continue;
        }
        const auto key = tokens_.take_name("an attribute or ]");
        const auto value = tokens_.take_if("=") ? tokens_.take_name("a value") : "";
        if (key == "function") {
          say(of, value);
        }
      }
    }
  }

  /// "host", "server", "oob-server" are hosts; "leaf", "spine", "exit", "superspine", "tor" and the like are switches.
  void say(const std::string& device, const std::string& function) {
    const bool is_host = function.ends_with("host") || function.ends_with("server");
    cables_.say(device, is_host ? NodeKind::host : NodeKind::network_switch);
  }

  void expect(std::string_view mark) {
    if (!tokens_.take_if(mark)) {
      tokens_.fail(fmt::format("expected '{}', not {}", mark, tokens_.described()));
    }
  }

  Tokens tokens_;
  NamedCables cables_;
};

}  // namespace

bool is_ptm(std::string_view head) {
  const FileText file{"", std::string(head)};
  try {
    Tokens tokens(file);
    auto word = tokens.take();
    word = is_keyword(word.text, "strict") ? tokens.take() : word;
    if (tokens.now().kind == Token::Kind::name) {
      tokens.take();
    }
    return (is_keyword(word.text, "graph") || is_keyword(word.text, "digraph")) && tokens.now().is("{");
  } catch (const core::Error&) {
    return false;  // a quote that the head does not close
  }
}

void read_ptm(const FileText& file, GraphBuilder& builder) { Reader(file).read(builder); }

}  // namespace plumb::topology
