// Every form's function; exporter.cpp has the table.
#pragma once

#include <string>

#include "topology/exporter.h"

namespace plumb::topology {

std::string dot_text(const Graph& graph, const ExportOptions& options);
std::string graphml_text(const Graph& graph, const ExportOptions& options);
std::string ibnetdiscover_text(const Graph& graph, const ExportOptions& options);
std::string json_text(const Graph& graph, const ExportOptions& options);
std::string nccl_text(const Graph& graph, const ExportOptions& options);
std::string slurm_text(const Graph& graph, const ExportOptions& options);
std::string slurm_yaml_text(const Graph& graph, const ExportOptions& options);

}  // namespace plumb::topology
