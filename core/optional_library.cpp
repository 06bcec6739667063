#include "core/optional_library.h"

#include <dlfcn.h>

namespace plumb::core {

OptionalLibrary::OptionalLibrary(const std::string& file)
    : library_(::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE)) {
  if (library_ == nullptr) {
    why_absent_ = file + " not found";
  }
}

OptionalLibrary::~OptionalLibrary() {
  if (library_ != nullptr) {
    ::dlclose(library_);
  }
}

void* OptionalLibrary::address_of(const char* name) const {
  return library_ == nullptr ? nullptr : ::dlsym(library_, name);
}

}  // namespace plumb::core
