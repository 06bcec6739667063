// A table of NCCL's functions that answer what a test wants, so that what is made of their answers runs without a GPU.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "bench/nccl_library.h"

namespace plumb::test {

/// One at a time: NCCL's functions take no context.
struct MadeUpNccl {
  inline static std::string last_words;        // what ncclGetLastError says
  inline static std::deque<int> states;        // what ncclCommGetAsyncError tells, one a call; the last for ever
  inline static int state_code = 0;            // its own answer
  inline static int group_end_code = 0;        // ncclGroupEnd's
  inline static std::string words_of_end;      // which become the last words then
  inline static std::vector<std::string> log;  // calls made

  static void reset() {
    last_words = words_of_end = "";
    states = {0};
    state_code = group_end_code = 0;
    log.clear();
  }

  static bench::NcclFunctions functions() {
    bench::NcclFunctions f;
    f.error_string = [](int code) {
      return code == 0 ? "no error" : code == 2 ? "unhandled system error" : code == 4 ? "invalid argument" : "another";
    };
    f.last_error = [](bench::NcclComm) -> const char* { return last_words.c_str(); };
    f.async_error = [](bench::NcclComm, int* state) {
      *state = states.front();
      if (states.size() > 1) {
        states.pop_front();
      }
      return state_code;
    };
    f.group_start = [] {
      log.emplace_back("start");
      return 0;
    };
    f.group_end = [] {
      log.emplace_back("end");
      last_words = words_of_end.empty() ? last_words : words_of_end;
      return group_end_code;
    };
    f.abort = [](bench::NcclComm) {
      log.emplace_back("abort");
      return 0;
    };
    return f;
  }
};

}  // namespace plumb::test
