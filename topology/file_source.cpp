#include "core/json_file.h"
#include "topology/file_reader.h"
#include "topology/source.h"

namespace plumb::topology {
namespace {

class FileSource : public Source {
 public:
  FileSource(std::string file, std::string host) : file_(std::move(file)), host_(std::move(host)) {}
  [[nodiscard]] std::string name() const override { return "file"; }

  void add_to(GraphBuilder& builder) override {
    const FileText file{file_, core::read_file(file_), host_};
    reader_of(file).read(file, builder);
  }

 private:
  std::string file_, host_;
};

}  // namespace

std::unique_ptr<Source> file_source(const std::string& file, const std::string& host) {
  return std::make_unique<FileSource>(file, host);
}

}  // namespace plumb::topology
