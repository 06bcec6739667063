#include "diag/capture_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <map>
#include <regex>

#include "core/json_file.h"

namespace plumb::diag {
namespace {

namespace fs = std::filesystem;

/// What stands for a name, in the order in which names were met.
class Names {
 public:
  explicit Names(const std::string& host) : host_(host) {}

  std::string replace(std::string text) {
    static const std::regex kGid("([0-9a-fA-F]{4}:){7}[0-9a-fA-F]{4}");
    static const std::regex kGuid("\\b([0-9a-fA-F]{4}:){3}[0-9a-fA-F]{4}\\b");
    static const std::regex kMac("\\b([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}\\b");
    static const std::regex kIpv4("\\b(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})(\\.(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})){3}\\b");
    static const std::regex kUuid("[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}");
    static const std::regex kSerial("((serial|Serial|SerialNumber)[ \\t]*[:=][ \\t]*)[A-Za-z0-9-]{4,}");
    text = each(text, kUuid, [](std::size_t n) { return fmt::format("00000000-0000-4000-8000-{:012x}", n); });
    text = each(text, kGid, [&](std::size_t n) { return fmt::format("0000:0000:0000:0000:0000:ffff:0a00:{:04x}", n); });
    text = each(text, kGuid, [](std::size_t n) { return fmt::format("0200:0000:0000:{:04x}", n); });
    text = each(text, kMac,
                [](std::size_t n) { return fmt::format("02:00:00:00:{:02x}:{:02x}", n >> 8U & 0xffU, n & 0xffU); });
    text = each(text, kIpv4, [](std::size_t n) { return fmt::format("10.0.{}.{}", n >> 8U & 0xffU, n & 0xffU); });
    text = std::regex_replace(text, kSerial, "$1SERIAL");
    return with_host(text);
  }

 private:
  /// The host's name where it is a word, or the beginning of a longer name of it ("n0005.example.com").
  [[nodiscard]] std::string with_host(std::string text) const {
    constexpr std::string_view kStandIn = "host-1";
    const auto is_of_word = [&](std::size_t at) {
      return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '_');
    };
    std::size_t at = host_.empty() ? std::string::npos : text.find(host_);
    while (at != std::string::npos) {
      const bool is_word = (at == 0 || !is_of_word(at - 1)) && !is_of_word(at + host_.size());
      if (is_word) {
        text.replace(at, host_.size(), kStandIn);
      }
      at = text.find(host_, at + (is_word ? kStandIn.size() : 1));
    }
    return text;
  }

  std::string each(const std::string& text, const std::regex& pattern,
                   const std::function<std::string(std::size_t)>& stand_in) {
    std::string out;
    auto rest = text.begin();
    for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match) {
      out.append(rest, (*match)[0].first);
      rest = (*match)[0].second;
      const auto word = match->str();
      const bool is_nothing = word.find_first_not_of("0:.-") == std::string::npos;
      out += is_nothing ? word : stand_in_for(word, stand_in);
    }
    return out.append(rest, text.end());
  }

  std::string stand_in_for(const std::string& word, const std::function<std::string(std::size_t)>& stand_in) {
    const auto known = known_.find(word);
    if (known != known_.end()) {
      return known->second;
    }
    auto& made = known_[word] = stand_in(known_.size() + 1);
    known_.emplace(made, made);  // a stand-in stays what it is
    return made;
  }

  std::string host_;
  std::map<std::string, std::string> known_;
};

bool is_text(const std::string& content) { return content.find('\0') == std::string::npos; }

}  // namespace

void rename_in_capture(const fs::path& capture, const std::string& host) {
  Names names(host);
  std::vector<fs::path> files;  // in an order that does not depend on the file system
  for (const auto& entry : fs::recursive_directory_iterator(capture)) {
    if (entry.is_regular_file() && !entry.is_symlink()) {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  for (const auto& file : files) {
    const auto content = core::read_file(file);
    if (const auto renamed = is_text(content) ? names.replace(content) : content; renamed != content) {
      core::write_file_atomically(file, renamed);
    }
  }
}

}  // namespace plumb::diag
