// Errors that every rank throws alike, so that one message is enough and nobody waits for the others.
#pragma once

#include <functional>
#include <string>

#include "bench/ranks.h"
#include "core/error.h"

namespace plumb::bench {

/// Thrown by all ranks at the same point; rank 0 reports it.
class AgreedError : public core::Error {
 public:
  using core::Error::Error;
};

/// What `produce` returns on rank 0, on every rank: for input that only one rank may read. When it throws core::Error,
/// all ranks throw AgreedError. Called by all ranks.
std::string from_first_rank(const Ranks& ranks, const std::function<std::string()>& produce);

/// `reason` of the first rank that has one, on every rank; empty when none has. Called by all ranks.
std::string first_reason(const Ranks& ranks, const std::string& reason);

}  // namespace plumb::bench
