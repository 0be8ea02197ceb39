#include "engine/tensor/philox.h"

#include <doctest/doctest.h>

using namespace ganflow;

TEST_CASE("Philox4x32-10 equals the Random123 reference vectors") {
  CHECK(philox({0, 0, 0, 0}, {0, 0}) ==
        PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
        PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("uniform numbers stay inside the open interval") {
  CHECK(uniform01(0) > 0);
  CHECK(uniform01(0xffffffff) < 1);
  CHECK(static_cast<float>(uniform01(0xffffffff)) < 1.0f);
}
