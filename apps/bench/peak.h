// What the machine could do at most: the limit that `ganflow bench` holds every case against.
#pragma once

namespace ganflow::bench {

// Multiplications and additions of one core in 10^9 a second, float32, by fused multiply-adds of
// the widest vectors that programs use here, nothing read from memory; over `seconds` (> 0) of the
// calling thread, long enough for the clock to fall to what it sustains.
double peak_gflops(double seconds = 0.2);

}  // namespace ganflow::bench
