// What a library can tell of a hang. Asked on the watchdog's thread, while the main one may hang inside the library.
#pragma once

#include <string>
#include <vector>

namespace plumb::bench {

struct Testimony {
  std::string says;      // for the reason that the run ended for; names ranks as "rank 3 on host n05"
  std::string evidence;  // what the library answered, word for word; empty: none
};

class Witness {
 public:
  virtual ~Witness() = default;
  /// An error that the library has met in the background on this rank; empty: none. Asked with each heartbeat.
  virtual std::string error() = 0;
  /// What the library knows of the ranks, which run on `hosts`. Asked once, on the rank that reports the hang; answers
  /// within ten seconds.
  virtual Testimony testimony(const std::vector<std::string>& hosts) = 0;
  /// Ends what is under way on this rank, or gives up within five seconds. The last call.
  virtual void abort() = 0;
};

}  // namespace plumb::bench
