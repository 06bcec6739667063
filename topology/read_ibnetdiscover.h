// What ibnetdiscover printed, before it becomes a part of a map.
#pragma once

#include "topology/file_reader.h"
#include "topology/ib_fabric.h"

namespace plumb::topology {

/// Plain, -f or -g. The links view the file's text. Throws Error with file and line.
IbFabric fabric_of_ibnetdiscover(const FileText& file);

}  // namespace plumb::topology
