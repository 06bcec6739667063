// A library that is there on some machines only: looked for when the program runs, never linked.
#pragma once

#include <string>

namespace plumb::core {

/// Stays loaded until the process ends: some keep threads of their own.
class OptionalLibrary {
 public:
  /// `file`: "libnvidia-ml.so.1", or a path.
  explicit OptionalLibrary(const std::string& file);
  ~OptionalLibrary();
  OptionalLibrary(const OptionalLibrary&) = delete;
  OptionalLibrary& operator=(const OptionalLibrary&) = delete;

  /// Fills `function`; one that the library has not makes it absent as a whole.
  template <class Function>
  void require(Function*& function, const char* name) {
    function = reinterpret_cast<Function*>(address_of(name));
    if (function == nullptr && why_absent_.empty()) {
      why_absent_ = std::string(name) + " not found";
    }
  }
  /// Fills `function`, or leaves it null.
  template <class Function>
  void want(Function*& function, const char* name) {
    function = reinterpret_cast<Function*>(address_of(name));
  }

  /// Why it cannot be used; empty when it can.
  [[nodiscard]] const std::string& why_absent() const { return why_absent_; }

 private:
  [[nodiscard]] void* address_of(const char* name) const;

  void* library_;
  std::string why_absent_;
};

}  // namespace plumb::core
