// The arithmetic of reductions on host memory, for whoever has no library that does it.
#pragma once

#include <cstddef>
#include <span>

#include "bench/element_type.h"

namespace plumb::bench {

/// into[i] = into[i] op from[i] for the elements of two areas of the same size; the shorter floating point types
/// are combined as float. `avg` adds: its division follows once, at the end (divide_elements). So does `mulsum`, whose
/// multiplication comes first (premultiply).
void reduce_elements(ElementType type, ReduceOp op, std::span<std::byte> into, std::span<const std::byte> from);

/// Multiplies what `rank` contributes to `mulsum`, in place; integers wrap.
void premultiply(ElementType type, int rank, std::span<std::byte> elements);

}  // namespace plumb::bench
