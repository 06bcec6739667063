#include "diag/node_check.h"

namespace plumb::diag {

void CheckRows::add(std::string_view status, const std::string& subject, const std::string& observed,
                    const std::string& expected, const std::string& advice) {
  rows_.push_back({machine_.host, subject, std::string(check_), std::string(status), observed, expected, advice});
  told_ = true;
}

void CheckRows::fail(const std::string& subject, const std::string& observed, const std::string& expected,
                     const std::string& advice) {
  add("fail", subject, observed, expected, advice);
}

void CheckRows::warn(const std::string& subject, const std::string& observed, const std::string& expected,
                     const std::string& advice) {
  add("warn", subject, observed, expected, advice);
}

void CheckRows::absent(const std::string& subject, const std::string& reason) {
  add("absent", subject, reason, "", "");
}

void CheckRows::fact(const std::string& subject, const std::string& observed) {
  add("pass", subject, observed, std::string(core::kSameOnAllHosts), "");
}

void CheckRows::pass_unless_told(const std::string& observed) {
  if (!told_) {
    add("pass", machine_.host_id(), observed, "", "");
  }
}

}  // namespace plumb::diag
