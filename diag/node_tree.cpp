#include "diag/node_tree.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <fstream>

#include "core/error.h"

namespace plumb::diag {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = 16 << 20;
constexpr int kMostLinks = 40;

std::optional<std::string> file_bytes(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    return std::nullopt;  // a FIFO or a device would wait for ever
  }
  std::ifstream in(path, std::ios::binary);
  std::string bytes(4096, '\0');
  std::string content;
  while (in && content.size() < kMostBytes) {
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    content.append(bytes, 0, static_cast<std::size_t>(in.gcount()));
  }
  return in.bad() || (!in.eof() && content.size() < kMostBytes) || !in.is_open() ? std::nullopt
                                                                                 : std::optional(content);
}

std::deque<std::string> components_of(const fs::path& path) {
  std::deque<std::string> components;
  for (const auto& one : path.relative_path()) {
    if (!one.empty() && one != ".") {
      components.push_back(one.string());
    }
  }
  return components;
}

}  // namespace

NodeTree::NodeTree(fs::path root, fs::path capture)
    : root_(std::move(root)), capture_(std::move(capture)), is_live_(root_ == "/") {
  if (!is_live_ && !fs::is_directory(root_)) {
    throw core::Error(root_.string() + ": is not a directory; give the root of a captured machine");
  }
}

fs::path NodeTree::below_root(const std::string& path) const { return root_ / fs::path(path).relative_path(); }

std::string NodeTree::real(const std::string& path) const {
  auto ahead = components_of(path);
  std::string walked;
  for (int links = 0; !ahead.empty() && links < kMostLinks;) {
    const auto next = ahead.front();
    ahead.pop_front();
    if (next == "..") {
      walked.erase(std::min(walked.size(), walked.rfind('/')));
      continue;
    }
    const auto step = walked + "/" + next;
    std::error_code error;
    if (const auto target = fs::read_symlink(below_root(step), error); !error) {
      ++links;
      keep_link(step, target);
      walked = target.is_absolute() ? "" : walked;
      const auto inserted = components_of(target);
      ahead.insert(ahead.begin(), inserted.begin(), inserted.end());
    } else {
      walked = step;
    }
  }
  return walked.empty() ? "/" : walked;
}

std::optional<std::string> NodeTree::bytes(const std::string& path) const {
  const auto place = real(path);
  auto content = file_bytes(below_root(place));
  if (content) {
    keep(place, *content);
  }
  return content;
}

std::optional<std::string> NodeTree::text(const std::string& path) const {
  auto content = bytes(path);
  if (content) {
    content->erase(content->find_last_not_of(" \t\r\n") + 1);
  }
  return content;
}

std::optional<long long> NodeTree::number(const std::string& path) const {
  const auto content = text(path);
  long long value = 0;
  if (!content || std::from_chars(content->data(), content->data() + content->size(), value).ec != std::errc()) {
    return std::nullopt;
  }
  return value;
}

std::vector<std::string> NodeTree::names(const std::string& directory) const {
  const auto place = real(directory);
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(below_root(place), error), end; !error && entry != end; entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  std::ranges::sort(names);
  for (const auto& name : capture_.empty() ? std::vector<std::string>() : names) {
    const auto child = place + "/" + name;
    std::error_code no_error;
    const auto status = fs::symlink_status(below_root(child), no_error);
    if (fs::is_symlink(status)) {
      keep_link(child, fs::read_symlink(below_root(child), no_error));
    } else if (fs::is_directory(status)) {
      fs::create_directories(capture_ / child.substr(1), no_error);
    } else if (!fs::exists(capture_ / child.substr(1))) {
      keep(child, "");
    }
  }
  return names;
}

bool NodeTree::has(const std::string& path) const {
  const auto place = real(path);
  std::error_code error;
  const auto status = fs::status(below_root(place), error);
  if (!capture_.empty() && fs::is_directory(status)) {
    fs::create_directories(capture_ / place.substr(1), error);
  } else if (!capture_.empty() && fs::exists(status) && !fs::exists(capture_ / place.substr(1))) {
    keep(place, "");
  }
  return fs::exists(status);
}

std::optional<std::string> NodeTree::answer(const std::string& name,
                                            const std::function<std::optional<std::string>()>& ask) const {
  auto known = answers_.find(name);
  if (known == answers_.end()) {
    known = answers_.emplace(name, ask_anew(name, ask)).first;
  }
  return known->second;
}

std::optional<std::string> NodeTree::ask_anew(const std::string& name,
                                              const std::function<std::optional<std::string>()>& ask) const {
  const auto path = "/plumbline/" + name;
  if (!is_live_) {
    return text(path);
  }
  auto told = ask();
  if (told) {
    keep(path, *told);
  }
  return told;
}

void NodeTree::keep(const std::string& path, const std::string& content) const {
  if (!capture_.empty()) {
    const auto place = capture_ / fs::path(path).relative_path();
    std::error_code error;
    fs::create_directories(place.parent_path(), error);
    std::ofstream out(place, std::ios::binary | std::ios::trunc);
    if (!(out << content).flush()) {
      throw core::Error(place.string() + ": cannot be written");
    }
  }
}

void NodeTree::keep_link(const std::string& path, const fs::path& target) const {
  if (!capture_.empty()) {
    const auto place = capture_ / fs::path(path).relative_path();
    std::error_code error;
    fs::create_directories(place.parent_path(), error);
    fs::create_symlink(target, place, error);  // it may be there already
  }
}

}  // namespace plumb::diag
