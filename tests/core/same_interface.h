// Are two declarations of a C function the same to the processor? The vendor's enumerations are our int, its structures
// behind pointers are opaque to us.
#pragma once

#include <cstddef>
#include <type_traits>

namespace plumb::test {

template <class Ours, class Theirs>
constexpr bool same_value() {
  if constexpr (std::is_pointer_v<Ours> && std::is_pointer_v<Theirs>) {
    using A = std::remove_cv_t<std::remove_pointer_t<Ours>>;
    using B = std::remove_cv_t<std::remove_pointer_t<Theirs>>;
    constexpr bool same_const =
        std::is_const_v<std::remove_pointer_t<Ours>> == std::is_const_v<std::remove_pointer_t<Theirs>>;
    if constexpr (std::is_class_v<A> || std::is_class_v<B>) {
      return std::is_class_v<A> && std::is_class_v<B> && same_const;
    } else if constexpr (std::is_void_v<A> || std::is_void_v<B>) {
      return std::is_same_v<A, B> && same_const;
    } else {
      return same_const && same_value<A, B>();
    }
  } else if constexpr (std::is_pointer_v<Ours> || std::is_pointer_v<Theirs>) {
    return false;
  } else if constexpr (std::is_void_v<Ours> || std::is_void_v<Theirs>) {
    return std::is_same_v<Ours, Theirs>;
  } else {
    constexpr bool both_whole =
        (std::is_integral_v<Ours> || std::is_enum_v<Ours>)&&(std::is_integral_v<Theirs> || std::is_enum_v<Theirs>);
    constexpr bool both_real = std::is_floating_point_v<Ours> && std::is_floating_point_v<Theirs>;
    constexpr bool both_class = std::is_class_v<Ours> && std::is_class_v<Theirs>;
    return sizeof(Ours) == sizeof(Theirs) && (both_whole || both_real || both_class);
  }
}

template <class Ours, class Theirs>
struct SameInterface : std::false_type {};

template <class R1, class... A1, class R2, class... A2>
requires(sizeof...(A1) == sizeof...(A2)) struct SameInterface<R1 (*)(A1...), R2 (*)(A2...)>
    : std::bool_constant<same_value<R1, R2>() && (same_value<A1, A2>() && ...)> {
};

}  // namespace plumb::test
