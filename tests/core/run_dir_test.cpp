#include "core/run_dir.h"

#include <gmock/gmock.h>

#include "core/json_file.h"
#include "tests/core/temporary_dir.h"

namespace plumb::core {
namespace {

using test::message_of;
using test::TemporaryDir;
using ::testing::HasSubstr;

const char* const kPairsHeader =
    "round,src,dst,backend,memory,bytes,samples,p50_ns,p99_ns,bw_Bps,min_bw_Bps,wrong,status,reason\n";

RunDir finished_run(const TemporaryDir& dir, const std::string& status = "complete") {
  RunDir run = RunDir::create(dir.path());
  Manifest manifest;
  manifest.tool = "plumb-pairs";
  manifest.status = status;
  run.put(manifest);
  return run;
}

std::string read_error(const TemporaryDir& dir) {
  return message_of<Error>([&] { (void)RunDir::open(dir.path()).read<PairRow>(); });
}

TEST(RunDir, RowsComeBackAsTheyWereWritten) {
  TemporaryDir dir;
  const RunDir run = finished_run(dir);
  PairRow row;
  row.round = 3;
  row.src = "host/n,1";
  row.dst = "host/\"n2\"";
  row.p50_ns = 12345;
  row.bw_Bps = 0.1 + 0.2;
  row.status = "ok";
  { run.writer<PairRow>().add(row); }
  const auto rows = RunDir::open(dir.path()).read<PairRow>();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].src, row.src);
  EXPECT_EQ(rows[0].dst, row.dst);
  EXPECT_EQ(rows[0].p50_ns, row.p50_ns);
  EXPECT_EQ(rows[0].bw_Bps, row.bw_Bps);  // to the bit
  EXPECT_EQ(rows[0].p99_ns, std::nullopt);
}

TEST(RunDir, HostileNamesStayInertAndComeBack) {
  TemporaryDir dir;
  const RunDir run = finished_run(dir);
  for (const char* name :
       {"=cmd|' /C calc'!A0", "+1", "-1", "@x", "'=x", "'quoted", "<script>alert(1)</script>", " padded "}) {
    { run.writer<NodeRow>().add({.id = "host/x", .kind = "host", .name = name}); }
  }
  { run.writer<NodeRow>().add({.id = "host/x", .kind = "host", .name = "two\nlines"}); }
  const std::string text = read_file(dir.path() / "nodes.csv");
  EXPECT_THAT(text, HasSubstr(",'=cmd|"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 10);
  const auto rows = run.read<NodeRow>();
  EXPECT_EQ(rows[0].name, "=cmd|' /C calc'!A0");
  EXPECT_EQ(rows[4].name, "'=x");
  EXPECT_EQ(rows[5].name, "'quoted");
  EXPECT_EQ(rows[7].name, " padded ");
  EXPECT_EQ(rows[8].name, "two\\x0alines");
}

TEST(RunDir, TablesOfSeveralHostsAreReadAsOne) {
  TemporaryDir dir;
  const RunDir run = finished_run(dir);
  { run.writer<CheckRow>("n1").add({.host = "n1"}); }
  { run.writer<CheckRow>("../n2").add({.host = "../n2"}); }
  EXPECT_EQ(run.read<CheckRow>().size(), 2U);
  EXPECT_TRUE(std::filesystem::exists(dir.path() / "checks._.._n2.csv"));
}

TEST(RunDir, MissingColumnIsNamed) {
  TemporaryDir dir;
  finished_run(dir);
  dir.write("pairs.csv", "round,src,backend\n1,a,mpi\n");
  EXPECT_THAT(read_error(dir), HasSubstr("pairs.csv:1: required column 'dst' is missing"));
}

TEST(RunDir, UnknownColumnsAreIgnored) {
  TemporaryDir dir;
  finished_run(dir);
  dir.write("retest.csv", "note,round,src,dst\nhello,1,host/a,host/b\n");
  EXPECT_EQ(RunDir::open(dir.path()).read<RetestRow>().at(0).dst, "host/b");
}

TEST(RunDir, NonNumberIsNamedWithLineAndColumn) {
  TemporaryDir dir;
  finished_run(dir);
  dir.write("pairs.csv", std::string(kPairsHeader) + "1,a,b,mpi,host,8,1,5,5,1e9,1e9,0,ok,\n" +
                             "1,a,b,mpi,host,eight,1,5,5,1e9,1e9,0,ok,\n");
  EXPECT_THAT(read_error(dir), HasSubstr("pairs.csv:3: column 'bytes': 'eight' is not a number"));
}

TEST(RunDir, WrongNumberOfCellsIsNamedWithLine) {
  TemporaryDir dir;
  finished_run(dir);
  dir.write("pairs.csv", std::string(kPairsHeader) + "1,a,b\n");
  EXPECT_THAT(read_error(dir), HasSubstr("pairs.csv:2: too few columns"));
}

TEST(RunDir, CutOffLineIsRefusedInAFinishedRun) {
  TemporaryDir dir;
  finished_run(dir);
  dir.write("pairs.csv", std::string(kPairsHeader) + "1,a,b,mpi,host,8,1,5,5,1e9,1e9,0,ok,\n1,a,b,mpi,host,8,1,5");
  EXPECT_THAT(read_error(dir), HasSubstr("pairs.csv:3: the last line is cut off"));
}

TEST(RunDir, CutOffLineOfARunningRunLosesOnlyThatLine) {
  TemporaryDir dir;
  finished_run(dir, "running");
  dir.write("pairs.csv", std::string(kPairsHeader) + "1,a,b,mpi,host,8,1,5,5,1e9,1e9,0,ok,\n1,a,b,mpi,host,8,1,5");
  EXPECT_EQ(RunDir::open(dir.path()).read<PairRow>().size(), 1U);
}

TEST(RunDir, NewerSchemaIsRefused) {
  TemporaryDir dir;
  dir.write("manifest/plumb-pairs.json", R"({"schema":2,"tool":"plumb-pairs","status":"complete"})");
  EXPECT_THAT(message_of<Error>([&] { (void)RunDir::open(dir.path()); }), HasSubstr("schema 2 is newer"));
}

TEST(RunDir, BrokenManifestNamesLineAndColumn) {
  TemporaryDir dir;
  dir.write("manifest/plumb-pairs.json", "{\"schema\":1,\n oops");
  EXPECT_THAT(message_of<Error>([&] { (void)RunDir::open(dir.path()); }), HasSubstr("line 2, column 2"));
}

TEST(RunDir, EmptyDirectoryIsNoRunDirectory) {
  TemporaryDir dir;
  EXPECT_THAT(message_of<Error>([&] { (void)RunDir::open(dir.path()); }), HasSubstr("neither a manifest"));
}

TEST(RunDir, TablesFromElsewhereNeedNoManifest) {
  TemporaryDir dir;
  dir.write("pairs.csv", std::string(kPairsHeader) + "1,a,b,mpi,host,8,1,5,5,1e9,1e9,0,ok,\n1,a,b,mpi,host,8,1,5");
  const auto run = RunDir::open(dir.path());
  EXPECT_FALSE(run.complete());
  EXPECT_EQ(run.read<PairRow>().size(), 1U);
}

TEST(RunDir, ATableOfAHostMakesARunDirectoryAndOtherFilesDoNot) {
  TemporaryDir dir;
  dir.write("notes.csv", "a\n");
  EXPECT_THROW((void)RunDir::open(dir.path()), Error);
  dir.write("ports.n05.csv", "t_unix_ns,phase,node,port,counter,value\n");
  EXPECT_NO_THROW((void)RunDir::open(dir.path()));
}

TEST(RunDir, ColumnsMayStandInAnyOrderAndLinesEndInCrLf) {
  TemporaryDir dir;
  dir.write("retest.csv", "");
  dir.write("ports.csv", "value,phase,extra,counter,port,node,t_unix_ns\r\n7,after,x,link_downed,1,switch/s,5\r\n");
  const auto rows = RunDir::open(dir.path()).read<PortRow>();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].value, 7);
  EXPECT_EQ(rows[0].node, "switch/s");
  EXPECT_EQ(rows[0].t_unix_ns, 5);
}

