// NCCL's RAS is asked, on a made-up service at a port of this machine.
#include "bench/nccl_ras.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "bench/nccl_witness.h"
#include "tests/bench/made_up_nccl.h"

namespace plumb::bench {
namespace {

using namespace std::chrono_literals;
using test::MadeUpNccl;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// Serves one client: answers each line by `reply`, and closes after the status.
class MadeUpRas {
 public:
  using Reply = std::function<std::string(const std::string& line)>;

  explicit MadeUpRas(Reply reply) : listening_(::socket(AF_INET, SOCK_STREAM, 0)), reply_(std::move(reply)) {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof any;
    if (::bind(listening_, reinterpret_cast<const sockaddr*>(&any), length) == 0 && ::listen(listening_, 1) == 0) {
      ::getsockname(listening_, reinterpret_cast<sockaddr*>(&any), &length);
    }
    address_ = "localhost:" + std::to_string(ntohs(any.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  ~MadeUpRas() {
    ::shutdown(listening_, SHUT_RDWR);  // wakes who still waits for a client
    thread_.join();
    ::close(listening_);
  }
  MadeUpRas(const MadeUpRas&) = delete;
  MadeUpRas& operator=(const MadeUpRas&) = delete;

  [[nodiscard]] const std::string& address() const { return address_; }
  [[nodiscard]] const std::string& heard() const { return heard_; }

 private:
  void serve() {
    const int client = ::accept(listening_, nullptr, nullptr);
    std::string line;
    for (char c = 0; client >= 0 && ::read(client, &c, 1) == 1;) {
      if (c != '\n') {
        line += c;
        continue;
      }
      heard_ += line + "|";
      const auto words = reply_(line);
      (void)!::write(client, words.data(), words.size());
      if (line.ends_with("STATUS")) {
        break;
      }
      line.clear();
    }
    ::close(client);
  }

  int listening_;
  Reply reply_;
  std::string address_, heard_;
  std::thread thread_;
};

MadeUpRas::Reply answers(const std::string& status) {
  return [status](const std::string& line) -> std::string {
    return line.starts_with("CLIENT") ? "SERVER PROTOCOL 2\n" : line.ends_with("STATUS") ? status : "OK\n";
  };
}

std::string rank(int number, int error, int reduced, int pid) {
  return R"({"rank": )" + std::to_string(number) + R"(, "host": "10.0.0.9", "pid": )" + std::to_string(pid) +
         R"(, "cuda_dev": 0, "nvml_dev": 0, "status": {"init_state": 0, "async_error": )" + std::to_string(error) +
         R"(, "finalize_called": false, "destroy_flag": false, "abort_flag": false},
              "collective_counts": {"Broadcast": 0, "AllReduce": )" +
         std::to_string(reduced) + "}}";
}

std::string missing(int number, const std::string& unresponsive, const std::string& dead) {
  return R"({"rank": )" + std::to_string(number) + R"(, "host": "10.0.0.9", "pid": 5, "cuda_dev": 0, "nvml_dev": 0,
              "status": {"unresponsive": )" +
         unresponsive + R"(, "considered_dead": )" + dead + "}}";
}

/// In the form of NCCL 2.28.7 and later.
std::string status(int size, const std::string& ranks, const std::string& missing_ranks = "") {
  return R"({"nccl_version": "2.28.9", "communicators_count": 1, "communicators": [{"hash": "0x5b", "size": )" +
         std::to_string(size) + R"(, "ranks": [)" + ranks + R"(], "missing_ranks": [)" + missing_ranks +
         R"(]}], "ras": {"collection_time_sec": 0.1, "timeouts_count": 0}})";
}

constexpr int kPid = 4711;
const RasJob kJob = {kPid, {"n0", "n1", "n2"}};

std::string says(const std::string& answer) {
  return ras_says(answer, kJob, [](int code) { return code == 6 ? "remote process exited" : "?"; });
}

TEST(AskRas, GivesTheAnswerAsItCame) {
  MadeUpRas ras(answers(std::string(100000, 'x') + "\nlast"));
  const auto answer = ask_ras(ras.address(), 5s);
  EXPECT_EQ(answer.why_no_good, "");
  EXPECT_EQ(answer.text, std::string(100000, 'x') + "\nlast");
  EXPECT_EQ(ras.heard(), "CLIENT PROTOCOL 2|TIMEOUT 2|SET FORMAT json|VERBOSE STATUS|");
}

TEST(AskRas, VersionsWithoutJsonAnswerInWords) {
  MadeUpRas ras([](const std::string& line) -> std::string {
    return line.starts_with("CLIENT") ? "SERVER PROTOCOL 2\n"
           : line.starts_with("SET")  ? "ERROR: Unknown command SET FORMAT json\n"
           : line.ends_with("STATUS") ? "NCCL version 2.26.2\nJob summary\n"
                                      : "OK\n";
  });
  const auto answer = ask_ras(ras.address(), 5s);
  EXPECT_EQ(answer.text, "NCCL version 2.26.2\nJob summary\n");
  EXPECT_EQ(says(answer.text), "answers in words that are kept, not read");
}

TEST(AskRas, WhoSaysNothingIsNotWaitedForForEver) {
  for (const auto* deaf : {"", "SERVER PROTOCOL 2\n"}) {  // from the start, or later
    MadeUpRas ras([deaf](const std::string& line) { return line.starts_with("CLIENT") ? deaf : ""; });
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(ask_ras(ras.address(), 200ms).why_no_good, "no answer in time");
    EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
  }
}

TEST(AskRas, NobodyOrSomebodyElseIsSaid) {
  std::string address;
  {
    MadeUpRas ras([](const std::string&) { return "220 mail.example ESMTP\n"; });
    address = ras.address();
    EXPECT_THAT(ask_ras(address, 5s).why_no_good, AllOf(StartsWith("not RAS at "), HasSubstr("220 mail.example")));
  }
  EXPECT_EQ(ask_ras(address, 5s).why_no_good, "nobody listens at " + address);
}

TEST(RasSays, WhichRanksAreMissing) {
  EXPECT_EQ(says(status(3, rank(0, 0, 7, kPid), missing(1, "true", "false") + "," + missing(2, "true", "true"))),
            "rank 1 on host n1 does not answer; rank 2 on host n2 is considered dead");
  EXPECT_EQ(says(status(3, rank(0, 0, 7, kPid) + "," + rank(1, 0, 7, 1), missing(2, "false", "false"))),
            "rank 2 on host n2 answers, but is not in this communicator");
}

TEST(RasSays, WhichRankHasStartedLess) {
  EXPECT_EQ(says(status(3, rank(0, 0, 7, kPid) + "," + rank(1, 0, 5, 1) + "," + rank(2, 7, 7, 2))),
            "rank 1 on host n1 is 2 AllReduce behind");
}

TEST(RasSays, WhichRankHasMetAnError) {
  EXPECT_EQ(says(status(3, rank(0, 0, 7, kPid) + "," + rank(1, 6, 7, 1) + "," + rank(2, 0, 7, 2))),
            "rank 1 on host n1 has met an error: remote process exited");
}

TEST(RasSays, NothingWhereAllIsAlike) {
  EXPECT_THAT(says(status(3, rank(0, 0, 7, kPid) + "," + rank(1, 0, 7, 1) + "," + rank(2, 0, 7, 2))),
              StartsWith("sees all ranks, no errors"));
}

TEST(RasSays, AnotherJobOfTheHostIsNotOurs) {
  EXPECT_EQ(says(status(3, rank(0, 0, 7, 99), missing(1, "true", "true"))), "knows another job only");
  EXPECT_EQ(says(status(2, rank(0, 0, 7, kPid), missing(1, "true", "true"))), "knows another job only");
}

TEST(RasSays, BrokenAnswersAreNotBelieved) {
  const auto whole = status(3, rank(0, 0, 7, kPid), missing(1, "true", "true"));
  EXPECT_THAT(says(whole.substr(0, whole.size() / 2)), HasSubstr("kept, not read"));
  EXPECT_THAT(says("[]"), HasSubstr("kept, not read"));
  EXPECT_THAT(says(R"({"communicators": [{"size": 3, "ranks": [{"pid": 4711}], "missing_ranks": [{"rank": "x"}]}]})"),
              HasSubstr("kept, not read"));
}

class NcclWitnessTest : public testing::Test {
 protected:
  NcclWitnessTest() { MadeUpNccl::reset(); }
  ~NcclWitnessTest() override { ::unsetenv("NCCL_RAS_ADDR"); }

  NcclFunctions functions_ = MadeUpNccl::functions();
  NcclComm comm_ = reinterpret_cast<NcclComm>(0x5581c0);
  NcclCalls calls_{functions_, comm_, 0, 3};
  NcclWitness witness_{functions_, calls_};
};

TEST_F(NcclWitnessTest, TellsWhatRasKnowsAndKeepsItsWords) {
  const auto words = status(3, rank(0, 0, 7, ::getpid()) + "," + rank(1, 2, 7, 1), missing(2, "true", "false"));
  MadeUpRas ras(answers(words));
  ::setenv("NCCL_RAS_ADDR", ras.address().c_str(), 1);
  const auto told = witness_.testimony({"n0", "n1", "n2"});
  EXPECT_EQ(
      told.says,
      "NCCL's RAS: rank 2 on host n2 does not answer; rank 1 on host n1 has met an error: unhandled system error");
  EXPECT_EQ(told.evidence, words);
}

TEST_F(NcclWitnessTest, WithoutRasItSaysSo) {
  ::setenv("NCCL_RAS_ADDR", "localhost:1", 1);
  const auto told = witness_.testimony({"n0", "n1", "n2"});
  EXPECT_EQ(told.says, "NCCL's RAS cannot be asked: nobody listens at localhost:1");
  EXPECT_EQ(told.evidence, "");
}

TEST_F(NcclWitnessTest, TellsErrorsOfTheBackground) {
  EXPECT_EQ(witness_.error(), "");
  MadeUpNccl::states = {kNcclInProgress};
  EXPECT_EQ(witness_.error(), "");
  MadeUpNccl::states = {2};
  MadeUpNccl::last_words = "NET/IB: completion with status 12";
  EXPECT_EQ(witness_.error(), "unhandled system error: NET/IB: completion with status 12");
}

TEST_F(NcclWitnessTest, AfterItsAbortNothingCountsAsDone) {
  calls_.require_not_aborted();
  witness_.abort();
  EXPECT_THAT(MadeUpNccl::log, testing::ElementsAre("abort"));
  EXPECT_ANY_THROW(calls_.require_not_aborted());
  EXPECT_ANY_THROW(calls_.look());  // does not touch what is gone
  EXPECT_EQ(witness_.error(), "");
}

TEST_F(NcclWitnessTest, AnAbortThatHangsIsNotWaitedForForEver) {
  functions_.abort = [](NcclComm) {
    std::this_thread::sleep_for(500ms);
    return 0;
  };
  NcclWitness impatient(functions_, calls_, 50ms);
  const auto start = std::chrono::steady_clock::now();
  impatient.abort();
  EXPECT_LT(std::chrono::steady_clock::now() - start, 400ms);
  EXPECT_TRUE(calls_.is_aborted());
  std::this_thread::sleep_for(1s);  // the thread that is left behind uses this test's parts
}

}  // namespace
}  // namespace plumb::bench
