// Reads the logs of a job into facts.
#pragma once

#include "diag/nccl_facts.h"
#include "diag/nccl_line.h"

namespace plumb::diag {

class NcclLog {
 public:
  NcclLog();

  /// The next lines are of this file.
  void begin_file(const std::string& name);
  void add_line(std::string_view line, std::uint64_t number);

  [[nodiscard]] NcclFacts& facts() { return facts_; }

 private:
  /// A message with whom it is from; what takes one apart is a row of the table in nccl_messages.cpp.
  struct Message;
  struct Row;
  static const Row kRows[];

  void add(const NcclLine& line);
  void add_info(const Message& message);
  void add_other(std::string_view line);
  void say(const Message& message, std::string_view name, std::string_view value);

  void add_channel(const Message& message);
  void add_network(const Message& message, std::string_view way, bool is_receive);
  void add_nics(const Message& message);
  void add_sockets(const Message& message);
  void add_bootstrap(const Message& message);
  void add_version(const Message& message);
  void add_variable(const Message& message);
  void add_distance(const Message& message);
  void add_port(const Message& message);
  void add_nodes(const Message& message);
  void add_init(const Message& message);
  void add_algorithm(const Message& message);
  void add_watchdog(std::string_view line);
  void add_trouble(const Cause& cause, const Message& message);

  std::uint32_t process_of(const NcclLine& line);
  std::uint32_t device_of(std::uint32_t process, int device);
  std::uint32_t communicator_of(std::uint32_t process, std::string_view text, int ranks);

  NcclFacts facts_;
  Place here_;
  tsl::robin_map<std::string_view, tsl::robin_map<std::int64_t, std::uint32_t>> processes_;  // by host and pid
  tsl::robin_map<std::uint64_t, std::uint32_t> devices_;                                     // by process and number
  tsl::robin_map<std::string_view, std::uint32_t> communicators_;
};

struct NcclLog::Message {
  std::uint32_t process = 0, device = 0;
  std::string_view text;
};

}  // namespace plumb::diag
