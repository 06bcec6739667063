// The files of a machine: this one's, or those of a machine that was captured.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plumb::diag {

/// Everything that node checks know comes through here, so that a captured machine gives the rows that the machine
/// itself gave. Paths begin with "/" and lie below `root`; links are followed inside of it and never lead out.
class NodeTree {
 public:
  /// `root` is "/" for the machine that runs this. With `capture`, whatever is looked at is copied there as well.
  explicit NodeTree(std::filesystem::path root = "/", std::filesystem::path capture = {});

  /// A file without trailing white space; nothing when it is not there or may not be read. At most 16 MiB of it.
  [[nodiscard]] std::optional<std::string> text(const std::string& path) const;
  /// The same as bytes, as they are.
  [[nodiscard]] std::optional<std::string> bytes(const std::string& path) const;
  /// A file that holds a whole number.
  [[nodiscard]] std::optional<long long> number(const std::string& path) const;
  /// Names in a directory, sorted; none when it is not there.
  [[nodiscard]] std::vector<std::string> names(const std::string& directory) const;
  [[nodiscard]] bool has(const std::string& path) const;
  /// The path with every link followed.
  [[nodiscard]] std::string real(const std::string& path) const;

  /// What no file tells, such as the kernel's log: asked of the machine itself when it is this one, of the capture
  /// (/plumbline/<name>) when not. Asked once: several checks may want to know.
  [[nodiscard]] std::optional<std::string> answer(const std::string& name,
                                                  const std::function<std::optional<std::string>()>& ask) const;

 private:
  [[nodiscard]] std::filesystem::path below_root(const std::string& path) const;
  void keep(const std::string& path, const std::string& content) const;
  void keep_link(const std::string& path, const std::filesystem::path& target) const;

  [[nodiscard]] std::optional<std::string> ask_anew(const std::string& name,
                                                    const std::function<std::optional<std::string>()>& ask) const;

  std::filesystem::path root_, capture_;
  bool is_live_;
  mutable std::map<std::string, std::optional<std::string>> answers_;
};

}  // namespace plumb::diag
