// plumb-topo.
#pragma once

namespace plumb::topology {

int topo_main(int argc, char** argv);

}  // namespace plumb::topology
