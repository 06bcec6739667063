// Every file format's two functions; file_reader.cpp has the table.
#pragma once

#include "topology/file_reader.h"

namespace plumb::topology {

bool is_ibnetdiscover(std::string_view head);
void read_ibnetdiscover(const FileText& file, GraphBuilder& builder);

bool is_ibnetdiscover_ports(std::string_view head);
void read_ibnetdiscover_ports(const FileText& file, GraphBuilder& builder);

bool is_plan_csv(std::string_view head);
void read_plan_csv(const FileText& file, GraphBuilder& builder);

bool is_iblinkinfo(std::string_view head);
void read_iblinkinfo(const FileText& file, GraphBuilder& builder);

bool is_ibdiagnet_lst(std::string_view head);
void read_ibdiagnet_lst(const FileText& file, GraphBuilder& builder);

bool is_ibdiagnet_csv(std::string_view head);
void read_ibdiagnet_csv(const FileText& file, GraphBuilder& builder);

bool is_nccl_xml(std::string_view head);
void read_nccl_xml(const FileText& file, GraphBuilder& builder);

bool is_hwloc_xml(std::string_view head);
void read_hwloc_xml(const FileText& file, GraphBuilder& builder);

bool is_lldp_json(std::string_view head);
void read_lldp_json(const FileText& file, GraphBuilder& builder);

bool is_ptm(std::string_view head);
void read_ptm(const FileText& file, GraphBuilder& builder);

bool is_ndt(std::string_view head);
void read_ndt(const FileText& file, GraphBuilder& builder);

}  // namespace plumb::topology
