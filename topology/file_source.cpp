#include "core/json_file.h"
#include "topology/file_reader.h"
#include "topology/source.h"

namespace plumb::topology {
namespace {

class FileSource : public Source {
 public:
  explicit FileSource(std::string file) : file_(std::move(file)) {}
  [[nodiscard]] std::string name() const override { return "file"; }

  void add_to(GraphBuilder& builder) override {
    const FileText file{file_, core::read_file(file_)};
    reader_of(file).read(file, builder);
  }

 private:
  std::string file_;
};

}  // namespace

std::unique_ptr<Source> file_source(const std::string& file) { return std::make_unique<FileSource>(file); }

}  // namespace plumb::topology
