#include "topology/map_picture.h"

#include "topology/map_drawing.h"

namespace plumb::topology {

Picture draw_map(const Graph& graph, const Conditions& conditions) {
  Drawing drawing{graph, conditions, map_rows(graph)};
  number_faults(drawing);
  place_boxes(drawing);
  draw_cables(drawing);
  draw_boxes(drawing);
  draw_words(drawing);
  return std::move(drawing.picture);
}

}  // namespace plumb::topology