TEST(RunDir, EmptyTableIsRefused) {
  TemporaryDir dir;
  finished_run(dir);
  dir.write("pairs.csv", "");
  EXPECT_THAT(read_error(dir), HasSubstr("pairs.csv:1: the file is empty"));
}

TEST(RunDir, AppendingUnderAnotherHeaderIsRefused) {
  TemporaryDir dir;
  const RunDir run = finished_run(dir);
  dir.write("pairs.csv", "a,b\n");
  EXPECT_THROW((void)run.writer<PairRow>(), Error);
}

TEST(Manifest, SecretsOfTheEnvironmentStayOut) {
  ::setenv("NCCL_DEBUG", "INFO", 1);
  ::setenv("AWS_SECRET_ACCESS_KEY", "hush", 1);
  const auto allowed = allowed_environment();
  EXPECT_EQ(allowed.at("NCCL_DEBUG"), "INFO");
  EXPECT_EQ(allowed.count("AWS_SECRET_ACCESS_KEY"), 0U);
}

TEST(Manifest, WhatALauncherTellsItsDaemonsIsNoSetting) {
  ::setenv("OMPI_MCA_btl", "tcp,self", 1);
  ::setenv("OMPI_MCA_orte_hnp_uri", "2285109248.0;tcp://10.77.0.10:35377", 1);
  ::setenv("NCCL_DEBUG_FILE", "runs/20261123T182600Z-pairs/nccl/%h.%p.log", 1);
  ::setenv("OMPI_MCA_ess_base_jobid", "2285109249", 1);
  const auto allowed = allowed_environment();
  EXPECT_EQ(allowed.at("OMPI_MCA_btl"), "tcp,self");
  EXPECT_EQ(allowed.count("OMPI_MCA_orte_hnp_uri"), 0U);
  EXPECT_EQ(allowed.count("NCCL_DEBUG_FILE"), 0U);
  EXPECT_EQ(allowed.count("OMPI_MCA_ess_base_jobid"), 0U);
}

}  // namespace
}  // namespace plumb::core
